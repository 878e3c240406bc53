//! A pass of a batch through the network and back, by the loss of the method.

use super::Trainer;
use crate::loss::{self, pairs::soft_slope};
use crate::part;
use crate::pictures::Batch;
use crate::sequential::{Learnt, Sequential};
use burn::tensor::Tensor;

/// A pass through the network and back.
pub struct Pass {
    /// `[rows, class]`.
    pub logits: Tensor<2>,
    /// Loss a sample, `[batch, 1]`.
    pub value: Tensor<2>,
    /// By the weights.
    pub gradient: Tensor<1>,
    /// By the inputs, if asked for.
    pub input: Option<Tensor<4>>,
}

impl Trainer {
    /// Rows to learn from: clean ones if the method compares, then attacked ones, then the rest of the batch.
    fn rows(&self, batch: &Batch, attacked: usize, found: Option<&Tensor<4>>) -> Tensor<4> {
        let count = batch.clean.dims()[0];
        let Some(found) = found else { return batch.clean.clone() };
        let mut parts = Vec::new();
        if self.method.paired() {
            parts.push(part::first(&batch.clean, attacked));
        }
        parts.push(found.clone());
        if attacked < count {
            parts.push(batch.clean.clone().slice(attacked..count));
        }
        if parts.len() == 1 { parts.remove(0) } else { Tensor::cat(parts, 0) }
    }

    /// Through the network, which has the learner's weights, and back: gradients by these and, if `wanted`, by the inputs.
    pub(super) fn pass(
        &self,
        model: &Sequential,
        batch: &Batch,
        attacked: usize,
        found: Option<&Tensor<4>>,
        wanted: bool,
    ) -> Pass {
        let rows = self.rows(batch, attacked, found);
        self.pass_of(model, &rows, wanted, |logits| self.loss(logits, batch, attacked))
    }

    /// The same of these rows and this loss, with its slope.
    pub(super) fn pass_of(
        &self,
        model: &Sequential,
        rows: &Tensor<4>,
        wanted: bool,
        loss: impl FnOnce(&Tensor<2>) -> (Tensor<2>, Tensor<2>),
    ) -> Pass {
        let mut value = None;
        let Learnt { logits, weights, input } = model.learn(rows, wanted, |logits| {
            let (each, slope) = loss(logits);
            value = Some(each);
            slope
        });
        let Some(value) = value else { unreachable!("a pass asks for the loss") };
        Pass { logits, value, gradient: weights, input }
    }

    /// The method's loss on the attacked part of a batch and cross-entropy on the rest, `[batch, 1]`, and the slope of
    /// their mean, `[rows, class]`.
    fn loss(&self, logits: &Tensor<2>, batch: &Batch, attacked: usize) -> (Tensor<2>, Tensor<2>) {
        let count = batch.class.dims()[0];
        let class = self.smoothed(&batch.class);
        let plain =
            |logits: &Tensor<2>, class: &Tensor<2>| (loss::cross_entropy(logits, class), soft_slope(logits, class));
        let rows = logits.dims()[0];
        let (value, slope) = match attacked {
            0 => plain(logits, &class),
            _ if attacked == count => self.method.loss(logits, &class),
            _ => {
                let cut = rows - (count - attacked);
                let learnt = self.method.loss(&logits.clone().slice(0..cut), &class.clone().slice(0..attacked));
                let rest = plain(&logits.clone().slice(cut..rows), &class.slice(attacked..count));
                (Tensor::cat(vec![learnt.0, rest.0], 0), Tensor::cat(vec![learnt.1, rest.1], 0))
            }
        };
        (value, slope.div_scalar(count as f32))
    }

    /// Labels of which the recipe spreads a share over all classes, `[batch, class]`.
    pub(super) fn smoothed(&self, class: &Tensor<2>) -> Tensor<2> {
        match self.recipe.smooth {
            0.0 => class.clone(),
            share => class.clone().mul_scalar(1.0 - share).add_scalar(share / class.dims()[1] as f32),
        }
    }
}
