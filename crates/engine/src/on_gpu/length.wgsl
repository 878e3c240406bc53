// The Euclidean length of a row: the squares' sums of as many workgroups as have invocations, and then their sum's root.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> made: array<f32>;

fn squares(group: u32, lane: u32) {
  var sum = 0.0;
  for (var at = group * WIDTH + lane; at < COUNT; at += WIDTH * WIDTH) { sum += x[at] * x[at]; }
  sum = total(lane, sum);
  if (lane == 0u) { made[group] = sum; }
}

fn root(group: u32, lane: u32) {
  let sum = total(lane, x[lane]);
  if (lane == 0u) { made[0] = sqrt(sum); }
}
