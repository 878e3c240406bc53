//! FGSM, the fast gradient sign method: one step of size epsilon from the clean input (Goodfellow et al. 2015).
//!
//! In the L2 and L1 norms it is FGM: the gradient is scaled to length epsilon instead of taking its sign.

use super::pgd::{Pgd, Start};
use crate::attack::{Attack, Entry, Knobs};
use crate::ball::Ball;
use foolproof_core::catalog::{Access, Aim, Card, Norm, Paper};

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    Card {
        id: "fgsm".into(),
        name: "FGSM".into(),
        summary: "One step of size epsilon in the direction in which the loss grows fastest.".into(),
        paper: Paper {
            cite: "Goodfellow et al. 2015".into(),
            title: "Explaining and harnessing adversarial examples".into(),
            url: "https://arxiv.org/abs/1412.6572".into(),
        },
        norms: Norm::ALL.to_vec(),
        targeted: true,
        aim: Aim::Within,
        access: Access::Gradient,
        knobs: Vec::new(),
        presets: Vec::new(),
    }
}

fn make(_: &Knobs, ball: &Ball) -> Box<dyn Attack> {
    Box::new(Pgd { steps: 1, step: ball.radius, restarts: 1, start: Start::Clean })
}
