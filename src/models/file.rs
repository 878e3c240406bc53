//! A model as one file: safetensors, with its layers and card in the header's metadata. Ours opens in PyTorch as it is. The
//! importer reads it, and other programs' files (`crates/importer`).

use super::Kept;
use crate::i18n::tr_with;
use foolproof_core::{
    bounds::brief,
    protocol::{Fault, FaultKind},
};
use safetensors::SafeTensors;
use std::collections::HashMap;

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

#[cfg(test)]
mod tests;
