//! What stands between linear layers, feature by feature, and the winners of a layer. All are put together from operations that the engine has
//! anyway, since each one more is linked for every type of number.

use burn::module::Module;
use burn::tensor::Tensor;

/// A function of each feature.
#[derive(Module, Debug)]
pub(super) struct Nonlinearity {
    #[module(skip)]
    pub kind: Kind,
}

/// Which function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Relu,
    /// With the factor of what is below 0.
    LeakyRelu(f32),
    Relu6,
    Tanh,
    Sigmoid,
    Gelu,
    Silu,
    /// The largest values of each sample, such a share of them, as they are; 0 for the others.
    Winners(f32),
}

/// Below this the exponential of a logistic function leaves 32 bits, and its slope with it.
const LOWEST: f32 = -80.0;
/// After these an interval is as narrow as numbers of 32 bits are.
const HALVINGS: usize = 24;
/// Abramowitz and Stegun's 7.1.26: the error function to 1.5e-7.
const ERF_AT: f32 = 0.327_591_1;
const ERF: [f32; 5] = [0.254_829_6, -0.284_496_74, 1.421_413_8, -1.453_152_1, 1.061_405_4];

impl Nonlinearity {
    /// # Shapes
    /// Any; the result has the same.
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        match self.kind {
            Kind::Relu => relu(x),
            // Its slope at 0 is the one below 0, as PyTorch has it.
            Kind::LeakyRelu(slope) => x.clone().mul_scalar(slope) + relu(x).mul_scalar(1.0 - slope),
            Kind::Relu6 => relu(x).clamp_max(6.0),
            Kind::Tanh => x.tanh(),
            Kind::Sigmoid => sigmoid(x),
            Kind::Gelu => gelu(x),
            Kind::Silu => x.clone() * sigmoid(x),
            Kind::Winners(share) => winners(x, share),
        }
    }

    /// Whether each feature goes its own way.
    pub fn is_of_each(&self) -> bool {
        !matches!(self.kind, Kind::Winners(_))
    }

    /// Where the function turns from falling to rising; `None` for one that only rises.
    pub fn turn(&self) -> Option<f32> {
        match self.kind {
            Kind::LeakyRelu(slope) if slope < 0.0 => Some(0.0),
            Kind::Gelu => Some(-0.751_791_5),
            Kind::Silu => Some(-1.278_464_5),
            _ => None,
        }
    }
}

/// The share of each sample's values that lie highest. Where the edge lies is found by halving: sorting would be read back.
fn winners<const D: usize>(x: Tensor<D>, share: f32) -> Tensor<D> {
    let dims = x.dims();
    let features: usize = dims[1..].iter().product();
    let rows = x.clone().detach().reshape([dims[0], features]);
    let kept = (share * features as f32).ceil().clamp(1.0, features as f32);
    let (mut low, mut high) = (rows.clone().min_dim(1).sub_scalar(1.0), rows.clone().max_dim(1));
    for _ in 0..HALVINGS {
        let middle = (low.clone() + high.clone()).mul_scalar(0.5);
        let above = rows.clone().greater(middle.clone().expand([dims[0], features])).float().sum_dim(1);
        // Too many above it: the edge lies higher.
        let many = above.greater_elem(kept).float();
        low = low.clone() + (middle.clone() - low) * many.clone();
        high = high.clone() + (middle - high.clone()) * many.neg().add_scalar(1.0);
    }
    let passes = rows.clone().greater(high.expand([dims[0], features])).float();
    x * passes.reshape(dims)
}

fn relu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    burn::tensor::activation::relu(x)
}

fn sigmoid<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    x.clamp_min(LOWEST).neg().exp().add_scalar(1.0).recip()
}

/// `x Φ(x)`, with `Φ` by the error function.
fn gelu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    let size = x.clone().abs();
    let t = size.clone().mul_scalar(ERF_AT * std::f32::consts::FRAC_1_SQRT_2).add_scalar(1.0).recip();
    let polynomial = ERF.iter().rev().fold(t.zeros_like(), |sum, term| (sum.add_scalar(*term)) * t.clone());
    let rest = polynomial * (size.clone() * size.clone()).mul_scalar(-0.5).exp();
    // In this form, x and |x| apart, the slope at 0 is right too.
    (x + size * rest.neg().add_scalar(1.0)).mul_scalar(0.5)
}
