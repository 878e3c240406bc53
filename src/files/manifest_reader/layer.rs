//! Layers, with the defaults that serde gives them.

use super::Node;
use foolproof_core::architecture::{BatchNormSpec, Conv2dSpec, LayerSpec, LinearSpec, Padding, Pair, PoolSpec};
use serde_json::Value;

/// Reads one.
///
/// # Errors
/// A clause that names the place and what is wrong there.
pub fn layer(node: Node) -> Result<LayerSpec, String> {
    let unknown = |kind: &str| Err(format!("{} is a layer “{kind}”, which this page does not know", node.place));
    match node.value {
        Value::String(kind) => plain(kind).map_or_else(|| unknown(kind), Ok),
        Value::Object(map) if map.len() == 1 => {
            let kind = map.keys().next().cloned().unwrap_or_default();
            sized(&kind, &node.get(&kind)?)?.map_or_else(|| unknown(&kind), Ok)
        }
        _ => Err(node.wrong("a layer")),
    }
}

/// A layer without sizes.
fn plain(kind: &str) -> Option<LayerSpec> {
    Some(match kind {
        "relu" => LayerSpec::Relu,
        "relu6" => LayerSpec::Relu6,
        "tanh" => LayerSpec::Tanh,
        "sigmoid" => LayerSpec::Sigmoid,
        "gelu" => LayerSpec::Gelu,
        "silu" => LayerSpec::Silu,
        "dropout" => LayerSpec::Dropout,
        "softmax" => LayerSpec::Softmax,
        "flatten" => LayerSpec::Flatten,
        _ => return None,
    })
}

