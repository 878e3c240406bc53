//! The contract between an attack and the loop that drives it.
//!
//! An attack proposes, [`Drive`](super::drive::Drive) disposes: it projects every proposal into the ball and the pixel
//! box, judges every iterate and keeps the best one of each sample, so that no attack can overdraw its budget or its
//! success.

use super::{ball::Ball, case::Case, loss, sequential::Sequential};
use crate::catalog::Card;
use burn::tensor::Tensor;

/// How long an attack takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Steps of each restart, at least 1.
    pub steps: u32,
    /// Runs from a new start, at least 1.
    pub restarts: u32,
}

/// An attack with its knobs set.
pub trait Attack {
    /// Steps and restarts.
    fn plan(&self) -> Plan;

    /// Step size in force, pixels; 0 for an attack without one.
    fn step_size(&self) -> f32;

    /// Where a restart begins, and what it carries from step to step. The start is not yet projected.
    fn begin(&self, case: &Case, ball: &Ball, restart: u32) -> (Tensor<4>, Box<dyn Run>);
}

/// One restart of an attack.
pub trait Run {
    /// The next iterate from the one at hand, not yet projected. No readback: decisions per sample are masks.
    fn step(&mut self, probe: &mut Probe) -> Tensor<4>;
}

/// An attack's place in the registry: its card, and how to make it from a job's knobs.
pub struct Entry {
    /// What the picker shows; also the ranges and defaults of its knobs.
    pub card: fn() -> Card,
    /// Makes the attack for this ball.
    pub make: fn(&Knobs, &Ball) -> Box<dyn Attack>,
}

/// A job's knobs, complete and inside their ranges; `None` stands for `auto`.
pub struct Knobs(pub(super) Vec<(String, Option<f64>)>);

impl Knobs {
    /// The knob's value, or `None` where the attack derives it.
    pub fn get(&self, key: &str) -> Option<f64> {
        self.0.iter().find(|(name, _)| name == key).and_then(|(_, value)| *value)
    }

    /// A whole number of at least 1.
    pub fn count(&self, key: &str) -> u32 {
        self.get(key).map_or(1, |value| value.max(1.0) as u32)
    }
}

/// What a step may ask of the model at its iterate. Everything asked is counted.
pub struct Probe<'a> {
    /// The model under attack, its weights frozen.
    pub model: &'a Sequential,
    /// The task.
    pub case: &'a Case,
    /// The threat model.
    pub ball: &'a Ball,
    /// The iterate, inside ball and box.
    pub at: Tensor<4>,
    /// Model queries so far, each forward or gradient one.
    pub queries: u32,
    /// Logits at the iterate, once asked for.
    pub logits: Option<Tensor<2>>,
    /// Gradient at the iterate, once asked for.
    pub gradient: Option<Tensor<4>>,
}

impl<'a> Probe<'a> {
    /// A probe at the iterate `at`, with `queries` spent before it.
    pub fn new(model: &'a Sequential, case: &'a Case, ball: &'a Ball, at: Tensor<4>, queries: u32) -> Probe<'a> {
        Probe { model, case, ball, at, queries, logits: None, gradient: None }
    }

    /// Gradient at the iterate of the cross-entropy, turned so that following it serves the goal: away from the class
    /// to leave, or toward the one to reach.
    ///
    /// # Shapes
    /// The result: `[batch, channel, row, column]`.
    pub fn gradient(&mut self) -> Tensor<4> {
        self.queries += 1;
        let (logits, gradient) = input_gradient(self.model, self.at.clone(), |logits| {
            loss::cross_entropy_slope(logits, &self.case.class).mul_scalar(self.case.goal.sign())
        });
        self.logits = Some(logits);
        self.gradient = Some(gradient.clone());
        gradient
    }
}

/// Logits at `x` and the gradient by `x` of the loss whose derivative by the logits is `slope`.
///
/// # Shapes
/// `x` and the gradient: `[batch, channel, row, column]`; logits and slope: `[batch, class]`.
pub fn input_gradient(
    model: &Sequential,
    x: Tensor<4>,
    slope: impl FnOnce(&Tensor<2>) -> Tensor<2>,
) -> (Tensor<2>, Tensor<4>) {
    let leaf = Tensor::from_inner(x.clone()).require_grad();
    let tracked = model.forward(leaf.clone());
    let logits = tracked.clone().inner();
    let slope = Tensor::from_inner(slope(&logits));
    let mut gradients = (tracked * slope).sum().backward();
    // A network that ignores its input leaves no gradient behind: that is the zero gradient.
    let gradient = leaf.grad_remove(&mut gradients).unwrap_or_else(|| x.zeros_like());
    (logits, gradient)
}
