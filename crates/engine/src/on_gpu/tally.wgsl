// Adds to what was seen: the mean loss, the share of right answers, and the length of the gradient.
@group(0) @binding(0) var<storage, read_write> seen: array<f32>;
@group(0) @binding(1) var<storage, read_write> value: array<f32>;
@group(0) @binding(2) var<storage, read_write> margin: array<f32>;
@group(0) @binding(3) var<storage, read_write> length: array<f32>;
@group(0) @binding(4) var<storage, read_write> made: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var loss = 0.0;
  var right = 0.0;
  for (var at = lane; at < COUNT; at += WIDTH) {
    loss += value[at];
    right += select(0.0, 1.0, margin[at] < 0.0);
  }
  loss = total(lane, loss);
  right = total(lane, right);
  if (lane == 0u) {
    made[0] = seen[0] + loss / f32(COUNT);
    made[1] = seen[1] + right / f32(COUNT);
    made[2] = seen[2] + length[0];
  }
}
