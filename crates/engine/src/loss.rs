//! Losses on logits. Each has its value and its slope, the derivative by the logits in closed form.
//!
//! Backpropagation starts from the slope: `sum(logits * slope)` has the loss's gradient, and the graph stays as short
//! as the network itself. Nothing here takes the logarithm of a probability, so confident samples keep their loss.

pub mod pairs;
mod row;

use crate::in_memory::by_row;
use crate::on_gpu;
use crate::one_hot::own_answer;
use crate::upload::numbers;
use burn::tensor::{Int, Tensor};

/// Stands in for the logit of a class that is left out: below all others, and finite, so that no infinity can spread.
const LEFT_OUT: f32 = 1e38;
/// Lead over all other logits from which on an answer counts as no surer: the others have 4e-18 of the probability then,
/// and a slope that no layer on its way to the pixels turns into 0.
const SUREST: f32 = 40.0;
/// Least spread of logits divided by, as a share of the largest: less than rounding leaves of one that is not 0.
const SPREAD: f32 = 1e-12;
/// Stands in for 0 where all logits are.
const SMALLEST: f32 = 1e-30;

/// Cross-entropy (nats) of each sample toward its class, by log-sum-exp.
///
/// # Shapes
/// `logits` and the one-hot `class`: `[batch, class]`; the result: `[batch, 1]`.
pub fn cross_entropy(logits: &Tensor<2>, class: &Tensor<2>) -> Tensor<2> {
    by_row(logits, class, 1, |logits, class, value| value[0] = row::cross_entropy(logits, class))
        .or_else(|| on_gpu::cross_entropy(logits, class))
        .unwrap_or_else(|| cross_entropy_tensors(logits, class))
}

/// The same in burn's operations, on any device.
fn cross_entropy_tensors(logits: &Tensor<2>, class: &Tensor<2>) -> Tensor<2> {
    let largest = logits.clone().max_dim(1);
    let log_sum = (logits.clone() - largest.clone()).exp().sum_dim(1).log() + largest;
    log_sum - (logits.clone() * class.clone()).sum_dim(1)
}

/// Derivative of [`cross_entropy`] by the logits: softmax minus one-hot, written so that a class's own part, minus the
/// others' sum, does not cancel where the model is sure of it. Taken literally it is 0 from a probability of 1 - 3e-8.
///
/// It never vanishes: an answer that leads by more than 40 has the slope that it would have at 40, which is longer and
/// points the same way.
///
/// # Shapes
/// All `[batch, class]`.
pub fn cross_entropy_slope(logits: &Tensor<2>, class: &Tensor<2>) -> Tensor<2> {
    by_row(logits, class, logits.dims()[1], row::cross_entropy_slope)
        .or_else(|| on_gpu::cross_entropy_slope(logits, class))
        .unwrap_or_else(|| cross_entropy_slope_tensors(logits, class))
}

/// The same in burn's operations, on any device.
fn cross_entropy_slope_tensors(logits: &Tensor<2>, class: &Tensor<2>) -> Tensor<2> {
    let shares = softmax(&unsurer(logits, class));
    let others = shares.clone() - shares * class.clone();
    others.clone() - class.clone() * others.sum_dim(1)
}

/// The logits, the one of the given class brought down to [`SUREST`] above the best other one if it lies higher. What the
/// others have left of the probability is shared among them as before.
///
/// # Shapes
/// `logits`, the one-hot `class` and the result: `[batch, class]`.
fn unsurer(logits: &Tensor<2>, class: &Tensor<2>) -> Tensor<2> {
    let most = without(logits, class).max_dim(1).add_scalar(SUREST);
    logits.clone().min_pair(most.expand(logits.dims()))
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
    by_row(logits, class, 1, |logits, class, value| value[0] = row::margin(logits, class))
        .or_else(|| on_gpu::margin(logits, class))
        .unwrap_or_else(|| margin_tensors(logits, class))
}

/// The same in burn's operations, on any device.
fn margin_tensors(logits: &Tensor<2>, class: &Tensor<2>) -> Tensor<2> {
    without(logits, class).max_dim(1) - (logits.clone() * class.clone()).sum_dim(1)
}

/// [`margin`] and [`cross_entropy`], which are asked for of every iterate.
pub fn margin_and_cross_entropy(logits: &Tensor<2>, class: &Tensor<2>) -> (Tensor<2>, Tensor<2>) {
    on_gpu::margin_and_cross_entropy(logits, class)
        .unwrap_or_else(|| (margin(logits, class), cross_entropy(logits, class)))
}

