//! HopSkipJump's geometry: feeling for the boundary's normal, the jump along it, and the way back to the boundary
//! (<https://arxiv.org/abs/1904.02144>, algorithms 1 and 2).

use crate::attack::Probe;
use crate::ball::Ball;
use crate::random::Stream;
use crate::upload::floats;
use burn::tensor::{Bool, Tensor};
use foolproof_core::catalog::Norm;

/// Distance of the first evaluations from the start, in pixels.
const FIRST_DISTANCE: f32 = 0.1;
/// Lengths of a jump tried, each half the one before.
const LENGTHS: usize = 12;
/// Most rows that the model is asked about at once.
const ROWS: usize = 1024;
/// Stands in for a length of 0 where it is divided by; below any that pixels can have.
const SMALLEST: f32 = 1e-30;

/// Where the path is, and the estimate under way.
pub(super) struct Hop {
    /// A point at the boundary that meets the goal.
    pub at: Tensor<4>,
    stream: Stream,
    sums: Option<Sums>,
}

/// Sums over the evaluations of an estimate.
struct Sums {
    /// Changes that were tried, each weighted with whether it met the goal (1) or did not (-1), and unweighted:
    /// `[batch, feature]`.
    weighted: Tensor<2>,
    plain: Tensor<2>,
    /// The weights, `[batch, 1]`.
    weights: Tensor<2>,
    count: u32,
}

impl Hop {
    /// At the boundary near the start.
    pub fn new(start: Tensor<4>, stream: Stream, probe: &mut Probe) -> Hop {
        Hop { at: back(probe, start), stream, sums: None }
    }

    /// Evaluates the class at this many random points around.
    pub fn feel(&mut self, probe: &mut Probe, count: u32, first: bool) {
        let [batch, channels, rows, columns] = self.at.dims();
        let features = channels * rows * columns;
        let distance = match first {
            true => self.at.ones_like().slice([0..batch, 0..1, 0..1, 0..1]).mul_scalar(FIRST_DISTANCE),
            // Both norms' formulas, with the paper's thresholds in them, come to this.
            false => probe.ball.distance(&probe.case.clean, &self.at).div_scalar(features as f32),
        };
        let distance = distance.reshape([batch, 1, 1]).clamp_min(SMALLEST);
        let at = self.at.clone().reshape([batch, 1, features]);
        let most = (ROWS / batch).max(1);
        for begun in (0..count as usize).step_by(most) {
            let points = most.min(count as usize - begun);
            let directions = directions(&mut self.stream, points, features, probe);
            let aside = probe.ball.scaled_rows(directions * distance.clone(), &self.at);
            let asked = (at.clone() + aside).clamp(0.0, 1.0);
            let changes = probe.ball.units_rows(asked.clone() - at.clone(), &self.at) / distance.clone();
            let scores = probe.ask_scores(asked.reshape([batch * points, channels, rows, columns]));
            let weights = signs(scores.greater_scalar(0.0));
            let weighted =
                weights.clone().reshape([batch, 1, points]).matmul(changes.clone()).reshape([batch, features]);
            let plain = changes.sum_dim(1).reshape([batch, features]);
            self.add(weighted, plain, weights.sum_dim(1), points as u32);
        }
    }

    fn add(&mut self, weighted: Tensor<2>, plain: Tensor<2>, weights: Tensor<2>, count: u32) {
        self.sums = Some(match self.sums.take() {
            None => Sums { weighted, plain, weights, count },
            Some(sums) => Sums {
                weighted: sums.weighted + weighted,
                plain: sums.plain + plain,
                weights: sums.weights + weights,
                count: sums.count + count,
            },
        });
    }

