//! MART: misclassification-aware training, which presses hardest on the pictures that are wrong already (Wang et al.
//! 2020, <https://openreview.net/forum?id=rklOg6EFwS>).

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
        "Wang et al. 2020",
        "Improving adversarial robustness requires revisiting misclassified examples",
        "https://openreview.net/forum?id=rklOg6EFwS",
    ];
    let help = "Weight of agreement inside the ball, which counts more the less sure the clean answer is.";
    let knobs = vec![knob::real("beta", "Lambda", help, 0.0..=100.0, 5.0), steps(7), stride(0.25)];
    super::card("mart", "MART", "Presses hardest on the pictures that the network gets wrong already.", paper, knobs)
}

fn make(knobs: &Knobs) -> Box<dyn TrainingMethod> {
    paired_method::make(knobs, "beta", craft, pairs::mart)
}

fn craft(context: &BatchContext, steps: u32, step: f32) -> Tensor<4> {
    let slope = context.slope();
    slope.ascend(slope.nudged_start(), steps, step, |logits| context.cross_entropy(logits))
}
