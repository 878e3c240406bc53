//! What stands between linear layers, feature by feature. All are put together from operations that the engine has
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
}

/// Below this the exponential of a logistic function leaves 32 bits, and its slope with it.
const LOWEST: f32 = -80.0;
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
        }
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
