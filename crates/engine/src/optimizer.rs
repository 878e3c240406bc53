//! Optimisers: from a gradient to a step, on all weights as one row. They are not burn's own, whose state does not go
//! in and out exactly: a round that another worker takes over must do what the run would have done.

use crate::on_gpu;
use burn::tensor::Tensor;
use foolproof_core::protocol::{Optimizer, Recipe};

/// Share of the momentum kept a step.
const MOMENTUM: f32 = 0.9;
/// Share of Adam's first moment kept a step.
const FIRST: f32 = 0.9;
/// Added to the root of the second moment before dividing by it, as PyTorch does: a weight whose gradient is smaller than
/// this hardly moves, which is Adam's own doing.
const TINY: f32 = 1e-8;

/// What a step of a recipe goes by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// What turns the gradient into a step.
    pub optimizer: Optimizer,
    /// Learning rate.
    pub rate: f32,
    /// Weight decay.
    pub decay: f32,
    /// Share of Adam's second moment kept.
    pub memory: f32,
    /// Longest gradient, to which a longer one is cut; 0 for none.
    pub clip: f32,
    /// Weight of the old value in the running average of the weights.
    pub average: f32,
}

impl Pace {
    /// Of a recipe, at this learning rate.
    pub fn of(recipe: &Recipe, rate: f64) -> Pace {
        Pace {
            optimizer: recipe.optimizer,
            rate: rate as f32,
            decay: recipe.decay as f32,
            memory: recipe.memory,
            clip: recipe.clip,
            average: recipe.average,
        }
    }
}

/// What a run changes, as rows of one length.
#[derive(Clone, Debug)]
pub struct Rows {
    /// The weights.
    pub weights: Tensor<1>,
    /// What the optimiser remembers: [`Optimizer::rows`] rows.
    pub moments: Vec<Tensor<1>>,
    /// The running average of the weights, if one is kept.
    pub average: Option<Tensor<1>>,
    /// Steps behind them.
    pub steps: u64,
}

impl Rows {
    /// One step by a gradient of this `length`; formulas and order are PyTorch's.
    ///
    /// # Shapes
    /// `gradient`: a row of the same length; `length`: `[1]`.
    pub fn learn(&mut self, gradient: Tensor<1>, length: &Tensor<1>, pace: &Pace) {
        // A short average at first, so that the start is forgotten soon.
        let kept = pace.average.min((self.steps + 1) as f32 / (self.steps as f32 + 10.0));
        if on_gpu::learn(self, &gradient, length, pace, kept).is_none() {
            self.learn_tensors(gradient, length, pace, kept);
        }
        self.steps += 1;
    }

    /// The same in burn's operations, on any device.
    fn learn_tensors(&mut self, gradient: Tensor<1>, length: &Tensor<1>, pace: &Pace, kept: f32) {
        let gradient = match pace.clip {
            0.0 => gradient,
            // A gradient no longer than the limit is multiplied by 1.
            most => {
                let length = length.clone().clamp_min(most);
                gradient * (length.full_like(most) / length)
            }
        };
        self.weights = step(self.weights.clone(), gradient, &mut self.moments, self.steps, pace);
        let now = || self.weights.clone().mul_scalar(1.0 - kept);
        self.average = self.average.take().map(|average| average.mul_scalar(kept) + now());
    }
}

/// By how much Adam's moments are too small after so many steps, since they begin at 0: the first, and the second.
pub(crate) fn warmed(done: u64, memory: f32) -> [f32; 2] {
    let step = i32::try_from(done + 1).unwrap_or(i32::MAX);
    [FIRST, memory].map(|kept| (1.0 - f64::from(kept).powi(step)) as f32)
}

/// Euclidean length, `[1]`.
pub fn length(row: &Tensor<1>) -> Tensor<1> {
    on_gpu::length(row).unwrap_or_else(|| (row.clone() * row.clone()).sum().sqrt())
}

