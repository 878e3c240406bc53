//! Numbers on their way to the device.
//!
//! `Tensor::from_data` converts numbers of any type into any other, which links every pair of types: a fifteenth of the
//! CPU engine. What comes through here has the type that it keeps.

use burn::backend::Dispatch;
use burn::backend::ops::{FloatTensorOps, IntTensorOps};
use burn::tensor::{Device, Int, Tensor, TensorData};

/// Numbers as a tensor of this shape, which holds as many; row by row.
pub fn floats<const D: usize>(values: Vec<f32>, shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::float_from_data(TensorData::new(values, shape), device.as_dispatch()))
}

/// Indices as a tensor, to select by.
pub fn indices(values: Vec<i32>, device: &Device) -> Tensor<1, Int> {
    let shape = [values.len()];
    Tensor::from_dispatch(Dispatch::int_from_data(TensorData::new(values, shape), device.as_dispatch()))
}

/// 0, 1, 2, ...: so many numbers, each exact (below 2^24).
pub fn numbers(count: usize, device: &Device) -> Tensor<1> {
    floats((0..count).map(|number| number as f32).collect(), [count], device)
}
