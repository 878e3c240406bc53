//! The threat model as verbs: what a perturbation may be, in three norms, always inside the pixel box [0, 1].
//!
//! After Madry et al. 2018, <https://arxiv.org/abs/1706.06083>; the L1 ball meets the box exactly, as Croce and
//! Hein 2021, <https://arxiv.org/abs/2103.01208>, show it must.

mod limits;
mod passes;

use crate::on_gpu;
use crate::random::Stream;
use crate::upload::floats;
use burn::tensor::Tensor;
use foolproof_core::catalog::Norm;
use limits::Limits;

pub use limits::check;

/// Halvings of the threshold in the L1 projection: 2^-28 is below what a 32-bit pixel can hold.
const L1_HALVINGS: usize = 28;
/// The most that rounding to 32 bits moves a pixel in [0, 1].
const ROUNDING: f32 = 1.0 / (1 << 25) as f32;
/// Stands in for a perturbation's length of 0 where it is divided by; below any that pixels can have.
const SMALLEST: f32 = 1e-30;

/// All inputs within `radius` of a clean one and inside [0, 1].
///
/// With limits, feature `i` may go `s_i` times as far as without: allowed are perturbations `d` with `d_i = 0` where
/// `s_i = 0`, and `‖d / s‖ <= radius` over the others. The quotients `d / s` are the ball's units, in which all distances
/// are told. A step along a gradient is taken in these units: the gradient by them is `s · g`, and a step in them moves
/// the input by `s` times as much. Without limits nothing is scaled, and no operation more is dispatched.
#[derive(Clone, Debug, PartialEq)]
pub struct Ball {
    /// The norm of the perturbation.
    pub norm: Norm,
    /// The largest norm allowed, at least 0, in pixel units times the limits.
    pub radius: f32,
    limits: Option<Limits>,
}

impl Ball {
    /// A ball in which all features may go alike.
    pub fn new(norm: Norm, radius: f32) -> Ball {
        Ball { norm, radius, limits: None }
    }

    /// The ball with limits, as many as an input has features and fit for it ([`check`]), or none.
    pub fn limited(self, limits: &[f32]) -> Ball {
        Ball { limits: Limits::new(limits), ..self }
    }

    /// The same ball of another radius.
    pub fn with_radius(&self, radius: f32) -> Ball {
        Ball { radius, ..self.clone() }
    }

    /// The same ball in another norm.
    pub fn with_norm(&self, norm: Norm) -> Ball {
        Ball { norm, ..self.clone() }
    }

    /// The point of the ball and box nearest to `x` (L∞, L1), or on the way to it (L2, scaled and then clipped).
    ///
    /// # Shapes
    /// `clean`, `x` and the result: `[batch, channel, row, column]`.
    pub fn project(&self, clean: &Tensor<4>, x: Tensor<4>) -> Tensor<4> {
        self.pulled(clean, &x, true).unwrap_or_else(|| self.project_tensors(clean, x))
    }

    /// The same in burn's operations, on any device.
    fn project_tensors(&self, clean: &Tensor<4>, x: Tensor<4>) -> Tensor<4> {
        match self.norm {
            Norm::Linf => {
                let (low, high) = self.ends(clean);
                x.max_pair(low.clamp_min(0.0)).min_pair(high.clamp_max(1.0))
            }
            Norm::L2 => self.shrink(clean, x).clamp(0.0, 1.0),
            Norm::L1 => self.project_l1(clean, x),
        }
    }

    /// The first half of [`Ball::project`]: into the ball, not yet clipped to the box. The L1 projection meets both at
    /// once and cannot be halved: it is whole here already.
    ///
    /// # Shapes
    /// `clean`, `x` and the result: `[batch, channel, row, column]`.
    pub fn pull(&self, clean: &Tensor<4>, x: Tensor<4>) -> Tensor<4> {
        self.pulled(clean, &x, false).unwrap_or_else(|| self.pull_tensors(clean, x))
    }

    /// The same in burn's operations, on any device.
    fn pull_tensors(&self, clean: &Tensor<4>, x: Tensor<4>) -> Tensor<4> {
        match self.norm {
            Norm::Linf => {
                let (low, high) = self.ends(clean);
                x.max_pair(low).min_pair(high)
            }
            Norm::L2 => self.shrink(clean, x),
            Norm::L1 => self.project_l1(clean, x),
        }
    }

    /// The least and the largest value of each feature in the L∞ ball.
    fn ends(&self, clean: &Tensor<4>) -> (Tensor<4>, Tensor<4>) {
        match self.scale(clean) {
            None => (clean.clone().add_scalar(-self.radius), clean.clone().add_scalar(self.radius)),
            Some(scale) => {
                let reach = scale.mul_scalar(self.radius);
                (clean.clone() - reach.clone(), clean.clone() + reach)
            }
        }
    }

