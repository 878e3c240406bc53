//! Layers that give each channel a factor and a summand.

use super::Activation;
use crate::upload::floats;
use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor};

/// A batch norm with frozen statistics: factor and summand are all that is left of it, and what training changes.
#[derive(Module, Debug)]
pub(super) struct BatchNorm {
    /// `[feature]`.
    pub scale: Param<Tensor<1>>,
    /// `[feature]`.
    pub shift: Param<Tensor<1>>,
}

/// `(x - mean) / std`, which nobody learns.
#[derive(Module, Debug)]
pub(super) struct Normalise {
    /// Factors and below them summands, `[2, feature]`.
    rows: Tensor<2>,
}

impl Normalise {
    /// As many deviations as means; none is 0.
    pub fn new(mean: &[f32], std: &[f32], device: &Device) -> Normalise {
        let factors = std.iter().map(|std| 1.0 / std);
        let summands = mean.iter().zip(std).map(|(mean, std)| -mean / std);
        Normalise { rows: floats(factors.chain(summands).collect(), [2, mean.len()], device) }
    }

    /// Factors and summands, `[feature]` each.
    pub fn factors(&self) -> (Tensor<1>, Tensor<1>) {
        let features = self.rows.dims()[1];
        let row = |at| self.rows.clone().narrow(0, at, 1).reshape([features]);
        (row(0), row(1))
    }
}

impl BatchNorm {
    /// Factors and summands, `[feature]` each.
    pub fn factors(&self) -> (Tensor<1>, Tensor<1>) {
        (self.scale.val(), self.shift.val())
    }
}

/// A factor and a summand for each channel or feature.
///
/// # Shapes
/// Both: `[channel]` of a picture, `[feature]` behind a `Flatten`.
pub fn affine(x: Activation, (scale, shift): (Tensor<1>, Tensor<1>)) -> Activation {
    let count = scale.dims()[0];
    match x {
        Activation::Image(x) => {
            let each = [1, count, 1, 1];
            Activation::Image(x * scale.reshape(each) + shift.reshape(each))
        }
        Activation::Flat(x) => Activation::Flat(x * scale.reshape([1, count]) + shift.reshape([1, count])),
    }
}
