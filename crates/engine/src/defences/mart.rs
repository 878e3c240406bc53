//! MART: misclassification-aware training, which presses hardest on the pictures that are wrong already (Wang et al.
//! 2020, <https://openreview.net/forum?id=rklOg6EFwS>).

use super::{factor, steps, stride};
use crate::attack::Knobs;
use crate::defence::{BatchContext, Defence, Entry, halves};
use crate::knob;
use crate::loss::pairs;
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

fn make(knobs: &Knobs) -> Box<dyn Defence> {
    Box::new(Mart { beta: factor(knobs, "beta"), steps: knobs.count("steps"), step: factor(knobs, "step") })
}

/// MART.
struct Mart {
    beta: f32,
    steps: u32,
    /// As a multiple of epsilon.
    step: f32,
}

impl Defence for Mart {
    fn paired(&self) -> bool {
        true
    }

    fn attack(&self, context: &BatchContext) -> Tensor<4> {
        let slope = context.slope();
        let step = self.step * context.ball.radius;
        slope.ascend(slope.nudged_start(), self.steps, step, |logits| context.cross_entropy(logits))
    }

    fn loss(&self, logits: &Tensor<2>, class: &Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let (clean, attacked) = halves(logits);
        let found = pairs::mart(&clean, &attacked, class, self.beta);
        (found.value, Tensor::cat(vec![found.clean, found.attacked], 0))
    }
}
