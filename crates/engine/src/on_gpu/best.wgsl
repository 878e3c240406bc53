// Keeps a sample's iterate where its margin is greater than that of the best so far, by the invocations of a workgroup.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> score: array<f32>;
@group(0) @binding(3) var<storage, read_write> best_x: array<f32>;
@group(0) @binding(4) var<storage, read_write> best_logits: array<f32>;
@group(0) @binding(5) var<storage, read_write> best_score: array<f32>;
@group(0) @binding(6) var<storage, read_write> queries: array<f32>;
@group(0) @binding(7) var<storage, read_write> spent: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let sample = group.x;
  let better = best_score[sample] < score[sample];
  workgroupBarrier();
  if (lane == 0u && score[sample] > 0.0 && queries[sample] == 0.0) { queries[sample] = spent[0]; }
  if (!better) { return; }
  if (lane == 0u) { best_score[sample] = score[sample]; }
  for (var at = lane; at < FEATURES; at += 64u) { best_x[sample * FEATURES + at] = x[sample * FEATURES + at]; }
  for (var at = lane; at < CLASSES; at += 64u) { best_logits[sample * CLASSES + at] = logits[sample * CLASSES + at]; }
}
