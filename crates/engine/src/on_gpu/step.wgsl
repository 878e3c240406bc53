// The point so far from a sample in a direction, by the invocations of a workgroup.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> direction: array<f32>;
@group(0) @binding(2) var<storage, read_write> distance: array<f32>;
@group(0) @binding(3) var<storage, read_write> made: array<f32>;

fn step_along(start: u32, lane: u32) {
  for (var at = start + lane; at < start + FEATURES; at += 64u) { made[at] = x[at] + direction[at] * distance[0]; }
}