    /// Scales the perturbation down to the L2 radius.
    fn shrink(&self, clean: &Tensor<4>, x: Tensor<4>) -> Tensor<4> {
        let delta = self.open(x - clean.clone());
        let length = length(&self.units(delta.clone()));
        let scale = length.clamp_min(SMALLEST).recip().mul_scalar(self.radius).clamp_max(1.0);
        clean.clone() + delta * scale
    }

    /// Soft-thresholds the perturbation by the one amount that brings it, clipped to the box, to the radius.
    ///
    /// The norm falls as the threshold grows, so halving finds it: no sorting, which would need a readback.
    fn project_l1(&self, clean: &Tensor<4>, x: Tensor<4>) -> Tensor<4> {
        // Rounding may move every pixel outward, and an L1 norm adds that up: the sum keeps clear of the radius by it.
        let features = clean.shape().num_elements() / clean.dims()[0];
        let radius = (self.radius * (1.0 - 1e-6) - self.widest(features) * ROUNDING).max(0.0);
        let delta = x - clean.clone();
        let (sign, size) = (delta.clone().sign(), self.units(delta.abs()));
        // How far each pixel can go before it leaves the box on the side the perturbation pushes it to.
        let room = self.units(clean.clone().mul(sign.clone()).neg() + sign.clone().clamp_min(0.0));
        let shrunk = |threshold: Tensor<4>| (size.clone() - threshold).clamp_min(0.0).min_pair(room.clone());
        let sum = |part: &Tensor<4>| per_sample(part, |flat| flat.sum_dim(1));
        let mut low = sum(&size).zeros_like();
        let mut high = per_sample(&size, |flat| flat.max_dim(1));
        let fits = sum(&shrunk(low.clone())).lower_equal_scalar(radius);
        for _ in 0..L1_HALVINGS {
            let middle = (low.clone() + high.clone()).mul_scalar(0.5);
            let inside = sum(&shrunk(middle.clone())).lower_equal_scalar(radius);
            high = high.mask_where(inside.clone(), middle.clone());
            low = middle.mask_where(inside, low);
        }
        let threshold = high.clone().mask_where(fits, high.zeros_like());
        (clean.clone() + self.scaled(sign * shrunk(threshold))).clamp(0.0, 1.0)
    }

    /// The direction to step in for a gradient: its sign (L∞), or the gradient scaled to norm 1 (L2, L1), however small
    /// or large it is.
    ///
    /// Only a sample whose gradient is zero gets a zero direction.
    ///
    /// # Shapes
    /// `gradient` and the result: `[batch, channel, row, column]`.
    pub fn steepest(&self, gradient: Tensor<4>) -> Tensor<4> {
        self.direction(self.scaled(gradient))
    }

    /// The same for a gradient that is by the ball's units already.
    ///
    /// # Shapes
    /// `gradient` and the result: `[batch, channel, row, column]`.
    pub fn direction(&self, gradient: Tensor<4>) -> Tensor<4> {
        self.pointed(&gradient).unwrap_or_else(|| self.direct_tensors(gradient))
    }

    /// The same in burn's operations, on any device.
    fn direct_tensors(&self, gradient: Tensor<4>) -> Tensor<4> {
        self.scaled(match self.norm {
            Norm::Linf => gradient.sign(),
            // Beside a largest entry of 1 no norm is smaller, and no square is lost.
            Norm::L2 => {
                let shape = gradient.clone() / largest(&gradient);
                shape.clone() / length(&shape).clamp_min(1.0)
            }
            Norm::L1 => {
                let shape = gradient.clone() / largest(&gradient);
                let sum = per_sample(&shape.clone().abs(), |flat| flat.sum_dim(1));
                shape / sum.clamp_min(1.0)
            }
        })
    }

    /// The point of ball and box that a step of this length (in the ball's norm, pixels) leads to, along the direction
    /// that is steepest for a gradient: [`Ball::steepest`], [`step`] and [`Ball::project`] in one.
    ///
    /// # Shapes
    /// All `[batch, channel, row, column]`.
    pub fn climb(&self, clean: &Tensor<4>, x: &Tensor<4>, gradient: Tensor<4>, length: f32) -> Tensor<4> {
        let at_once = || on_gpu::climb(self.norm, self.radius, clean, x, &gradient, length);
        let made = if self.climbs_at_once(x) { at_once() } else { None };
        made.unwrap_or_else(|| self.project(clean, step(x, self.steepest(gradient), length)))
    }

    /// Whether one kernel does all that [`Ball::climb`] asks.
    pub fn climbs_at_once(&self, x: &Tensor<4>) -> bool {
        self.limits.is_none() && on_gpu::has(x)
    }

