//! PGD adversarial training: the strongest example of the ball that a few projected steps find (Madry et al. 2018,
//! <https://arxiv.org/abs/1706.06083>).

use super::{factor, steps, stride};
use crate::attack::Knobs;
use crate::training_method::{BatchContext, Entry, TrainingMethod};
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;

pub(super) const ENTRY: Entry = Entry { card, make, borrows: false };

fn card() -> Card {
    let paper = [
        "Madry et al. 2018",
        "Towards deep learning models resistant to adversarial attacks",
        "https://arxiv.org/abs/1706.06083",
    ];
    let summary = "Learns from examples made by several small steps inside the ball: slower, and hard to fool.";
    super::card("pgd", "PGD", summary, paper, vec![steps(7), stride(0.25)])
}

fn make(knobs: &Knobs) -> Box<dyn TrainingMethod> {
    Box::new(Pgd { steps: knobs.count("steps"), step: factor(knobs, "step") })
}

/// PGD from a random start.
struct Pgd {
    steps: u32,
    /// As a multiple of epsilon.
    step: f32,
}

impl TrainingMethod for Pgd {
    fn attack(&self, context: &BatchContext) -> Tensor<4> {
        let slope = context.slope();
        let step = self.step * context.ball.radius;
        slope.ascend(slope.random_start(), self.steps, step, |logits| context.cross_entropy(logits))
    }
}
