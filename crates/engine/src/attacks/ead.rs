//! EAD: C&W with an L1 term. It descends by proximal steps (FISTA), which leave most pixels exactly as they were
//! (Chen et al. 2018).

use crate::attack::{Attack, Entry, Knobs, Probe, Run};
use crate::{
    ball::Ball,
    case::Case,
    knob, preset,
    search::{Descents, Search, Settings},
};
use burn::tensor::Tensor;
use foolproof_core::catalog::{Aim, Card, Norm};

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    let search = "How many weights of the hinge are tried, a full descent for each.";
    let beta = "Weight of the L1 term; a pixel that would move by less stays.";
    let rule = "Keeps the nearest input in L1. Off: the one with the least squared L2 distance plus beta times L1.";
    let theirs = |l1| [("search", 9.0), ("steps", 1000.0), ("first", 0.001), ("beta", 0.01), ("l1", l1)];
    Card {
        norms: vec![Norm::L1],
        aim: Aim::Nearest,
        knobs: vec![
            knob::whole("steps", "Steps", "Steps of each descent.", 1..=10_000, 200),
            knob::whole("search", "Search steps", search, 1..=20, 7),
            knob::real(
                "lr",
                "First step size",
                "How far the first step of a descent follows the slope.",
                0.0001..=1.0,
                0.01,
            ),
            knob::real("first", "First weight", "The weight of the hinge tried first.", 0.000_001..=1000.0, 10.0),
            knob::real("beta", "Beta", beta, 0.0..=1.0, 0.01),
            knob::toggle("l1", "L1 rule", rule, true),
            knob::real(
                "confidence",
                "Confidence",
                "How far the other class must lie ahead, in logits.",
                0.0..=100.0,
                0.0,
            ),
        ],
        presets: vec![
            preset::own("Chen et al., L1 rule", &theirs(1.0)),
            preset::own("Chen et al., EN rule", &theirs(0.0)),
        ],
        ..Card::new(
            "ead",
            "EAD",
            "Looks for the smallest change in L1, so that few pixels carry it.",
            [
                "Chen et al. 2018",
                "EAD: elastic-net attacks to deep neural networks via adversarial examples",
                "https://arxiv.org/abs/1709.04114",
            ],
        )
    }
}

fn make(knobs: &Knobs, _: &Ball) -> Box<dyn Attack> {
    let beta = knobs.get("beta").unwrap_or_default() as f32;
    Box::new(Elastic { settings: Settings::of(knobs), beta, by_l1: knobs.get("l1") != Some(0.0) })
}

/// EAD with its knobs set.
#[derive(Clone, Copy)]
struct Elastic {
    settings: Settings,
    beta: f32,
    by_l1: bool,
}

/// The one run: all descents, so that the search carries over.
struct Descent {
    of: Elastic,
    search: Search,
    /// Steps done of the descent under way.
    done: u32,
    /// The iterate, and the point ahead of it where the slope is taken.
    x: Tensor<4>,
    ahead: Tensor<4>,
}

impl Descents for Elastic {
    fn settings(&self) -> Settings {
        self.settings
    }

    fn measure(&self, case: &Case, ball: &Ball, x: &Tensor<4>) -> Tensor<2> {
        let of = |norm| ball.with_norm(norm).distance(&case.clean, x).flatten::<2>(1, 3);
        match self.by_l1 {
            true => of(Norm::L1),
            false => of(Norm::L1).mul_scalar(self.beta) + of(Norm::L2).square(),
        }
    }

    fn begin(&self, case: &Case, search: Search) -> (Tensor<4>, Box<dyn Run>) {
        let x = case.clean.clone();
        (x.clone(), Box::new(Descent { of: *self, search, done: 0, ahead: x.clone(), x }))
    }
}

impl Run for Descent {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        let (case, clean) = (probe.case, probe.case.clean.clone());
        self.search.note(case, &probe.logits());
        if self.done == self.of.settings.steps {
            self.search.next();
            (self.done, self.x, self.ahead) = (0, clean.clone(), clean.clone());
        }
        let (_, hinge) = probe.ask_gradient(self.ahead.clone(), |logits| self.search.slope(case, logits));
        probe.gradient = Some(hinge.clone());
        // By the ball's units, as the distance is measured in them; brought back by one more scale.
        let ball = probe.ball;
        let slope = ball.scaled(hinge) + ball.units(self.ahead.clone() - clean.clone()).mul_scalar(2.0);
        let rate = self.of.settings.rate * (1.0 - self.done as f32 / self.of.settings.steps as f32).sqrt();
        let moved = self.ahead.clone() - ball.scaled(slope.mul_scalar(rate)) - clean.clone();
        let next = (clean + ball.scaled(shrink(ball.units(moved), self.of.beta))).clamp(0.0, 1.0);
        let momentum = self.done as f32 / (self.done as f32 + 3.0);
        self.ahead = next.clone() + (next.clone() - self.x.clone()).mul_scalar(momentum);
        self.x = next.clone();
        self.done += 1;
        next
    }
}

/// Every change nearer to 0 by `beta`, the small ones 0.
fn shrink(change: Tensor<4>, beta: f32) -> Tensor<4> {
    change.clone() - change.clamp(-beta, beta)
}
