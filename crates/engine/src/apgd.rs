//! APGD, PGD that sets its own step size: it starts with long steps and momentum, halves the step of a sample whose
//! loss stops rising, and goes on from the best point found (Croce and Hein 2020, <https://arxiv.org/abs/2003.01690>).
//!
//! In the L1 norm a step moves a few pixels only, as many as the best point so far suggests, and the run may begin in a
//! larger ball (Croce and Hein 2021, <https://arxiv.org/abs/2103.01208>).

mod pace;
mod sparse;

use crate::attack::{Attack, Knobs, Probe, Run};
use crate::ball::Ball;
use crate::case::{Case, Goal, runner_up};
use crate::upload::floats;
use crate::{knob, loss, on_gpu, preset};
use burn::tensor::Tensor;
use foolproof_core::catalog::{Card, Knob, Norm};
use pace::Pace;

/// Share of the new step in a step with momentum.
const MOMENTUM: f32 = 0.75;
/// Radii of the L1 run as shares of the radius asked for, and shares of the steps spent in each.
const FUNNEL: [(f32, f32); 3] = [(3.0, 0.3), (2.0, 0.3), (1.0, 0.4)];

/// APGD with its knobs set.
#[derive(Clone, Debug, PartialEq)]
pub struct Apgd {
    /// Steps of a run, at least 1.
    pub steps: u32,
    /// Runs, at least 1: restarts, or targets for [`Objective::EachTarget`].
    pub runs: u32,
    /// The loss that it climbs.
    pub objective: Objective,
    /// Whether a run in the L1 norm begins in a larger ball.
    pub funnel: bool,
    /// The ball that it searches.
    pub ball: Ball,
}

/// The loss that APGD climbs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// Cross-entropy.
    CrossEntropy,
    /// Difference of logits ratio; its targeted form where the case has a target.
    Ratio,
    /// Difference of logits ratio toward another class in every run: the most likely one first.
    EachTarget,
}

/// The loss of one run.
struct Loss {
    class: Tensor<2>,
    /// The class that the ratio is to raise, where it is one.
    target: Option<Tensor<2>>,
    /// For cross-entropy, whether it is to grow or to shrink.
    goal: Option<Goal>,
}

/// A point, its gradient and its loss `[batch, 1]`.
#[derive(Clone)]
struct Point {
    x: Tensor<4>,
    gradient: Tensor<4>,
    loss: Tensor<2>,
}

/// One run of APGD.
struct Ascent {
    loss: Loss,
    /// Radius and steps of each phase.
    phases: Vec<(f32, u32)>,
    phase: usize,
    /// Steps done in this phase.
    done: u32,
    /// The iterate, which a larger ball than the attack's may hold.
    free: Tensor<4>,
    way: Option<Way>,
}

/// What a phase carries from step to step.
struct Way {
    best: Point,
    before: Tensor<4>,
    pace: Pace,
}

/// The card of one of the three: they share paper, norms and knobs, but for the one that counts the runs.
pub fn card(id: &str, name: &str, summary: &str, runs: Knob) -> Card {
    let help = "In the L1 norm, searches a ball three times as large first, then one twice as large, then the ball.";
    Card {
        presets: vec![preset::own(
            "Croce and Hein",
            &[("steps", 100.0), (&runs.key, runs.default.unwrap_or(1.0)), ("funnel", 1.0)],
        )],
        knobs: vec![knob::steps(100), runs, knob::toggle("funnel", "Larger ball first", help, true)],
        ..Card::new(
            id,
            name,
            summary,
            [
                "Croce and Hein 2020",
                "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free attacks",
                "https://arxiv.org/abs/2003.01690",
            ],
        )
    }
}

/// The attack of such a card; `runs` is the key of the knob that counts the runs.
pub fn make(knobs: &Knobs, ball: &Ball, objective: Objective, runs: &str) -> Box<dyn Attack> {
    let funnel = knobs.get("funnel") != Some(0.0);
    Box::new(Apgd { steps: knobs.count("steps"), runs: knobs.count(runs), objective, funnel, ball: ball.clone() })
}

impl Attack for Apgd {
    fn plan(&self) -> Vec<u32> {
        vec![self.steps; self.runs as usize]
    }

    fn step_size(&self) -> f32 {
        pace::first(&self.ball)
    }

    fn begin(&self, case: &Case, ball: &Ball, run: u32) -> (Tensor<4>, Box<dyn Run>) {
        let phases = self.phases(ball);
        let start = start(case, &ball.with_radius(phases[0].0), run);
        let ascend = Ascent { loss: self.loss(case, run), phases, phase: 0, done: 0, free: start.clone(), way: None };
        (start, Box::new(ascend))
    }
}

impl Apgd {
    fn phases(&self, ball: &Ball) -> Vec<(f32, u32)> {
        let steps = |share: f32| (share * self.steps as f32) as u32;
        if !self.funnel || ball.norm != Norm::L1 || FUNNEL.iter().any(|&(_, share)| steps(share) == 0) {
            return vec![(ball.radius, self.steps)];
        }
        FUNNEL.iter().map(|&(radius, share)| (radius * ball.radius, steps(share))).collect()
    }

    fn loss(&self, case: &Case, run: u32) -> Loss {
        let (class, truth) = (case.class.clone(), case.truth.clone());
        match (self.objective, case.goal) {
            (Objective::CrossEntropy, goal) => Loss { class, target: None, goal: Some(goal) },
            (_, Goal::Reach) => Loss { class: truth, target: Some(class), goal: None },
            (Objective::Ratio, Goal::Leave) => Loss { class, target: None, goal: None },
            (Objective::EachTarget, Goal::Leave) => {
                let others = class.dims()[1].saturating_sub(1).max(1) as u32;
                let target = Some(runner_up(&case.logits, &class, run % others));
                Loss { class, target, goal: None }
            }
        }
    }
}

