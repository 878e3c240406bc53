//! The contract of a defence that stands before a network or inside it, and travels with it as data
//! ([`DefenceSpec`](foolproof_core::defence::DefenceSpec)).
//!
//! A defence declares its backward pass. What has none answers a gradient of zero, which is why attacks seem to fail on it
//! (Athalye et al. 2018, <https://arxiv.org/abs/1802.00420>); an attack that asks for it gets a surrogate instead (backward
//! pass differentiable approximation, BPDA).

use crate::attack::Knobs;
use crate::random::Stream;
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;
use std::fmt::Debug;
use std::sync::Arc;

/// A defence with its knobs set.
#[derive(Clone, Debug)]
pub enum Defence {
    /// Changes what the network sees.
    Before(Arc<dyn Preprocessor>),
    /// In place of each rectifier, keeps this share of a layer's values, the largest ones, in (0, 1].
    Activations(f32),
    /// Multiplies the logits by this.
    Logits(f32),
}

/// What changes an input before a network sees it.
pub trait Preprocessor: Debug + Send + Sync {
    /// What the network sees. What draws at random has a stream for each row, others have none.
    ///
    /// # Shapes
    /// `x`: `[batch, channel, row, column]`; the result has the same batch.
    fn forward(&self, x: Tensor<4>, streams: &mut [Stream]) -> Tensor<4>;

    /// The gradient by `x` from the one by what the network sees; `None` for what declares none, which is as good as zero.
    /// The streams are as they were before [`Preprocessor::forward`], so that the draws are the same.
    ///
    /// # Shapes
    /// As for [`Preprocessor::forward`]; the result is as `x`.
    fn back(&self, _x: &Tensor<4>, _gradient: &Tensor<4>, _streams: &mut [Stream]) -> Option<Tensor<4>> {
        None
    }

    /// What takes the place of a gradient that there is none of: by default that of the identity.
    ///
    /// # Shapes
    /// As for [`Preprocessor::back`].
    fn surrogate(&self, _x: &Tensor<4>, gradient: Tensor<4>) -> Tensor<4> {
        gradient
    }

    /// Whether one input is seen differently each time.
    fn is_random(&self) -> bool {
        false
    }

    /// Whether no value falls where another one rises, so that an interval's ends stay its ends.
    fn rises(&self) -> bool {
        false
    }
}

/// A defence's place in the registry: its card, and how to make it from its knobs.
pub struct Entry {
    /// What the picker shows; also the ranges and defaults of its knobs.
    pub card: fn() -> Card,
    /// Makes the defence.
    pub make: fn(&Knobs) -> Defence,
}
