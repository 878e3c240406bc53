//! The module built from an [`Architecture`]: layers in a row, parameters named as in PyTorch's `nn.Sequential`.

mod bounds;
mod preprocessing;

use crate::upload::floats;
use burn::module::{Module, Param};
use burn::nn::conv::Conv2d;
use burn::nn::pool::{AvgPool2d, AvgPool2dConfig, MaxPool2d, MaxPool2dConfig};
use burn::nn::{Linear, PaddingConfig2d, Relu};
use burn::tensor::{Device, Tensor};
use foolproof_core::architecture::{Architecture, LayerSpec};
use foolproof_core::protocol::Fault;
use preprocessing::{Noise, Quantise};

pub use bounds::Margin;

/// A network. It answers logits, never probabilities.
#[derive(Module, Debug)]
pub struct Sequential {
    layers: Vec<Layer>,
}

/// One layer, ready to compute.
#[derive(Module, Debug)]
enum Layer {
    Conv2d(Conv2d),
    Linear(Linear),
    Relu(Relu),
    MaxPool2d(MaxPool2d),
    AvgPool2d(AvgPool2d),
    Flatten(Flatten),
    Residual(Sequential),
    /// The mean of several networks' answers.
    Mean(Vec<Sequential>),
    Quantise(Quantise),
    Noise(Noise),
}

/// `[batch, channel, row, column]` to `[batch, features]`.
#[derive(Module, Debug, Default)]
struct Flatten;

/// What flows between layers: pictures up to the first `Flatten`, features after it.
#[derive(Clone)]
enum Activation {
    Image(Tensor<4>),
    Flat(Tensor<2>),
}

impl Sequential {
    /// Builds the network; `parameter` gives each parameter in the architecture's order, in PyTorch's shape.
    ///
    /// # Errors
    /// As [`Architecture::parameters`], and whatever `parameter` answers.
    pub fn build(
        architecture: &Architecture,
        device: &Device,
        mut parameter: impl FnMut() -> Result<Vec<f32>, Fault>,
    ) -> Result<Sequential, Fault> {
        architecture.parameters()?;
        build(&architecture.layers, device, &mut parameter)
    }

    /// An ensemble: a network that answers the mean of these networks' logits, for attacks that are to carry over to
    /// others (Liu et al. 2017, <https://arxiv.org/abs/1611.02770>). All take the same inputs and know the same
    /// classes; there is at least one.
    pub fn mean_of(networks: Vec<Sequential>) -> Sequential {
        Sequential { layers: vec![Layer::Mean(networks)] }
    }

    /// This network behind a step function: every pixel is rounded to one of so many levels (at least two) before it is
    /// looked at, and the gradient is zero. No defence, but what looks like one.
    pub fn quantised(self, levels: usize) -> Sequential {
        Sequential { layers: vec![Layer::Quantise(Quantise::new(levels)), Layer::Mean(vec![self])] }
    }

    /// This network behind normal noise of the standard deviation `sigma` (pixels), new at every look; the draws follow
    /// from the seed. No defence either.
    pub fn noisy(self, sigma: f32, seed: u64) -> Sequential {
        Sequential { layers: vec![Layer::Noise(Noise::new(sigma, seed)), Layer::Mean(vec![self])] }
    }

    /// The logits.
    ///
    /// # Shapes
    /// `x`: `[batch, channel, row, column]`; the result: `[batch, class]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        match self.run(Activation::Image(x)) {
            Activation::Flat(logits) => logits,
            // `Architecture::parameters` has seen that the last layer answers one row of logits a sample.
            Activation::Image(image) => image.flatten(1, 3),
        }
    }

    /// What the last linear layer decides by; the input itself where there is no layer before it, the logits where there
    /// is none of its kind.
    ///
    /// # Shapes
    /// `x`: `[batch, channel, row, column]`; the result: `[batch, feature]`.
    pub fn features(&self, x: Tensor<4>) -> Tensor<2> {
        let last = self.layers.iter().rposition(|layer| matches!(layer, Layer::Linear(_)));
        let before = &self.layers[..last.unwrap_or(self.layers.len())];
        match before.iter().fold(Activation::Image(x), |x, layer| layer.forward(x)) {
            Activation::Flat(features) => features,
            Activation::Image(image) => image.flatten(1, 3),
        }
    }

    fn run(&self, x: Activation) -> Activation {
        self.layers.iter().fold(x, |x, layer| layer.forward(x))
    }

    /// Every parameter in order, in PyTorch's shape.
    pub fn parameters(&self) -> Vec<Values> {
        self.layers.iter().flat_map(Layer::parameters).collect()
    }
}

/// A parameter of either rank that PyTorch gives it.
pub enum Values {
    /// Convolution weight `[out, in, kernel, kernel]`.
    Kernel(Tensor<4>),
    /// Linear weight `[out, in]`.
    Matrix(Tensor<2>),
    /// Bias `[out]`.
    Bias(Tensor<1>),
}

