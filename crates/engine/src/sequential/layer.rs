//! One layer, ready to compute.

use super::adaptive::AdaptivePool;
use super::affine::{BatchNorm, Normalise, affine};
use super::nonlinearity::Nonlinearity;
use super::{Activation, Sequential, Values, sum};
use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::nn::conv::Conv2d;
use burn::nn::pool::{AvgPool2d, MaxPool2d};
use burn::tensor::Tensor;

/// One layer.
#[derive(Module, Debug)]
#[allow(clippy::large_enum_variant, reason = "a network has a few layers, and burn makes no module of a box")]
pub(super) enum Layer {
    Conv2d(Conv2d),
    Linear(Linear),
    Nonlinearity(Nonlinearity),
    MaxPool2d(MaxPool2d),
    AvgPool2d(AvgPool2d),
    AdaptivePool(AdaptivePool),
    BatchNorm(BatchNorm),
    Normalise(Normalise),
    Flatten(Flatten),
    Identity(Identity),
    Residual(Sequential),
    Projected(Projected),
    /// The mean of several networks' answers.
    Mean(Vec<Sequential>),
}

/// `[batch, channel, row, column]` to `[batch, features]`.
#[derive(Module, Debug, Default)]
pub(super) struct Flatten;

/// Answers what comes in, and has its place in the names.
#[derive(Module, Debug, Default)]
pub(super) struct Identity;

/// A block, and the projection on its shortcut.
#[derive(Module, Debug)]
pub(super) struct Projected {
    pub inner: Sequential,
    pub shortcut: Sequential,
}

impl Layer {
    pub fn forward(&self, x: Activation) -> Activation {
        use Activation::{Flat, Image};
        match (self, x) {
            (Layer::Conv2d(layer), Image(x)) => Image(layer.forward(x)),
            (Layer::MaxPool2d(layer), Image(x)) => Image(layer.forward(x)),
            (Layer::AvgPool2d(layer), Image(x)) => Image(layer.forward(x)),
            (Layer::AdaptivePool(layer), Image(x)) => Image(layer.forward(x)),
            (Layer::Nonlinearity(layer), Image(x)) => Image(layer.forward(x)),
            (Layer::Nonlinearity(layer), Flat(x)) => Flat(layer.forward(x)),
            (Layer::BatchNorm(layer), x) => affine(x, layer.factors()),
            (Layer::Normalise(layer), x) => affine(x, layer.factors()),
            (Layer::Linear(layer), Flat(x)) => Flat(layer.forward(x)),
            (Layer::Flatten(_), x) => Flat(x.flat()),
            (Layer::Identity(_), x) => x,
            (Layer::Residual(inner), x) => sum(inner.run(x.clone()), x),
            (Layer::Projected(block), x) => sum(block.inner.run(x.clone()), block.shortcut.run(x)),
            (Layer::Mean(networks), Image(x)) => Flat(mean(networks, &x)),
            _ => unreachable!("the architecture's shapes were checked"),
        }
    }

    pub fn parameters(&self) -> Vec<Values> {
        let with_bias = |weight: Values, bias: &Option<Param<Tensor<1>>>| {
            std::iter::once(weight).chain(bias.iter().map(|bias| Values::Bias(bias.val()))).collect()
        };
        match self {
            Layer::Conv2d(layer) => with_bias(Values::Kernel(layer.weight.val()), &layer.bias),
            Layer::Linear(layer) => with_bias(Values::Matrix(layer.weight.val().transpose()), &layer.bias),
            Layer::BatchNorm(layer) => vec![Values::Bias(layer.scale.val()), Values::Bias(layer.shift.val())],
            Layer::Residual(inner) => inner.parameters(),
            Layer::Projected(block) => {
                [block.inner.parameters(), block.shortcut.parameters()].into_iter().flatten().collect()
            }
            Layer::Mean(networks) => networks.iter().flat_map(Sequential::parameters).collect(),
            Layer::Nonlinearity(_)
            | Layer::MaxPool2d(_)
            | Layer::AvgPool2d(_)
            | Layer::AdaptivePool(_)
            | Layer::Normalise(_)
            | Layer::Flatten(_)
            | Layer::Identity(_) => Vec::new(),
        }
    }
}

/// The mean of several networks' logits; there is at least one.
pub(super) fn mean(networks: &[Sequential], x: &Tensor<4>) -> Tensor<2> {
    let sum = networks.iter().map(|network| network.forward(x.clone())).reduce(|sum, logits| sum + logits);
    let sum = sum.unwrap_or_else(|| x.clone().flatten(1, 3));
    sum.div_scalar(networks.len().max(1) as f32)
}
