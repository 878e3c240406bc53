// The gradient by what a layer has learnt: a workgroup has a few numbers, and so many invocations share the samples of each.
const SHARED: u32 = 64u / SLICES;
var<workgroup> parts: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  for (var first = group.x * SHARED; first < WEIGHTS + BIASES; first += GROUPS * SHARED) {
    let number = first + lane % SHARED;
    var sum = 0.0;
    if (number < WEIGHTS) {
      sum = weight_slope(number, lane / SHARED);
    } else if (number < WEIGHTS + BIASES) {
      sum = bias_slope(number - WEIGHTS, lane / SHARED);
    }
    parts[lane] = sum;
    workgroupBarrier();
    if (lane < SHARED && number < WEIGHTS + BIASES) {
      var all = 0.0;
      for (var slice = 0u; slice < SLICES; slice++) { all += parts[slice * SHARED + lane]; }
      made[WEIGHTS_AT + number] = all;
    }
    workgroupBarrier();
  }
}
