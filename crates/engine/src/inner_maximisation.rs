//! The examples that training is done on: a few steps up a loss, inside ball and box, against frozen weights.
//!
//! Training takes the last iterate as it is: no judging, no best one, nothing read back.

use crate::ball::{self, Ball};
use crate::upload::floats;
use crate::{case::Case, sequential::Sequential};
use burn::tensor::Tensor;

/// Length of the small normal draws from which TRADES and MART begin, pixels.
const NUDGE: f32 = 1e-3;

/// Where to ascend.
pub struct Slope<'a> {
    /// The model, its weights frozen.
    pub model: &'a Sequential,
    /// The pictures, and where their random draws come from.
    pub case: &'a Case,
    /// The threat model.
    pub ball: &'a Ball,
}

impl Slope<'_> {
    /// The point reached from `start` in `steps` steps of length `step` (pixels), each projected. `slope` is the
    /// derivative of the loss by the logits.
    ///
    /// # Shapes
    /// `start` and the result: `[batch, channel, row, column]`; logits and slope: `[batch, class]`.
    pub fn ascend(
        &self,
        start: Tensor<4>,
        steps: u32,
        step: f32,
        slope: impl Fn(&Tensor<2>) -> Tensor<2>,
    ) -> Tensor<4> {
        let mut at = self.ball.project(&self.case.clean, start);
        for _ in 0..steps {
            let (_, gradient) = self.model.input_gradient(&at, &slope);
            at = self.ball.climb(&self.case.clean, &at, gradient, step);
        }
        at
    }

    /// One step, not projected.
    ///
    /// # Shapes
    /// As for [`Slope::ascend`].
    pub fn step(&self, at: Tensor<4>, step: f32, slope: impl FnOnce(&Tensor<2>) -> Tensor<2>) -> Tensor<4> {
        let (_, gradient) = self.model.input_gradient(&at, slope);
        ball::step(&at, self.ball.steepest(gradient), step)
    }

    /// A point drawn uniformly from the ball around each picture, not projected.
    ///
    /// # Shapes
    /// The result: `[batch, channel, row, column]`.
    pub fn random_start(&self) -> Tensor<4> {
        self.ball.random_start(&self.case.clean, &mut self.case.streams(0))
    }

    /// A point a thousandth of a pixel's range away, for losses whose slope is 0 at the clean picture.
    ///
    /// # Shapes
    /// The result: `[batch, channel, row, column]`.
    pub fn nudged_start(&self) -> Tensor<4> {
        self.noisy(NUDGE)
    }

    /// The pictures with Gaussian noise of this deviation (pixels), which is not clipped.
    ///
    /// # Shapes
    /// The result: `[batch, channel, row, column]`.
    pub fn noisy(&self, sigma: f32) -> Tensor<4> {
        let clean = &self.case.clean;
        let mut draws = Vec::with_capacity(clean.shape().num_elements());
        for mut stream in self.case.streams(0) {
            draws.extend((0..self.case.features()).map(|_| sigma * stream.normal()));
        }
        let draws = floats(draws, clean.dims(), &clean.device());
        clean.clone() + self.ball.scaled(draws)
    }
}
