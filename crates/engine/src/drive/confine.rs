//! Where an iterate may be, by what its attack is after.

use crate::attack::{Probe, Run};
use crate::ball::Ball;
use crate::case::Case;
use burn::tensor::Tensor;
use foolproof_core::catalog::Aim;

/// The nearest point to a proposal at which the attack may be: features that stay are clean, whatever it is free of.
pub(super) fn confine(aim: Aim, ball: &Ball, case: &Case, x: Tensor<4>) -> Tensor<4> {
    match aim {
        Aim::Within | Aim::Shared => ball.project(&case.clean, x), // stage: projection, clip
        Aim::Nearest | Aim::Free => ball.keep(&case.clean, x.clamp(0.0, 1.0)),
    }
}

/// The next iterate of a run whose step is a plain one, where one kernel does all of it.
pub(super) fn at_once(aim: Aim, run: &dyn Run, probe: &mut Probe) -> Option<Tensor<4>> {
    let length = run.stride().filter(|_| aim == Aim::Within && probe.ball.climbs_at_once(&probe.at))?;
    let gradient = probe.gradient();
    Some(probe.ball.climb(&probe.case.clean, &probe.at, gradient, length))
}
