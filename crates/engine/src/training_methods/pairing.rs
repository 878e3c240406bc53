//! Adversarial logit pairing: clean and attacked picture are to have the same logits (Kannan et al. 2018,
//! <https://arxiv.org/abs/1803.06373>). Engstrom et al. 2018, <https://arxiv.org/abs/1807.10272>, show how it can be
//! fooled all the same.

use super::{steps, stride};
use crate::attack::Knobs;
use crate::knob;
use crate::loss::pairs;
use crate::paired_method;
use crate::training_method::{BatchContext, Entry, TrainingMethod};
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

fn make(knobs: &Knobs) -> Box<dyn TrainingMethod> {
    paired_method::make(knobs, "weight", craft, pairs::pairing)
}

fn craft(context: &BatchContext, steps: u32, step: f32) -> Tensor<4> {
    let slope = context.slope();
    slope.ascend(slope.random_start(), steps, step, |logits| context.cross_entropy(logits))
}
