//! PyTorch's classes as layers.

use super::arguments::Arguments;
use super::expression::{Call, Expression};
use crate::bounds::brief;
use foolproof_core::architecture::{BatchNormSpec, Conv2dSpec, LayerSpec, LinearSpec, Padding, Pair, PoolSpec};

/// Most layers of a text.
const MOST_LAYERS: usize = 4096;

const CONVOLUTION: &[&str] = &[
    "in_channels",
    "out_channels",
    "kernel_size",
    "stride",
    "padding",
    "dilation",
    "groups",
    "bias",
    "padding_mode",
    "device",
    "dtype",
    "pad",
];
const MAX_POOL: &[&str] = &["kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode"];
const AVG_POOL: &[&str] = &["kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"];
const BATCH_NORM: &[&str] = &["num_features", "eps", "momentum", "affine", "track_running_stats", "device", "dtype"];

/// The layers of a `Sequential`, or of a single layer.
///
/// # Errors
/// A clause that names the line and what was not understood there.
pub fn list(expression: &Expression) -> Result<Vec<LayerSpec>, String> {
    let mut layers = Vec::new();
    add(expression, 1, &mut layers)?;
    if layers.is_empty() { Err("line 1: there are no layers".into()) } else { Ok(layers) }
}

/// Adds what an expression stands for; `line` is that of what it stands in.
fn add(expression: &Expression, line: usize, layers: &mut Vec<LayerSpec>) -> Result<(), String> {
    if layers.len() >= MOST_LAYERS {
        return Err(format!("line {line}: there are more than {MOST_LAYERS} layers"));
    }
    match expression {
        Expression::Call(call) if ["Sequential", "OrderedDict"].contains(&call.name) => children(call, layers),
        Expression::Call(call) => {
            layers.extend(layer(call)?);
            Ok(())
        }
        // ("conv1", nn.Conv2d(…)), in an OrderedDict.
        Expression::List(pair) if matches!(pair[..], [Expression::Text(_), Expression::Call(_)]) => {
            pair.iter().skip(1).try_for_each(|module| add(module, line, layers))
        }
        Expression::List(list) => list.iter().try_for_each(|one| add(one, line, layers)),
        Expression::Name(name) => {
            Err(format!("line {line}: “{}” stands where a layer is expected; write it out", brief(name)))
        }
        _ => Err(format!("line {line}: a number or text stands where a layer is expected")),
    }
}

fn children(call: &Call, layers: &mut Vec<LayerSpec>) -> Result<(), String> {
    call.arguments.iter().try_for_each(|(name, value)| match name {
        Some(name) => Err(format!("line {}: {} has no argument “{}”", call.line, brief(call.name), brief(name))),
        None => add(value, call.line, layers),
    })
}

