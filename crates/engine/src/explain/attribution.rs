//! Attributions: how much each pixel counts for one class's logit.
//!
//! The gradient (Simonyan et al. 2014, <https://arxiv.org/abs/1312.6034>), integrated gradients (Sundararajan et al.
//! 2017, <https://arxiv.org/abs/1703.01365>) and occlusion (Zeiler and Fergus 2014, <https://arxiv.org/abs/1311.2901>).

use crate::sequential::Sequential;
use crate::upload::{floats, numbers};
use burn::tensor::Tensor;
use std::ops::Range;

/// Points of the straight line that integrated gradients are taken at.
pub const POINTS: usize = 256;

/// The gradient of the class's logit: by how much it rises for each unit that a pixel does, at this very input.
///
/// # Shapes
/// `x` and the result: `[batch, channel, row, column]`; the one-hot `class`: `[batch, class]`.
pub fn gradient(model: &Sequential, x: &Tensor<4>, class: &Tensor<2>) -> Tensor<4> {
    model.input_gradient(x, |_| class.clone()).1
}

/// Integrated gradients from black: each pixel times the mean gradient on the straight line from the black input. Up to
/// the error of the sum over [`POINTS`] midpoints they add up to what the logit gains over the black input's.
///
/// # Shapes
/// `x` and the result: `[1, channel, row, column]`; the one-hot `class`: `[1, class]`.
pub fn integrated(model: &Sequential, x: &Tensor<4>, class: &Tensor<2>) -> Tensor<4> {
    let shares = numbers(POINTS, &x.device());
    let shares = shares.add_scalar(0.5).div_scalar(POINTS as f32).reshape([POINTS, 1, 1, 1]);
    let [_, channels, rows, columns] = x.dims();
    let line = x.clone().expand([POINTS, channels, rows, columns]) * shares;
    let class = class.clone().expand([POINTS, class.dims()[1]]);
    x.clone() * model.input_gradient(&line, |_| class).1.mean_dim(0)
}

/// The class's logit while the square of `side` pixels around each of these pixels is black.
///
/// Pixels are counted row by row; a square is cut off at the border.
///
/// # Shapes
/// `x`: `[1, channel, row, column]`; the one-hot `class`: `[1, class]`; the result: `[pixels, 1]`.
pub fn occluded(model: &Sequential, x: &Tensor<4>, class: &Tensor<2>, side: usize, pixels: Range<usize>) -> Tensor<2> {
    let [_, channels, rows, columns] = x.dims();
    let (count, reach) = (pixels.len(), side / 2);
    let mut left = Vec::with_capacity(count * channels * rows * columns);
    for pixel in pixels {
        let (row, column) = (pixel / columns, pixel % columns);
        let is_left = |at: usize| {
            let (other_row, other_column) = (at / columns % rows, at % columns);
            other_row.abs_diff(row) > reach || other_column.abs_diff(column) > reach
        };
        left.extend((0..channels * rows * columns).map(|at| f32::from(u8::from(is_left(at)))));
    }
    let left = floats(left, [count, channels, rows, columns], &x.device());
    let logits = model.forward(x.clone().expand([count, channels, rows, columns]) * left);
    (logits * class.clone().expand([count, class.dims()[1]])).sum_dim(1)
}
