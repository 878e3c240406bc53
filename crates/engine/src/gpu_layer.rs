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

#[cfg(feature = "wgpu")]
impl GpuLayer {
    /// How many weights and biases it has learnt.
    pub fn counts(&self) -> [usize; 2] {
        let count = |bias: &Option<Tensor<1>>| bias.as_ref().map_or(0, |bias| bias.dims()[0]);
        match self {
            GpuLayer::Convolution(weight, bias, ..) => [weight.shape().num_elements(), count(bias)],
            GpuLayer::Linear(weight, bias) => [weight.shape().num_elements(), count(bias)],
            GpuLayer::Relu | GpuLayer::Flatten => [0, 0],
        }
    }

    /// Its weights, and its biases if it has some, each as a row.
    pub fn rows(self) -> Vec<Tensor<1>> {
        let [weights, _] = self.counts();
        let (weight, bias) = match self {
            GpuLayer::Convolution(weight, bias, ..) => (weight.reshape([weights]), bias),
            GpuLayer::Linear(weight, bias) => (weight.reshape([weights]), bias),
            GpuLayer::Relu | GpuLayer::Flatten => return Vec::new(),
        };
        [weight].into_iter().chain(bias).collect()
    }
}