/// A layer with sizes, or with other layers.
fn sized(kind: &str, size: &Node) -> Result<Option<LayerSpec>, String> {
    Ok(Some(match kind {
        "conv2d" => LayerSpec::Conv2d(convolution(size)?),
        "linear" => {
            let bias = size.get_or("bias", true, |node| node.truth())?;
            LayerSpec::Linear(LinearSpec { r#in: size.count("in")?, out: size.count("out")?, bias })
        }
        "leaky_relu" => LayerSpec::LeakyRelu { slope: size.get_or("slope", 0.01, |node| node.real())? },
        "max_pool2d" => LayerSpec::MaxPool2d(pool(size)?),
        "avg_pool2d" => LayerSpec::AvgPool2d(pool(size)?),
        "adaptive_avg_pool2d" => LayerSpec::AdaptiveAvgPool2d { out: pair(size.get("out")?)? },
        "batch_norm2d" => LayerSpec::BatchNorm2d(batch_norm(size)?),
        "batch_norm1d" => LayerSpec::BatchNorm1d(batch_norm(size)?),
        "normalise" => {
            let each = |key| size.list(key, |node| node.real());
            LayerSpec::Normalise { mean: each("mean")?, std: each("std")? }
        }
        "residual" => LayerSpec::Residual(layers(size)?),
        "projected_residual" => {
            let part = |key| layers(&size.get(key)?);
            LayerSpec::ProjectedResidual { inner: part("inner")?, shortcut: part("shortcut")? }
        }
        _ => return Ok(None),
    }))
}

fn layers(node: &Node) -> Result<Vec<LayerSpec>, String> {
    node.items()?.into_iter().map(layer).collect()
}

fn convolution(size: &Node) -> Result<Conv2dSpec, String> {
    let one = Pair::one();
    Ok(Conv2dSpec {
        r#in: size.count("in")?,
        out: size.count("out")?,
        kernel: pair(size.get("kernel")?)?,
        stride: size.get_or("stride", one, pair)?,
        padding: size.get_or("padding", Padding::default(), padding)?,
        dilation: size.get_or("dilation", one, pair)?,
        groups: size.get_or("groups", 1, |node| node.number())?,
        bias: size.get_or("bias", true, |node| node.truth())?,
    })
}

fn pool(size: &Node) -> Result<PoolSpec, String> {
    let kernel = pair(size.get("kernel")?)?;
    let padding = size.get_or("padding", Pair::default(), pair)?;
    Ok(PoolSpec { kernel, stride: size.get_or("stride", kernel, pair)?, padding })
}

fn batch_norm(size: &Node) -> Result<BatchNormSpec, String> {
    Ok(BatchNormSpec { features: size.count("features")?, eps: size.get_or("eps", 1e-5, |node| node.real())? })
}

/// One number, or a list of as many as fit.
fn numbers(node: &Node) -> Result<Vec<usize>, String> {
    match node.value {
        Value::Array(_) => node.items()?.iter().map(Node::number).collect(),
        _ => Ok(vec![node.number()?]),
    }
}

fn pair(node: Node) -> Result<Pair, String> {
    match numbers(&node)?[..] {
        [both] => Ok(Pair::square(both)),
        [rows, columns] => Ok(Pair(rows, columns)),
        _ => Err(node.wrong("a number or a list of two")),
    }
}

fn padding(node: Node) -> Result<Padding, String> {
    if node.value == "same" {
        return Ok(Padding::Same);
    }
    match numbers(&node)?[..] {
        [all] => Ok(Padding::all(all)),
        [rows, columns] => Ok(Padding::Sides([rows, columns, rows, columns])),
        [top, left, bottom, right] => Ok(Padding::Sides([top, left, bottom, right])),
        _ => Err(node.wrong("a number or a list of two or four")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::manifest_reader::manifest;
    use serde_json::{from_value, json, to_value};

    fn read(value: &Value) -> Result<LayerSpec, String> {
        layer(Node { value, place: String::new() })
    }

    #[test]
    fn every_layer_is_known() {
        let pool = PoolSpec { kernel: Pair(3, 2), stride: Pair(2, 1), padding: Pair(1, 0) };
        let conv = Conv2dSpec {
            stride: Pair(1, 2),
            padding: Padding::Sides([0, 1, 2, 3]),
            dilation: Pair(2, 1),
            groups: 2,
            bias: false,
            ..Conv2dSpec::new(4, 2, 3)
        };
        let layers = vec![
            LayerSpec::conv2d(1, 2, 3, 4, 5),
            LayerSpec::Residual(vec![LayerSpec::Relu, LayerSpec::Residual(vec![LayerSpec::Flatten])]),
            LayerSpec::max_pool2d(2, 1),
            LayerSpec::avg_pool2d(3, 2),
            LayerSpec::linear(7, 8),
            LayerSpec::Conv2d(Conv2dSpec { padding: Padding::Same, ..conv.clone() }),
            LayerSpec::Conv2d(conv),
            LayerSpec::Linear(LinearSpec { r#in: 1, out: 2, bias: false }),
            LayerSpec::LeakyRelu { slope: 0.25 },
            LayerSpec::MaxPool2d(pool.clone()),
            LayerSpec::AvgPool2d(pool),
            LayerSpec::AdaptiveAvgPool2d { out: Pair(3, 1) },
            LayerSpec::BatchNorm2d(BatchNormSpec { features: 3, eps: 0.5 }),
            LayerSpec::BatchNorm1d(BatchNormSpec { features: 3, eps: 1e-5 }),
            LayerSpec::Normalise { mean: vec![0.5, -1.0], std: vec![0.25, 2.0] },
            LayerSpec::ProjectedResidual { inner: vec![LayerSpec::Tanh], shortcut: vec![LayerSpec::Gelu] },
            LayerSpec::Relu6,
            LayerSpec::Sigmoid,
            LayerSpec::Silu,
            LayerSpec::Dropout,
            LayerSpec::Softmax,
        ];
        let mut list = crate::fixture::manifest();
        list.models[0].architecture.layers = layers;
        assert_eq!(manifest(&to_value(&list).unwrap()), Ok(list));
    }

    #[test]
    fn defaults_are_those_of_serde() {
        for value in [
            json!({ "conv2d": { "in": 1, "out": 2, "kernel": 3 } }),
            json!({ "conv2d": { "in": 1, "out": 2, "kernel": [3, 1], "padding": [1, 0], "stride": [2, 1] } }),
            json!({ "conv2d": { "in": 1, "out": 2, "kernel": 3, "padding": "same" } }),
            json!({ "linear": { "in": 1, "out": 2 } }),
            json!({ "max_pool2d": { "kernel": [2, 3] } }),
            json!({ "leaky_relu": {} }),
            json!({ "batch_norm1d": { "features": 4 } }),
            json!({ "adaptive_avg_pool2d": { "out": 1 } }),
        ] {
            assert_eq!(read(&value), Ok(from_value(value.clone()).unwrap()), "{value}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let said = read(&json!({ "conv2d": { "in": 1, "out": 2, "kernel": [3, 3, 3] } })).unwrap_err();
        assert_eq!(said, "/conv2d/kernel is not a number or a list of two");
        let said = read(&json!({ "linear": { "in": 1, "out": 2, "bias": 1 } })).unwrap_err();
        assert_eq!(said, "/linear/bias is not true or false");
    }
}