/// One layer; `None` for those that do nothing.
fn layer(call: &Call) -> Result<Option<LayerSpec>, String> {
    let with = |names| Arguments::new(call, names);
    Ok(Some(match call.name {
        "Conv2d" | "PaddedConv2d" => convolution(&with(CONVOLUTION)?, call.name == "PaddedConv2d")?,
        "Linear" => {
            let given = with(&["in_features", "out_features", "bias", "device", "dtype"])?;
            let (r#in, out) = (given.count("in_features")?, given.count("out_features")?);
            LayerSpec::Linear(LinearSpec { r#in, out, bias: given.truth_or("bias", true)? })
        }
        "ReLU" => with(&["inplace"]).map(|_| LayerSpec::Relu)?,
        "ReLU6" => with(&["inplace"]).map(|_| LayerSpec::Relu6)?,
        "SiLU" | "Swish" => with(&["inplace"]).map(|_| LayerSpec::Silu)?,
        "Tanh" => with(&[]).map(|_| LayerSpec::Tanh)?,
        "Sigmoid" => with(&[]).map(|_| LayerSpec::Sigmoid)?,
        "LeakyReLU" => {
            LayerSpec::LeakyRelu { slope: with(&["negative_slope", "inplace"])?.real_or("negative_slope", 0.01)? }
        }
        "GELU" => {
            let given = with(&["approximate"])?;
            given.only(
                "approximate",
                given.word("approximate").is_none_or(|word| word == "none"),
                "the exact one (“none”)",
            )?;
            LayerSpec::Gelu
        }
        "Hardtanh" => {
            let given = with(&["min_val", "max_val", "inplace"])?;
            let ends = [given.real_or("min_val", -1.0)?, given.real_or("max_val", 1.0)?];
            given.only("min_val", ends == [0.0, 6.0], "0 to 6")?;
            LayerSpec::Relu6
        }
        "MaxPool2d" => {
            let given = with(MAX_POOL)?;
            given.only("dilation", given.pair_or("dilation", Pair::one())? == Pair::one(), "1")?;
            given.only("return_indices", !given.truth_or("return_indices", false)?, "False")?;
            LayerSpec::MaxPool2d(pool(&given)?)
        }
        "AvgPool2d" => {
            let given = with(AVG_POOL)?;
            let size = pool(&given)?;
            let counted = given.truth_or("count_include_pad", true)? || size.padding == Pair::default();
            given.only("count_include_pad", counted, "True")?;
            given.only("divisor_override", given.count_or("divisor_override", 0)? == 0, "None")?;
            LayerSpec::AvgPool2d(size)
        }
        "AdaptiveAvgPool2d" => LayerSpec::AdaptiveAvgPool2d { out: with(&["output_size"])?.pair("output_size")? },
        "BatchNorm2d" => LayerSpec::BatchNorm2d(batch_norm(&with(BATCH_NORM)?)?),
        "BatchNorm1d" => LayerSpec::BatchNorm1d(batch_norm(&with(BATCH_NORM)?)?),
        "Normalise" | "Normalize" => {
            let given = with(&["mean", "std", "inplace"])?;
            LayerSpec::Normalise { mean: given.reals("mean")?, std: given.reals("std")? }
        }
        "Dropout" | "Dropout1d" | "Dropout2d" | "AlphaDropout" | "FeatureAlphaDropout" => {
            with(&["p", "inplace"]).map(|_| LayerSpec::Dropout)?
        }
        "Softmax" | "LogSoftmax" => with(&["dim"]).map(|_| LayerSpec::Softmax)?,
        "Flatten" => {
            let given = with(&["start_dim", "end_dim"])?;
            given.only("start_dim", given.count_or("start_dim", 1)? == 1, "1")?;
            given.only("end_dim", given.real_or("end_dim", -1.0)? == -1.0, "-1")?;
            LayerSpec::Flatten
        }
        "Residual" => {
            let mut inner = Vec::new();
            children(call, &mut inner)?;
            LayerSpec::Residual(inner)
        }
        "ProjectedResidual" => projected(call)?,
        "Identity" => return Ok(None),
        other => return Err(unknown(call.line, other)),
    }))
}

fn unknown(line: usize, name: &str) -> String {
    match name {
        _ if name.starts_with("Lazy") => {
            format!("line {line}: {} finds its size out by itself; print the model after its first use", brief(name))
        }
        _ => format!("line {line}: there is no layer “{}” here", brief(name)),
    }
}

fn projected(call: &Call) -> Result<LayerSpec, String> {
    let [(_, inner), (_, shortcut)] = &call.arguments[..] else {
        return Err(format!("line {}: ProjectedResidual takes two lists of layers", call.line));
    };
    let part = |part| {
        let mut layers = Vec::new();
        add(part, call.line, &mut layers).map(|()| layers)
    };
    Ok(LayerSpec::ProjectedResidual { inner: part(inner)?, shortcut: part(shortcut)? })
}

fn convolution(given: &Arguments, padded: bool) -> Result<LayerSpec, String> {
    let one = Pair::one();
    let zeros = given.word("padding_mode").is_none_or(|mode| mode == "zeros");
    given.only("padding_mode", zeros, "“zeros”")?;
    let padding = match (given.word("padding"), padded) {
        (_, true) => {
            let [left, right, top, bottom] = given.four("pad")?;
            Padding::Sides([top, left, bottom, right])
        }
        (Some("same"), _) => Padding::Same,
        (Some("valid"), _) => Padding::default(),
        (Some(_), _) => return Err(given.wrong("padding", "a whole number, two of them, “same” or “valid”")),
        (None, _) => {
            let Pair(rows, columns) = given.pair_or("padding", Pair::default())?;
            Padding::Sides([rows, columns, rows, columns])
        }
    };
    Ok(LayerSpec::Conv2d(Conv2dSpec {
        r#in: given.count("in_channels")?,
        out: given.count("out_channels")?,
        kernel: given.pair("kernel_size")?,
        stride: given.pair_or("stride", one)?,
        padding,
        dilation: given.pair_or("dilation", one)?,
        groups: given.count_or("groups", 1)?,
        bias: given.truth_or("bias", true)?,
    }))
}

fn pool(given: &Arguments) -> Result<PoolSpec, String> {
    given.only("ceil_mode", !given.truth_or("ceil_mode", false)?, "False")?;
    let kernel = given.pair("kernel_size")?;
    let padding = given.pair_or("padding", Pair::default())?;
    Ok(PoolSpec { kernel, stride: given.pair_or("stride", kernel)?, padding })
}

fn batch_norm(given: &Arguments) -> Result<BatchNormSpec, String> {
    given.only("track_running_stats", given.truth_or("track_running_stats", true)?, "True")?;
    Ok(BatchNormSpec { features: given.count("num_features")?, eps: given.real_or("eps", 1e-5)? })
}
