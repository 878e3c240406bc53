//! JSMA, the Jacobian saliency map attack: pixel by pixel, always the pair that raises the target's logit and lowers the
//! others' sum the most (Papernot et al. 2016).

use crate::attack::{Attack, Entry, Knobs, Probe, Run, Unable};
use crate::ball::{Ball, largest};
use crate::case::{Case, Goal, own_answer, runner_up};
use crate::upload::numbers;
use crate::{knob, preset};
use burn::tensor::{Int, Tensor};
use foolproof_core::catalog::{Aim, Card, Norm};
use foolproof_core::protocol::SampleOutcome;

pub(super) const ENTRY: Entry = Entry { card, make };

/// Pairs weighed in one go: a few megabytes at a time, and all of one small picture.
const AT_ONCE: usize = 1 << 20;
/// Part of a pixel that cannot move any more: no partner outweighs it. Finite, so that no infinity can spread.
const CLOSED: f32 = -1e9;

/// Room below which a pixel counts as used up.
const LEAST: f32 = 0.01;

fn card() -> Card {
    let pairs = "How many pairs of pixels may change; 39 is the paper's 10 % of 28 × 28.";
    let theta = "How much a chosen pixel changes; below 0 it gets darker.";
    let summary = "Changes as few pixels as it can, two at a time, those that matter most. Without a target it aims at \
                   the second most likely class.";
    Card {
        norms: vec![Norm::L1],
        aim: Aim::Nearest,
        knobs: vec![
            knob::whole("pairs", "Pairs", pairs, 1..=392, 39),
            knob::real("theta", "Theta", theta, -1.0..=1.0, 1.0),
        ],
        presets: vec![preset::own("Papernot et al.", &[("pairs", 39.0), ("theta", 1.0)])],
        ..Card::new(
            "jsma",
            "JSMA",
            summary,
            [
                "Papernot et al. 2016",
                "The limitations of deep learning in adversarial settings",
                "https://arxiv.org/abs/1511.07528",
            ],
        )
    }
}

fn make(knobs: &Knobs, _: &Ball) -> Box<dyn Attack> {
    Box::new(Saliency { pairs: knobs.count("pairs"), theta: knobs.get("theta").map_or(1.0, |theta| theta as f32) })
}

/// JSMA with its knobs set.
#[derive(Clone, Copy)]
struct Saliency {
    pairs: u32,
    theta: f32,
}

/// One run toward one class.
struct Walk {
    of: Saliency,
    target: Tensor<2>,
    /// 1 where the first step found no pair of pixels that can move, `[batch, 1]`.
    stuck: Option<Tensor<2>>,
}

impl Attack for Saliency {
    fn plan(&self) -> Vec<u32> {
        vec![self.pairs]
    }

    fn step_size(&self) -> f32 {
        self.theta.abs()
    }

    fn aim(&self) -> Aim {
        Aim::Nearest
    }

    fn rests(&self, _: usize) -> bool {
        true
    }

    fn begin(&self, case: &Case, _: &Ball, _: u32) -> (Tensor<4>, Box<dyn Run>) {
        let target = match case.goal {
            Goal::Leave => runner_up(&case.logits, &case.class, 0),
            Goal::Reach => case.class.clone(),
        };
        (case.clean.clone(), Box::new(Walk { of: *self, target, stuck: None }))
    }
}

