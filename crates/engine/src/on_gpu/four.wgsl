alias Sum = vec4<f32>;
const LANES: u32 = 4u;
fn weights(at: u32, apart: u32) -> Sum {
  return Sum(weight[at], weight[at + apart], weight[at + 2u * apart], weight[at + 3u * apart]);
}
fn part(sum: Sum, lane: u32) -> f32 { return sum[lane]; }