impl Layer {
    fn forward(&self, x: Activation) -> Activation {
        use Activation::{Flat, Image};
        match (self, x) {
            (Layer::Conv2d(layer), Image(x)) => Image(layer.forward(x)),
            (Layer::MaxPool2d(layer), Image(x)) => Image(layer.forward(x)),
            (Layer::AvgPool2d(layer), Image(x)) => Image(layer.forward(x)),
            (Layer::Relu(layer), Image(x)) => Image(layer.forward(x)),
            (Layer::Relu(layer), Flat(x)) => Flat(layer.forward(x)),
            (Layer::Linear(layer), Flat(x)) => Flat(layer.forward(x)),
            (Layer::Flatten(_), Image(x)) => Flat(x.flatten(1, 3)),
            (Layer::Residual(inner), x) => match (inner.run(x.clone()), x) {
                (Image(out), Image(x)) => Image(out + x),
                (Flat(out), Flat(x)) => Flat(out + x),
                _ => unreachable!("a residual block keeps its shape"),
            },
            (Layer::Quantise(layer), Image(x)) => Image(layer.forward(x)),
            (Layer::Noise(layer), Image(x)) => Image(layer.forward(x)),
            (Layer::Mean(networks), Image(x)) => Flat(mean(networks, &x)),
            (Layer::Flatten(_), flat) => flat,
            _ => unreachable!("the architecture's shapes were checked"),
        }
    }

    fn parameters(&self) -> Vec<Values> {
        let with_bias = |weight: Values, bias: &Option<Param<Tensor<1>>>| {
            std::iter::once(weight).chain(bias.iter().map(|bias| Values::Bias(bias.val()))).collect()
        };
        match self {
            Layer::Conv2d(layer) => with_bias(Values::Kernel(layer.weight.val()), &layer.bias),
            Layer::Linear(layer) => with_bias(Values::Matrix(layer.weight.val().transpose()), &layer.bias),
            Layer::Residual(inner) => inner.parameters(),
            Layer::Mean(networks) => networks.iter().flat_map(Sequential::parameters).collect(),
            Layer::Relu(_)
            | Layer::MaxPool2d(_)
            | Layer::AvgPool2d(_)
            | Layer::Flatten(_)
            | Layer::Quantise(_)
            | Layer::Noise(_) => Vec::new(),
        }
    }
}

/// The mean of several networks' logits; there is at least one.
fn mean(networks: &[Sequential], x: &Tensor<4>) -> Tensor<2> {
    let sum = networks.iter().map(|network| network.forward(x.clone())).reduce(|sum, logits| sum + logits);
    let sum = sum.unwrap_or_else(|| x.clone().flatten(1, 3));
    sum.div_scalar(networks.len().max(1) as f32)
}

fn build(
    layers: &[LayerSpec],
    device: &Device,
    parameter: &mut dyn FnMut() -> Result<Vec<f32>, Fault>,
) -> Result<Sequential, Fault> {
    let layers = layers.iter().map(|layer| build_layer(layer, device, parameter)).collect::<Result<_, _>>()?;
    Ok(Sequential { layers })
}

fn build_layer(
    layer: &LayerSpec,
    device: &Device,
    parameter: &mut dyn FnMut() -> Result<Vec<f32>, Fault>,
) -> Result<Layer, Fault> {
    // Made from their parts: burn's `init` would draw weights first, by any of its distributions.
    Ok(match *layer {
        LayerSpec::Conv2d { r#in, out, kernel, stride, padding } => Layer::Conv2d(Conv2d {
            weight: Param::from_tensor(floats(parameter()?, [out, r#in, kernel, kernel], device)),
            bias: Some(Param::from_tensor(floats(parameter()?, [out], device))),
            stride: [stride; 2],
            kernel_size: [kernel; 2],
            dilation: [1; 2],
            groups: 1,
            padding: PaddingConfig2d::Explicit(padding, padding, padding, padding),
        }),
        LayerSpec::Linear { r#in, out } => Layer::Linear(Linear {
            weight: Param::from_tensor(transposed(&parameter()?, [out, r#in], device)),
            bias: Some(Param::from_tensor(floats(parameter()?, [out], device))),
        }),
        LayerSpec::Relu => Layer::Relu(Relu::new()),
        LayerSpec::MaxPool2d { kernel, stride } => {
            Layer::MaxPool2d(MaxPool2dConfig::new([kernel; 2]).with_strides([stride; 2]).init())
        }
        LayerSpec::AvgPool2d { kernel, stride } => {
            Layer::AvgPool2d(AvgPool2dConfig::new([kernel; 2]).with_strides([stride; 2]).init())
        }
        LayerSpec::Flatten => Layer::Flatten(Flatten),
        LayerSpec::Residual(ref inner) => Layer::Residual(build(inner, device, parameter)?),
    })
}

/// PyTorch keeps a linear weight as `[out, in]`, burn as `[in, out]`.
fn transposed(weight: &[f32], [out, features]: [usize; 2], device: &Device) -> Tensor<2> {
    let turned = (0..features * out).map(|at| weight[(at % out) * features + at / out]).collect();
    floats(turned, [features, out], device)
}
