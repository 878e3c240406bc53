//! Free adversarial training: each batch is learnt from several times in a row, and the gradient of one pass moves both
//! the weights and the examples (Shafahi et al. 2019, <https://arxiv.org/abs/1904.12843>).
//!
//! The paper carries a perturbation over to the next batch. Here each batch begins at a random point of the ball, as
//! Wong et al. 2020 recommend for single steps, so that a round depends on nothing but its learner.

use super::{factor, stride};
use crate::attack::Knobs;
use crate::knob;
use crate::training_method::{BatchContext, Entry, Replay, TrainingMethod};
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;

pub(super) const ENTRY: Entry = Entry { card, make, borrows: false };

fn card() -> Card {
    let paper = ["Shafahi et al. 2019", "Adversarial training for free!", "https://arxiv.org/abs/1904.12843"];
    let help = "How often each batch is learnt from; each time the examples move on.";
    let knobs = vec![knob::whole("replays", "Replays", help, 1..=30, 4), stride(1.0)];
    super::card("free", "Free", "Reuses one gradient twice: for the weights, and to move the examples.", paper, knobs)
}

fn make(knobs: &Knobs) -> Box<dyn TrainingMethod> {
    Box::new(Free { replays: knobs.count("replays"), step: factor(knobs, "step") })
}

/// Replays of each batch.
struct Free {
    replays: u32,
    /// As a multiple of epsilon.
    step: f32,
}

impl TrainingMethod for Free {
    fn attack(&self, context: &BatchContext) -> Tensor<4> {
        context.ball.project(&context.case.clean, context.slope().random_start())
    }

    fn replay(&self, radius: f32) -> Option<Replay> {
        Some(Replay { times: self.replays, step: self.step * radius })
    }
}
