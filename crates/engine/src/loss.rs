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
/// Probability that [`naive_slope`] is clipped to, and its distance from 1: what Keras clips to.
const CLIPPED: f32 = 1e-7;
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

/// The same as careless code has it, a softmax clipped to 1e-7 and 1 - 1e-7 before its logarithm is taken: 0 where the
/// probability of the class lies outside.
///
/// # Shapes
/// All `[batch, class]`.
pub fn naive_slope(logits: &Tensor<2>, class: &Tensor<2>) -> Tensor<2> {
    let shares = burn::tensor::activation::softmax(logits.clone(), 1);
    let own = (shares.clone() * class.clone()).sum_dim(1);
    let inside = own.clone().greater_elem(CLIPPED).float() * own.lower_elem(1.0 - CLIPPED).float();
    (shares - class.clone()) * inside
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

/// [`log_odds`] and its slope.
pub fn log_odds_and_slope(logits: &Tensor<2>, class: &Tensor<2>) -> (Tensor<2>, Tensor<2>) {
    on_gpu::log_odds(logits, class).unwrap_or_else(|| (log_odds(logits, class), log_odds_slope(logits, class)))
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
    let on_gpu = if target.is_none() { on_gpu::ratio(logits, class) } else { None };
    on_gpu.unwrap_or_else(|| ratio_tensors(logits, class, target))
}

/// The same in burn's operations, on any device.
fn ratio_tensors(logits: &Tensor<2>, class: &Tensor<2>, target: Option<&Tensor<2>>) -> (Tensor<2>, Tensor<2>) {
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
mod tests;