/// Derivative of [`margin`] by the logits: one-hot of the best other class minus one-hot of the given one.
///
/// # Shapes
/// All `[batch, class]`.
pub fn margin_slope(logits: &Tensor<2>, class: &Tensor<2>) -> Tensor<2> {
    own_answer(&without(logits, class)) - class.clone()
}

/// Logarithm of the odds of any other class against the given one. Cross-entropy is a rising function of it, so both
/// order inputs alike and ascend the same way; this one stays exact where the model is sure of either.
///
/// # Shapes
/// `logits` and the one-hot `class`: `[batch, class]`; the result: `[batch, 1]`.
pub fn log_odds(logits: &Tensor<2>, class: &Tensor<2>) -> Tensor<2> {
    let others = without(logits, class);
    let largest = others.clone().max_dim(1);
    (others - largest.clone()).exp().sum_dim(1).log() + largest - (logits.clone() * class.clone()).sum_dim(1)
}

/// Derivative of [`log_odds`] by the logits: softmax of the other classes minus one-hot of the given one.
///
/// # Shapes
/// All `[batch, class]`.
pub fn log_odds_slope(logits: &Tensor<2>, class: &Tensor<2>) -> Tensor<2> {
    softmax(&without(logits, class)) - class.clone()
}

/// Difference of logits ratio and its derivative by the logits: how far a rival class lies above the given one, as a
/// share of how far the best logit lies above the third, or with a `target` above the mean of third and fourth
/// (Croce and Hein 2020, <https://arxiv.org/abs/2003.01690>). The rival is the target, or the best other class.
///
/// It does not change when all logits are multiplied. There must be three classes. AutoAttack adds 1e-12 to the divisor,
/// which would decide where logits are small.
///
/// # Shapes
/// `logits`, the one-hot `class` and `target`, and the slope: `[batch, class]`; the value: `[batch, 1]`.
pub fn ratio(logits: &Tensor<2>, class: &Tensor<2>, target: Option<&Tensor<2>>) -> (Tensor<2>, Tensor<2>) {
    let places = places(logits);
    let at = |place: i32| places.clone().equal_scalar(place).float();
    let (rise, spread) = match target {
        None => (margin_slope(logits, class), at(0) - at(2)),
        Some(target) => (target.clone() - class.clone(), at(0) - (at(2) + at(3)).mul_scalar(0.5)),
    };
    let least = logits.clone().abs().max_dim(1).mul_scalar(SPREAD).clamp_min(SMALLEST);
    let share = (logits.clone() * spread.clone()).sum_dim(1).max_pair(least).recip();
    let value = (logits.clone() * rise.clone()).sum_dim(1) * share.clone();
    (value.clone(), (rise - spread * value) * share)
}

