//! A universal perturbation: one for the whole batch, by projected gradient ascent on the batch's mean loss
//! (Moosavi-Dezfooli et al. 2017, <https://arxiv.org/abs/1610.08401>, for the idea; Shafahi et al. 2020,
//! <https://arxiv.org/abs/1811.11304>, for the ascent and the clipped loss).
//!
//! The caller chooses the batch: the knob `crafted` tells it how large that should be, and nothing here reads the knob.

use super::auto_step;
use crate::attack::{Attack, Entry, Knobs, Probe, Run};
use crate::{ball::Ball, case::Case, knob, loss};
use burn::tensor::Tensor;
use foolproof_core::catalog::{Aim, CRAFTED, Card, Knob, Norm};

/// Margin, as a share of the clean inputs' mean one, beyond which a sample no longer pulls: one input must not outweigh
/// the others.
const ENOUGH: f32 = 0.1;

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    let summary = "Looks for one perturbation that fools the model on as many inputs as it can, crafted on some of them together.";
    Card {
        norms: vec![Norm::Linf, Norm::L2],
        aim: Aim::Shared,
        knobs: vec![knob::steps(40), knob::step(), crafted()],
        ..Card::new(
            "universal",
            "Universal",
            summary,
            ["Moosavi-Dezfooli et al. 2017", "Universal adversarial perturbations", "https://arxiv.org/abs/1610.08401"],
        )
    }
}

fn crafted() -> Knob {
    let help = "How many inputs it is crafted on: with a picture, that one and the first test images, 32 at most; in an evaluation the first ones, and the others tell whether it generalises.";
    knob::whole("crafted", "Crafted on", help, 1..=200, CRAFTED)
}

fn make(knobs: &Knobs, ball: &Ball) -> Box<dyn Attack> {
    let steps = knobs.count("steps");
    let step = knobs.get("step").map_or_else(|| auto_step(ball.radius, steps), |step| step as f32);
    Box::new(Universal { steps, step })
}

/// One perturbation for a batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Universal {
    /// Steps, at least 1.
    pub steps: u32,
    /// Length of a step in the ball's norm, pixels.
    pub step: f32,
}

impl Attack for Universal {
    fn plan(&self) -> Vec<u32> {
        vec![self.steps]
    }

    fn step_size(&self) -> f32 {
        self.step
    }

    fn aim(&self) -> Aim {
        Aim::Shared
    }

    fn begin(&self, case: &Case, _: &Ball, _: u32) -> (Tensor<4>, Box<dyn Run>) {
        let [_, channels, rows, columns] = case.clean.dims();
        let delta = Tensor::zeros([1, channels, rows, columns], &case.clean.device());
        let enough = case.score(&case.logits).abs().mean_dim(0).mul_scalar(ENOUGH);
        (case.clean.clone(), Box::new(Ascent { step: self.step, delta, enough }))
    }
}

/// One run.
struct Ascent {
    step: f32,
    /// The perturbation before the box clips it, `[1, channel, row, column]`.
    delta: Tensor<4>,
    /// Margin beyond which a sample no longer pulls, `[1, 1]`.
    enough: Tensor<2>,
}

impl Run for Ascent {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        let case = probe.case;
        // Margins, so that saturated scores have a gradient too.
        let gradient = probe.gradient_of(|logits| {
            let score = case.score(logits);
            let open = score.clone().lower(self.enough.clone().expand(score.dims())).float();
            case.goal.turned(loss::margin_slope(logits, &case.class)) * open
        });
        let direction = probe.ball.steepest(gradient.mean_dim(0));
        // Pulled back into the ball, whatever the box.
        self.delta = probe.ball.pull(&self.delta.zeros_like(), self.delta.clone() + direction.mul_scalar(self.step));
        case.clean.clone() + self.delta.clone()
    }

    fn shared(&self) -> Option<Tensor<4>> {
        Some(self.delta.clone())
    }
}
