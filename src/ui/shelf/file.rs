//! A model as one file: safetensors, with its layers and card in the header's metadata. Ours opens in PyTorch as it is;
//! a visitor's own needs its list of layers beside it.

use super::{Kept, fit};
use crate::{
    architecture::{Architecture, Parameter},
    protocol::{Fault, FaultKind},
};
use half::f16;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use std::collections::HashMap;

/// Longest file taken, in bytes: sixteen million weights of 32 bits, far above what trains in a tab.
pub const LONGEST: u64 = 64 << 20;
/// Longest list of layers taken, in bytes.
pub const LONGEST_LAYERS: u64 = 1 << 20;
/// Longest header taken, in bytes: tensors, layers and card.
const LONGEST_HEADER: u64 = 4 << 20;

/// A model that came as a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Brought {
    /// Everything but the weights.
    pub model: Kept,
    /// Its weights alone: a safetensors file of 32-bit floats without metadata.
    pub weights: Vec<u8>,
}

fn bad(file: &str, why: impl std::fmt::Display) -> Fault {
    Fault::new(FaultKind::Model, format!("{file} cannot be used: {why}."))
}

/// The one file: a model's weights with its layers and card in the metadata.
///
/// # Errors
/// A [`Fault`] if the weights are no safetensors file.
pub fn write(model: &Kept, weights: &[u8]) -> Result<Vec<u8>, Fault> {
    let name = format!("{}.safetensors", model.name);
    let file = parse(&name, weights)?;
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
) -> Result<Brought, Fault> {
    let file = parse(name, bytes)?;
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|error| bad(name, error))?;
    let own = |key: &str| header.metadata().as_ref().and_then(|pairs| pairs.get(key)).map(String::as_str);
    let (place, text) = match (layers, own("architecture")) {
        (Some(given), _) => given,
        (None, Some(own)) => (name, own),
        (None, None) => {
            let why = "it has no list of layers; choose the list, a JSON file, together with it";
            return Err(bad(name, why));
        }
    };
    let architecture: Architecture =
        serde_json::from_str(text).map_err(|error| bad(place, format!("its list of layers is wrong: {error}")))?;
    if (architecture.input, architecture.classes) != (shape, classes) {
        let (input, answers) = (architecture.input, architecture.classes);
        let why = format!("it takes {input:?} to {answers} classes, and {data} has {shape:?} and {classes}");
        return Err(bad(place, why));
    }
    let weights = values(name, &file, &architecture)?;
    let stem = name.strip_suffix(".safetensors").unwrap_or(name);
    let card = own("card").filter(|card| serde_json::from_str::<serde_json::Value>(card).is_ok());
    let card =
        card.map_or_else(|| serde_json::json!({ "source": format!("the file {name}") }).to_string(), str::to_owned);
    let weights = pack(&architecture, &weights)?;
    let robust = own("robust") == Some("1");
    let model = Kept::new(&fit(own("name").unwrap_or(stem)), data, robust, architecture, &weights, card);
    Ok(Brought { model, weights })
}

/// All parameters of a safetensors file one after another, in the architecture's order.
///
/// # Errors
/// As [`read`].
pub fn unpack(name: &str, architecture: &Architecture, bytes: &[u8]) -> Result<Vec<f32>, Fault> {
    values(name, &parse(name, bytes)?, architecture)
}

/// The reverse of [`unpack`].
///
/// # Errors
/// A [`Fault`] if there are too few or too many, or the layers do not fit together.
pub fn pack(architecture: &Architecture, values: &[f32]) -> Result<Vec<u8>, Fault> {
    let wrong = |why: String| Fault::new(FaultKind::Model, format!("The weights cannot be written: {why}."));
    let parameters = architecture.parameters()?;
    let count = |parameter: &Parameter| parameter.shape.iter().product::<usize>();
    let all: usize = parameters.iter().map(count).sum();
    if all != values.len() {
        return Err(wrong(format!("there are {} where the layers have {all}", values.len())));
    }
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let mut rest = bytes.as_slice();
    let mut views = Vec::new();
    for parameter in &parameters {
        let (own, after) = rest.split_at(4 * count(parameter));
        rest = after;
        let view =
            TensorView::new(Dtype::F32, parameter.shape.clone(), own).map_err(|error| wrong(error.to_string()))?;
        views.push((parameter.name.clone(), view));
    }
    safetensors::serialize(views, None).map_err(|error| wrong(error.to_string()))
}

/// Checks what the header claims before anything is allocated for it.
fn parse<'a>(name: &str, bytes: &'a [u8]) -> Result<SafeTensors<'a>, Fault> {
    let Some(header) = bytes.first_chunk::<8>().map(|length| u64::from_le_bytes(*length)) else {
        return Err(bad(name, format!("it has {} bytes, too few for a safetensors file", bytes.len())));
    };
    if bytes.len() as u64 > LONGEST {
        return Err(bad(name, format!("it is longer than {} MB", LONGEST >> 20)));
    }
    if header > LONGEST_HEADER || header > bytes.len() as u64 - 8 {
        let why = format!("it is no safetensors file, or cut off: its header claims {header} of {} bytes", bytes.len());
        return Err(bad(name, why));
    }
    SafeTensors::deserialize(bytes).map_err(|error| bad(name, error))
}

fn values(name: &str, file: &SafeTensors, architecture: &Architecture) -> Result<Vec<f32>, Fault> {
    let parameters = architecture.parameters()?;
    if let Some(extra) = file.names().into_iter().find(|own| parameters.iter().all(|one| one.name != **own)) {
        return Err(bad(name, format!("its tensor “{extra}” has no place in the list of layers")));
    }
    let mut all = Vec::new();
    for parameter in &parameters {
        let own = &parameter.name;
        let view = file.tensor(own).map_err(|_| bad(name, format!("the tensor “{own}” is missing")))?;
        if view.shape() != parameter.shape {
            let why = format!("“{own}” has shape {:?} where the layers ask for {:?}", view.shape(), parameter.shape);
            return Err(bad(name, why));
        }
        let first = all.len();
        match view.dtype() {
            Dtype::F32 => all.extend(view.data().as_chunks::<4>().0.iter().map(|chunk| f32::from_le_bytes(*chunk))),
            Dtype::F16 => {
                let halves = view.data().as_chunks::<2>().0;
                all.extend(halves.iter().map(|chunk| f16::from_le_bytes(*chunk).to_f32()));
            }
            other => return Err(bad(name, format!("“{own}” has type {other:?}, and only F32 and F16 are read"))),
        }
        if let Some(at) = all[first..].iter().position(|value| !value.is_finite()) {
            return Err(bad(name, format!("“{own}” is not finite at position {at}")));
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
