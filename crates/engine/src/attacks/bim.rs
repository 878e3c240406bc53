//! BIM, the basic iterative method: FGSM in small steps from the clean input (Kurakin et al. 2017).

use super::auto_step;
use super::pgd::{Pgd, Start};
use crate::attack::{Attack, Entry, Knobs};
use crate::{ball::Ball, knob, preset};
use foolproof_core::catalog::{Access, Aim, Card, Norm, Paper, PresetValue};

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    Card {
        id: "bim".into(),
        name: "BIM".into(),
        summary: "FGSM again and again in small steps, starting from the clean input.".into(),
        paper: Paper {
            cite: "Kurakin et al. 2017".into(),
            title: "Adversarial examples in the physical world".into(),
            url: "https://arxiv.org/abs/1607.02533".into(),
        },
        norms: Norm::ALL.to_vec(),
        targeted: true,
        aim: Aim::Within,
        access: Access::Gradient,
        knobs: vec![knob::steps(10), knob::step()],
        presets: vec![preset::of(
            "Foolbox",
            &Norm::ALL,
            &[("steps", PresetValue::Fixed(10.0)), ("step", PresetValue::TimesEps(0.2))],
        )],
    }
}

fn make(knobs: &Knobs, ball: &Ball) -> Box<dyn Attack> {
    let steps = knobs.count("steps");
    let step = knobs.get("step").map_or_else(|| auto_step(ball.radius, steps), |step| step as f32);
    Box::new(Pgd { steps, step, restarts: 1, start: Start::Clean })
}
