//! MI-FGSM, FGSM in small steps with momentum: each step follows the sum of all gradients so far, every one scaled to
//! the same size, so that a single odd gradient does not turn the path (Dong et al. 2018).

use crate::attack::{Attack, Entry, Knobs, Probe, Run};
use crate::ball::{self, Ball};
use crate::{case::Case, knob, preset};
use burn::tensor::Tensor;
use foolproof_core::catalog::{Card, Norm, PresetValue};

pub(super) const ENTRY: Entry = Entry { card, make };

/// Share of the radius that one step goes, unless it is set.
const STEP: f32 = 0.2;

fn card() -> Card {
    Card {
        knobs: vec![
            knob::steps(10),
            knob::auto("step", "Step size", "How far one step goes, in the attack's norm.", 0.0..=100.0, "0.2·ε"),
            knob::real("decay", "Decay", "How much of the earlier gradients a step keeps; 0 is BIM.", 0.0..=2.0, 1.0),
        ],
        presets: vec![
            preset::of(
                "CleverHans",
                &[Norm::Linf],
                &[
                    ("step", PresetValue::TimesEps(0.2)),
                    ("steps", PresetValue::Fixed(10.0)),
                    ("decay", PresetValue::Fixed(1.0)),
                ],
            ),
            preset::fixed(
                "torchattacks",
                &[Norm::Linf],
                &[("eps", 8.0 / 255.0), ("step", 2.0 / 255.0), ("steps", 10.0), ("decay", 1.0)],
            ),
        ],
        ..Card::new(
            "mi-fgsm",
            "MI-FGSM",
            "FGSM in small steps with momentum, so that what it finds fools other models too.",
            ["Dong et al. 2018", "Boosting adversarial attacks with momentum", "https://arxiv.org/abs/1710.06081"],
        )
    }
}

fn make(knobs: &Knobs, ball: &Ball) -> Box<dyn Attack> {
    let step = knobs.get("step").map_or(STEP * ball.radius, |step| step as f32);
    let decay = knobs.get("decay").unwrap_or(1.0) as f32;
    Box::new(Momentum { steps: knobs.count("steps"), step, decay })
}

/// MI-FGSM with its knobs set.
#[derive(Clone, Copy)]
struct Momentum {
    steps: u32,
    step: f32,
    decay: f32,
}

/// A run, with the decaying sum of its gradients.
struct Rolling {
    of: Momentum,
    sum: Option<Tensor<4>>,
}

impl Attack for Momentum {
    fn plan(&self) -> Vec<u32> {
        vec![self.steps]
    }

    fn step_size(&self) -> f32 {
        self.step
    }

    fn begin(&self, case: &Case, _: &Ball, _: u32) -> (Tensor<4>, Box<dyn Run>) {
        (case.clean.clone(), Box::new(Rolling { of: *self, sum: None }))
    }
}

impl Run for Rolling {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        let scaled = Ball::new(Norm::L1, 1.0).steepest(probe.ball.scaled(probe.gradient()));
        let sum = match self.sum.take() {
            Some(before) => before.mul_scalar(self.of.decay) + scaled,
            None => scaled,
        };
        self.sum = Some(sum.clone());
        ball::step(&probe.at, probe.ball.direction(sum), self.of.step)
    }
}
