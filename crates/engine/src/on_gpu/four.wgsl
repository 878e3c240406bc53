alias Sum = vec4<f32>;
const LANES: u32 = 4u;
fn weights(at: u32, apart: u32) -> Sum {
  let first = WEIGHTS_AT + at;
  return Sum(learnt[first], learnt[first + apart], learnt[first + 2u * apart], learnt[first + 3u * apart]);
}
fn part(sum: Sum, lane: u32) -> f32 { return sum[lane]; }
