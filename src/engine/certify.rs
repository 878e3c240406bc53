//! Certified radii: how far no attack whatever can succeed, by [`Sequential::least_margin`]. Far below what attacks find on
//! most networks, but proven.

use super::sequential::Sequential;
use crate::catalog::Norm;
use burn::tensor::Tensor;

/// Halvings of the interval: a radius is exact to the largest one / 2^16.
const HALVINGS: usize = 16;
/// Margin above which rounding cannot have made it positive.
const SURE: f32 = 1e-4;

/// The largest radius up to `most` within which every input is proven to be answered with its one-hot `class`; 0 where
/// the clean input is not. `None` for a network that draws noise.
///
/// # Shapes
/// `clean`: `[batch, channel, row, column]`, pixels in [0, 1]; `class`: `[batch, class]`; the result: `[batch, 1]`.
pub fn certified(
    network: &Sequential,
    clean: &Tensor<4>,
    class: &Tensor<2>,
    norm: Norm,
    most: f32,
) -> Option<Tensor<2>> {
    let mut low = class.clone().sum_dim(1).zeros_like();
    let mut high = low.full_like(most);
    for _ in 0..HALVINGS {
        let middle = (low.clone() + high.clone()).mul_scalar(0.5);
        let holds = network.least_margin(clean, &middle, norm, class)?.greater_elem(SURE);
        low = low.mask_where(holds.clone(), middle.clone());
        high = middle.mask_where(holds, high);
    }
    Some(low)
}
