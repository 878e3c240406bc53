//! Optimisers: from a gradient to a step, on all weights as one row. They are not burn's own, whose state does not go
//! in and out exactly: a round that another worker takes over must do what the run would have done.

use burn::tensor::Tensor;
use foolproof_core::protocol::Optimizer;

/// Share of the momentum kept a step.
const MOMENTUM: f32 = 0.9;
/// Share of Adam's first moment kept a step.
const FIRST: f32 = 0.9;
/// Added to the root of the second moment before dividing by it, as PyTorch does: a weight whose gradient is smaller than
/// this hardly moves, which is Adam's own doing.
const TINY: f32 = 1e-8;

/// How far and how a step goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Learning rate.
    pub rate: f32,
    /// Weight decay.
    pub decay: f32,
    /// Share of Adam's second moment kept.
    pub memory: f32,
}

/// The weights after one step, with the moments brought up to date; formulas and order are PyTorch's.
///
/// `moments` holds [`Optimizer::rows`] rows, `done` counts the steps behind them.
///
/// # Shapes
/// All rows of one length.
pub fn step(
    optimizer: Optimizer,
    weights: Tensor<1>,
    gradient: Tensor<1>,
    moments: &mut [Tensor<1>],
    done: u64,
    pace: Pace,
) -> Tensor<1> {
    let Pace { rate, decay, .. } = pace;
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
fn adam(gradient: Tensor<1>, first: &mut Tensor<1>, second: &mut Tensor<1>, done: u64, pace: Pace) -> Tensor<1> {
    let Pace { rate, memory, .. } = pace;
    *first = first.clone().mul_scalar(FIRST) + gradient.clone().mul_scalar(1.0 - FIRST);
    *second = second.clone().mul_scalar(memory) + (gradient.clone() * gradient).mul_scalar(1.0 - memory);
    let step = i32::try_from(done + 1).unwrap_or(i32::MAX);
    // Both moments begin at 0, so early ones are too small by these shares.
    let warmed = |kept: f32| (1.0 - f64::from(kept).powi(step)) as f32;
    let spread = second.clone().sqrt().div_scalar(warmed(memory).sqrt()).add_scalar(TINY);
    first.clone().mul_scalar(rate / warmed(FIRST)) / spread
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
        let pace = Pace { rate, decay, memory: 0.999 };
        let mut weights = row(&[1.0, -2.0]);
        let mut moments = vec![row(&[0.0, 0.0]); optimizer.rows()];
        for done in 0..3 {
            weights = step(optimizer, weights.clone(), weights, &mut moments, done, pace);
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
