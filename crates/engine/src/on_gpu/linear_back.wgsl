// The gradient of a linear layer by its input; its weights are [in, out].
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> learnt: array<f32>;
@group(0) @binding(2) var<storage, read_write> slope: array<f32>;
@group(0) @binding(3) var<storage, read_write> made: array<f32>;

// `made` of `slope`, 0 where a layer before had cut `x`.
fn back(at: u32, sample: u32) {
  var sum = 0.0;
  for (var output = 0u; output < OUT_CHANNELS; output++) {
    sum += slope[sample * OUT_CHANNELS + output] * learnt[WEIGHTS_AT + at * OUT_CHANNELS + output];
  }
  let place = sample * CHANNELS + at;
  made[place] = select(0.0, sum, CUT == 0u || x[place] > 0.0);
}
