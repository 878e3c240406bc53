// The point of a ball around a clean sample that is nearest to a point, by the invocations of a workgroup.

const HALVINGS: u32 = 28u;
// Stands in for a length of 0 where it is divided by.
const SMALLEST: f32 = 1e-30;
// The most that rounding moves a pixel.
const ROUNDING: f32 = 2.9802322e-8;

// Written with comparisons, which let what is no number through.
fn boxed(value: f32) -> f32 {
  let low = select(value, 0.0, value < 0.0);
  return select(low, 1.0, low > 1.0);
}

fn pull_linf(start: u32, lane: u32) {
  for (var at = start + lane; at < start + FEATURES; at += WIDTH) {
    let low = clean[at] - radius[0];
    let high = clean[at] + radius[0];
    let above = select(point(at), low, point(at) < low);
    made[at] = end(select(above, high, above > high));
  }
}

fn pull_l2(start: u32, lane: u32) {
  var sum = 0.0;
  for (var at = start + lane; at < start + FEATURES; at += WIDTH) {
    let change = point(at) - clean[at];
    sum += change * change;
  }
  let scale = radius[0] / max(sqrt(total(lane, sum)), SMALLEST);
  let least = select(scale, 1.0, scale > 1.0);
  for (var at = start + lane; at < start + FEATURES; at += WIDTH) {
    made[at] = end(clean[at] + (point(at) - clean[at]) * least);
  }
}

// A change that is smaller by a threshold, and stays in the box.
fn shrunk(at: u32, threshold: f32) -> f32 {
  let change = point(at) - clean[at];
  let room = max(sign(change), 0.0) - clean[at] * sign(change);
  let rest = abs(change) - threshold;
  let left = select(rest, 0.0, rest < 0.0);
  return select(left, room, room < left);
}

fn shrunk_sum(start: u32, lane: u32, threshold: f32) -> f32 {
  var sum = 0.0;
  for (var at = start + lane; at < start + FEATURES; at += WIDTH) { sum += shrunk(at, threshold); }
  return total(lane, sum);
}

fn pull_l1(start: u32, lane: u32) {
  let reach = max(radius[0] * (1.0 - 1e-6) - f32(FEATURES) * ROUNDING, 0.0);
  var most = 0.0;
  for (var at = start + lane; at < start + FEATURES; at += WIDTH) { most = max(most, abs(point(at) - clean[at])); }
  let fits = shrunk_sum(start, lane, 0.0) <= reach;
  var low = 0.0;
  var high = largest(lane, most);
  for (var turn = 0u; turn < HALVINGS; turn++) {
    let middle = (low + high) * 0.5;
    let inside = shrunk_sum(start, lane, middle) <= reach;
    high = select(high, middle, inside);
    low = select(middle, low, inside);
  }
  let threshold = select(high, 0.0, fits);
  for (var at = start + lane; at < start + FEATURES; at += WIDTH) {
    made[at] = boxed(clean[at] + sign(point(at) - clean[at]) * shrunk(at, threshold));
  }
}
