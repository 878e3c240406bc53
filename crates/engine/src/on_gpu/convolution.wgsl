// A convolution.
// A `Sum` is a number, or four of them for as many channels that lie one after another (one.wgsl, four.wgsl).
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> learnt: array<f32>;
@group(0) @binding(2) var<storage, read_write> made: array<f32>;

const KERNEL: u32 = KERNEL_ROWS * KERNEL_COLUMNS;
const SPOTS: u32 = ROWS * COLUMNS;
const OUT_SPOTS: u32 = OUT_ROWS * OUT_COLUMNS;

fn bias(at: u32) -> f32 {
  if (BIASES == 0u) { return 0.0; }
  return learnt[BIASES_AT + at];
}

// The output's channels of one spot: `made` of `x`.
fn forward(at: u32, sample: u32) {
  let channel = at / OUT_SPOTS * LANES;
  let spot = at % OUT_SPOTS;
  let top = i32(spot / OUT_COLUMNS * STRIDE_ROWS) - i32(TOP);
  let left = i32(spot % OUT_COLUMNS * STRIDE_COLUMNS) - i32(LEFT);
  var sum = biases(channel);
  for (var input = 0u; input < CHANNELS; input++) {
    for (var r = 0u; r < KERNEL_ROWS; r++) {
      let row = top + i32(r);
      if (row < 0 || row >= i32(ROWS)) { continue; }
      let base = (sample * CHANNELS + input) * SPOTS + u32(row) * COLUMNS;
      let taps = (channel * CHANNELS + input) * KERNEL + r * KERNEL_COLUMNS;
      for (var c = 0u; c < KERNEL_COLUMNS; c++) {
        let column = left + i32(c);
        if (column < 0 || column >= i32(COLUMNS)) { continue; }
        sum += x[base + u32(column)] * weights(taps + c, CHANNELS * KERNEL);
      }
    }
  }
  let place = (sample * OUT_CHANNELS + channel) * OUT_SPOTS + spot;
  for (var lane = 0u; lane < LANES; lane++) {
    let value = part(sum, lane);
    made[place + lane * OUT_SPOTS] = select(value, 0.0, RECTIFIED == 1u && value < 0.0);
  }
}
