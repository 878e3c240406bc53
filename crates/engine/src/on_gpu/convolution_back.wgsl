// The gradient of a convolution by its input.
// A `Sum` is a number, or four of them for as many channels that lie one after another (one.wgsl, four.wgsl).
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> learnt: array<f32>;
@group(0) @binding(2) var<storage, read_write> slope: array<f32>;
@group(0) @binding(3) var<storage, read_write> made: array<f32>;

const KERNEL: u32 = KERNEL_ROWS * KERNEL_COLUMNS;
const SPOTS: u32 = ROWS * COLUMNS;
const OUT_SPOTS: u32 = OUT_ROWS * OUT_COLUMNS;

// The input's channels of one spot: `made` of `slope`, 0 where a layer before had cut `x`.
fn back(at: u32, sample: u32) {
  let channel = at / SPOTS * LANES;
  let spot = at % SPOTS;
  let down = spot / COLUMNS + TOP;
  let right = spot % COLUMNS + LEFT;
  var sum = Sum();
  for (var r = down % STRIDE_ROWS; r < KERNEL_ROWS && r <= down; r += STRIDE_ROWS) {
    let row = (down - r) / STRIDE_ROWS;
    if (row >= OUT_ROWS) { continue; }
    for (var c = right % STRIDE_COLUMNS; c < KERNEL_COLUMNS && c <= right; c += STRIDE_COLUMNS) {
      let column = (right - c) / STRIDE_COLUMNS;
      if (column >= OUT_COLUMNS) { continue; }
      let base = sample * OUT_CHANNELS * OUT_SPOTS + row * OUT_COLUMNS + column;
      let taps = channel * KERNEL + r * KERNEL_COLUMNS + c;
      for (var output = 0u; output < OUT_CHANNELS; output++) {
        sum += slope[base + output * OUT_SPOTS] * weights(taps + output * CHANNELS * KERNEL, KERNEL);
      }
    }
  }
  let place = (sample * CHANNELS + channel) * SPOTS + spot;
  for (var lane = 0u; lane < LANES; lane++) {
    let open = CUT == 0u || x[place + lane * SPOTS] > 0.0;
    made[place + lane * SPOTS] = select(0.0, part(sum, lane), open);
  }
}