/// Place of each class when the logits are sorted, 0 for the best; of equals the first stands first.
///
/// # Shapes
/// Both `[batch, class]`.
pub fn places(logits: &Tensor<2>) -> Tensor<2, Int> {
    let [batch, classes] = logits.dims();
    let (each, all) = ([batch, classes, 1], [batch, classes, classes]);
    let own = logits.clone().reshape(each).expand(all);
    let other = logits.clone().reshape([batch, 1, classes]).expand(all);
    let number = numbers(classes, &logits.device());
    let earlier =
        number.clone().reshape([1, 1, classes]).expand(all).lower(number.reshape([1, classes, 1]).expand(all));
    let before = own.clone().lower(other.clone()).bool_or(other.equal(own).bool_and(earlier));
    before.int().sum_dim(2).reshape([batch, classes])
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

    /// Holds a slope against the differences of its loss.
    fn agree(logits: [f32; 5], loss: impl Fn(&Tensor<2>) -> Tensor<2>, slope: impl Fn(&Tensor<2>) -> Tensor<2>) {
        let slope = slope(&row(&logits)).into_data().try_to_vec::<f32>().unwrap();
        for index in 0..logits.len() {
            let at = |change: f32| {
                let mut moved = logits;
                moved[index] += change;
                number(loss(&row(&moved)))
            };
            let difference = (at(1e-2) - at(-1e-2)) / 2e-2;
            assert!((difference - slope[index]).abs() < 1e-3, "logit {index}: {difference} against {}", slope[index]);
        }
    }

    #[test]
    fn slopes_agree_with_finite_differences() {
        let logits = [0.3f32, -1.2, 2.0, 0.1, 0.7];
        for class in [row(&[0.0, 1.0, 0.0, 0.0, 0.0]), row(&[0.0, 0.0, 1.0, 0.0, 0.0])] {
            agree(logits, |x| cross_entropy(x, &class), |x| cross_entropy_slope(x, &class));
            agree(logits, |x| margin(x, &class), |x| margin_slope(x, &class));
            agree(logits, |x| log_odds(x, &class), |x| log_odds_slope(x, &class));
            agree(logits, |x| ratio(x, &class, None).0, |x| ratio(x, &class, None).1);
            let target = row(&[1.0, 0.0, 0.0, 0.0, 0.0]);
            agree(logits, |x| ratio(x, &class, Some(&target)).0, |x| ratio(x, &class, Some(&target)).1);
        }
    }

    #[test]
    fn the_ratio_is_the_papers_and_forgets_the_scale() {
        let (logits, class, target) = ([3.0, 1.0, 2.0, 0.5], row(&[1.0, 0.0, 0.0, 0.0]), row(&[0.0, 1.0, 0.0, 0.0]));
        for scale in [1.0f32, 10.0, 100.0, 1000.0] {
            let logits = row(&logits.map(|logit| logit * scale));
            assert!((number(ratio(&logits, &class, None).0) - -0.5).abs() < 1e-6);
            assert!((number(ratio(&logits, &class, Some(&target)).0) - -2.0 / 2.25).abs() < 1e-6);
        }
        let equal = ratio(&row(&[1.0; 4]), &class, None);
        assert!(number(equal.0) == 0.0 && number(equal.1.abs().max_dim(1)).is_finite());
    }

    #[test]
    fn log_odds_order_what_cross_entropy_cannot_tell_apart() {
        let class = row(&[1.0, 0.0, 0.0]);
        let (sure, surer) = (row(&[40.0, 1.0, 0.0]), row(&[41.0, 1.0, 0.0]));
        assert_eq!(number(cross_entropy(&sure, &class)), number(cross_entropy(&surer, &class)));
        assert!((number(log_odds(&sure, &class)) - number(log_odds(&surer, &class)) - 1.0).abs() < 1e-4);
    }

    #[test]
    fn a_confident_sample_keeps_the_slope_of_its_own_class() {
        let slope = cross_entropy_slope(&row(&[20.0, 0.0, 0.0]), &row(&[1.0, 0.0, 0.0]));
        let slope = slope.into_data().try_to_vec::<f32>().unwrap();
        let other = (-20.0f32).exp();
        assert!((slope[0] / (-2.0 * other) - 1.0).abs() < 1e-5 && (slope[1] / other - 1.0).abs() < 1e-5, "{slope:?}");
    }

    #[test]
    fn no_sureness_takes_a_slope_or_turns_it() {
        // However far the class leads, the others share the slope alike: e to one.
        for lead in [30.0, 50.0, 200.0, 1e4, 1e6, 1e9, 1e20] {
            let (class, logits) = (row(&[1.0, 0.0, 0.0]), row(&[lead, 1.0, 0.0]));
            let soft = pairs::soft_slope(&logits, &class);
            for slope in [cross_entropy_slope(&logits, &class), soft] {
                let slope = slope.into_data().try_to_vec::<f32>().unwrap();
                assert!(slope[2] > 1e-30 && (slope[1] / slope[2] / 1f32.exp() - 1.0).abs() < 1e-5, "{lead}: {slope:?}");
                assert!((slope[0] / (slope[1] + slope[2]) + 1.0).abs() < 1e-6, "{lead}: {slope:?}");
            }
        }
    }

    #[test]
    fn a_ratio_does_not_know_how_large_the_logits_are() {
        let class = row(&[0.0, 1.0, 0.0, 0.0, 0.0]);
        let of = |scale: f32| ratio(&row(&[0.3, -1.2, 2.0, 0.1, 0.7].map(|logit| scale * logit)), &class, None);
        let plain = number(of(1.0).0);
        for scale in [1e-15, 1e-6, 1e6, 1e15] {
            let (value, slope) = of(scale);
            assert!((number(value) / plain - 1.0).abs() < 1e-5, "{scale}");
            let slope = slope.into_data().try_to_vec::<f32>().unwrap();
            assert!(slope[1] < 0.0 && slope.iter().all(|slope| slope.is_finite()), "{scale}: {slope:?}");
        }
        let (value, slope) = ratio(&row(&[0.0; 5]), &class, None);
        assert!(number(value) == 0.0 && slope.into_data().iter::<f32>().all(f32::is_finite));
    }

    #[test]
    fn a_class_left_out_is_left_out_of_any_logits() {
        let (class, logits) = (row(&[0.0, 1.0, 0.0]), row(&[1e30, 4e30, 2e30]));
        assert_eq!(number(margin(&logits, &class)), -2e30);
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
