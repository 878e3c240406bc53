//! Square in the L∞ norm: vertical stripes at first, then squares of one sign a channel, all at the edge of the ball
//! (<https://arxiv.org/abs/1912.00049>, algorithm 2).

use super::{Found, Windows, place, side, sign};
use crate::random::Stream;
use crate::upload::floats;
use crate::{ball::Ball, case::Case};
use burn::tensor::Tensor;

/// A stripe of one sign a column.
pub(super) fn start(case: &Case, ball: &Ball, streams: &mut [Stream]) -> Tensor<4> {
    let [batch, channels, _, columns] = case.clean.dims();
    let signs: Vec<f32> = streams
        .iter_mut()
        .flat_map(|stream| (0..channels * columns).map(|_| sign(stream) * ball.radius).collect::<Vec<_>>())
        .collect();
    let stripes = floats(signs, [batch, channels, 1, columns], &case.clean.device());
    case.clean.clone() + ball.scaled_beside(stripes, &case.clean)
}

/// The best candidate with one square of each sample moved to an edge of the ball.
pub(super) fn propose(ball: &Ball, best: &Found, share: f32, streams: &mut [Stream]) -> Tensor<4> {
    let [_, channels, rows, columns] = best.x.dims();
    let side = side(share, rows, columns);
    let mut windows = Windows::new(rows, columns);
    for stream in streams {
        let first = place(stream, side, rows, columns);
        // Twice the radius from wherever it is: the projection stops it at the edge.
        windows.push(first, side, (0..channels).map(|_| 2.0 * ball.radius * sign(stream)));
    }
    let (rows, columns) = windows.upload(&best.x, channels);
    best.x.clone() + ball.scaled(rows * (columns * best.open.clone()))
}
