// The last layer of a network, forward and back, and the losses between: a workgroup a sample.
fn tell(at: u32, value: f32) { logits[at] = value; }
fn slope(at: u32) -> f32 { return SIGN * made[at]; }

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let sample = group.x;
  for (var first = 0u; first < OUT_CHANNELS; first += OUTPUTS) {
    forward(first, lane, sample);
    workgroupBarrier();
  }
  storageBarrier();
  if (lane == 0u) {
    margins[sample] = margin(sample);
    losses[sample] = cross_entropy(sample);
    write_slope(sample);
  }
  storageBarrier();
  for (var at = lane; at < CHANNELS; at += 64u) { gradient[sample * CHANNELS + at] = back(at, sample); }
}
