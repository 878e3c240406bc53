//! Examples that remember: each picture begins where its last example ended (Zheng et al. 2020,
//! <https://arxiv.org/abs/1912.11969>), takes a few steps up the loss, and then tries random squares as the black-box
//! attack of that name does (Andriushchenko et al. 2020, <https://arxiv.org/abs/1912.00049>). The memory makes one step
//! do the work of many; the squares close what gradients do not show, so that the model hides nothing.

use burn::tensor::{Tensor, TensorData};
use foolproof_core::catalog::Norm;
use foolproof_engine::ball::Ball;
use foolproof_engine::case::Case;
use foolproof_engine::inner_maximisation::Slope;
use foolproof_engine::pictures::Batch;
use foolproof_engine::random::Stream;
use foolproof_engine::{loss, sequential::Sequential};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Pictures that one thread attacks at once.
const SHARE: usize = 8;
/// First of the streams that squares are drawn from; no sample has a number as large.
const SQUARES: u64 = 1 << 45;
/// Smallest side of a square and how many sizes there are, pixels.
const SIDES: (usize, usize) = (2, 9);

/// How examples are made. Lengths are shares of the radius.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Remember {
    /// Radius of the uniform noise that is added to what is remembered.
    pub noise: f32,
    /// Steps up the cross-entropy.
    pub steps: u32,
    /// Length of each.
    pub step: f32,
    /// Random squares tried after the steps.
    pub squares: u32,
}

/// The last perturbation of each picture.
pub struct Memory {
    how: Remember,
    seed: u64,
    /// `[1, channel, row, column]` each, where there is one.
    kept: Vec<Option<Tensor<4>>>,
}

impl Memory {
    /// Nothing remembered of `count` pictures.
    pub fn new(how: Remember, seed: u64, count: usize) -> Memory {
        Memory { how, seed, kept: vec![None; count] }
    }

    /// Examples of a batch against a frozen model in the L∞ ball of this radius, remembered for the next time.
    ///
    /// # Shapes
    /// The result: `[batch, channel, row, column]`.
    pub fn examples(&mut self, model: &Sequential, batch: &Batch, radius: f32) -> Tensor<4> {
        let count = batch.clean.dims()[0];
        let parts: Vec<Tensor<4>> = (0..count.div_ceil(SHARE))
            .into_par_iter()
            .map(|share| self.share(model, batch, share * SHARE..count.min((share + 1) * SHARE), radius))
            .collect();
        let found = Tensor::cat(parts, 0);
        let moved = found.clone() - batch.clean.clone();
        for (row, &place) in batch.places.iter().enumerate() {
            self.kept[place] = Some(moved.clone().slice(row..row + 1));
        }
        found
    }

    fn share(&self, model: &Sequential, batch: &Batch, rows: std::ops::Range<usize>, radius: f32) -> Tensor<4> {
        let clean = batch.clean.clone().slice(rows.clone());
        let class = batch.class.clone().slice(rows.clone());
        let first = batch.first + rows.start as u64;
        let case = Case::unanswered(clean.clone(), class, self.seed, first);
        let around = Ball::new(Norm::Linf, self.how.noise * radius);
        let kept = batch.places[rows]
            .iter()
            .map(|&place| self.kept[place].clone().unwrap_or_else(|| clean.clone().slice(0..1).zeros_like()));
        let start = Slope { model, case: &case, ball: &around }.random_start() + Tensor::cat(kept.collect(), 0);
        let ball = around.with_radius(radius);
        let slope = |logits: &Tensor<2>| loss::cross_entropy_slope(logits, &case.class);
        let step = self.how.step * radius;
        let reached = Slope { model, case: &case, ball: &ball }.ascend(start, self.how.steps, step, slope);
        self.squares(model, &case, reached, radius)
    }

    /// Tries squares that are as far from the picture as the ball allows, and keeps those that help.
    fn squares(&self, model: &Sequential, case: &Case, start: Tensor<4>, radius: f32) -> Tensor<4> {
        let (mut at, mut score) = (start.clone(), None);
        let mut streams: Vec<Stream> = case.keys.iter().map(|key| Stream::new(self.seed, SQUARES | key, 0)).collect();
        for _ in 0..self.how.squares {
            let before = score.take().unwrap_or_else(|| case.score(&model.forward(at.clone())));
            let [mask, push] = squares(&mut streams, at.dims()).map(|x| Tensor::<4>::from_data(x, &at.device()));
            let pushed = (case.clean.clone() + push.mul_scalar(radius)).clamp(0.0, 1.0);
            let tried = at.clone() + (pushed - at.clone()) * mask;
            let after = case.score(&model.forward(tried.clone()));
            let better = after.clone().greater(before.clone()).float();
            let rows = better.dims()[0];
            at = at.clone() + (tried - at) * better.clone().reshape([rows, 1, 1, 1]);
            score = Some(before.clone() + (after - before) * better);
        }
        at
    }
}

/// A square a picture: where it is, 0 or 1, and where it pushes, -1, 0 or 1; both `[batch, channel, row, column]`.
fn squares(streams: &mut [Stream], shape: [usize; 4]) -> [TensorData; 2] {
    let [batch, channels, rows, columns] = shape;
    let mut mask = vec![0.0f32; batch * channels * rows * columns];
    let mut push = mask.clone();
    for (picture, stream) in streams.iter_mut().enumerate() {
        let side = (SIDES.0 + stream.below(SIDES.1)).min(rows).min(columns);
        let (top, left) = (stream.below(rows - side + 1), stream.below(columns - side + 1));
        for channel in 0..channels {
            let sign = if stream.below(2) == 0 { 1.0 } else { -1.0 };
            for row in top..top + side {
                let begin = ((picture * channels + channel) * rows + row) * columns + left;
                mask[begin..begin + side].fill(1.0);
                push[begin..begin + side].fill(sign);
            }
        }
    }
    [mask, push].map(|values| TensorData::new(values, shape))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_is_one_square_of_one_sign() {
        let mut streams: Vec<Stream> = (0..20).map(|key| Stream::new(1, key, 0)).collect();
        let [mask, push] = squares(&mut streams, [20, 1, 28, 28]).map(|data| data.iter::<f32>().collect::<Vec<_>>());
        for (mask, push) in mask.chunks_exact(784).zip(push.chunks_exact(784)) {
            let area: f32 = mask.iter().sum();
            let side = area.sqrt();
            assert!(side == side.round() && (2.0..=10.0).contains(&side), "{area}");
            let sum: f32 = push.iter().sum();
            assert_eq!(sum.abs(), area);
        }
    }
}
