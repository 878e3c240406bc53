//! A model as one file: safetensors, with its layers and card in the header's metadata. Ours opens in PyTorch as it is;
//! a visitor's own needs its list of layers beside it.

mod header;
mod kind;
mod names;

use super::{Kept, fit};
use crate::files::bounds::{self, brief};
use crate::i18n::{tr, tr_heard, tr_with};
use foolproof_core::{
    architecture::{Architecture, LayerSpec},
    protocol::{Fault, FaultKind},
    weights::{self, Precision},
};
use header::{Header, Tensor};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use std::collections::HashMap;

/// Longest file taken, in bytes: sixteen million weights of 32 bits, far above what trains in a tab.
pub const LONGEST: u64 = 64 << 20;
/// Longest list of layers taken, in bytes.
pub const LONGEST_LAYERS: u64 = 1 << 20;

/// A model that came as a file.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedModel {
    /// Everything but the weights.
    pub model: Kept,
    /// Its weights alone: a safetensors file of 32-bit floats without metadata.
    pub weights: Vec<u8>,
    /// What was taken otherwise than it stands in the file, one sentence each.
    pub notices: Vec<String>,
}

fn bad(file: &str, why: impl std::fmt::Display) -> Fault {
    Fault::new(FaultKind::Model, tr_with("{0} cannot be used: {1}.", &[&brief(file), &brief(why)]))
}

/// The one file: a model's weights with its layers and card in the metadata.
///
/// # Errors
/// A [`Fault`] if the weights are no safetensors file.
pub fn write(model: &Kept, weights: &[u8]) -> Result<Vec<u8>, Fault> {
    let name = format!("{}.safetensors", model.name);
    let file = SafeTensors::deserialize(weights).map_err(|error| bad(&name, error))?;
    let layers = serde_json::to_string(&model.architecture).map_err(|error| bad(&name, error))?;
    let pairs = [
        ("format", "pt"),
        ("foolproof", "1"),
        ("name", &model.name),
        ("data", &model.data),
        ("robust", if model.robust { "1" } else { "0" }),
        ("architecture", &layers),
        ("card", &model.card),
    ];
    let metadata: HashMap<String, String> = pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    safetensors::serialize(file.tensors(), Some(metadata)).map_err(|error| bad(&name, error))
}

/// Reads a model from a safetensors file's bytes, and the text of a list of layers where the file has none itself.
/// `data` is the dataset that it is taken to be for, `shape` and `classes` what that asks of it.
///
/// # Errors
/// A [`Fault`] that names the file, and the tensor, layer, line or byte that is wrong.
pub fn read(
    (name, bytes): (&str, &[u8]),
    layers: Option<(&str, &str)>,
    (data, shape, classes): (&str, [usize; 3], usize),
) -> Result<ImportedModel, Fault> {
    if bytes.len() as u64 > LONGEST {
        return Err(bad(name, tr_with("it is longer than {0} MB", &[&(LONGEST >> 20)])));
    }
    if let Some(other) = kind::other(name, bytes) {
        return Err(bad(name, other));
    }
    let Header { metadata, tensors } = header::read(bytes).map_err(|why| bad(name, why))?;
    let own = |key: &str| metadata.get(key).map(String::as_str);
    let (place, text) = match (layers, own("architecture")) {
        (Some(given), _) => given,
        (None, Some(own)) => (name, own),
        (None, None) => {
            let why = tr("it has no list of layers; choose the list, a JSON file, together with it");
            return Err(bad(name, why));
        }
    };
    bounded(place, tr("its list of layers"), text, bounds::DEEPEST)?;
    let architecture = told((place, text), (data, shape, classes))?;
    let named = |fault: Fault| Fault::new(fault.kind, format!("{}: {}", brief(name), brief(tr_heard(&fault.message))));
    let expected = weights::tensors(&architecture).map_err(named)?;
    let (file, mut notices) = renamed((name, bytes), tensors, &expected)?;
    let values = weights::read(&architecture, &file).map_err(named)?;
    if let Some(tensor) = weights::beyond_float(&architecture, &values) {
        let why = tr_with(
            "{0}: the weights “{1}” add up beyond what a 32-bit number holds, so its answers are no numbers.",
            &[&brief(name), &brief(tensor)],
        );
        return Err(Fault::new(FaultKind::NotFinite, why));
    }
    notices.extend(left_out(&architecture.layers));
    let stem = name.strip_suffix(".safetensors").unwrap_or(name);
    own("card").map_or(Ok(()), |card| bounded(name, tr("its card"), card, bounds::DEEPEST_PART))?;
    let card = own("card").filter(|card| serde_json::from_str::<serde_json::Value>(card).is_ok());
    let card =
        card.map_or_else(|| serde_json::json!({ "source": format!("the file {name}") }).to_string(), str::to_owned);
    let weights = weights::write(&architecture, &values, Precision::Full)?;
    let robust = own("robust") == Some("1");
    let model = Kept::new(&fit(own("name").unwrap_or(stem)), data, robust, architecture, &weights, card);
    Ok(ImportedModel { model, weights, notices })
}

