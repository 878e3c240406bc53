//! A file to a model: what kind of file it is, which layers it has, and its tensors by those layers' names.

use crate::{
    Expectation, Tensor, change, guess, names, onnx, pytorch, safetensors as tensors_file, source, wrong_file,
};
use foolproof_core::{
    architecture::{Architecture, LayerSpec},
    bounds::{self, brief},
    fault::{Fault, FaultKind},
    importing::{ImportAnswer, ImportRequest, ImportedModel, LONGEST, LONGEST_LAYERS},
    weights::{self, Precision},
};
use safetensors::{Dtype, tensor::TensorView};
use std::collections::HashMap;

/// Bytes looked through for the names inside an archive.
const LOOKED_AT: usize = 4096;

/// Reads a file, without carrying out anything of it.
pub fn import(request: &ImportRequest) -> ImportAnswer {
    read(request).unwrap_or_else(ImportAnswer::Refused)
}

/// What a file has.
struct Found {
    numbers: Numbers,
    metadata: HashMap<String, String>,
    notices: Vec<String>,
}

/// The numbers of a file.
enum Numbers {
    /// Under names, without layers or with a list of them beside.
    Named(Vec<Tensor>),
    /// Those of a whole network, in its own order.
    Of(Architecture, Vec<f32>),
}

fn bad(file: &str, why: impl std::fmt::Display) -> Fault {
    Fault::new(FaultKind::Model, format!("{} cannot be used: {}.", brief(file), brief(why)))
}

fn read(request: &ImportRequest) -> Result<ImportAnswer, Fault> {
    let name = &request.name;
    let found = open(request).map_err(|why| bad(name, why))?;
    let own = found.metadata.get("architecture").map(|text| (name.clone(), text.clone()));
    let architecture = match (&request.layers, own, &found.numbers) {
        (_, _, Numbers::Of(architecture, _)) => architecture.clone(),
        (Some((place, text)), ..) => told(request, place, text)?,
        (None, Some((place, text)), _) => told(request, &place, &text)?,
        (None, None, Numbers::Named(tensors)) => return guessed(request, tensors),
    };
    fits(request, &architecture).map_err(|(place, why)| bad(&place, why))?;
    model(request, found, architecture)
}

/// Opens a file by what its first bytes say.
fn open(request: &ImportRequest) -> Result<Found, String> {
    let ImportRequest { name, bytes, .. } = request;
    if bytes.len() as u64 > LONGEST {
        return Err(format!("it is longer than {} MB", LONGEST >> 20));
    }
    if !is_safetensors(bytes) && is_pytorch(bytes) {
        let pytorch::StateDict { tensors, notices } = pytorch::read(bytes)?;
        return Ok(Found { numbers: Numbers::Named(tensors), metadata: HashMap::new(), notices });
    }
    // The length that a safetensors file begins with may be the mark of another kind.
    if let Some(other) = wrong_file::other(name, bytes).filter(|_| !is_safetensors(bytes)) {
        return Err(other);
    }
    if name.to_ascii_lowercase().ends_with(".onnx") {
        let onnx::Network { architecture, values, notices } = onnx::read(bytes, &expectation(request))?;
        return Ok(Found { numbers: Numbers::Of(architecture, values), metadata: HashMap::new(), notices });
    }
    let tensors_file::File { metadata, tensors, notices } = tensors_file::read(bytes)?;
    Ok(Found { numbers: Numbers::Named(tensors), metadata, notices })
}

/// Whether it begins as a safetensors file: a length that the file has, and an object. A length of 640 bytes begins with
/// the two bytes of a pickle.
fn is_safetensors(bytes: &[u8]) -> bool {
    let length = bytes.first_chunk().map(|length| u64::from_le_bytes(*length));
    bytes.get(8) == Some(&b'{') && length.is_some_and(|length| length <= bytes.len() as u64 - 8)
}

/// Whether it is an archive with a pickle in it, or a pickle.
fn is_pytorch(bytes: &[u8]) -> bool {
    let has = |word: &[u8]| bytes.windows(word.len()).take(LOOKED_AT).any(|part| part == word);
    bytes.starts_with(b"PK\x03\x04") && has(b"data.pkl") || matches!(bytes, [0x80, 2..=5, ..])
}

fn expectation(request: &ImportRequest) -> Expectation {
    Expectation { input: request.input, classes: request.classes }
}

/// The list of layers that stands at this place: JSON, or PyTorch's source.
fn told(request: &ImportRequest, place: &str, text: &str) -> Result<Architecture, Fault> {
    bounded(place, "its list of layers", text, bounds::DEEPEST)?;
    if text.trim_start().starts_with(['{', '[']) {
        return serde_json::from_str(text)
            .map_err(|error| bad(place, format!("its list of layers is wrong in line {}: {error}", error.line())));
    }
    let layers = source::read(text).map_err(|why| bad(place, why))?;
    Ok(Architecture::new(request.input, request.classes, layers))
}

