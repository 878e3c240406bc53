//! A perturbation that all inputs share: kept beside the best iterate, and laid over inputs that it was not crafted on.

use super::result::{self, Ending};
use crate::attack::Run;
use crate::{ball::Ball, case::Case, loss, sequential::Sequential};
use burn::tensor::{Bool, Tensor};
use foolproof_core::protocol::{Fault, Sample};

/// The perturbation behind the iterate at hand and the one behind the best, `[1, channel, row, column]`, where the
/// attack makes one for all.
#[derive(Default)]
pub(super) struct Shared {
    at: Option<Tensor<4>>,
    best: Option<Tensor<4>>,
}

impl Shared {
    /// The run has proposed the iterate at hand.
    pub fn follow(&mut self, run: &dyn Run) {
        self.at = run.shared();
    }

    /// Keeps the perturbation at hand if its iterate is the better one: for all inputs or for none, since they share
    /// their rank.
    pub fn keep(&mut self, better: &Tensor<2, Bool>) {
        let Some(at) = self.at.clone() else { return };
        let best = self.best.take().unwrap_or_else(|| at.zeros_like());
        let better = better.clone().slice([0..1, 0..1]).reshape([1, 1, 1, 1]).expand(at.dims());
        self.best = Some(best.mask_where(better, at));
    }

    /// The best one's values, row by row; `None` for an attack that makes each input its own.
    ///
    /// # Errors
    /// A [`Fault`] if the device fails, or if a value is not finite.
    pub async fn read(&self) -> Result<Option<Vec<f32>>, Fault> {
        match self.best.clone() {
            Some(best) => result::read(best).await.map(Some),
            None => Ok(None),
        }
    }
}

/// What a perturbation makes of these inputs, whatever it was crafted on. It is laid over them and never weighed
/// against the clean input, as an attacker who does not know the input could not do that either. It takes no query of
/// theirs.
///
/// # Shapes
/// `delta`: `[1, channel, row, column]`.
///
/// # Errors
/// A [`Fault`] if the device fails, or if anything in the result is not finite.
pub async fn lay(model: &Sequential, case: &Case, ball: &Ball, delta: Tensor<4>) -> Result<Vec<Sample>, Fault> {
    let x = ball.project(&case.clean, case.clean.clone() + delta);
    let logits = model.forward(x.clone());
    let losses = [&case.logits, &logits].map(|logits| loss::cross_entropy(logits, &case.class));
    let none = losses[0].zeros_like();
    Ending { case, ball, x, logits, blind: none.clone(), unable: None, queries: none, losses: &losses }
        .read(model, None)
        .await
}
