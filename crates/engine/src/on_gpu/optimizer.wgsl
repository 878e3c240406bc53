// One step of an optimiser: the weights after it, moments and average in place.
const MOMENTUM: f32 = 0.9;
const FIRST: f32 = 0.9;
const TINY: f32 = 1e-8;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let clip = numbers[CLIP];
  let scale = select(1.0, clip / max(length[0], clip), clip > 0.0);
  for (var at = id.x; at < COUNT; at += 64u * GROUPS) {
    let next = stepped(at, gradient[at] * scale);
    made[at] = next;
    remember(at, next);
  }
}
