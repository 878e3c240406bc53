//! Parts of a batch, which cost nothing where the part is the whole: on a GPU a slice is a copy.

use burn::tensor::Tensor;

/// The first so many rows.
pub fn first<const D: usize>(x: &Tensor<D>, count: usize) -> Tensor<D> {
    if x.dims()[0] == count { x.clone() } else { x.clone().slice(0..count) }
}

/// The rows from this one on.
pub fn last<const D: usize>(x: &Tensor<D>, from: usize) -> Tensor<D> {
    if from == 0 { x.clone() } else { x.clone().slice(from..x.dims()[0]) }
}
