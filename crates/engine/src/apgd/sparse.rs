//! Steps that move the few pixels with the largest gradient, all by the same amount.

use crate::ball::per_sample;
use burn::tensor::Tensor;

/// Halvings of the threshold: what it then misses is a millionth of the largest entry.
const HALVINGS: usize = 20;

/// The signs of the largest entries, a share `density` of all, scaled to an L1 norm of 1.
///
/// Halving finds the smallest entry taken: no sorting, which would need a readback.
///
/// # Shapes
/// `gradient` and the result: `[batch, channel, row, column]`; `density`: `[batch, 1, 1, 1]`, shares of 1.
pub(super) fn direction(gradient: &Tensor<4>, density: &Tensor<4>) -> Tensor<4> {
    let size = gradient.clone().abs();
    let features = size.shape().num_elements() / size.dims()[0];
    let wanted = density.clone().mul_scalar(features as f32).clamp_min(1.0);
    let sum = |part: Tensor<4>| per_sample(&part, |flat| flat.sum_dim(1));
    let mut high = per_sample(&size, |flat| flat.max_dim(1));
    let mut low = high.zeros_like();
    for _ in 0..HALVINGS {
        let middle = (low.clone() + high.clone()).mul_scalar(0.5);
        let enough = wanted.clone().lower_equal(sum(middle.clone().lower_equal(size.clone()).float()));
        low = low.mask_where(enough.clone(), middle.clone());
        high = middle.mask_where(enough, high);
    }
    let signs = gradient.clone().sign() * low.lower_equal(size).float();
    let count = sum(signs.clone().abs()).clamp_min(1.0);
    signs / count
}