/// Whether a text of a file may be kept: what is kept is told to hosts and saved within larger texts, which are read again.
fn bounded(place: &str, what: &str, text: &str, deepest: usize) -> Result<(), Fault> {
    if text.len() as u64 > LONGEST_LAYERS {
        return Err(bad(place, format!("{what} is longer than {} MB", LONGEST_LAYERS >> 20)));
    }
    bounds::check(text, deepest).map_err(|why| bad(place, format!("{what} is no good: {why}")))
}

/// Whether a network takes and answers what the dataset has; if not, the file that says so, and why.
fn fits(request: &ImportRequest, architecture: &Architecture) -> Result<(), (String, String)> {
    let ImportRequest { data, input, classes, .. } = request;
    if (architecture.input, architecture.classes) == (*input, *classes) {
        return Ok(());
    }
    let (theirs, answers) = (architecture.input, architecture.classes);
    let place = request.layers.as_ref().map_or(&request.name, |(place, _)| place);
    Err((place.clone(), format!("it takes {theirs:?} to {answers} classes, and {data} has {input:?} and {classes}")))
}

/// The answer where a file has no list of layers: one that its tensors can be of.
fn guessed(request: &ImportRequest, tensors: &[Tensor]) -> Result<ImportAnswer, Fault> {
    let shapes: Vec<_> = tensors.iter().map(|tensor| (tensor.name.clone(), tensor.shape.clone())).collect();
    let guess = guess::layers(&shapes, &expectation(request));
    let guess = guess.map_err(|why| {
        let why = format!("it has no list of layers, and none can be guessed: {why}; choose the list together with it");
        bad(&request.name, why)
    })?;
    let architecture = Architecture::new(request.input, request.classes, guess.layers);
    Ok(ImportAnswer::Guessed { architecture, names: guess.names, assumed: guess.assumed })
}

/// The model of these tensors and layers.
fn model(request: &ImportRequest, found: Found, mut architecture: Architecture) -> Result<ImportAnswer, Fault> {
    let file = &request.name;
    let named = |fault: Fault| Fault::new(fault.kind, format!("{}: {}", brief(file), brief(fault.message)));
    let Found { numbers, metadata, mut notices } = found;
    let mut values = match numbers {
        Numbers::Of(_, values) => values,
        Numbers::Named(mut tensors) => {
            let expected = weights::tensors(&architecture).map_err(named)?;
            match names::fit(&mut tensors, &expected, &request.names) {
                Ok(done) => notices.extend(done),
                Err(pairs) => return Ok(ImportAnswer::Matched(pairs)),
            }
            notices.extend(left_out(&architecture.layers));
            let bytes = written(&tensors).map_err(|why| bad(file, why))?;
            weights::read(&architecture, &bytes).map_err(named)?
        }
    };
    if let Some(tensor) = weights::beyond_float(&architecture, &values) {
        let (file, tensor) = (brief(file), brief(tensor));
        let why = format!(
            "{file}: the weights “{tensor}” add up beyond what a 32-bit number holds, so its answers are no numbers."
        );
        return Err(Fault::new(FaultKind::NotFinite, why));
    }
    for change in &request.changes {
        change::apply(&mut architecture, &mut values, change)?;
    }
    let own = |key: &str| metadata.get(key).map(String::as_str);
    own("card").map_or(Ok(()), |card| bounded(file, "its card", card, bounds::DEEPEST_PART))?;
    let card = own("card").filter(|card| serde_json::from_str::<serde_json::Value>(card).is_ok());
    let stem = file.rsplit_once('.').map_or(&file[..], |(stem, _)| stem);
    let weights = weights::write(&architecture, &values, Precision::Full)?;
    Ok(ImportAnswer::Model(Box::new(ImportedModel {
        name: own("name").unwrap_or(stem).to_owned(),
        robust: own("robust") == Some("1"),
        weights,
        card: card
            .map_or_else(|| serde_json::json!({ "source": format!("the file {file}") }).to_string(), str::to_owned),
        ours: own("foolproof").is_some(),
        has_channels: change::has_channels(&architecture),
        architecture,
        notices,
    })))
}

/// A safetensors file's bytes of these tensors.
fn written(tensors: &[Tensor]) -> Result<Vec<u8>, String> {
    let bytes: Vec<Vec<u8>> =
        tensors.iter().map(|tensor| tensor.values.iter().flat_map(|value| value.to_le_bytes()).collect()).collect();
    let views = tensors.iter().zip(&bytes).map(|(tensor, bytes)| {
        TensorView::new(Dtype::F32, tensor.shape.clone(), bytes).map(|view| (tensor.name.clone(), view))
    });
    let views: Vec<_> = views.collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    safetensors::serialize(views, None).map_err(|error| error.to_string())
}

/// Layers that say nothing about what a trained network answers.
fn left_out(layers: &[LayerSpec]) -> Vec<String> {
    let mut notices = Vec::new();
    if has_dropout(layers) {
        notices.push("Dropout is left out: a trained network drops nothing.".into());
    }
    if layers.last() == Some(&LayerSpec::Softmax) {
        notices.push("The softmax at its end is left out: attacks work on what it gets, the logits.".into());
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
