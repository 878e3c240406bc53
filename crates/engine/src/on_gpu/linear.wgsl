// A linear layer; its weights are [in, out].
fn bias(at: u32) -> f32 {
  if (BIASES == 0u) { return 0.0; }
  return learnt[BIASES_AT + at];
}

// Four invocations share the sum of an output.
const SLICES: u32 = 4u;
const OUTPUTS: u32 = 64u / SLICES;
var<workgroup> parts: array<f32, 64>;

// As many outputs as a workgroup has room for, from `first` on.
fn forward(first: u32, lane: u32, sample: u32) {
  let output = first + lane % OUTPUTS;
  var sum = 0.0;
  if (output < OUT_CHANNELS) {
    for (var at = lane / OUTPUTS; at < CHANNELS; at += SLICES) {
      sum += x[sample * CHANNELS + at] * learnt[WEIGHTS_AT + at * OUT_CHANNELS + output];
    }
  }
  parts[lane] = sum;
  workgroupBarrier();
  if (lane < OUTPUTS && output < OUT_CHANNELS) {
    let value = bias(output) + (parts[lane] + parts[lane + OUTPUTS]) + (parts[lane + 2u * OUTPUTS] + parts[lane + 3u * OUTPUTS]);
    tell(sample * OUT_CHANNELS + output, select(value, 0.0, RECTIFIED == 1u && value < 0.0));
  }
}
