// The gradient of a convolution by its weights and biases, of every so many-th sample (learn.wgsl).
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> slope: array<f32>;
@group(0) @binding(2) var<storage, read_write> made: array<f32>;

const KERNEL: u32 = KERNEL_ROWS * KERNEL_COLUMNS;
const SPOTS: u32 = ROWS * COLUMNS;
const OUT_SPOTS: u32 = OUT_ROWS * OUT_COLUMNS;

fn weight_slope(at: u32, slice: u32) -> f32 {
  let output = at / (CHANNELS * KERNEL);
  let input = at / KERNEL % CHANNELS;
  let down = i32(at % KERNEL / KERNEL_COLUMNS) - i32(TOP);
  let right = i32(at % KERNEL_COLUMNS) - i32(LEFT);
  var sum = 0.0;
  for (var sample = slice; sample < arrayLength(&slope) / (OUT_CHANNELS * OUT_SPOTS); sample += SLICES) {
    for (var r = 0u; r < OUT_ROWS; r++) {
      let row = i32(r * STRIDE_ROWS) + down;
      if (row < 0 || row >= i32(ROWS)) { continue; }
      let base = (sample * CHANNELS + input) * SPOTS + u32(row) * COLUMNS;
      let behind = (sample * OUT_CHANNELS + output) * OUT_SPOTS + r * OUT_COLUMNS;
      for (var c = 0u; c < OUT_COLUMNS; c++) {
        let column = i32(c * STRIDE_COLUMNS) + right;
        if (column < 0 || column >= i32(COLUMNS)) { continue; }
        sum += x[base + u32(column)] * slope[behind + c];
      }
    }
  }
  return sum;
}

fn bias_slope(output: u32, slice: u32) -> f32 {
  var sum = 0.0;
  for (var sample = slice; sample < arrayLength(&slope) / (OUT_CHANNELS * OUT_SPOTS); sample += SLICES) {
    let behind = (sample * OUT_CHANNELS + output) * OUT_SPOTS;
    for (var spot = 0u; spot < OUT_SPOTS; spot++) { sum += slope[behind + spot]; }
  }
  return sum;
}
