//! Layers from their sizes and parameters. They are made from their parts: burn's `init` would draw weights first, by any
//! of its distributions.

use super::Sequential;
use super::adaptive::AdaptivePool;
use super::affine::{BatchNorm, Normalise};
use super::layer::{Flatten, Identity, Layer, Projected};
use super::nonlinearity::{Kind, Nonlinearity};
use crate::upload::floats;
use burn::module::Param;
use burn::nn::conv::Conv2d;
use burn::nn::pool::{AvgPool2d, MaxPool2d};
use burn::nn::{Linear, PaddingConfig2d};
use burn::tensor::{Device, Tensor};
use foolproof_core::architecture::{Conv2dSpec, LayerSpec, LinearSpec, Pair, PoolSpec};
use foolproof_core::protocol::Fault;

/// Gives one parameter after the other, in PyTorch's shape.
type Next<'a> = &'a mut dyn FnMut() -> Result<Vec<f32>, Fault>;

/// Builds a list of layers whose shapes were checked.
pub fn build(layers: &[LayerSpec], device: &Device, next: Next) -> Result<Sequential, Fault> {
    // A softmax is the last layer, and what it gets are the logits.
    let computed = layers.iter().filter(|layer| !matches!(layer, LayerSpec::Softmax));
    let layers = computed.map(|layer| build_layer(layer, device, next)).collect::<Result<_, _>>()?;
    Ok(Sequential::of(layers))
}

fn build_layer(layer: &LayerSpec, device: &Device, next: Next) -> Result<Layer, Fault> {
    let nonlinear = |kind| Layer::Nonlinearity(Nonlinearity { kind });
    Ok(match layer {
        LayerSpec::Conv2d(size) => Layer::Conv2d(convolution(size, device, next)?),
        LayerSpec::Linear(size) => Layer::Linear(linear(size, device, next)?),
        LayerSpec::Relu => nonlinear(Kind::Relu),
        LayerSpec::LeakyRelu { slope } => nonlinear(Kind::LeakyRelu(*slope)),
        LayerSpec::Relu6 => nonlinear(Kind::Relu6),
        LayerSpec::Tanh => nonlinear(Kind::Tanh),
        LayerSpec::Sigmoid => nonlinear(Kind::Sigmoid),
        LayerSpec::Gelu => nonlinear(Kind::Gelu),
        LayerSpec::Silu => nonlinear(Kind::Silu),
        LayerSpec::MaxPool2d(size) => Layer::MaxPool2d(MaxPool2d {
            kernel_size: size.kernel.array(),
            stride: size.stride.array(),
            padding: around(size),
            dilation: [1; 2],
            ceil_mode: false,
        }),
        LayerSpec::AvgPool2d(size) => Layer::AvgPool2d(AvgPool2d {
            kernel_size: size.kernel.array(),
            stride: size.stride.array(),
            padding: around(size),
            count_include_pad: true,
            ceil_mode: false,
        }),
        LayerSpec::AdaptiveAvgPool2d { out } => Layer::AdaptivePool(AdaptivePool { out: out.array() }),
        LayerSpec::BatchNorm2d(size) | LayerSpec::BatchNorm1d(size) => {
            let mut row = || Ok(Param::from_tensor(floats(next()?, [size.features], device)));
            Layer::BatchNorm(BatchNorm { scale: row()?, shift: row()? })
        }
        LayerSpec::Normalise { mean, std } => Layer::Normalise(Normalise::new(mean, std, device)),
        LayerSpec::Dropout | LayerSpec::Softmax => Layer::Identity(Identity),
        LayerSpec::Flatten => Layer::Flatten(Flatten),
        LayerSpec::Residual(inner) => Layer::Residual(build(inner, device, next)?),
        LayerSpec::ProjectedResidual { inner, shortcut } => {
            Layer::Projected(Projected { inner: build(inner, device, next)?, shortcut: build(shortcut, device, next)? })
        }
    })
}

fn convolution(size: &Conv2dSpec, device: &Device, next: Next) -> Result<Conv2d, Fault> {
    let (Pair(rows, columns), [top, left, bottom, right]) = (size.kernel, size.sides());
    let weight = floats(next()?, [size.out, size.r#in / size.groups, rows, columns], device);
    Ok(Conv2d {
        weight: Param::from_tensor(weight),
        bias: bias(size.bias, size.out, device, next)?,
        stride: size.stride.array(),
        kernel_size: [rows, columns],
        dilation: size.dilation.array(),
        groups: size.groups,
        padding: PaddingConfig2d::Explicit(top, left, bottom, right),
    })
}

fn linear(size: &LinearSpec, device: &Device, next: Next) -> Result<Linear, Fault> {
    let weight = transposed(&next()?, [size.out, size.r#in], device);
    Ok(Linear { weight: Param::from_tensor(weight), bias: bias(size.bias, size.out, device, next)? })
}

fn bias(is_there: bool, out: usize, device: &Device, next: Next) -> Result<Option<Param<Tensor<1>>>, Fault> {
    is_there.then(|| Ok(Param::from_tensor(floats(next()?, [out], device)))).transpose()
}

fn around(size: &PoolSpec) -> PaddingConfig2d {
    let Pair(rows, columns) = size.padding;
    PaddingConfig2d::Explicit(rows, columns, rows, columns)
}

/// PyTorch keeps a linear weight as `[out, in]`, burn as `[in, out]`.
fn transposed(weight: &[f32], [out, features]: [usize; 2], device: &Device) -> Tensor<2> {
    let turned = (0..features * out).map(|at| weight[(at % out) * features + at / out]).collect();
    floats(turned, [features, out], device)
}