impl Loss {
    /// Value and slope. The logarithm of the odds stands for cross-entropy: the way up is the same.
    fn of(&self, logits: &Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let Some(goal) = self.goal else {
            return loss::ratio(logits, &self.class, self.target.as_ref());
        };
        let (value, slope) = loss::log_odds_and_slope(logits, &self.class);
        (goal.turned(value), goal.turned(slope))
    }
}

impl Run for Ascent {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        let (radius, steps) = self.phases[self.phase];
        let ball = probe.ball.with_radius(radius);
        let mut here = self.look(probe);
        let way = match self.way.take() {
            None => {
                let pace = Pace::new(&ball, probe.case, steps, &here, self.phases.len() == 1);
                Way { best: here.clone(), before: here.x.clone(), pace }
            }
            Some(mut way) => {
                way.watch(&here);
                if let Some(back) = way.pace.check(probe.case, &way.best) {
                    here.replace(back, &way.best);
                }
                way
            }
        };
        self.done += 1;
        if self.done == steps && self.phase + 1 < self.phases.len() {
            (self.phase, self.done) = (self.phase + 1, 0);
            let ball = ball.with_radius(self.phases[self.phase].0);
            self.free = ball.project(&probe.case.clean, way.best.x);
            return self.free.clone();
        }
        self.free = way.next(&ball, probe.case, &here);
        self.way = Some(Way { before: here.x, ..way });
        self.free.clone()
    }
}

impl Ascent {
    /// The point at hand.
    fn look(&self, probe: &mut Probe) -> Point {
        let mut value = None;
        let slope = |logits: &Tensor<2>| {
            let (found, slope) = self.loss.of(logits);
            value = Some(found);
            slope
        };
        let (x, gradient) = match self.phases[self.phase].0 > probe.ball.radius {
            true => {
                let gradient = probe.ask_gradient(self.free.clone(), slope).1;
                probe.gradient = Some(gradient.clone());
                (self.free.clone(), gradient)
            }
            false => (probe.at.clone(), probe.gradient_of(slope)),
        };
        let loss = value.unwrap_or_else(|| Tensor::zeros([x.dims()[0], 1], &x.device()));
        Point { x, gradient, loss }
    }
}

impl Way {
    /// Notes the point that a step has led to, and keeps it where it is better.
    fn watch(&mut self, here: &Point) {
        let kept = || {
            // Nobody else may have the buffers that are written.
            let best = std::mem::replace(&mut self.best, here.clone());
            let (last, rises) = self.pace.lend(here);
            ((best.x, best.gradient, best.loss), last, rises)
        };
        match on_gpu::climbed(kept, (&here.x, &here.gradient, &here.loss)) {
            Some(((x, gradient, loss), last, rises)) => {
                self.best = Point { x, gradient, loss };
                self.pace.watched(last, rises);
            }
            None => {
                self.best.keep(here);
                self.pace.watch(here);
            }
        }
    }

    /// The next iterate; the loop around the attack projects it, except in a larger ball.
    fn next(&self, ball: &Ball, case: &Case, here: &Point) -> Tensor<4> {
        let (x, step) = (here.x.clone(), self.pace.step.clone());
        if ball.norm == Norm::L1 {
            let direction = sparse::direction(&ball.scaled(here.gradient.clone()), &self.pace.density);
            let moved = x + ball.scaled(direction) * step;
            return ball.project(&case.clean, moved);
        }
        if ball.climbs_at_once(&x) {
            let before = (!self.pace.begins()).then_some((&self.before, MOMENTUM));
            let made = on_gpu::stride((ball.norm, ball.radius), &case.clean, &x, before, &here.gradient, &step);
            if let Some(made) = made {
                return made;
            }
        }
        let moved = ball.project(&case.clean, x.clone() + ball.steepest(here.gradient.clone()) * step);
        if self.pace.begins() {
            return moved;
        }
        let along = (moved - x.clone()).mul_scalar(MOMENTUM);
        along + (x.clone() - self.before.clone()).mul_scalar(1.0 - MOMENTUM) + x
    }
}

impl Point {
    /// Takes over the samples in which the other point is better.
    fn keep(&mut self, other: &Point) {
        self.replace(self.loss.clone().lower(other.loss.clone()).float(), other);
    }

    /// Takes over the samples for which `which`, `[batch, 1]`, is 1.
    fn replace(&mut self, which: Tensor<2>, other: &Point) {
        let which = which.greater_scalar(0.5);
        let (batch, dims) = (which.dims()[0], self.x.dims());
        let wide = which.clone().reshape([batch, 1, 1, 1]).expand(dims);
        self.x = self.x.clone().mask_where(wide.clone(), other.x.clone());
        self.gradient = self.gradient.clone().mask_where(wide, other.gradient.clone());
        self.loss = self.loss.clone().mask_where(which, other.loss.clone());
    }
}

/// A random point of the ball; in L1 one that differs in few pixels, as its steps do.
fn start(case: &Case, ball: &Ball, run: u32) -> Tensor<4> {
    let mut streams = case.streams(run);
    if ball.norm != Norm::L1 {
        return ball.random_start(&case.clean, &mut streams);
    }
    let noise: Vec<f32> = streams
        .iter_mut()
        .flat_map(|stream| (0..case.features()).map(|_| stream.normal()).collect::<Vec<_>>())
        .collect();
    let noise = floats(noise, case.clean.dims(), &case.clean.device());
    ball.project(&case.clean, case.clean.clone() + ball.scaled(noise))
}
