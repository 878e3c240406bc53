//! BIM, the basic iterative method: FGSM in small steps from the clean input (Kurakin et al. 2017).

use super::auto_step;
use super::pgd::{Pgd, Start};
use crate::attack::{Attack, Entry, Knobs};
use crate::{ball::Ball, knob, preset};
use foolproof_core::catalog::{Card, Norm, PresetValue};

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    Card {
        knobs: vec![knob::steps(10), knob::step()],
        presets: vec![preset::of(
            "Foolbox",
            &Norm::ALL,
            &[("steps", PresetValue::Fixed(10.0)), ("step", PresetValue::TimesEps(0.2))],
        )],
        ..Card::new(
            "bim",
            "BIM",
            "FGSM again and again in small steps, starting from the clean input.",
            ["Kurakin et al. 2017", "Adversarial examples in the physical world", "https://arxiv.org/abs/1607.02533"],
        )
    }
}

fn make(knobs: &Knobs, ball: &Ball) -> Box<dyn Attack> {
    let steps = knobs.count("steps");
    let step = knobs.get("step").map_or_else(|| auto_step(ball.radius, steps), |step| step as f32);
    Box::new(Pgd { steps, step, restarts: 1, start: Start::Clean }) // stage: step
}
