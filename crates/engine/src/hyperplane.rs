//! The smallest change of a picture that brings it onto a hyperplane and leaves its pixels in [0, 1], in three norms
//! (Croce and Hein 2020, <https://arxiv.org/abs/1907.02044>).
//!
//! Each pixel moves in the direction that helps, by an amount that grows with one number until the pixel reaches its
//! bound. That number is found without sorting, which would need a readback.

use crate::ball::{Ball, largest, per_sample};
use burn::tensor::Tensor;
use foolproof_core::catalog::Norm;

/// Newton steps toward the amount: on a rising, concave, piecewise linear function it never overshoots.
const NEWTON: usize = 12;
/// Halvings of the threshold in L1.
const HALVINGS: usize = 26;
/// Stands in for 0 where it is divided by; far below what counts beside the largest weight, which is 1.
const SMALLEST: f32 = 1e-30;

/// What a change is made of: the direction of each pixel, how far it can go, how much of the gap it closes a unit.
struct Way {
    direction: Tensor<4>,
    room: Tensor<4>,
    weight: Tensor<4>,
    /// What is to be closed, `[batch, 1, 1, 1]`.
    gap: Tensor<4>,
}

/// The change `d` of the smallest norm, in the ball's units, with `normal · d = gap` that keeps `x + d` in [0, 1]; where no such change closes
/// the gap, the one that closes most of it.
///
/// # Shapes
/// `x`, `normal` and the result: `[batch, channel, row, column]`; `gap`: `[batch, 1, 1, 1]`.
pub(super) fn smallest_change(ball: &Ball, x: &Tensor<4>, normal: &Tensor<4>, gap: &Tensor<4>) -> Tensor<4> {
    let features = x.shape().num_elements() / x.dims()[0];
    let normal = &ball.scaled(normal.clone());
    let direction = normal.clone().sign() * gap.clone().sign();
    // One minus the pixel where it rises, the pixel where it falls, 0 where it does neither.
    let room = ball.units(direction.clone().clamp_min(0.0) - x.clone() * direction.clone());
    let largest = largest(normal);
    // All pixels together close less than their changes sum up to: more need not be told apart, and stays finite.
    let gap = (gap.clone().abs() / largest.clone()).clamp_max(2.0 * ball.widest(features));
    let way = Way { direction, room, weight: normal.clone().abs() / largest, gap };
    ball.scaled(match ball.norm {
        Norm::Linf => way.by_newton(&way.weight.ones_like()),
        Norm::L2 => way.by_newton(&way.weight),
        Norm::L1 => way.by_weight(),
    })
}

impl Way {
    /// Every pixel moves by the same multiple of its `pace`, up to its room.
    fn by_newton(&self, pace: &Tensor<4>) -> Tensor<4> {
        let rate = self.weight.clone() * pace.clone();
        let mut amount = self.gap.zeros_like();
        for _ in 0..NEWTON {
            let wish = pace.clone() * amount.clone();
            let open = rate.clone() * wish.clone().lower(self.room.clone()).float();
            let closed = sum(wish.min_pair(self.room.clone()) * self.weight.clone());
            amount = amount + (self.gap.clone() - closed).clamp_min(0.0) / sum(open).clamp_min(SMALLEST);
        }
        self.direction.clone() * (pace.clone() * amount).min_pair(self.room.clone())
    }

    /// The pixels of the largest weight move as far as they can, the last of them part of the way.
    fn by_weight(&self) -> Tensor<4> {
        let gain = self.weight.clone() * self.room.clone();
        let closed =
            |threshold: &Tensor<4>| sum(gain.clone() * threshold.clone().lower_equal(self.weight.clone()).float());
        let mut low = self.gap.zeros_like();
        // Above every weight, so that no pixel moves in full.
        let mut high = low.clone().add_scalar(1.0 + 1e-6);
        for _ in 0..HALVINGS {
            let middle = (low.clone() + high.clone()).mul_scalar(0.5);
            let within = closed(&middle).lower_equal(self.gap.clone());
            high = high.mask_where(within.clone(), middle.clone());
            low = middle.mask_where(within, low);
        }
        let full = high.clone().lower_equal(self.weight.clone()).float();
        let last = low.lower_equal(self.weight.clone()).float() - full.clone();
        let left = (self.gap.clone() - closed(&high)).clamp_min(0.0);
        let share = (left / sum(gain * last.clone()).clamp_min(SMALLEST)).clamp_max(1.0);
        self.direction.clone() * self.room.clone() * (full + last * share)
    }
}

