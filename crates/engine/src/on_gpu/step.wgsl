// The point so far from a sample in a direction, by the invocations of a workgroup.

fn step_along(start: u32, lane: u32, distance: f32) {
  for (var at = start + lane; at < start + FEATURES; at += WIDTH) { made[at] = x[at] + way(at) * distance; }
}
