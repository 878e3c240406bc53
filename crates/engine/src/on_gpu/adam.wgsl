// Adam, its decay in the gradient or apart (optimizer.rs).
fn stepped(at: u32, slope: f32) -> f32 {
  let pulled = slope + numbers[PENALTY] * weights[at];
  first[at] = first[at] * FIRST + pulled * (1.0 - FIRST);
  second[at] = second[at] * numbers[MEMORY] + pulled * pulled * (1.0 - numbers[MEMORY]);
  let spread = sqrt(second[at]) / numbers[WARMED] + TINY;
  return weights[at] * (1.0 - numbers[SHRINK]) - first[at] * numbers[RATE] / spread;
}