fn sum(x: Tensor<4>) -> Tensor<4> {
    per_sample(&x, |flat| flat.sum_dim(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;
    use burn::tensor::{Device, TensorData};

    const PIXELS: usize = 200;

    fn picture(values: Vec<f32>) -> Tensor<4> {
        let batch = values.len() / PIXELS;
        Tensor::from_data(TensorData::new(values, [batch, 1, 10, PIXELS / 10]), &Device::flex())
    }

    /// The change as a function of the one number, in double precision, and that number by bisection.
    fn exact(norm: Norm, x: &[f32], normal: &[f32], gap: f64) -> Vec<f64> {
        let largest = normal.iter().fold(0.0, |largest: f64, &w| largest.max(f64::from(w).abs()));
        let change = |amount: f64| -> Vec<f64> {
            let one = |(&x, &w): (&f32, &f32)| {
                let direction = f64::from(w).signum() * gap.signum();
                let room = if direction > 0.0 { 1.0 - f64::from(x) } else { f64::from(x) };
                let weight = f64::from(w).abs() / largest;
                let wish = match norm {
                    Norm::Linf => amount,
                    Norm::L2 => amount * weight,
                    // Steep enough that pixels move one after the other.
                    Norm::L1 => (weight + amount - 10.0) * 1e9,
                };
                direction * wish.clamp(0.0, room)
            };
            x.iter().zip(normal).map(one).collect()
        };
        let closed = |amount| change(amount).iter().zip(normal).map(|(d, &w)| d * f64::from(w)).sum::<f64>().abs();
        let (mut low, mut high) = (0.0, 1e5);
        for _ in 0..200 {
            let middle = (low + high) / 2.0;
            if closed(middle) < gap.abs() { low = middle } else { high = middle }
        }
        change(high)
    }

    #[test]
    fn the_change_is_the_smallest_that_closes_the_gap() {
        for (norm, seed) in Norm::ALL.into_iter().flat_map(|norm| (0..12).map(move |seed| (norm, seed))) {
            let mut stream = Stream::new(seed, 0, 0);
            // A third of the pixels black, a third white, as handwriting is.
            let x: Vec<f32> = (0..PIXELS).map(|_| (3.0 * stream.uniform() - 1.0).clamp(0.0, 1.0)).collect();
            let scale = 10.0f32.powi(seed as i32 - 6);
            let normal: Vec<f32> = (0..PIXELS).map(|_| scale * stream.normal()).collect();
            let reach = normal.iter().zip(&x).map(|(w, x)| if *w > 0.0 { w * (1.0 - x) } else { -w * x }).sum::<f32>();
            for share in [0.0, 0.01, 0.3, 0.9, -0.2] {
                let gap = share * reach;
                let gap_of = Tensor::<4>::full([1, 1, 1, 1], gap, &Device::flex());
                let found =
                    smallest_change(&Ball::new(norm, 0.0), &picture(x.clone()), &picture(normal.clone()), &gap_of);
                let found = found.into_data().iter::<f32>().collect::<Vec<_>>();
                let off = found.iter().zip(exact(norm, &x, &normal, f64::from(gap)));
                let off = off.map(|(a, b)| (f64::from(*a) - b).abs()).fold(0.0, f64::max);
                assert!(off < 2e-3, "{norm:?}, seed {seed}, {share} of the reach: off by {off}");
                let closed = found.iter().zip(&normal).map(|(d, w)| f64::from(d * w)).sum::<f64>();
                assert!(
                    (closed - f64::from(gap)).abs() <= 1e-4 * f64::from(reach),
                    "{norm:?} {seed} {share}: {closed}"
                );
                assert!(x.iter().zip(&found).all(|(x, d)| (-1e-6..=1.0 + 1e-6).contains(&(x + d))));
            }
        }
    }

    #[test]
    fn a_gap_out_of_reach_takes_all_the_room() {
        let x = vec![0.25; PIXELS];
        let normal: Vec<f32> = (0..PIXELS).map(|at| if at % 2 == 0 { 1.0 + at as f32 } else { -1.0 }).collect();
        for norm in Norm::ALL {
            let gap = Tensor::<4>::full([1, 1, 1, 1], 1e9, &Device::flex());
            let found = smallest_change(&Ball::new(norm, 0.0), &picture(x.clone()), &picture(normal.clone()), &gap);
            for (at, d) in found.into_data().iter::<f32>().enumerate() {
                let room = if at % 2 == 0 { 0.75 } else { -0.25 };
                assert!((d - room).abs() < 1e-6, "{norm:?}: pixel {at} moves by {d}");
            }
        }
    }

    #[test]
    fn a_flat_function_moves_nothing_and_stays_finite() {
        for norm in Norm::ALL {
            let gap = Tensor::<4>::full([1, 1, 1, 1], 3.0, &Device::flex());
            let found =
                smallest_change(&Ball::new(norm, 0.0), &picture(vec![0.5; PIXELS]), &picture(vec![0.0; PIXELS]), &gap);
            assert!(found.into_data().iter::<f32>().all(|d| d == 0.0));
        }
    }
}