impl Run for Walk {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        let (case, at) = (probe.case, probe.at.clone());
        let (logits, rise, fall) = self.saliency(probe, &at);
        let open = match self.of.theta >= 0.0 {
            true => at.clone().lower_scalar(1.0 - LEAST),
            false => at.clone().greater_scalar(LEAST),
        };
        let [batch, channels, rows, columns] = at.dims();
        let features = channels * rows * columns;
        let shut = match probe.ball.shut(&at) {
            None => open.bool_not(),
            Some(stays) => open.bool_not().bool_or(stays),
        };
        let shut = shut.reshape([batch, features]);
        let free = shut.clone().bool_not().float().sum_dim(1);
        self.stuck.get_or_insert_with(|| free.lower_scalar(2.0).float());
        let chosen = best_pair(rise.mask_fill(shut.clone(), CLOSED), fall.mask_fill(shut, CLOSED));
        let going = case.score(&logits).lower_equal_scalar(0.0).float().reshape([batch, 1, 1, 1]);
        at + probe.ball.scaled(chosen.reshape([batch, channels, rows, columns])) * going.mul_scalar(self.of.theta)
    }

    fn select(&mut self, _: &[usize], index: &Tensor<1, Int>) {
        self.target = self.target.clone().select(0, index.clone());
        self.stuck = self.stuck.take().map(|stuck| stuck.select(0, index.clone()));
    }

    fn unable(&self) -> Option<Unable> {
        self.stuck.clone().map(|samples| Unable { why: SampleOutcome::NothingToDo, samples })
    }
}

impl Walk {
    /// The logits, and by each pixel how a step of theta raises the target's and lowers the sum of the others',
    /// `[batch, pixel]`, each as a multiple of the largest: of two small numbers no product would be left.
    fn saliency(&self, probe: &mut Probe, at: &Tensor<4>) -> (Tensor<2>, Tensor<2>, Tensor<2>) {
        let batch = at.dims()[0];
        // One pass for both: first the target's logit, then the others' sum.
        let twice = Tensor::cat(vec![at.clone(), at.clone()], 0);
        let others = self.target.ones_like() - self.target.clone();
        let slopes = Tensor::cat(vec![self.target.clone(), others.neg()], 0);
        let (logits, gradients) = probe.ask_gradient(twice, |_| slopes);
        let logits = logits.narrow(0, 0, batch);
        probe.logits = Some(logits.clone());
        let sign = if self.of.theta >= 0.0 { 1.0 } else { -1.0 };
        let gradients = probe.ball.scaled(gradients);
        let part = |of: usize| gradients.clone().narrow(0, of * batch, batch);
        probe.gradient = Some(part(0));
        let flat = |of: usize| (part(of) / largest(&part(of))).flatten::<2>(1, 3).mul_scalar(sign);
        (logits, flat(0), flat(1))
    }
}

/// The pair of pixels with the largest product of common rise and common fall, both positive: 1 at each of the two,
/// `[batch, pixel]`. All 0 where there is no such pair.
///
/// # Shapes
/// `rise` and `fall`: `[batch, pixel]`.
fn best_pair(rise: Tensor<2>, fall: Tensor<2>) -> Tensor<2> {
    let [batch, features] = rise.dims();
    let device = rise.device();
    let number = numbers(features, &device);
    let block = (AT_ONCE / (batch * features)).clamp(1, features);
    let (mut best, mut partner) = (Vec::new(), Vec::new());
    for first in (0..features).step_by(block) {
        let count = block.min(features - first);
        let pair = |x: &Tensor<2>| {
            let one = x.clone().narrow(1, first, count).reshape([batch, count, 1]);
            (one + x.clone().reshape([batch, 1, features])).clamp_min(0.0)
        };
        // No pixel is its own partner, and each pair counts once.
        let one = number.clone().narrow(0, first, count).reshape([1, count, 1]).expand([1, count, features]);
        let later = one.lower(number.clone().reshape([1, 1, features]).expand([1, count, features]));
        let (value, at) = (pair(&rise) * pair(&fall) * later.float()).max_dim_with_indices(2);
        best.push(value.reshape([batch, count]));
        partner.push(at.reshape([batch, count]));
    }
    let (best, partner) = (Tensor::cat(best, 1), Tensor::cat(partner, 1));
    let first = own_answer(&best);
    let found = best.max_dim(1).greater_scalar(0.0).float();
    let second = (partner.float() * first.clone()).sum_dim(1);
    let second = number.reshape([1, features]).expand([batch, features]).equal(second.expand([batch, features]));
    (first + second.float()) * found
}
