//! Losses on logits. Each has its value and its slope, the derivative by the logits in closed form.
//!
//! Backpropagation starts from the slope: `sum(logits * slope)` has the loss's gradient, and the graph stays as short
//! as the network itself. Nothing here takes the logarithm of a probability, so confident samples keep their loss.

use super::case::own_answer;
use burn::tensor::Tensor;

/// Stands in for the logit of a class that is left out; finite, so that no infinity can spread.
const LEFT_OUT: f32 = 1e9;

/// Cross-entropy (nats) of each sample toward its class, by log-sum-exp.
///
/// # Shapes
/// `logits` and the one-hot `class`: `[batch, class]`; the result: `[batch, 1]`.
pub fn cross_entropy(logits: &Tensor<2>, class: &Tensor<2>) -> Tensor<2> {
    let largest = logits.clone().max_dim(1);
    let log_sum = (logits.clone() - largest.clone()).exp().sum_dim(1).log() + largest;
    log_sum - (logits.clone() * class.clone()).sum_dim(1)
}

/// Derivative of [`cross_entropy`] by the logits: softmax minus one-hot, written so that a class's own part, minus the
/// others' sum, does not cancel where the model is sure of it. Taken literally it is 0 from a probability of 1 - 3e-8.
///
/// # Shapes
/// All `[batch, class]`.
pub fn cross_entropy_slope(logits: &Tensor<2>, class: &Tensor<2>) -> Tensor<2> {
    let others = softmax(logits) * (class.ones_like() - class.clone());
    others.clone() - class.clone() * others.sum_dim(1)
}

/// Probabilities of the classes.
///
/// # Shapes
/// Both `[batch, class]`.
pub fn softmax(logits: &Tensor<2>) -> Tensor<2> {
    let scaled = (logits.clone() - logits.clone().max_dim(1)).exp();
    scaled.clone() / scaled.sum_dim(1)
}

/// Logits in which the given class comes last.
///
/// # Shapes
/// All `[batch, class]`.
pub fn without(logits: &Tensor<2>, class: &Tensor<2>) -> Tensor<2> {
    logits.clone() - class.clone().mul_scalar(LEFT_OUT)
}

/// How far the best other class lies above the given one; positive where the answer is another class
/// (Carlini and Wagner 2017, <https://arxiv.org/abs/1608.04644>).
///
/// # Shapes
/// `logits` and the one-hot `class`: `[batch, class]`; the result: `[batch, 1]`.
pub fn margin(logits: &Tensor<2>, class: &Tensor<2>) -> Tensor<2> {
    without(logits, class).max_dim(1) - (logits.clone() * class.clone()).sum_dim(1)
}

/// Derivative of [`margin`] by the logits: one-hot of the best other class minus one-hot of the given one.
///
/// # Shapes
/// All `[batch, class]`.
pub fn margin_slope(logits: &Tensor<2>, class: &Tensor<2>) -> Tensor<2> {
    own_answer(&without(logits, class)) - class.clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::{Device, TensorData};

    fn row(values: &[f32]) -> Tensor<2> {
        Tensor::from_data(TensorData::new(values.to_vec(), [1, values.len()]), &Device::flex())
    }

    fn number(x: Tensor<2>) -> f32 {
        x.into_scalar::<f32>()
    }

    #[test]
    fn slope_agrees_with_finite_differences() {
        let (logits, class) = ([0.3f32, -1.2, 2.0, 0.1], [0.0, 1.0, 0.0, 0.0]);
        let slope = cross_entropy_slope(&row(&logits), &row(&class)).into_data().try_to_vec::<f32>().unwrap();
        for index in 0..logits.len() {
            let at = |change: f32| {
                let mut moved = logits;
                moved[index] += change;
                number(cross_entropy(&row(&moved), &row(&class)))
            };
            let difference = (at(1e-2) - at(-1e-2)) / 2e-2;
            assert!((difference - slope[index]).abs() < 1e-4, "logit {index}: {difference} against {}", slope[index]);
        }
    }

    #[test]
    fn a_confident_sample_keeps_the_slope_of_its_own_class() {
        let slope = cross_entropy_slope(&row(&[20.0, 0.0, 0.0]), &row(&[1.0, 0.0, 0.0]));
        let slope = slope.into_data().try_to_vec::<f32>().unwrap();
        let other = (-20.0f32).exp();
        assert!((slope[0] / (-2.0 * other) - 1.0).abs() < 1e-5 && (slope[1] / other - 1.0).abs() < 1e-5, "{slope:?}");
    }

    #[test]
    fn huge_logits_stay_finite() {
        let class = row(&[1.0, 0.0]);
        assert_eq!(number(cross_entropy(&row(&[-5e4, 5e4]), &class)), 1e5);
        assert_eq!(number(cross_entropy(&row(&[5e4, -5e4]), &class)), 0.0);
        assert_eq!(number(margin(&row(&[5e4, -5e4]), &class)), -1e5);
    }

    #[test]
    fn margin_changes_sign_with_the_answer() {
        let class = row(&[0.0, 1.0, 0.0]);
        assert!(number(margin(&row(&[1.0, 3.0, 2.0]), &class)) == -1.0);
        assert!(number(margin(&row(&[4.0, 3.0, 2.0]), &class)) == 1.0);
    }
}
