//! What a ball without limits does to samples, in one pass over numbers that are in memory, or in one on a GPU: what
//! [`super`] says of tensors.

use super::{Ball, L1_HALVINGS, ROUNDING, SMALLEST};
use crate::in_memory::Numbers;
use crate::on_gpu;
use crate::upload::floats;
use burn::tensor::Tensor;
use foolproof_core::catalog::Norm;

/// Sums that grow side by side, as many as a vector of the processor holds.
const LANES: usize = 8;
/// Numbers of a block that is summed in 32 bits.
const BLOCK: usize = 256;

impl Ball {
    /// As [`Ball::pull`], or with `boxed` as [`Ball::project`]; `None` where there are limits, or no pass for where the
    /// numbers are.
    pub(super) fn pulled(&self, clean: &Tensor<4>, x: &Tensor<4>, boxed: bool) -> Option<Tensor<4>> {
        if self.limits.is_some() || clean.dims() != x.dims() {
            return None;
        }
        let in_memory = self.pulled_in_memory(clean, x, boxed);
        in_memory.or_else(|| on_gpu::pull(self.norm, self.radius, clean, x, boxed))
    }

    fn pulled_in_memory(&self, clean: &Tensor<4>, x: &Tensor<4>, boxed: bool) -> Option<Tensor<4>> {
        let (clean, mut moved) = (Numbers::of(clean)?, Numbers::of(x)?.to_vec());
        let features = (clean.len() / x.dims()[0].max(1)).max(1);
        for (clean, x) in clean.chunks(features).zip(moved.chunks_mut(features)) {
            match self.norm {
                Norm::Linf => into_linf(self.radius, clean, x),
                Norm::L2 => into_l2(self.radius, clean, x),
                Norm::L1 => into_l1(self.radius, clean, x),
            }
            if boxed {
                x.iter_mut().for_each(|x| *x = x.clamp(0.0, 1.0));
            }
        }
        Some(floats(moved, x.dims(), &x.device()))
    }

    /// As [`Ball::direction`]; `None` as for [`Ball::pulled`].
    pub(super) fn pointed(&self, gradient: &Tensor<4>) -> Option<Tensor<4>> {
        if self.limits.is_some() {
            return None;
        }
        self.pointed_in_memory(gradient).or_else(|| on_gpu::direction(self.norm, gradient))
    }

    fn pointed_in_memory(&self, gradient: &Tensor<4>) -> Option<Tensor<4>> {
        let mut values = Numbers::of(gradient)?.to_vec();
        let features = (values.len() / gradient.dims()[0].max(1)).max(1);
        for sample in values.chunks_mut(features) {
            match self.norm {
                Norm::Linf => sample.iter_mut().for_each(|value| *value = sign(*value)),
                Norm::L2 => to_one(sample, |of| total(of, |value| value * value).sqrt()),
                Norm::L1 => to_one(sample, |of| total(of, f32::abs)),
            }
        }
        Some(floats(values, gradient.dims(), &gradient.device()))
    }
}

/// -1, 0 or 1.
fn sign(value: f32) -> f32 {
    f32::from(i8::from(value > 0.0) - i8::from(value < 0.0))
}

/// Sum of something of each number.
fn total(values: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    sum(values, values, |value, _| of(value))
}

/// Sum of something of each two numbers: in short blocks, so that many alike ones are not all rounded alike.
fn sum(first: &[f32], second: &[f32], of: impl Fn(f32, f32) -> f32) -> f32 {
    let blocks = first.chunks(BLOCK).zip(second.chunks(BLOCK));
    let block = |(first, second): (&[f32], &[f32])| {
        let mut sums = [0.0f32; LANES];
        let ((first, left), (second, right)) = (first.as_chunks::<LANES>(), second.as_chunks::<LANES>());
        for (first, second) in first.iter().zip(second) {
            for lane in 0..LANES {
                sums[lane] += of(first[lane], second[lane]);
            }
        }
        let rest = left.iter().zip(right).map(|(first, second)| of(*first, *second));
        f64::from(sums.into_iter().chain(rest).sum::<f32>())
    };
    blocks.map(block).sum::<f64>() as f32
}

/// Divides a sample by its norm, after its largest entry, beside which no norm is too small.
fn to_one(sample: &mut [f32], norm: impl Fn(&[f32]) -> f32) {
    let largest = sample.iter().fold(0.0f32, |most, value| most.max(value.abs()));
    if largest > 0.0 {
        sample.iter_mut().for_each(|value| *value /= largest);
    }
    let norm = norm(sample).max(1.0);
    sample.iter_mut().for_each(|value| *value /= norm);
}

// Written with comparisons, which let what is no number through: it is to be told, and not to be hidden as a pixel.

fn into_linf(radius: f32, clean: &[f32], x: &mut [f32]) {
    for (x, clean) in x.iter_mut().zip(clean) {
        let (low, high) = (clean - radius, clean + radius);
        *x = if *x < low { low } else { *x };
        *x = if high < *x { high } else { *x };
    }
}

