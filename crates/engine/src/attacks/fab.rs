//! FAB-T, the fast adaptive boundary attack: it steps onto the linearised decision boundary toward each other class in
//! turn, drawn back toward the clean input all the while, and so looks for the nearest other answer (Croce and Hein
//! 2020).

use crate::attack::{Attack, Entry, Knobs, Probe, Run};
use crate::case::{Case, Goal, runner_up};
use crate::{ball::Ball, hyperplane, knob, loss, preset};
use burn::tensor::Tensor;
use foolproof_core::catalog::{Aim, Card};

pub(super) const ENTRY: Entry = Entry { card, make };

/// Stands in for a change of length 0 where the two pulls are weighed; below any that pixels can have.
const SHORTEST: f32 = 1e-30;
/// How far a further start toward the same class lies from the clean input, as a share of the radius.
const START: f32 = 0.5;

fn card() -> Card {
    let alpha = "Largest share of a step that pulls back toward the clean input.";
    let eta = "How far past the linearised boundary a step goes; 1 is just onto it.";
    let beta = "Where a point that fools is set back to, as a share of its distance.";
    Card {
        aim: Aim::Nearest,
        knobs: vec![
            knob::steps(100),
            knob::targets(),
            knob::real("alpha", "Pull", alpha, 0.0..=1.0, 0.1),
            knob::real("eta", "Overshoot", eta, 1.0..=2.0, 1.05),
            knob::real("beta", "Set back", beta, 0.0..=1.0, 0.9),
        ],
        presets: vec![preset::own(
            "Croce and Hein",
            &[("steps", 100.0), ("targets", 9.0), ("alpha", 0.1), ("eta", 1.05), ("beta", 0.9)],
        )],
        ..Card::new(
            "fab",
            "FAB-T",
            "Walks along the decision boundary to each other class, ever nearer to the clean input.",
            [
                "Croce and Hein 2020",
                "Minimally distorted adversarial examples with a fast adaptive boundary attack",
                "https://arxiv.org/abs/1907.02044",
            ],
        )
    }
}

fn make(knobs: &Knobs, _: &Ball) -> Box<dyn Attack> {
    let real = |key: &str, default: f32| knobs.get(key).map_or(default, |value| value as f32);
    let standard = Fab::standard(Aim::Nearest);
    Box::new(Fab {
        steps: knobs.count("steps"),
        targets: knobs.count("targets"),
        alpha: real("alpha", standard.alpha),
        eta: real("eta", standard.eta),
        beta: real("beta", standard.beta),
        ..standard
    })
}

/// FAB-T with its knobs set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fab {
    /// Steps toward each class.
    pub steps: u32,
    /// Classes aimed at, a run for each.
    pub targets: u32,
    /// Largest share of the pull toward the clean input.
    pub alpha: f32,
    /// Overshoot, at least 1.
    pub eta: f32,
    /// Where a point that fools is set back to, as a share of its distance.
    pub beta: f32,
    /// Nearest, or within a radius: then it walks as freely, and each of its points is judged where the ball ends.
    pub aim: Aim,
}

impl Fab {
    /// The settings of its authors.
    pub fn standard(aim: Aim) -> Fab {
        Fab { steps: 100, targets: 9, alpha: 0.1, eta: 1.05, beta: 0.9, aim }
    }
}

/// One run.
struct Walk {
    of: Fab,
    /// The point at hand, which the ball need not hold.
    free: Tensor<4>,
    /// One-hot class that the run aims at, where the case names none.
    target: Option<Tensor<2>>,
}

impl Attack for Fab {
    fn plan(&self) -> Vec<u32> {
        vec![self.steps; self.targets as usize]
    }

    fn aim(&self) -> Aim {
        self.aim
    }

    fn begin(&self, case: &Case, ball: &Ball, run: u32) -> (Tensor<4>, Box<dyn Run>) {
        let others = case.class.dims()[1].saturating_sub(1).max(1) as u32;
        let (target, again) = match case.goal {
            Goal::Leave => (Some(runner_up(&case.logits, &case.class, run % others)), run >= others),
            Goal::Reach => (None, run > 0),
        };
        let free = match again {
            false => case.clean.clone(),
            true => {
                let near = ball.with_radius(START * ball.radius);
                near.random_start(&case.clean, &mut case.streams(run)).clamp(0.0, 1.0)
            }
        };
        (free.clone(), Box::new(Walk { of: *self, free, target }))
    }
}

impl Run for Walk {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        let (case, clean) = (probe.case, probe.case.clean.clone());
        let logits = match self.of.aim {
            Aim::Nearest => probe.logits(),
            _ => probe.ask(self.free.clone()),
        };
        let fooled = case.score(&logits).greater_scalar(0.0);
        let fooled = fooled.reshape([clean.dims()[0], 1, 1, 1]).expand(clean.dims());
        let back = clean.clone() + (self.free.clone() - clean.clone()).mul_scalar(self.of.beta);
        let x = self.free.clone().mask_where(fooled, back);
        let (gap, normal) = self.boundary(probe, &x);
        // The same plane seen from the clean input.
        let seen = gap.clone() + dot(&normal, x.clone() - clean.clone());
        let change = hyperplane::smallest_change(
            probe.ball,
            &Tensor::cat(vec![x.clone(), clean.clone()], 0),
            &Tensor::cat(vec![normal.clone(), normal], 0),
            &Tensor::cat(vec![gap, seen], 0),
        );
        self.free = self.of.meet(probe.ball, x, clean, change);
        self.free.clone()
    }
}

impl Walk {
    /// What is missing at `x` to the boundary, `[batch, 1, 1, 1]`, and the gradient that closes it.
    fn boundary(&self, probe: &mut Probe, x: &Tensor<4>) -> (Tensor<4>, Tensor<4>) {
        let case = probe.case;
        let rise = |logits: &Tensor<2>| match &self.target {
            Some(target) => target.clone() - case.class.clone(),
            None => loss::margin_slope(logits, &case.class).neg(),
        };
        let (logits, gradient) = probe.ask_gradient(x.clone(), rise);
        probe.gradient = Some(gradient.clone());
        let gap = (logits.clone() * rise(&logits)).sum_dim(1).neg();
        let batch = gap.dims()[0];
        (gap.reshape([batch, 1, 1, 1]), gradient)
    }
}

impl Fab {
    /// Between the step from the iterate and the one from the clean input: nearer to the shorter, and seldom the latter.
    fn meet(&self, ball: &Ball, x: Tensor<4>, clean: Tensor<4>, change: Tensor<4>) -> Tensor<4> {
        let [batch, channels, rows, columns] = x.dims();
        let length = ball.distance(&change.zeros_like(), &change).clamp_min(SHORTEST);
        let half = |of: usize| of * batch..(of + 1) * batch;
        let part = |of: usize| change.clone().slice([half(of), 0..channels, 0..rows, 0..columns]).mul_scalar(self.eta);
        let long = |of: usize| length.clone().slice([half(of), 0..1, 0..1, 0..1]);
        let pull = (long(0) / (long(0) + long(1))).clamp_max(self.alpha);
        let (here, there) = (x + part(0), clean + part(1));
        (here.clone() + (there - here) * pull).clamp(0.0, 1.0)
    }
}

fn dot(a: &Tensor<4>, b: Tensor<4>) -> Tensor<4> {
    crate::ball::per_sample(&(a.clone() * b), |flat| flat.sum_dim(1))
}
