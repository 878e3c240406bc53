//! The module built from an [`Architecture`]: layers in a row, parameters named as in PyTorch's `nn.Sequential`.

mod adaptive;
mod affine;
mod bounds;
mod build;
mod draws;
mod layer;
mod nonlinearity;
mod preprocessing;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use foolproof_core::architecture::Architecture;
use foolproof_core::protocol::Fault;
use layer::Layer;
use preprocessing::{Noise, Quantise};

pub use bounds::Margin;

/// A network. It answers logits, never probabilities.
#[derive(Module, Debug)]
pub struct Sequential {
    layers: Vec<Layer>,
}

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
        build::build(&architecture.layers, device, &mut parameter)
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
        // `Architecture::parameters` has seen that the last layer answers one row of logits a sample.
        self.run(Activation::Image(x)).flat()
    }

    /// What the last linear layer decides by; the input itself where there is no layer before it, the logits where there
    /// is none of its kind.
    ///
    /// # Shapes
    /// `x`: `[batch, channel, row, column]`; the result: `[batch, feature]`.
    pub fn features(&self, x: Tensor<4>) -> Tensor<2> {
        let last = self.layers.iter().rposition(|layer| matches!(layer, Layer::Linear(_)));
        let before = &self.layers[..last.unwrap_or(self.layers.len())];
        before.iter().fold(Activation::Image(x), |x, layer| layer.forward(x)).flat()
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
    /// Convolution weight `[out, in / groups, rows, columns]`.
    Kernel(Tensor<4>),
    /// Linear weight `[out, in]`.
    Matrix(Tensor<2>),
    /// Bias `[out]`, factor or summand of a batch norm `[feature]`.
    Bias(Tensor<1>),
}

impl Activation {
    /// As features, `[batch, feature]`.
    fn flat(self) -> Tensor<2> {
        match self {
            Activation::Flat(x) => x,
            Activation::Image(x) => x.flatten(1, 3),
        }
    }
}

/// The sum of two of one shape.
fn sum(a: Activation, b: Activation) -> Activation {
    match (a, b) {
        (Activation::Image(a), Activation::Image(b)) => Activation::Image(a + b),
        (a, b) => Activation::Flat(a.flat() + b.flat()),
    }
}