    /// A point drawn uniformly from the ball around each sample, not yet clipped to the box.
    ///
    /// `streams` holds one stream a sample.
    ///
    /// # Shapes
    /// `clean` and the result: `[batch, channel, row, column]`.
    pub fn random_start(&self, clean: &Tensor<4>, streams: &mut [Stream]) -> Tensor<4> {
        let dims = clean.dims();
        let features = dims[1] * dims[2] * dims[3];
        let noise: Vec<f32> = streams.iter_mut().flat_map(|stream| self.perturbation(features, stream)).collect();
        clean.clone() + floats(noise, dims, &clean.device())
    }

    /// One perturbation, uniform in the ball: drawn in its units, over the features that may move.
    fn perturbation(&self, features: usize, stream: &mut Stream) -> Vec<f32> {
        let Some(limits) = &self.limits else { return self.draw(features, stream) };
        let open = limits.scales().iter().filter(|&&scale| scale > 0.0).count();
        let mut drawn = self.draw(open, stream).into_iter();
        let one = |&scale: &f32| if scale > 0.0 { drawn.next().unwrap_or_default() * scale } else { 0.0 };
        limits.scales().iter().map(one).collect()
    }

    /// So many numbers, uniform in the ball without limits.
    fn draw(&self, features: usize, stream: &mut Stream) -> Vec<f32> {
        match self.norm {
            Norm::Linf => (0..features).map(|_| (2.0 * stream.uniform() - 1.0) * self.radius).collect(),
            // A normal vector points anywhere alike; the share of the volume inside a radius r grows as r^features.
            Norm::L2 => {
                let vector: Vec<f32> = (0..features).map(|_| stream.normal()).collect();
                let norm = vector.iter().map(|v| v * v).sum::<f32>().sqrt().max(SMALLEST);
                let length = self.radius * stream.uniform().powf(1.0 / features as f32);
                vector.into_iter().map(|v| v / norm * length).collect()
            }
            // One exponential draw more than there are pixels gives the uniform distribution on the filled simplex.
            Norm::L1 => {
                let vector: Vec<f32> = (0..features)
                    .map(|_| if stream.uniform() < 0.5 { -stream.exponential() } else { stream.exponential() })
                    .collect();
                let sum = vector.iter().map(|v| v.abs()).sum::<f32>() + stream.exponential();
                vector.into_iter().map(|v| v / sum.max(SMALLEST) * self.radius).collect()
            }
        }
    }

    /// The norm of each sample's perturbation, in the ball's units.
    ///
    /// # Shapes
    /// `clean` and `x`: `[batch, channel, row, column]`; the result: `[batch, 1, 1, 1]`.
    pub fn distance(&self, clean: &Tensor<4>, x: &Tensor<4>) -> Tensor<4> {
        let delta = self.units(x.clone() - clean.clone());
        match self.norm {
            Norm::Linf => per_sample(&delta.abs(), |flat| flat.max_dim(1)),
            Norm::L2 => length(&delta),
            Norm::L1 => per_sample(&delta.abs(), |flat| flat.sum_dim(1)),
        }
    }
}

/// The point so far from `x` in a direction.
///
/// # Shapes
/// All `[batch, channel, row, column]`.
pub fn step(x: &Tensor<4>, direction: Tensor<4>, length: f32) -> Tensor<4> {
    on_gpu::step(x, &direction, length).unwrap_or_else(|| x.clone() + direction.mul_scalar(length))
}

/// Euclidean length of each sample, `[batch, 1, 1, 1]`.
fn length(x: &Tensor<4>) -> Tensor<4> {
    per_sample(&(x.clone() * x.clone()), |flat| flat.sum_dim(1)).sqrt()
}

/// The largest absolute value of each sample, to divide it by: 1 where all are 0, so that zero stays zero.
///
/// # Shapes
/// `x`: `[batch, channel, row, column]`; the result: `[batch, 1, 1, 1]`.
pub(super) fn largest(x: &Tensor<4>) -> Tensor<4> {
    let largest = per_sample(&x.clone().abs(), |flat| flat.max_dim(1));
    let none = largest.clone().equal_scalar(0.0);
    largest.mask_fill(none, 1.0)
}

/// Reduces each sample, given as a row of `[batch, features]`, to `[batch, 1, 1, 1]`.
pub(super) fn per_sample(x: &Tensor<4>, reduce: impl Fn(Tensor<2>) -> Tensor<2>) -> Tensor<4> {
    let batch = x.dims()[0];
    reduce(x.clone().flatten(1, 3)).reshape([batch, 1, 1, 1])
}

#[cfg(test)]
mod tests;
