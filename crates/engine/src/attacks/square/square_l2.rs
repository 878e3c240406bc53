//! Square in the L2 norm: a pattern of two ripples, one of each sign, takes the length that two windows had and what
//! the ball has left (<https://arxiv.org/abs/1912.00049>, algorithm 3).

use super::{Found, Windows, place, side, sign};
use crate::random::Stream;
use crate::upload::floats;
use crate::{ball::Ball, case::Case};
use burn::tensor::Tensor;

/// Tiles a side of the first perturbation.
const TILES: usize = 5;
/// Stands in for a length of 0 where it is divided by; below any that pixels can have.
const SMALLEST: f32 = 1e-30;

/// The pattern of this side, of length 1, its two ripples one above the other, or side by side if `turned`.
fn pattern(side: usize, turned: bool) -> Vec<f32> {
    let upper = side / 2;
    let mut all = ripple(upper, side);
    all.extend(ripple(side - upper, side).into_iter().map(|value| -value));
    normalise(&mut all);
    match turned {
        true => (0..side * side).map(|at| all[at % side * side + at / side]).collect(),
        false => all,
    }
}

/// One ripple, of length 1: highest in the middle and falling in rectangular rings. Ring `d` is the sum of 1/j² from
/// d + 1 to the last ring's number.
fn ripple(rows: usize, columns: usize) -> Vec<f32> {
    let last = (rows / 2).max(columns / 2) + 1;
    let height = |ring: usize| (ring + 1..=last).map(|j| 1.0 / (j * j) as f32).sum::<f32>();
    let rings: Vec<f32> = (0..=last).map(height).collect();
    let ring = |at: usize| (at / columns).abs_diff(rows / 2).max((at % columns).abs_diff(columns / 2));
    let mut values: Vec<f32> = (0..rows * columns).map(|at| rings[ring(at)]).collect();
    normalise(&mut values);
    values
}

fn normalise(values: &mut [f32]) {
    let length = values.iter().map(|value| value * value).sum::<f32>().sqrt().max(SMALLEST);
    values.iter_mut().for_each(|value| *value /= length);
}

/// Patterns on a grid of tiles, with a random sign each, as long as the radius.
pub(super) fn start(case: &Case, ball: &Ball, streams: &mut [Stream]) -> Tensor<4> {
    let [_, channels, rows, columns] = case.clean.dims();
    let side = (rows.min(columns) / TILES).max(1);
    let (down, across) = (rows / side, columns / side);
    let margin = [(rows - down * side) / 2, (columns - across * side) / 2];
    let patterns = [pattern(side, false), pattern(side, true)];
    let mut canvas = Canvas::new(channels, rows, columns);
    for stream in streams {
        canvas.push();
        for channel in 0..channels {
            for tile in 0..down * across {
                let first = [margin[0] + tile / across * side, margin[1] + tile % across * side];
                canvas.put(channel, first, side, &patterns[stream.below(2)], sign(stream));
            }
        }
    }
    stretched(case, ball, canvas.upload(&case.clean))
}

/// The best candidate with one window of each sample given a new pattern, and another one emptied for it.
pub(super) fn propose(case: &Case, ball: &Ball, best: &Found, share: f32, streams: &mut [Stream]) -> Tensor<4> {
    let [_, channels, rows, columns] = best.x.dims();
    let side = odd(side(share, rows, columns).max(3), rows.min(columns));
    let patterns = [pattern(side, false), pattern(side, true)];
    let mut canvas = Canvas::new(channels, rows, columns);
    let [mut filled, mut emptied] = [Windows::new(rows, columns), Windows::new(rows, columns)];
    for stream in streams {
        let first = place(stream, side, rows, columns);
        canvas.push();
        let turned = stream.below(2);
        for channel in 0..channels {
            canvas.put(channel, first, side, &patterns[turned], sign(stream));
        }
        filled.push(first, side, [1.0]);
        emptied.push(place(stream, side, rows, columns), side, [1.0]);
    }
    let window = |windows: Windows| {
        let (rows, columns) = windows.upload(&best.x, 1);
        rows * columns
    };
    let (filled, emptied) = (window(filled), window(emptied));
    let next = moved(case, ball, best, canvas.upload(&best.x), filled, emptied);
    let open = best.open.clone().greater_scalar(0.0).expand(best.x.dims());
    best.x.clone().mask_where(open, stretched(case, ball, next))
}

