//! One optimiser step at a time on an adversarial or natural batch, and the examples that adversarial training needs.

use super::attack::{Attack, Probe};
use super::{ball::Ball, case::Case, loss, sequential::Sequential};
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::Tensor;

/// A model in training. Its tensors live on an autodiff device.
pub struct Trainer {
    model: Sequential,
    optimizer: ModuleOptimizer,
}

impl Trainer {
    /// Trains `model` with Adam (Kingma and Ba 2015, <https://arxiv.org/abs/1412.6980>).
    pub fn new(model: Sequential) -> Trainer {
        Trainer { model, optimizer: AdamConfig::new().with_epsilon(1e-8).init() }
    }

    /// The model as it stands.
    pub fn model(&self) -> &Sequential {
        &self.model
    }

    /// One step on the mean cross-entropy of a batch; answers the loss of each sample before the step, on device.
    ///
    /// # Shapes
    /// `x`: `[batch, channel, row, column]`; `class`, one-hot or soft: `[batch, class]`; the result: `[batch, 1]`.
    pub fn step(&mut self, x: Tensor<4>, class: &Tensor<2>, rate: f64) -> Tensor<2> {
        let batch = x.dims()[0] as f32;
        let tracked = self.model.forward(Tensor::from_inner(x));
        let logits = tracked.clone().inner();
        let slope = loss::cross_entropy_slope(&logits, class).div_scalar(batch);
        let gradients = (tracked * Tensor::from_inner(slope)).sum().backward();
        let gradients = GradientsParams::from_grads(gradients, &self.model);
        self.model = self.optimizer.step(rate, self.model.clone(), gradients);
        loss::cross_entropy(&logits, class)
    }
}

/// The last iterate of an attack's first restart: what adversarial training trains on. `model` has frozen weights.
///
/// # Shapes
/// The result: `[batch, channel, row, column]`, inside ball and box.
pub fn craft(model: &Sequential, case: &Case, ball: &Ball, attack: &dyn Attack) -> Tensor<4> {
    let (start, mut run) = attack.begin(case, ball, 0);
    let mut at = ball.project(&case.clean, start);
    for _ in 0..attack.plan()[0] {
        let next = run.step(&mut Probe::new(model, case, ball, at, 0));
        at = ball.project(&case.clean, next);
    }
    at
}

/// Learning rate that rises linearly to `peak` at the share `warm` of the way and falls linearly to 0 at its end
/// (Smith 2017, <https://arxiv.org/abs/1506.01186>). `progress` runs from 0 to 1.
pub fn one_cycle(progress: f64, peak: f64, warm: f64) -> f64 {
    match progress < warm {
        true => peak * progress / warm,
        false => peak * (1.0 - progress) / (1.0 - warm),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cycle_peaks_where_it_says_and_ends_at_zero() {
        assert_eq!(one_cycle(0.0, 5e-3, 0.4), 0.0);
        assert!((one_cycle(0.4, 5e-3, 0.4) - 5e-3).abs() < 1e-12);
        assert!((one_cycle(0.7, 5e-3, 0.4) - 2.5e-3).abs() < 1e-12);
        assert_eq!(one_cycle(1.0, 5e-3, 0.4), 0.0);
    }
}
