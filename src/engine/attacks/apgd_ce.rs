//! APGD on cross-entropy: PGD that finds its own step size (Croce and Hein 2020).

use crate::catalog::{Access, Aim, Card, Norm, Paper};
use crate::engine::apgd::{self, Apgd, Objective};
use crate::engine::attack::{Attack, Entry, Knobs};
use crate::engine::{ball::Ball, knob};

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    Card {
        id: "apgd-ce".into(),
        name: "APGD-CE".into(),
        summary: "PGD that finds its own step size: long steps first, shorter ones where the loss stops rising.".into(),
        paper: Paper {
            cite: "Croce and Hein 2020".into(),
            title: "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free attacks"
                .into(),
            url: "https://arxiv.org/abs/2003.01690".into(),
        },
        norms: Norm::ALL.to_vec(),
        targeted: true,
        aim: Aim::Within,
        access: Access::Gradient,
        knobs: vec![knob::steps(100), knob::restarts(), apgd::funnel()],
        presets: Vec::new(),
    }
}

fn make(knobs: &Knobs, ball: &Ball) -> Box<dyn Attack> {
    Box::new(Apgd {
        steps: knobs.count("steps"),
        runs: knobs.count("restarts"),
        objective: Objective::CrossEntropy,
        funnel: knobs.get("funnel") != Some(0.0),
        radius: ball.radius,
    })
}
