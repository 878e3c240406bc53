//! Layers before a network that hide its gradients and so seem to defend it: the obfuscations that Athalye et al. 2018,
//! <https://arxiv.org/abs/1802.00420>, broke. The auditor is tested on them.

use crate::random::Stream;
use crate::upload::floats;
use burn::module::Module;
use burn::tensor::Tensor;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Rounds every pixel to one of a few levels; the gradient of a step is zero (input transformations, Guo et al. 2018,
/// <https://arxiv.org/abs/1711.00117>).
#[derive(Module, Debug)]
pub(super) struct Quantise {
    levels: usize,
}

impl Quantise {
    /// At least two levels from 0 to 1.
    pub fn new(levels: usize) -> Quantise {
        Quantise { levels: levels.max(2) }
    }

    /// # Shapes
    /// Both `[batch, channel, row, column]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let steps = (self.levels - 1) as f32;
        x.mul_scalar(steps).round().div_scalar(steps)
    }
}

/// Adds new noise at every look, so that no two gradients agree.
#[derive(Module, Debug)]
pub(super) struct Noise {
    sigma: f32,
    seed: u64,
    /// How often it was looked through; copies of the network count together.
    #[module(skip)]
    looks: Arc<AtomicU64>,
}

impl Noise {
    /// Normal noise of this standard deviation, pixels; the draws follow from the seed and the count of looks.
    pub fn new(sigma: f32, seed: u64) -> Noise {
        Noise { sigma, seed, looks: Arc::default() }
    }

    /// # Shapes
    /// Both `[batch, channel, row, column]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let mut stream = Stream::new(self.seed, self.looks.fetch_add(1, Ordering::Relaxed), 0);
        let noise: Vec<f32> = (0..x.shape().num_elements()).map(|_| self.sigma * stream.normal()).collect();
        let noise = floats(noise, x.dims(), &x.device());
        x + noise
    }
}
