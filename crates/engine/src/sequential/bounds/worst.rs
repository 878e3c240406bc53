//! The worst logits near an input, and what a network learns of them: the bounds that certify it, as a loss (Gowal et al.
//! 2018, <https://arxiv.org/abs/1810.12715>).

use super::{Activation, Layer, Linear, Param, Sequential, Span, Tensor, ends, gaps};
use crate::ball::Ball;
use crate::flat;
use crate::sequential::{Learnt, back};
use crate::upload::floats;

impl Sequential {
    /// A pass forward and back by the worst logits in the ball and in [0, 1]: how far each of them can come above the
    /// class's own at most, up to rounding, which is 0 for that one. `slope` is the derivative of a loss by them. The
    /// network's weights are frozen, and it has layers. `None` for one without bounds.
    ///
    /// # Shapes
    /// `clean`: `[batch, channel, row, column]`; the one-hot `class`, the worst logits and the slope: `[batch, class]`.
    pub(crate) fn learn_worst(
        &self,
        clean: &Tensor<4>,
        ball: &Ball,
        class: &Tensor<2>,
        slope: impl FnOnce(&Tensor<2>) -> Tensor<2>,
    ) -> Option<Learnt> {
        let radius = Tensor::full([clean.dims()[0], 1], ball.radius, &clean.device());
        let ends = self.seen_ends(ends(clean, &radius, ball))?;
        match self.worst_by_kernels(&ends, class, slope) {
            Ok(learnt) => Some(learnt),
            Err(slope) => self.tracked_worst(ends, class, slope),
        }
    }

    /// The same by automatic differentiation, for any network and device.
    pub(in crate::sequential) fn tracked_worst(
        &self,
        ends: [Tensor<4>; 2],
        class: &Tensor<2>,
        slope: impl FnOnce(&Tensor<2>) -> Tensor<2>,
    ) -> Option<Learnt> {
        let network = flat::tracked(self, &flat::row(self));
        let [low, high] = ends.map(|end| Activation::Image(Tensor::from_inner(end)));
        let (last, before) = network.layers.split_last()?;
        let span = Span { low, high, ball: None };
        let span = before.iter().try_fold(span, |span, layer| layer.bounds(span))?;
        let worst = last.worst(span, &Tensor::from_inner(class.clone()))?;
        let (logits, mut gradients) = back(worst, slope);
        Some(Learnt { logits, weights: flat::gradient(&network, &mut gradients), input: None })
    }

    /// The same by the kernels up to the last layer; `slope` comes back where there are none.
    pub(in crate::sequential) fn worst_by_kernels<S: FnOnce(&Tensor<2>) -> Tensor<2>>(
        &self,
        [low, high]: &[Tensor<4>; 2],
        class: &Tensor<2>,
        slope: S,
    ) -> Result<Learnt, S> {
        let Some((Layer::Linear(last), before)) = self.layers.split_last() else { return Err(slope) };
        let Some((interval, [low, high])) = self.kernels.interval(before, [low, high]) else { return Err(slope) };
        let (behind, tape) = interval.forward([&low, &high]);
        let device = class.device();
        let rows = |end: Vec<f32>| {
            let end = floats(end, [class.dims()[0], interval.results()], &device);
            Tensor::from_inner(end).require_grad()
        };
        let [low, high] = behind.map(rows);
        let last = Layer::Linear(tracked(last));
        let span = Span { low: Activation::Flat(low.clone()), high: Activation::Flat(high.clone()), ball: None };
        let Some(worst) = last.worst(span, &Tensor::from_inner(class.clone())) else { return Err(slope) };
        let (logits, mut gradients) = back(worst, slope);
        let by = [low, high].map(|end| end.grad_remove(&mut gradients).unwrap_or_else(|| end.inner().zeros_like()));
        let last = Sequential::of(vec![last]);
        let before = self.kernels.interval_row(before, &interval, &tape, &by);
        let weights = Tensor::cat(vec![before, flat::gradient(&last, &mut gradients)], 0);
        Ok(Learnt { logits, weights, input: None })
    }
}

impl Layer {
    /// How far each logit behind this layer can come above the class's own at most, `[batch, class]`.
    fn worst(&self, span: Span, class: &Tensor<2>) -> Option<Tensor<2>> {
        if let (Layer::Linear(layer), Activation::Flat(low), Activation::Flat(high)) = (self, &span.low, &span.high) {
            return Some(gaps(layer, low, high, None, class).0.neg());
        }
        let Span { low, high, .. } = self.bounds(span)?;
        let above = high.flat() - (low.flat() * class.clone()).sum_dim(1);
        Some(above * class.clone().neg().add_scalar(1.0))
    }
}

/// The same layer, whose weights collect gradients.
fn tracked(layer: &Linear) -> Linear {
    fn leaf<const D: usize>(param: &Param<Tensor<D>>) -> Param<Tensor<D>> {
        Param::from_tensor(Tensor::from_inner(param.val()).require_grad())
    }
    Linear { weight: leaf(&layer.weight), bias: layer.bias.as_ref().map(leaf) }
}

#[cfg(test)]
mod tests;