/// Whether a text of a file may be kept: what is kept is told to hosts and saved within larger texts, which are read again.
fn bounded(place: &str, what: &str, text: &str, deepest: usize) -> Result<(), Fault> {
    if text.len() as u64 > LONGEST_LAYERS {
        return Err(bad(place, tr_with("{0} is longer than {1} MB", &[&what, &(LONGEST_LAYERS >> 20)])));
    }
    let why = |why: String| bad(place, tr_with("{0} is no good: {1}", &[&what, &why]));
    bounds::check(text, deepest).map_err(why)
}

/// The list of layers that stands at this place, if it fits the dataset.
fn told((place, text): (&str, &str), (data, shape, classes): (&str, [usize; 3], usize)) -> Result<Architecture, Fault> {
    let architecture: Architecture = serde_json::from_str(text).map_err(|error| {
        bad(place, tr_with("its list of layers is wrong in line {0}: {1}", &[&error.line(), &error]))
    })?;
    if (architecture.input, architecture.classes) != (shape, classes) {
        let (input, answers) = (architecture.input, architecture.classes);
        let why = tr_with(
            "it takes {0} to {1} classes, and {2} has {3} and {4}",
            &[&format_args!("{input:?}"), &answers, &data, &format_args!("{shape:?}"), &classes],
        );
        return Err(bad(place, why));
    }
    Ok(architecture)
}

/// The file with the names that the architecture gives its tensors, and what is to be said of it.
fn renamed(
    (name, bytes): (&str, &[u8]),
    mut tensors: Vec<Tensor>,
    expected: &[(String, Vec<usize>)],
) -> Result<(Vec<u8>, Vec<String>), Fault> {
    let mut notices = names::fit(&mut tensors, expected);
    let has = |dtype: Dtype| tensors.iter().any(|tensor| tensor.dtype == dtype);
    if has(Dtype::F64) {
        notices.push(tr("Its numbers of 64 bits are rounded to 32.").into());
    }
    if has(Dtype::F16) || has(Dtype::BF16) {
        notices.push(tr("Its numbers have 16 bits; they are computed with in 32.").into());
    }
    let view = |tensor: Tensor| {
        let view = TensorView::new(tensor.dtype, tensor.shape, &bytes[tensor.place]);
        view.map(|view| (tensor.name, view))
    };
    let views = tensors.into_iter().map(view).collect::<Result<Vec<_>, _>>();
    let file = views.and_then(|views| safetensors::serialize(views, None));
    Ok((file.map_err(|error| bad(name, error))?, notices))
}

/// Layers that say nothing about what a trained network answers.
fn left_out(layers: &[LayerSpec]) -> Vec<String> {
    let mut notices = Vec::new();
    if has_dropout(layers) {
        notices.push(tr("Dropout is left out: a trained network drops nothing.").into());
    }
    if layers.last() == Some(&LayerSpec::Softmax) {
        notices.push(tr("The softmax at its end is left out: attacks work on what it gets, the logits.").into());
    }
    notices
}

fn has_dropout(layers: &[LayerSpec]) -> bool {
    layers.iter().any(|layer| match layer {
        LayerSpec::Dropout => true,
        LayerSpec::Residual(inner) => has_dropout(inner),
        LayerSpec::ProjectedResidual { inner, shortcut } => has_dropout(inner) || has_dropout(shortcut),
        _ => false,
    })
}

#[cfg(test)]
mod tests;