fn into_l2(radius: f32, clean: &[f32], x: &mut [f32]) {
    x.iter_mut().zip(clean).for_each(|(x, clean)| *x -= clean);
    let scale = radius / total(x, |change| change * change).sqrt().max(SMALLEST);
    let scale = if scale > 1.0 { 1.0 } else { scale };
    x.iter_mut().zip(clean).for_each(|(x, clean)| *x = clean + *x * scale);
}

fn into_l1(radius: f32, clean: &[f32], x: &mut [f32]) {
    let radius = (radius * (1.0 - 1e-6) - clean.len() as f32 * ROUNDING).max(0.0);
    // How far each pixel is to go, and can before it leaves the box.
    let (mut sizes, mut rooms) = (Vec::with_capacity(x.len()), Vec::with_capacity(x.len()));
    for (x, clean) in x.iter().zip(clean) {
        sizes.push((x - clean).abs());
        rooms.push(sign(x - clean).max(0.0) - clean * sign(x - clean));
    }
    let threshold = threshold(&sizes, &rooms, radius);
    for (at, (x, clean)) in x.iter_mut().zip(clean).enumerate() {
        *x = (clean + sign(*x - clean) * shrunk(sizes[at], rooms[at], threshold)).clamp(0.0, 1.0);
    }
}

/// A change that is smaller by a threshold, and stays in the box.
fn shrunk(size: f32, room: f32, threshold: f32) -> f32 {
    let left = if size - threshold < 0.0 { 0.0 } else { size - threshold };
    if room < left { room } else { left }
}

/// The least threshold that brings the changes to the radius.
fn threshold(sizes: &[f32], rooms: &[f32], radius: f32) -> f32 {
    let fits = |threshold: f32| sum(sizes, rooms, |size, room| shrunk(size, room, threshold)) <= radius;
    if fits(0.0) {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, sizes.iter().copied().fold(0.0, f32::max));
    for _ in 0..L1_HALVINGS {
        let middle = (low + high) * 0.5;
        if fits(middle) { high = middle } else { low = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;
    use burn::tensor::Device;

    /// Samples of several sizes, some of them at the box's edges, some far out, and their clean inputs.
    fn samples(seed: u64) -> (Tensor<4>, Tensor<4>) {
        let mut stream = Stream::new(seed, 0, 0);
        let dims = [3, 1 + (seed % 3) as usize, 3, 1 + (seed % 5) as usize];
        let count = dims.iter().product();
        let clean: Vec<f32> = (0..count).map(|_| (3.0 * stream.uniform() - 1.0).clamp(0.0, 1.0)).collect();
        let reach = [1e-9, 1e-3, 0.1, 1.0, 20.0][(seed % 5) as usize];
        let x = clean.iter().map(|clean| clean + reach * (2.0 * stream.uniform() - 1.0)).collect();
        let device = Device::flex();
        (floats(clean, dims, &device), floats(x, dims, &device))
    }

    fn agree(a: &Tensor<4>, b: &Tensor<4>, what: &str) {
        assert_eq!(a.dims(), b.dims());
        let (a, b) = (Numbers::of(a).unwrap(), Numbers::of(b).unwrap());
        for (a, b) in a.iter().zip(&*b) {
            assert!((a - b).abs() <= 5e-7 * b.abs().max(1.0), "{what}: {a} and {b}");
        }
    }

    #[test]
    fn one_pass_is_what_burns_operations_are() {
        for seed in 0..60 {
            let (clean, x) = samples(seed);
            for norm in Norm::ALL {
                for radius in [0.0, 1e-4, 0.05, 0.3, 2.0, 50.0] {
                    let ball = Ball::new(norm, radius);
                    let what = format!("{norm:?} {radius}, seed {seed}");
                    agree(&ball.pulled(&clean, &x, true).unwrap(), &ball.project_tensors(&clean, x.clone()), &what);
                    agree(&ball.pulled(&clean, &x, false).unwrap(), &ball.pull_tensors(&clean, x.clone()), &what);
                    let gradient = x.clone() - clean.clone();
                    agree(&ball.pointed(&gradient).unwrap(), &ball.direct_tensors(gradient.clone()), &what);
                }
                let (ball, none) = (Ball::new(norm, 1.0), x.zeros_like());
                agree(&ball.pointed(&none).unwrap(), &none, "no gradient");
            }
        }
    }

    #[test]
    fn what_is_no_number_stays_none() {
        let device = Device::flex();
        let (clean, x) =
            (floats(vec![0.5, 0.5], [1, 1, 1, 2], &device), floats(vec![f32::NAN, 0.5], [1, 1, 1, 2], &device));
        for norm in Norm::ALL {
            let projected = Ball::new(norm, 0.1).project(&clean, x.clone());
            assert!(Numbers::of(&projected).unwrap()[0].is_nan(), "{norm:?}");
        }
    }

    #[test]
    fn with_limits_burn_computes() {
        let (clean, x) = samples(1);
        let features: usize = clean.dims()[1..].iter().product();
        let ball = Ball::new(Norm::Linf, 0.1).limited(&vec![0.5; features]);
        assert!(ball.pulled(&clean, &x, true).is_none() && ball.pointed(&x).is_none());
    }
}
