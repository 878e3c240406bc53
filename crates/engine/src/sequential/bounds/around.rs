//! The ball around an input, as long as no layer mixes its values.

use super::Activation;
use burn::module::Param;
use burn::nn::Linear;
use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;
use foolproof_core::catalog::Norm;

/// Inputs with the ball around each.
pub struct Around {
    pub clean: Activation,
    /// `[batch, 1]`.
    pub radius: Tensor<2>,
    pub norm: Norm,
    /// How far each feature may go as a multiple of the radius, alike for all inputs; `None` where all may go alike.
    pub scale: Option<Activation>,
}

impl Around {
    /// The ball after a layer that moves each value by itself: its middles by `middle`, how far features may go by `units`.
    pub fn moved(
        self,
        middle: impl FnOnce(Activation) -> Activation,
        units: impl FnOnce(Activation) -> Activation,
    ) -> Around {
        Around { clean: middle(self.clean), scale: self.scale.map(units), ..self }
    }

    /// The same ball with a scale, which is 1 where all features may go alike.
    pub fn with_units(self) -> Around {
        let ones = match &self.clean {
            Activation::Image(x) => Activation::Image(x.clone().narrow(0, 0, 1).ones_like()),
            Activation::Flat(x) => Activation::Flat(x.clone().narrow(0, 0, 1).ones_like()),
        };
        Around { scale: self.scale.or(Some(ones)), ..self }
    }

    /// Middle and half width of each value after the layer.
    pub fn through_conv(&self, layer: &Conv2d) -> Option<(Tensor<4>, Tensor<4>)> {
        let Activation::Image(clean) = &self.clean else { return None };
        let middle = layer.forward(clean.clone());
        let dual = match &self.scale {
            None => self.dual_of_kernels(layer),
            Some(Activation::Image(scale)) => self.dual_of_places(layer, scale),
            Some(Activation::Flat(_)) => return None,
        };
        let half = (self.radius.clone().reshape([clean.dims()[0], 1, 1, 1]) * dual).expand(middle.dims());
        Some((middle, half))
    }

    /// By how much a change of norm 1 can turn each value: alike everywhere, `[1, out, 1, 1]`.
    fn dual_of_kernels(&self, layer: &Conv2d) -> Tensor<4> {
        let [out, channels, rows, columns] = layer.weight.dims();
        dual(layer.weight.val().reshape([out, channels * rows * columns]), self.norm).reshape([1, out, 1, 1])
    }

    /// The same where features go differently far, place by place. An L1 ball lies inside the L2 ball, whose bound stands
    /// for its own: no convolution takes a maximum.
    fn dual_of_places(&self, layer: &Conv2d, scale: &Tensor<4>) -> Tensor<4> {
        let with = |weight: Tensor<4>| Conv2d { weight: Param::from_tensor(weight), bias: None, ..layer.clone() };
        let weight = layer.weight.val();
        match self.norm {
            Norm::Linf => with(weight.abs()).forward(scale.clone()),
            Norm::L2 | Norm::L1 => with(weight.clone() * weight).forward(scale.clone() * scale.clone()).sqrt(),
        }
    }

    /// Middle and half width of each value after the layer.
    pub fn through_linear(&self, layer: &Linear) -> Option<(Tensor<2>, Tensor<2>)> {
        let Activation::Flat(clean) = &self.clean else { return None };
        let weights = self.weighed(layer.weight.val().transpose())?;
        let dual = dual(weights, self.norm).transpose();
        Some((layer.forward(clean.clone()), self.radius.clone().matmul(dual)))
    }

    /// Rows of weights by the ball's units, `[row, feature]`.
    pub fn weighed(&self, rows: Tensor<2>) -> Option<Tensor<2>> {
        match &self.scale {
            None => Some(rows),
            Some(Activation::Flat(scale)) => Some(rows * scale.clone()),
            Some(Activation::Image(_)) => None,
        }
    }
}

/// By how much a row of weights can turn a change of norm 1, `[row, 1]`: its dual norm.
pub fn dual(rows: Tensor<2>, norm: Norm) -> Tensor<2> {
    match norm {
        Norm::Linf => rows.abs().sum_dim(1),
        Norm::L2 => (rows.clone() * rows).sum_dim(1).sqrt(),
        Norm::L1 => rows.abs().max_dim(1),
    }
}
