//! Ensemble adversarial training: examples made on other, fixed models and on the model itself, in turn (Tramèr et al.
//! 2018, <https://arxiv.org/abs/1705.07204>).

use super::{factor, steps, stride};
use crate::attack::Knobs;
use crate::knob;
use crate::training_method::{BatchContext, Entry, TrainingMethod};
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;

pub(super) const ENTRY: Entry = Entry { card, make, borrows: true };

fn card() -> Card {
    let paper = [
        "Tramèr et al. 2018",
        "Ensemble adversarial training: attacks and defenses",
        "https://arxiv.org/abs/1705.07204",
    ];
    let help = "Takes its turn with examples made on the model in training.";
    let knobs = vec![steps(1), stride(1.25), knob::toggle("own", "Own examples too", help, true)];
    let summary = "Learns from examples that were made to fool other networks, and so to carry over.";
    super::card("ensemble", "Ensemble", summary, paper, knobs)
}

fn make(knobs: &Knobs) -> Box<dyn TrainingMethod> {
    let own = knobs.get("own") != Some(0.0);
    Box::new(Ensemble { steps: knobs.count("steps"), step: factor(knobs, "step"), own })
}

/// A source a batch, in turn.
struct Ensemble {
    steps: u32,
    /// As a multiple of epsilon.
    step: f32,
    own: bool,
}

impl TrainingMethod for Ensemble {
    fn attack(&self, context: &BatchContext) -> Tensor<4> {
        let turns = (context.sources.len() + usize::from(self.own)).max(1);
        let turn = (context.number % turns as u64) as usize;
        let slope = context.slope_of(context.sources.get(turn).unwrap_or(context.model));
        let step = self.step * context.ball.radius;
        slope.ascend(slope.random_start(), self.steps, step, |logits| context.cross_entropy(logits))
    }
}
