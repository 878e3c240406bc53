// A linear layer; its weights are [in, out].
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> learnt: array<f32>;
@group(0) @binding(2) var<storage, read_write> made: array<f32>;

fn bias(at: u32) -> f32 {
  if (BIASES == 0u) { return 0.0; }
  return learnt[BIASES_AT + at];
}

// Four invocations share the sum of an output.
const SLICES: u32 = 4u;
const OUTPUTS: u32 = 64u / SLICES;
var<workgroup> parts: array<f32, 64>;

fn forward(group: u32, lane: u32, sample: u32) {
  let output = group * OUTPUTS + lane % OUTPUTS;
  var sum = 0.0;
  if (output < OUT_CHANNELS) {
    for (var at = lane / OUTPUTS; at < CHANNELS; at += SLICES) {
      sum += x[sample * CHANNELS + at] * learnt[WEIGHTS_AT + at * OUT_CHANNELS + output];
    }
  }
  parts[lane] = sum;
  workgroupBarrier();
  if (lane >= OUTPUTS || output >= OUT_CHANNELS) { return; }
  let value = bias(output) + (parts[lane] + parts[lane + OUTPUTS]) + (parts[lane + 2u * OUTPUTS] + parts[lane + 3u * OUTPUTS]);
  made[sample * OUT_CHANNELS + output] = select(value, 0.0, RECTIFIED == 1u && value < 0.0);
}
