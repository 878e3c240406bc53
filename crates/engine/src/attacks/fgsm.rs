//! FGSM, the fast gradient sign method: one step of size epsilon from the clean input (Goodfellow et al. 2015).
//!
//! In the L2 and L1 norms it is FGM: the gradient is scaled to length epsilon instead of taking its sign.

use super::pgd::{Pgd, Start};
use crate::attack::{Attack, Entry, Knobs};
use crate::ball::Ball;
use foolproof_core::catalog::Card;

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    Card::new(
        "fgsm",
        "FGSM",
        "One step of size epsilon in the direction in which the loss grows fastest.",
        ["Goodfellow et al. 2015", "Explaining and harnessing adversarial examples", "https://arxiv.org/abs/1412.6572"],
    )
}

fn make(_: &Knobs, ball: &Ball) -> Box<dyn Attack> {
    Box::new(Pgd { steps: 1, step: ball.radius, restarts: 1, start: Start::Clean }) // stage: step
}
