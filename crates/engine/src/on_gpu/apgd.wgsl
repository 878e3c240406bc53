// Notes whether a sample's loss has risen, and keeps its point where it is better than the best so far, by the invocations
// of a workgroup.
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let sample = group.x;
  let better = best_loss[sample] < loss[sample];
  workgroupBarrier();
  if (lane == 0u) {
    if (last[sample] < loss[sample]) { rises[sample] += 1.0; }
    last[sample] = loss[sample];
    if (better) { best_loss[sample] = loss[sample]; }
  }
  if (!better) { return; }
  for (var at = sample * FEATURES + lane; at < (sample + 1u) * FEATURES; at += 64u) {
    best_x[at] = x[at];
    best_gradient[at] = gradient[at];
  }
}
