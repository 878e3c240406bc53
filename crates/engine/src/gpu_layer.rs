//! What a network's layers are to the kernels on a GPU.

use burn::tensor::Tensor;

/// A layer that there is a kernel for, with its weights on the device.
#[cfg_attr(not(feature = "wgpu"), allow(dead_code, reason = "the kernels read it, where there are some"))]
pub enum GpuLayer {
    /// Weight `[out, in, row, column]`, bias `[out]`, stride down and right, padding above and left, below and right.
    Convolution(Tensor<4>, Option<Tensor<1>>, [usize; 2], [usize; 4]),
    /// Weight `[in, out]`, bias `[out]`.
    Linear(Tensor<2>, Option<Tensor<1>>),
    /// ReLU, behind one of the others.
    Relu,
    /// Nothing is computed.
    Flatten,
}
