//! A pass of a batch by the clean logits and by the worst ones in the ball, for methods that learn from bounds.

use super::Trainer;
use super::pass::Pass;
use crate::ball::Ball;
use crate::loss::{self, pairs::soft_slope};
use crate::one_hot::own_answer;
use crate::part;
use crate::pictures::Batch;
use crate::sequential::Sequential;
use crate::training_method::Bounds;
use crate::upload::floats;
use burn::tensor::Tensor;
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::{Fault, FaultKind};

/// Whether bounds prove anything in this norm.
///
/// # Errors
/// A [`Fault`] that says in which they do.
pub fn check(norm: Norm) -> Result<(), Fault> {
    let message = "Training on interval bounds is for L∞ alone: in another norm it would prove next to nothing.";
    if norm == Norm::Linf { Ok(()) } else { Err(Fault::new(FaultKind::Input, message)) }
}

/// Whether all of a network's layers have bounds.
///
/// # Errors
/// A [`Fault`] that says which have none.
pub fn check_layers(network: &Sequential) -> Result<(), Fault> {
    let message = "This network has a layer or a defence of which no interval bounds are known.";
    if network.has_bounds() { Ok(()) } else { Err(Fault::new(FaultKind::Model, message)) }
}

impl Trainer {
    /// The first `bounded` pictures count with their clean logits and with the worst ones, the others with the clean ones
    /// alone. What is told of the pass are the logits that are not less than any attack could make of them.
    pub(super) fn bounded_pass(&self, batch: &Batch, bounded: usize, ball: &Ball, bounds: Bounds) -> Pass {
        // Layers are asked for bounds, which a model of kernels alone has none of.
        let (model, count) = (self.model(), batch.clean.dims()[0]);
        let clean = self.clean_share(ball.radius, bounds);
        let class = self.smoothed(&batch.class);
        let weight = (0..count).map(|at| if at < bounded { clean } else { 1.0 }).collect();
        let weight = floats(weight, [count, 1], &class.device());
        let mut pass = self.pass_of(&model, &batch.clean, false, |logits| {
            let each = loss::cross_entropy(logits, &class) * weight.clone();
            (each, (soft_slope(logits, &class) * weight).div_scalar(count as f32))
        });
        // Where the worst count for nothing they cost nothing.
        if bounded == 0 || clean >= 1.0 {
            return pass;
        }
        let class = part::first(&class, bounded);
        let own = if batch.soft { own_answer(&class) } else { part::first(&batch.class, bounded) };
        let mut value = None;
        let slope = |logits: &Tensor<2>| {
            value = Some(loss::cross_entropy(logits, &class).mul_scalar(1.0 - clean));
            soft_slope(logits, &class).mul_scalar((1.0 - clean) / count as f32)
        };
        let worst = model.learn_worst(&part::first(&batch.clean, bounded), ball, &own, slope);
        let (Some(worst), Some(value)) = (worst, value) else { unreachable!("see `check_layers`") };
        let beside = |worst: Tensor<2>, plain: &Tensor<2>| match bounded == count {
            true => worst,
            false => Tensor::cat(vec![worst, part::last(plain, bounded)], 0),
        };
        pass.value = beside(part::first(&pass.value, bounded) + value, &pass.value);
        pass.logits = beside(worst.logits, &pass.logits);
        pass.gradient = pass.gradient + worst.weights;
        pass
    }

    /// Weight of the clean logits at this radius: from 1 at none to the method's own at the full one.
    fn clean_share(&self, radius: f32, bounds: Bounds) -> f32 {
        let grown = if self.recipe.eps > 0.0 { radius / self.recipe.eps } else { 0.0 };
        1.0 - (1.0 - bounds.clean) * grown
    }
}
