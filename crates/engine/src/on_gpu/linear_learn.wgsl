// The gradient of a linear layer by its weights, [in, out], and biases, of every so many-th sample (learn.wgsl).
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> slope: array<f32>;
@group(0) @binding(2) var<storage, read_write> made: array<f32>;

fn weight_slope(at: u32, slice: u32) -> f32 {
  let input = at / OUT_CHANNELS;
  let output = at % OUT_CHANNELS;
  var sum = 0.0;
  for (var sample = slice; sample < arrayLength(&slope) / OUT_CHANNELS; sample += SLICES) {
    sum += x[sample * CHANNELS + input] * slope[sample * OUT_CHANNELS + output];
  }
  return sum;
}

fn bias_slope(output: u32, slice: u32) -> f32 {
  var sum = 0.0;
  for (var sample = slice; sample < arrayLength(&slope) / OUT_CHANNELS; sample += SLICES) {
    sum += slope[sample * OUT_CHANNELS + output];
  }
  return sum;
}
