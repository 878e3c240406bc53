//! Attacks that know of detectors: what they are after is wrong and not flagged. Where nothing looks they are PGD on the
//! margin.

use super::auto_step;
use crate::attack::{Attack, Entry, Knobs, Probe, Run};
use crate::ball::{self, Ball};
use crate::{case::Case, knob, loss};
use burn::tensor::Tensor;
use foolproof_core::catalog::{Card, Knob};

pub(super) const BOTH: Entry = Entry { card: card_of_both, make: make_both };
pub(super) const ORTHOGONAL: Entry = Entry { card: card_of_orthogonal, make: make_orthogonal };

/// Weights of the detector beside the model, one a run.
const WEIGHTS: [f32; 5] = [1.0, 2.0, 0.5, 4.0, 0.25];
/// Stands in for a length of 0 where one is divided by it.
const SMALLEST: f32 = 1e-30;

fn card_of_both() -> Card {
    let paper = [
        "Carlini and Wagner 2017",
        "Adversarial examples are not easily detected: bypassing ten detection methods",
        "https://arxiv.org/abs/1705.07263",
    ];
    let summary = "PGD against the model and its detectors at once, with five weights between both, one after another; without \
         detectors, on the margin alone.";
    Card { knobs: knobs(), ..Card::new("pgd-adaptive", "Adaptive PGD", summary, paper) }
}

fn card_of_orthogonal() -> Card {
    let paper = [
        "Bryniarski et al. 2021",
        "Evading adversarial example detection defenses with orthogonal projected gradient descent",
        "https://arxiv.org/abs/2106.15023",
    ];
    let summary =
        "Each step works on what is still missing, the wrong answer or the pass, and leaves the other as it is.";
    Card { knobs: knobs(), ..Card::new("pgd-orthogonal", "Orthogonal PGD", summary, paper) }
}

fn knobs() -> Vec<Knob> {
    vec![knob::steps(100), knob::step(), knob::restarts()]
}

fn make_both(knobs: &Knobs, ball: &Ball) -> Box<dyn Attack> {
    Box::new(Adaptive { weights: WEIGHTS.map(Some).repeat(knobs.count("restarts") as usize), ..adaptive(knobs, ball) })
}

fn make_orthogonal(knobs: &Knobs, ball: &Ball) -> Box<dyn Attack> {
    Box::new(Adaptive { weights: vec![None; knobs.count("restarts") as usize], ..adaptive(knobs, ball) })
}

fn adaptive(knobs: &Knobs, ball: &Ball) -> Adaptive {
    let steps = knobs.count("steps");
    let step = knobs.get("step").map_or_else(|| auto_step(ball.radius, steps), |step| step as f32);
    Adaptive { steps, step, weights: Vec::new() }
}

/// Either attack with its knobs set.
struct Adaptive {
    steps: u32,
    /// Length of a step in the ball's norm, pixels.
    step: f32,
    /// By run: the weight of the detectors' gradient, or `None` where one is made to leave the other as it is.
    weights: Vec<Option<f32>>,
}

impl Attack for Adaptive {
    fn plan(&self) -> Vec<u32> {
        vec![self.steps; self.weights.len()]
    }

    fn step_size(&self) -> f32 {
        self.step
    }

    fn heeds_detectors(&self) -> bool {
        true
    }

    fn begin(&self, case: &Case, ball: &Ball, run: u32) -> (Tensor<4>, Box<dyn Run>) {
        let start = ball.random_start(&case.clean, &mut case.streams(run));
        let weight = self.weights.get(run as usize).copied().flatten();
        (start, Box::new(Climb { step: self.step, weight }))
    }
}

/// One run.
struct Climb {
    step: f32,
    weight: Option<f32>,
}

impl Run for Climb {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        let case = probe.case;
        let away = probe.gradient_of(|logits| case.goal.turned(loss::margin_slope(logits, &case.class)));
        let direction = match (probe.slack(), self.weight) {
            (None, _) => away,
            (Some((_, pass)), Some(weight)) => shape(&away) + shape(&pass).mul_scalar(weight),
            (Some((slack, pass)), None) => missing(probe, shape(&away), (slack, shape(&pass))),
        };
        ball::step(&probe.at, probe.ball.steepest(direction), self.step)
    }
}

/// Along what is missing, and across the other: the wrong answer first, then, where the input is flagged, the pass.
fn missing(probe: &mut Probe, away: Tensor<4>, (slack, pass): (Tensor<2>, Tensor<4>)) -> Tensor<4> {
    let wrong = probe.case.score(&probe.logits()).greater_scalar(0.0);
    let flagged = wrong.bool_and(slack.lower_equal_scalar(0.0));
    let flagged = flagged.reshape([away.dims()[0], 1, 1, 1]).expand(away.dims());
    let across =
        |along: &Tensor<4>, other: &Tensor<4>| along.clone() - other.clone() * sum(along.clone() * other.clone());
    across(&away, &pass).mask_where(flagged, across(&pass, &away))
}

/// The gradient scaled to length 1: neither logits nor scores set the other's measure. 0 stays 0.
///
/// # Shapes
/// Both `[batch, channel, row, column]`.
fn shape(gradient: &Tensor<4>) -> Tensor<4> {
    let size = gradient.clone().abs().flatten::<2>(1, 3).max_dim(1).reshape([gradient.dims()[0], 1, 1, 1]);
    let even = gradient.clone() / size.clamp_min(SMALLEST);
    even.clone() / sum(even.clone() * even).sqrt().clamp_min(SMALLEST)
}

/// Of each input, `[batch, 1, 1, 1]`.
fn sum(x: Tensor<4>) -> Tensor<4> {
    let batch = x.dims()[0];
    x.flatten::<2>(1, 3).sum_dim(1).reshape([batch, 1, 1, 1])
}
