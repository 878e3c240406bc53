//! The contract of a detector: a score for each input, the higher the more suspicious, by a network and by clean inputs that
//! say what is usual. It changes no answer; what it flags is told beside it.
//!
//! A detector says how its score changes with the input, since an attack that knows of it goes by that (Carlini and Wagner
//! 2017, "Adversarial examples are not easily detected", <https://arxiv.org/abs/1705.07263>).

use crate::attack::Knobs;
use crate::sequential::Sequential;
use burn::tensor::{Device, Tensor};
use foolproof_core::catalog::Card;
use foolproof_core::protocol::Fault;
use std::fmt::Debug;

/// A detector that knows its network and what is usual.
pub trait Detector: Debug + Send + Sync {
    /// The score of each input.
    ///
    /// # Shapes
    /// `x`: `[batch, channel, row, column]`; the result: `[batch, 1]`.
    fn score(&self, x: &Tensor<4>) -> Tensor<2>;

    /// The score, and its gradient by each input: through what has no gradient by its surrogate.
    ///
    /// # Shapes
    /// `x` and the gradient: `[batch, channel, row, column]`; the score: `[batch, 1]`.
    fn gradient(&self, x: &Tensor<4>) -> (Tensor<2>, Tensor<4>);
}

/// What a detector is made from.
pub struct Usual {
    /// The network, weights frozen.
    pub network: Sequential,
    /// Where it lives.
    pub device: Device,
    /// What it takes: `[channel, row, column]`.
    pub input: [usize; 3],
    /// What the last layer decides by on clean training inputs ([`Sequential::features`]), row by row.
    pub features: Vec<f32>,
    /// Numbers in a row of them.
    pub width: usize,
    /// Their classes.
    pub labels: Vec<u32>,
}

/// A detector, or why there can be none.
pub type Made = Result<Box<dyn Detector>, Fault>;

/// A detector's place in the registry: its card, and how to make it.
pub struct Entry {
    /// What the picker shows; also the ranges and defaults of its knobs.
    pub card: fn() -> Card,
    /// Makes the detector.
    ///
    /// # Errors
    /// A [`Fault`] if it cannot be made from these inputs.
    pub make: fn(&Knobs, &Usual) -> Made,
}
