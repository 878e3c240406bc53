//! TRADES: accuracy on clean pictures plus agreement of the answers inside the ball, with the trade-off as a knob
//! (Zhang et al. 2019, <https://arxiv.org/abs/1901.08573>).

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
    let paper = [
        "Zhang et al. 2019",
        "Theoretically principled trade-off between robustness and accuracy",
        "https://arxiv.org/abs/1901.08573",
    ];
    let help = "Weight of agreement inside the ball against accuracy on clean pictures.";
    let knobs = vec![knob::real("beta", "Beta", help, 0.0..=100.0, 6.0), steps(7), stride(0.25)];
    let summary = "Learns to be right on the clean picture, and to answer alike all over the ball around it.";
    super::card("trades", "TRADES", summary, paper, knobs)
}

fn make(knobs: &Knobs) -> Box<dyn TrainingMethod> {
    paired_method::make(knobs, "beta", craft, pairs::trades)
}

fn craft(context: &BatchContext, steps: u32, step: f32) -> Tensor<4> {
    let clean = context.model.forward(context.case.clean.clone());
    let slope = context.slope();
    slope.ascend(slope.nudged_start(), steps, step, |logits| pairs::divergence_rise(&clean, logits))
}
