//! Adversarial logit pairing: clean and attacked picture are to have the same logits (Kannan et al. 2018,
//! <https://arxiv.org/abs/1803.06373>). Engstrom et al. 2018, <https://arxiv.org/abs/1807.10272>, show how it can be
//! fooled all the same.

use super::{factor, steps, stride};
use crate::attack::Knobs;
use crate::defence::{BatchContext, Defence, Entry, halves};
use crate::knob;
use crate::loss::pairs;
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;

pub(super) const ENTRY: Entry = Entry { card, make, borrows: false };

fn card() -> Card {
    let paper = ["Kannan et al. 2018", "Adversarial logit pairing", "https://arxiv.org/abs/1803.06373"];
    let help = "Weight of the squared difference between clean and attacked logits.";
    let knobs = vec![knob::real("weight", "Pairing weight", help, 0.0..=100.0, 0.5), steps(7), stride(0.25)];
    let summary = "Learns from clean and attacked pictures, and pulls their logits together.";
    super::card("pairing", "Logit pairing", summary, paper, knobs)
}

fn make(knobs: &Knobs) -> Box<dyn Defence> {
    Box::new(Pairing { weight: factor(knobs, "weight"), steps: knobs.count("steps"), step: factor(knobs, "step") })
}

/// Logit pairing.
struct Pairing {
    weight: f32,
    steps: u32,
    /// As a multiple of epsilon.
    step: f32,
}

impl Defence for Pairing {
    fn paired(&self) -> bool {
        true
    }

    fn attack(&self, context: &BatchContext) -> Tensor<4> {
        let slope = context.slope();
        let step = self.step * context.ball.radius;
        slope.ascend(slope.random_start(), self.steps, step, |logits| context.cross_entropy(logits))
    }

    fn loss(&self, logits: &Tensor<2>, class: &Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let (clean, attacked) = halves(logits);
        let found = pairs::pairing(&clean, &attacked, class, self.weight);
        (found.value, Tensor::cat(vec![found.clean, found.attacked], 0))
    }
}
