//! How far APGD's next step goes, decided for each sample at checkpoints that come closer and closer.

use super::Point;
use crate::ball::{Ball, per_sample};
use crate::case::Case;
use burn::tensor::Tensor;
use foolproof_core::catalog::Norm;
use std::mem::replace;

/// First step size as a share of the radius, in L∞ and L2, and in L1.
const FIRST: f32 = 2.0;
const FIRST_L1: f32 = 1.0;
/// Share of the steps since the last checkpoint that must have raised the loss.
const RHO: f32 = 0.75;
/// First distance of two checkpoints, the least one, and how much it shrinks each time, as shares of the steps.
const WINDOW: [f32; 3] = [0.22, 0.06, 0.03];
/// Distance of two checkpoints in L1, as a share of the steps.
const WINDOW_L1: f32 = 0.04;
/// Share of the pixels that the first L1 step from a plain start moves.
const DENSITY: f32 = 0.2;
/// The pixels that L1 steps move are those of the best point, divided by this; the step shrinks by it, too.
const THINNER: f32 = 1.5;
/// An L1 step starts long again where the best point has lost more than this share of its changed pixels.
const FEWER: f32 = 0.95;
/// Longest L1 step as a multiple of the shortest.
const LONGEST: f32 = 10.0;

/// Step sizes, and what they are decided by.
pub(super) struct Pace {
    /// Step size of each sample, `[batch, 1, 1, 1]`.
    pub step: Tensor<4>,
    /// Share of the pixels that a step moves, `[batch, 1, 1, 1]`; of L1 only.
    pub density: Tensor<4>,
    norm: Norm,
    first: f32,
    /// Steps from one checkpoint to the next, its least value, its decrease.
    window: [u32; 3],
    since: u32,
    watched: u32,
    /// Loss of the last iterate, and how often it rose since the checkpoint, `[batch, 1]`.
    last: Tensor<2>,
    rises: Tensor<2>,
    /// Best loss at the checkpoint, and 1 where the step was halved there.
    mark: Tensor<2>,
    halved: Tensor<2>,
    /// Pixels of the best point that differ from the clean input, at the checkpoint, `[batch, 1, 1, 1]`.
    changed: Tensor<4>,
}

/// The first step size, pixels.
pub(super) fn first(ball: &Ball) -> f32 {
    match ball.norm {
        Norm::L1 => FIRST_L1 * ball.radius,
        Norm::Linf | Norm::L2 => FIRST * ball.radius,
    }
}

impl Pace {
    /// The pace of a phase of `steps` steps in this ball. Its start tells an L1 step how many pixels to move unless it
    /// is `noise`.
    pub fn new(ball: &Ball, case: &Case, steps: u32, start: &Point, noise: bool) -> Pace {
        let share = |share: f32| ((share * steps as f32) as u32).max(1);
        let sparse = ball.norm == Norm::L1;
        let first = first(ball);
        let window = if sparse { [share(WINDOW_L1), share(WINDOW_L1), 0] } else { WINDOW.map(share) };
        let none = start.loss.zeros_like();
        let each = Tensor::<4>::ones([none.dims()[0], 1, 1, 1], &none.device());
        let (changed, density) = match (sparse, noise) {
            (true, false) => (changed(case, start), thinner(case, &changed(case, start))),
            _ => (each.clone().mul_scalar(case.features() as f32), each.clone().mul_scalar(DENSITY)),
        };
        Pace {
            step: each.mul_scalar(first),
            density,
            norm: ball.norm,
            first,
            window,
            since: 0,
            watched: 0,
            last: start.loss.clone(),
            rises: none.clone(),
            mark: start.loss.clone(),
            halved: none.ones_like(),
            changed,
        }
    }

    /// Whether no step has been taken yet.
    pub fn begins(&self) -> bool {
        self.watched == 0
    }

    /// Notes the iterate that a step has led to.
    pub fn watch(&mut self, here: &Point) {
        let rises = self.rises.clone() + self.last.clone().lower(here.loss.clone()).float();
        self.watched(here.loss.clone(), rises);
    }

    /// The last loss and the rises, to be changed by an iterate and given back by [`Pace::watched`].
    pub fn lend(&mut self, here: &Point) -> (Tensor<2>, Tensor<2>) {
        (replace(&mut self.last, here.loss.clone()), replace(&mut self.rises, here.loss.clone()))
    }

    /// Has the loss of the iterate that a step has led to, and how often it rose.
    pub fn watched(&mut self, last: Tensor<2>, rises: Tensor<2>) {
        (self.last, self.rises) = (last, rises);
        self.since += 1;
        self.watched += 1;
    }

    /// At a checkpoint, sets the steps anew and answers which samples, `[batch, 1]`, are to go on from their best point.
    pub fn check(&mut self, case: &Case, best: &Point) -> Option<Tensor<2>> {
        if self.since < self.window[0] {
            return None;
        }
        let back = match self.norm {
            Norm::L1 => self.check_sparse(case, best),
            Norm::Linf | Norm::L2 => self.check_rises(best),
        };
        self.since = 0;
        self.window[0] = self.window[0].saturating_sub(self.window[2]).max(self.window[1]);
        Some(back)
    }

    fn check_rises(&mut self, best: &Point) -> Tensor<2> {
        let wavers = self.rises.clone().lower_equal_scalar(RHO * self.window[0] as f32);
        let stuck = self.halved.clone().equal_scalar(0.0).bool_and(best.loss.clone().lower_equal(self.mark.clone()));
        self.halved = wavers.bool_or(stuck).float();
        self.mark = best.loss.clone();
        self.rises = self.rises.zeros_like();
        let batch = self.halved.dims()[0];
        self.step = self.step.clone() * self.halved.clone().mul_scalar(-0.5).add_scalar(1.0).reshape([batch, 1, 1, 1]);
        self.halved.clone()
    }

    fn check_sparse(&mut self, case: &Case, best: &Point) -> Tensor<2> {
        let now = changed(case, best);
        let fewer = now.clone().lower(self.changed.clone().mul_scalar(FEWER));
        let shorter = self.step.clone().div_scalar(THINNER).clamp_min(self.first / LONGEST);
        self.step = shorter.mask_fill(fewer.clone(), self.first);
        self.density = thinner(case, &now);
        self.changed = now;
        fewer.float().flatten(1, 3)
    }
}

/// Pixels of a point that differ from the clean input, `[batch, 1, 1, 1]`.
fn changed(case: &Case, point: &Point) -> Tensor<4> {
    let moved = point.x.clone().equal(case.clean.clone()).bool_not().float();
    per_sample(&moved, |flat| flat.sum_dim(1))
}

/// The share of the pixels that a step moves beside a point with so many changed ones.
fn thinner(case: &Case, changed: &Tensor<4>) -> Tensor<4> {
    changed.clone().div_scalar(case.features() as f32 * THINNER)
}
