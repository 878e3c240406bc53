// The gradient of a linear layer by its input, 0 where a layer before had cut `x`; its weights are [in, out].
fn back(at: u32, sample: u32) -> f32 {
  var sum = 0.0;
  for (var output = 0u; output < OUT_CHANNELS; output++) {
    sum += slope(sample * OUT_CHANNELS + output) * learnt[WEIGHTS_AT + at * OUT_CHANNELS + output];
  }
  return select(0.0, sum, CUT == 0u || x[sample * CHANNELS + at] > 0.0);
}