/// The perturbation, in the ball's units, with `pattern`, drawn toward what was there, in the window `filled`, and nothing in `emptied`.
///
/// # Shapes
/// `pattern` and the result: `[batch, channel, row, column]`; the windows, 0 or 1: `[batch, 1, row, column]`.
fn moved(
    case: &Case,
    ball: &Ball,
    best: &Found,
    pattern: Tensor<4>,
    filled: Tensor<4>,
    emptied: Tensor<4>,
) -> Tensor<4> {
    let channels = pattern.dims()[1] as f32;
    let delta = ball.units(best.x.clone() - case.clean.clone());
    let kept = delta.clone() * (filled.clone().max_pair(emptied)).neg().add_scalar(1.0);
    let old = delta.clone() * filled;
    // Squared lengths of each channel: of all, and of what both windows leave. The rest is what the windows held.
    let (all, left) = (squares(&delta), squares(&kept));
    let unused = all.clone().sum_dim(1).neg().add_scalar(ball.radius * ball.radius).clamp_min(0.0);
    let length = (all - left).clamp_min(0.0).add(unused.div_scalar(channels)).sqrt();
    let new = ball.open(pattern) + old.clone() / squares(&old).sqrt().clamp_min(SMALLEST);
    let scale = length / squares(&new).sqrt().clamp_min(SMALLEST);
    kept + new * scale
}

/// Sum of squares of each channel, `[batch, channel, 1, 1]`.
fn squares(x: &Tensor<4>) -> Tensor<4> {
    let [batch, channels, rows, columns] = x.dims();
    let flat = x.clone().reshape([batch, channels, rows * columns]);
    (flat.clone() * flat).sum_dim(2).reshape([batch, channels, 1, 1])
}

/// The clean input with a perturbation, in the ball's units, scaled to the radius.
fn stretched(case: &Case, ball: &Ball, delta: Tensor<4>) -> Tensor<4> {
    let delta = ball.open(delta);
    let length = squares(&delta).sum_dim(1).sqrt().clamp_min(SMALLEST);
    case.clean.clone() + ball.scaled(delta * length.recip().mul_scalar(ball.radius))
}

/// The odd number at or above `side` that fits, or the one below.
fn odd(side: usize, most: usize) -> usize {
    let side = side.min(most);
    match side % 2 {
        1 => side,
        _ if side < most => side + 1,
        _ => (side - 1).max(1),
    }
}

/// Pictures made on the host, one after another.
struct Canvas {
    values: Vec<f32>,
    shape: [usize; 3],
}

impl Canvas {
    fn new(channels: usize, rows: usize, columns: usize) -> Canvas {
        Canvas { values: Vec::new(), shape: [channels, rows, columns] }
    }

    /// Begins a blank picture.
    fn push(&mut self) {
        self.values.resize(self.values.len() + self.shape.iter().product::<usize>(), 0.0);
    }

    /// Puts a pattern into the picture begun last.
    fn put(&mut self, channel: usize, first: [usize; 2], side: usize, pattern: &[f32], sign: f32) {
        let [channels, rows, columns] = self.shape;
        let picture = self.values.len() - (channels - channel) * rows * columns;
        for (row, line) in pattern.chunks_exact(side).enumerate() {
            let at = picture + (first[0] + row) * columns + first[1];
            let target = self.values[at..at + side].iter_mut();
            target.zip(line).for_each(|(pixel, value)| *pixel = sign * value);
        }
    }

    fn upload(self, near: &Tensor<4>) -> Tensor<4> {
        let [channels, rows, columns] = self.shape;
        let batch = self.values.len() / (channels * rows * columns);
        floats(self.values, [batch, channels, rows, columns], &near.device())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_length_one_and_two_signs() {
        for side in [1, 2, 3, 7, 25] {
            for turned in [false, true] {
                let pattern = pattern(side, turned);
                let length: f32 = pattern.iter().map(|value| value * value).sum();
                assert!((length - 1.0).abs() < 1e-5, "{side}: {length}");
                assert!(side == 1 || pattern.iter().any(|&value| value > 0.0), "{side}");
                assert!(pattern.iter().any(|&value| value < 0.0), "{side}");
            }
        }
    }

    #[test]
    fn a_ripple_is_the_papers_sum() {
        // Three by three: the middle is 1 + 1/4, the ring around it 1/4, both over the length.
        let length = (1.25f32 * 1.25 + 8.0 * 0.0625).sqrt();
        let ripple = ripple(3, 3);
        assert!((ripple[4] - 1.25 / length).abs() < 1e-6 && (ripple[0] - 0.25 / length).abs() < 1e-6, "{ripple:?}");
    }
}