/// The weights after one step, with the moments brought up to date.
fn step(weights: Tensor<1>, gradient: Tensor<1>, moments: &mut [Tensor<1>], done: u64, pace: &Pace) -> Tensor<1> {
    let Pace { optimizer, rate, decay, .. } = *pace;
    let penalised = |weights: &Tensor<1>, gradient: Tensor<1>| match decay {
        0.0 => gradient,
        _ => gradient + weights.clone().mul_scalar(decay),
    };
    match (optimizer, moments) {
        (Optimizer::Sgd, [momentum]) => {
            *momentum = momentum.clone().mul_scalar(MOMENTUM) + penalised(&weights, gradient);
            weights - momentum.clone().mul_scalar(rate)
        }
        (Optimizer::Adam, [first, second]) => {
            let gradient = penalised(&weights, gradient);
            weights - adam(gradient, first, second, done, pace)
        }
        (Optimizer::AdamW, [first, second]) => {
            weights.mul_scalar(1.0 - rate * decay) - adam(gradient, first, second, done, pace)
        }
        (_, moments) => unreachable!("{optimizer:?} keeps {} rows, not {}", optimizer.rows(), moments.len()),
    }
}

/// Adam's step, to be taken away from the weights.
fn adam(gradient: Tensor<1>, first: &mut Tensor<1>, second: &mut Tensor<1>, done: u64, pace: &Pace) -> Tensor<1> {
    let Pace { rate, memory, .. } = *pace;
    *first = first.clone().mul_scalar(FIRST) + gradient.clone().mul_scalar(1.0 - FIRST);
    *second = second.clone().mul_scalar(memory) + (gradient.clone() * gradient).mul_scalar(1.0 - memory);
    let [least, spread] = warmed(done, memory);
    let spread = second.clone().sqrt().div_scalar(spread.sqrt()).add_scalar(TINY);
    first.clone().mul_scalar(rate / least) / spread
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::{Device, TensorData};

    fn row(values: &[f32]) -> Tensor<1> {
        Tensor::from_data(TensorData::new(values.to_vec(), [values.len()]), &Device::flex())
    }

    /// Three steps on f(w) = sum of w^2 / 2 from (1, -2).
    fn three(optimizer: Optimizer, rate: f32, decay: f32) -> Vec<f32> {
        let pace = Pace { optimizer, rate, decay, memory: 0.999, clip: 0.0, average: 0.0 };
        let mut weights = row(&[1.0, -2.0]);
        let mut moments = vec![row(&[0.0, 0.0]); optimizer.rows()];
        for done in 0..3 {
            weights = step(weights.clone(), weights, &mut moments, done, &pace);
        }
        weights.into_data().iter::<f32>().collect()
    }

    /// Adam of Kingma and Ba, one weight, in double precision.
    fn adam_by_hand(start: f64, rate: f64, decay: f64, apart: bool) -> f64 {
        let (mut w, mut m, mut v) = (start, 0.0, 0.0);
        for t in 1..=3 {
            let g = if apart { w } else { w + decay * w };
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            if apart {
                w *= 1.0 - rate * decay;
            }
            w -= rate * (m / (1.0 - 0.9f64.powi(t))) / ((v / (1.0 - 0.999f64.powi(t))).sqrt() + 1e-8);
        }
        w
    }

    #[test]
    fn momentum_follows_its_closed_form() {
        // v1 = w0, w1 = .9 w0; v2 = .9 + .9 = 1.8, w2 = .72; v3 = 1.62 + .72 = 2.34, w3 = .486, each times w0.
        let found = three(Optimizer::Sgd, 0.1, 0.0);
        assert!((found[0] - 0.486).abs() < 1e-6 && (found[1] + 0.972).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn adam_follows_the_paper_with_decay_in_the_gradient_or_apart() {
        for (optimizer, apart) in [(Optimizer::Adam, false), (Optimizer::AdamW, true)] {
            for decay in [0.0, 0.3] {
                let found = three(optimizer, 0.05, decay as f32);
                for (found, start) in found.into_iter().zip([1.0, -2.0]) {
                    let expected = adam_by_hand(start, 0.05, decay, apart);
                    assert!((f64::from(found) - expected).abs() < 1e-5, "{optimizer:?}: {found} against {expected}");
                }
            }
        }
    }
}
