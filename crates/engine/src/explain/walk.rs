//! One step of a gradient attack in its stages: gradient, direction, step, projection, clipping.

use crate::attack::Probe;
use burn::tensor::Tensor;

/// What one step goes through, each `[batch, channel, row, column]`.
pub struct Stages {
    /// The gradient of the loss, turned so that following it serves the goal.
    pub gradient: Tensor<4>,
    /// Its sign (L∞), or the gradient scaled to norm 1 (L2, L1).
    pub direction: Tensor<4>,
    /// The iterate plus the direction times the step size.
    pub stepped: Tensor<4>,
    /// Pulled back into the ball. The L1 ball meets the pixel range in the same move.
    pub projected: Tensor<4>,
    /// Clipped to [0, 1]: the next iterate.
    pub clipped: Tensor<4>,
}

/// The stages of the step from the probe's iterate, as PGD takes it.
pub fn stages(probe: &mut Probe, step: f32) -> Stages {
    let gradient = probe.gradient();
    let direction = probe.ball.steepest(gradient.clone());
    let stepped = probe.at.clone() + direction.clone().mul_scalar(step);
    let projected = probe.ball.pull(&probe.case.clean, stepped.clone());
    let clipped = projected.clone().clamp(0.0, 1.0);
    Stages { gradient, direction, stepped, projected, clipped }
}
