//! The contract between a training method and the [`Trainer`](crate::trainer::Trainer) that drives it.
//!
//! A method says which examples to learn from and what their loss is, or that it learns from bounds. The trainer owns weights, optimiser and batches,
//! attacks only the share of a batch that the recipe asks for, and crafts on frozen weights.

use crate::attack::Knobs;
use crate::inner_maximisation::Slope;
use crate::loss::pairs::soft_slope;
use crate::{ball::Ball, case::Case, loss, sequential::Sequential};
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;

/// A training method with its knobs set.
pub trait TrainingMethod {
    /// Whether the answers on the clean pictures are part of the loss. Then the examples are the clean pictures
    /// followed by the attacked ones.
    fn paired(&self) -> bool {
        false
    }

    /// What is learnt from: the attacked pictures, as many as there are clean ones. Nothing is read back.
    ///
    /// # Shapes
    /// The result: `[batch, channel, row, column]`.
    fn attack(&self, context: &BatchContext) -> Tensor<4>;

    /// Loss of the logits, and its derivative by them. Without clean answers it is the cross-entropy.
    ///
    /// # Shapes
    /// `logits` and the slope: `[rows, class]`, two rows a sample if [`TrainingMethod::paired`]; `class`, one-hot or soft:
    /// `[batch, class]`; the loss: `[batch, 1]`.
    fn loss(&self, logits: &Tensor<2>, class: &Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        (loss::cross_entropy(logits, class), soft_slope(logits, class))
    }

    /// For a method that learns from each batch several times and moves its examples by the gradient of the same pass:
    /// how often, and how far each time.
    fn replay(&self, _radius: f32) -> Option<Replay> {
        None
    }

    /// For a method that learns from bounds on the logits in place of examples: how. It is never asked to attack, and its
    /// loss is that of both parts' logits, the clean ones and the worst ones in the ball.
    fn bounds(&self) -> Option<Bounds> {
        None
    }
}

/// Learning from the worst logits in the ball, which no attack can reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Weight of the loss on the clean pictures once the radius has grown, 0 to 1; the worst logits have the rest. Before
    /// the radius grows it is 1.
    pub clean: f32,
    /// Share of the run after which the radius begins to grow.
    pub start: f64,
}

/// Several steps on one batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replay {
    /// Optimiser steps a batch, at least 1.
    pub times: u32,
    /// Length of each move of the examples, pixels.
    pub step: f32,
}

/// What a method sees of a batch.
pub struct BatchContext<'a> {
    /// The model as it stands, its weights frozen.
    pub model: &'a Sequential,
    /// Other models, frozen; for methods that borrow their examples.
    pub sources: &'a [Sequential],
    /// The pictures to attack.
    pub case: &'a Case,
    /// The threat model, at the radius in force.
    pub ball: &'a Ball,
    /// Whether labels may be mixed.
    pub soft: bool,
    /// Number of the batch in the run.
    pub number: u64,
}

impl BatchContext<'_> {
    /// The way up the cross-entropy of the model itself.
    pub fn slope(&self) -> Slope<'_> {
        self.slope_of(self.model)
    }

    /// The same on another model.
    pub fn slope_of<'a>(&'a self, model: &'a Sequential) -> Slope<'a> {
        Slope { model, case: self.case, ball: self.ball }
    }

    /// Derivative of the cross-entropy by the logits; exact where the model is sure, unless labels are mixed.
    ///
    /// # Shapes
    /// Both `[batch, class]`.
    pub fn cross_entropy(&self, logits: &Tensor<2>) -> Tensor<2> {
        match self.soft {
            true => soft_slope(logits, &self.case.class),
            false => loss::cross_entropy_slope(logits, &self.case.class),
        }
    }
}

/// A training method's place in the registry: its card, and how to make it from a recipe's knobs.
pub struct Entry {
    /// What the picker shows; also the ranges and defaults of its knobs.
    pub card: fn() -> Card,
    /// Makes the method.
    pub make: fn(&Knobs) -> Box<dyn TrainingMethod>,
    /// Whether it learns from other models' examples, which the recipe must then name.
    pub borrows: bool,
}

/// Clean and attacked rows of paired logits.
///
/// # Shapes
/// `logits`: `[2 * batch, class]`; each result: `[batch, class]`.
pub fn halves(logits: &Tensor<2>) -> (Tensor<2>, Tensor<2>) {
    let batch = logits.dims()[0] / 2;
    (logits.clone().slice(0..batch), logits.clone().slice(batch..2 * batch))
}
