//! NES and SPSA: projected gradient descent by a gradient that is estimated from scores, at pairs of points on either
//! side of the iterate (Ilyas et al. 2018, <https://arxiv.org/abs/1804.08598>, with normal directions; Uesato et al.
//! 2018, <https://arxiv.org/abs/1802.05666>, with directions of signs).
//!
//! All samples share each step's directions: drawing them for each would cost more than the model. Each estimate is
//! still its own and unbiased.

use super::auto_step;
use crate::attack::{Attack, Entry, Knobs, Probe, Run};
use crate::ball::{self, Ball};
use crate::random::Stream;
use crate::upload::floats;
use crate::{case::Case, knob, preset};
use burn::tensor::Tensor;
use foolproof_core::catalog::{Access, Card, Norm};

pub(super) const ENTRY: Entry = Entry { card, make };

/// Most rows that the model is asked about at once, so that a large batch does not take all memory.
const ROWS: usize = 1024;

fn card() -> Card {
    let theirs = |signs| [("samples", 128.0), ("delta", 0.01), ("step", 0.01), ("signs", signs)];
    Card {
        norms: vec![Norm::Linf, Norm::L2],
        access: Access::Scores,
        knobs: vec![
            knob::steps(40),
            knob::step(),
            knob::whole("samples", "Samples", "Queries for each guess of the gradient, in pairs.", 2..=2000, 128),
            knob::real("delta", "Distance", "How far from the iterate the model is asked.", 0.0001..=0.5, 0.01),
            knob::toggle(
                "signs",
                "SPSA",
                "Directions of plus and minus one (SPSA) instead of normal ones (NES).",
                false,
            ),
        ],
        presets: vec![
            preset::fixed("Ilyas et al., NES", &[Norm::Linf], &theirs(0.0)),
            preset::fixed("Uesato et al., SPSA", &[Norm::Linf], &theirs(1.0)),
        ],
        ..Card::new(
            "nes",
            "NES and SPSA",
            "PGD without the gradient: it is guessed from the scores at random points nearby.",
            [
                "Ilyas et al. 2018",
                "Black-box adversarial attacks with limited queries and information",
                "https://arxiv.org/abs/1804.08598",
            ],
        )
    }
}

fn make(knobs: &Knobs, ball: &Ball) -> Box<dyn Attack> {
    let steps = knobs.count("steps");
    Box::new(Nes {
        steps,
        step: knobs.get("step").map_or_else(|| auto_step(ball.radius, steps), |step| step as f32),
        pairs: knobs.count("samples").div_ceil(2),
        delta: knobs.get("delta").map_or(0.01, |delta| delta as f32),
        signs: knobs.get("signs") == Some(1.0),
    })
}

/// Steps along an estimated gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nes {
    /// Steps, at least 1.
    pub steps: u32,
    /// Length of a step in the ball's norm, pixels.
    pub step: f32,
    /// Pairs of queries an estimate, at least 1.
    pub pairs: u32,
    /// Distance of a query from the iterate along a direction, above 0.
    pub delta: f32,
    /// Whether directions are signs (SPSA) and not normal (NES).
    pub signs: bool,
}

impl Attack for Nes {
    fn plan(&self) -> Vec<u32> {
        vec![self.steps]
    }

    fn step_size(&self) -> f32 {
        self.step
    }

    fn rests(&self, _: usize) -> bool {
        true
    }

    fn begin(&self, case: &Case, _: &Ball, run: u32) -> (Tensor<4>, Box<dyn Run>) {
        (case.clean.clone(), Box::new(Walk { nes: *self, stream: case.shared_stream(run) }))
    }
}

/// One run.
struct Walk {
    nes: Nes,
    stream: Stream,
}

impl Run for Walk {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        let met = probe.case.score(&probe.logits()).greater_scalar(0.0);
        let estimate = self.nes.estimate(probe, &mut self.stream);
        let next = ball::step(&probe.at, probe.ball.direction(estimate), self.nes.step);
        // As in both papers, a sample that is fooled is asked about no more.
        let dims = probe.at.dims();
        next.mask_where(met.reshape([dims[0], 1, 1, 1]).expand(dims), probe.at.clone())
    }
}

impl Nes {
    /// The margin's gradient at the iterate by the ball's units, estimated.
    fn estimate(&self, probe: &mut Probe, stream: &mut Stream) -> Tensor<4> {
        let [batch, channels, rows, columns] = probe.at.dims();
        let features = channels * rows * columns;
        let at = probe.at.clone().reshape([batch, 1, features]);
        let most = (ROWS / (2 * batch)).max(1);
        let mut sum: Option<Tensor<2>> = None;
        for first in (0..self.pairs as usize).step_by(most) {
            let pairs = most.min(self.pairs as usize - first);
            let directions = self.directions(stream, pairs, features, &probe.at);
            let aside = directions.clone().mul_scalar(self.delta).reshape([1, pairs, features]);
            let aside = probe.ball.scaled_rows(aside, &probe.at);
            let either = Tensor::cat(vec![aside.clone(), aside.neg()], 1);
            let asked = (at.clone() + either).reshape([batch * 2 * pairs, channels, rows, columns]);
            let scores = probe.ask_scores(asked);
            let slopes = scores.clone().slice([0..batch, 0..pairs]) - scores.slice([0..batch, pairs..2 * pairs]);
            let part = slopes.matmul(directions);
            sum = Some(sum.map_or(part.clone(), |sum| sum + part));
        }
        let scale = 1.0 / (2.0 * self.delta * self.pairs as f32);
        // There is at least one pair.
        let sum = sum.unwrap_or_else(|| probe.at.zeros_like().flatten(1, 3));
        probe.ball.open(sum.mul_scalar(scale).reshape([batch, channels, rows, columns]))
    }

    /// `[pairs, feature]`.
    fn directions(&self, stream: &mut Stream, pairs: usize, features: usize, near: &Tensor<4>) -> Tensor<2> {
        let mut draw = || match self.signs {
            true => 1.0 - 2.0 * stream.below(2) as f32,
            false => stream.normal(),
        };
        let values: Vec<f32> = (0..pairs * features).map(|_| draw()).collect();
        floats(values, [pairs, features], &near.device())
    }
}
