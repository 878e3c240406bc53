//! A network's layers as the kernels on a GPU have them.

use super::super::{layer::Layer, nonlinearity::Kind};
use crate::gpu_layer::GpuLayer;
use burn::nn::{PaddingConfig2d, conv::Conv2d};

/// The layers, of which nothing is computed or read; `None` if the kernels do not know one.
pub fn layers(layers: &[Layer]) -> Option<Vec<GpuLayer>> {
    layers.iter().filter(|layer| !matches!(layer, Layer::Identity(_))).map(layer).collect()
}

fn layer(layer: &Layer) -> Option<GpuLayer> {
    match layer {
        Layer::Conv2d(layer) => convolution(layer),
        Layer::Linear(layer) => Some(GpuLayer::Linear(layer.weight.val(), layer.bias.as_ref().map(|bias| bias.val()))),
        Layer::Nonlinearity(layer) if layer.kind == Kind::Relu => Some(GpuLayer::Relu),
        Layer::Flatten(_) => Some(GpuLayer::Flatten),
        _ => None,
    }
}

fn convolution(layer: &Conv2d) -> Option<GpuLayer> {
    let PaddingConfig2d::Explicit(top, left, bottom, right) = layer.padding else { return None };
    let plain = layer.dilation == [1; 2] && layer.groups == 1;
    let bias = layer.bias.as_ref().map(|bias| bias.val());
    plain.then(|| GpuLayer::Convolution(layer.weight.val(), bias, layer.stride, [top, left, bottom, right]))
}
