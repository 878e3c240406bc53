// Gradient descent with momentum (optimizer.rs).
fn stepped(at: u32, slope: f32) -> f32 {
  first[at] = first[at] * MOMENTUM + (slope + numbers[PENALTY] * weights[at]);
  return weights[at] - first[at] * numbers[RATE];
}
