// The direction of a sample's gradient that is steepest in a norm, by the invocations of a workgroup.

fn direction_linf(start: u32, lane: u32) {
  for (var at = start + lane; at < start + FEATURES; at += WIDTH) { made[at] = sign(gradient[at]); }
}

// A power of the norm is 1 or 2.
fn direction_of(start: u32, lane: u32, squared: bool) {
  var most = 0.0;
  for (var at = start + lane; at < start + FEATURES; at += WIDTH) { most = max(most, abs(gradient[at])); }
  most = largest(lane, most);
  most = select(1.0, most, most > 0.0);
  var sum = 0.0;
  for (var at = start + lane; at < start + FEATURES; at += WIDTH) {
    let share = abs(gradient[at] / most);
    sum += select(share, share * share, squared);
  }
  sum = total(lane, sum);
  let norm = max(select(sum, sqrt(sum), squared), 1.0);
  for (var at = start + lane; at < start + FEATURES; at += WIDTH) { made[at] = gradient[at] / most / norm; }
}