    /// Ends the estimate, jumps along it and returns to the boundary.
    pub fn jump(&mut self, probe: &mut Probe, iteration: u32) {
        let Some(sums) = self.sums.take() else { return };
        let normal = sums.normal().reshape(self.at.dims());
        let normal = match probe.ball.norm {
            Norm::Linf => normal.sign(),
            _ => Ball::new(Norm::L2, 0.0).steepest(normal),
        };
        let longest = probe.ball.distance(&probe.case.clean, &self.at).div_scalar((iteration as f32).sqrt());
        let [batch, channels, rows, columns] = self.at.dims();
        let features = channels * rows * columns;
        let lengths: Vec<f32> = (0..LENGTHS).map(|halvings| 0.5f32.powi(halvings as i32)).collect();
        let lengths = floats(lengths, [1, LENGTHS, 1], &self.at.device());
        let way = probe.ball.scaled(normal * longest).reshape([batch, 1, features]);
        let landings = (self.at.clone().reshape([batch, 1, features]) + way * lengths.clone()).clamp(0.0, 1.0);
        let scores = probe.ask_scores(landings.clone().reshape([batch * LENGTHS, channels, rows, columns]));
        // The longest jump that lands on the right side: the others weigh 0.
        let good = scores.greater_scalar(0.0).float();
        let lengths = lengths.reshape([1, LENGTHS]) * good.clone();
        let chosen = lengths.clone().max_dim(1).expand([batch, LENGTHS]).equal(lengths).float() * good;
        let landing = chosen.clone().reshape([batch, 1, LENGTHS]).matmul(landings).reshape(self.at.dims());
        let landed = chosen.sum_dim(1).greater_scalar(0.0).reshape([batch, 1, 1, 1]).expand(self.at.dims());
        let landing = self.at.clone().mask_where(landed, landing);
        self.at = back(probe, landing);
    }
}

impl Sums {
    /// The direction in which the goal is met more often: the changes weighted with how far each answer is from the
    /// mean one; where all answers agree, their plain sum.
    fn normal(self) -> Tensor<2> {
        let mean = self.weights.clone().div_scalar(self.count as f32);
        let agree = mean.clone().abs().greater_equal_scalar(1.0).expand(self.plain.dims());
        let turned = self.plain.clone() * mean.clone();
        (self.weighted - turned.clone()).mask_where(agree, turned)
    }
}

/// 1 where it is so and -1 where it is not.
fn signs(x: Tensor<2, Bool>) -> Tensor<2> {
    x.float().mul_scalar(2.0).add_scalar(-1.0)
}

/// Directions of length 1: normal, or uniform in the cube for L∞; `[1, points, feature]`.
fn directions(stream: &mut Stream, points: usize, features: usize, probe: &Probe) -> Tensor<3> {
    let uniform = probe.ball.norm == Norm::Linf;
    let mut values = Vec::with_capacity(points * features);
    for _ in 0..points {
        let draw = |_| if uniform { 2.0 * stream.uniform() - 1.0 } else { stream.normal() };
        let mut one: Vec<f32> = (0..features).map(draw).collect();
        // What stays is no part of a direction, nor of its length.
        let stays = |feature: &usize| probe.ball.scale_of(*feature) == 0.0;
        (0..features).filter(stays).for_each(|feature| one[feature] = 0.0);
        let length = one.iter().map(|value| value * value).sum::<f32>().sqrt().max(SMALLEST);
        values.extend(one.into_iter().map(|value| value / length));
    }
    floats(values, [1, points, features], &probe.at.device())
}

/// The way from a point that meets the goal toward the clean input, as far as the goal is still met: by halving, to
/// the paper's thresholds.
fn back(probe: &mut Probe, x: Tensor<4>) -> Tensor<4> {
    let clean = probe.case.clean.clone();
    let features = clean.shape().num_elements() / clean.dims()[0];
    let away = probe.ball.distance(&clean, &x);
    let (exponent, linf) = match probe.ball.norm {
        Norm::Linf => (2.0, true),
        _ => (1.5, false),
    };
    // On the way the picture is blended in L2, and clipped to a smaller ball in L∞.
    let point = |share: &Tensor<4>| match linf {
        true => {
            let reach = probe.ball.scaled_beside(away.clone() * share.clone(), &clean);
            x.clone().max_pair(clean.clone() - reach.clone()).min_pair(clean.clone() + reach)
        }
        false => clean.clone() + (x.clone() - clean.clone()) * share.clone(),
    };
    let (mut low, mut high) = (away.zeros_like(), away.ones_like());
    for _ in 0..((features as f32).log2() * exponent).ceil() as usize {
        let middle = (low.clone() + high.clone()).mul_scalar(0.5);
        let met = probe.ask_scores(point(&middle)).greater_scalar(0.0).reshape(middle.dims());
        low = middle.clone().mask_where(met.clone(), low);
        high = high.mask_where(met, middle);
    }
    // Nothing was asked of the far end, which is where it began: keep it as it was.
    let whole = high.clone().equal_scalar(1.0).expand(x.dims());
    point(&high).mask_where(whole, x.clone())
}
