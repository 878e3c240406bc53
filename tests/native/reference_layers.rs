//! Layers beside PyTorch's: small networks with their logits, made by `tests/reference/layers.py`.
//!
//! `FOOLPROOF_EXPORT=<folder> cargo test -p foolproof-tests --test native the_source_of_every_layer` writes what `python
//! layers.py exported` with the same variable runs: the page's file and source of each.

use burn::tensor::{Device, Tensor, TensorData};
use foolproof::models::snippet;
use foolproof_core::architecture::Architecture;
use foolproof_core::importing::{ImportAnswer, ImportRequest, ImportedModel};
use foolproof_core::weights;
use foolproof_engine::weights as networks;
use foolproof_importer::import::import;
use serde_json::Value;
use std::path::PathBuf;

/// Largest difference of a logit that counts as none.
const TOLERANCE: f32 = 1e-4;
/// The network whose layers have names of their own, behind a wrapper's prefix, with numbers of 16 bits.
const RENAMED: &str = "renamed";

/// A safetensors file as the importer reads it, with this list of layers beside it where it has none.
pub fn imported(file: &[u8], layers: Option<String>, input: [usize; 3], classes: usize) -> ImportedModel {
    let layers = layers.map(|list| ("x.json".to_owned(), list));
    let (name, data) = ("x.safetensors".to_owned(), "any".to_owned());
    let (names, changes) = (Vec::new(), Vec::new());
    let mut request = ImportRequest { name, bytes: file.to_vec(), layers, names, data, input, classes, changes };
    if let ImportAnswer::Matched(pairs) = import(&request) {
        request.names = pairs;
    }
    match import(&request) {
        ImportAnswer::Model(model) => *model,
        other => panic!("{other:?}"),
    }
}

fn folder() -> PathBuf {
    crate::checkout::root().join("tests/reference/layers")
}

/// A network, its file as PyTorch wrote it, inputs and PyTorch's logits.
struct Reference {
    name: String,
    architecture: Architecture,
    file: Vec<u8>,
    pixels: Vec<f32>,
    logits: Vec<f32>,
    /// The page's source, as PyTorch ran it.
    source: Value,
}

impl Reference {
    /// The weights as the page keeps and exports them, brought in from PyTorch's file.
    fn brought(&self) -> Vec<u8> {
        let Architecture { input, classes, .. } = self.architecture;
        let list = serde_json::to_string(&self.architecture).unwrap();
        imported(&self.file, Some(list), input, classes).weights
    }
}

fn references() -> Vec<Reference> {
    let names = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<_> = names.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
    names.sort();
    let read = |path: &PathBuf| {
        let record: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let numbers = |key: &str| -> Vec<f32> { serde_json::from_value(record[key].clone()).unwrap() };
        let architecture = serde_json::from_value(record["architecture"].clone()).unwrap();
        let file = std::fs::read(path.with_extension("safetensors")).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let (pixels, logits, source) = (numbers("pixels"), numbers("logits"), record["source"].clone());
        Reference { name, architecture, file, pixels, logits, source }
    };
    names.iter().map(read).collect()
}

fn logits(architecture: &Architecture, file: &[u8], pixels: &[f32]) -> Vec<f32> {
    let [channels, rows, columns] = architecture.input;
    let shape = [pixels.len() / (channels * rows * columns), channels, rows, columns];
    let x = Tensor::<4>::from_data(TensorData::new(pixels.to_vec(), shape), &Device::flex());
    networks::load(architecture, file, &Device::flex()).unwrap().forward(x).into_data().iter::<f32>().collect()
}

/// F12 (batch norm), F14 (normalised inputs) and F16 (other layers).
#[test]
fn layers_answer_what_pytorchs_do() {
    let references = references();
    assert!(references.len() > 20, "the networks are not where this test looks for them");
    for reference in references {
        let Reference { name, architecture, pixels, logits: expected, .. } = &reference;
        let found = logits(architecture, &reference.brought(), pixels);
        assert_eq!(found.len(), expected.len(), "{name}");
        let apart = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        println!("{name}: {apart}");
        assert!(apart <= TOLERANCE, "{name}: {apart}");
    }
}

#[test]
fn an_engine_reads_pytorchs_own_file_where_names_agree() {
    for reference in references().iter().filter(|reference| reference.name != RENAMED) {
        let list = weights::read(&reference.architecture, &reference.file).unwrap();
        assert_eq!(weights::read(&reference.architecture, &reference.brought()).unwrap(), list, "{}", reference.name);
    }
}

/// F14, F16: a normalising layer and all others are kept in the export and in PyTorch's source.
#[test]
fn the_source_of_every_layer_is_what_pytorch_ran() {
    let folder = std::env::var_os("FOOLPROOF_EXPORT").map(PathBuf::from);
    for reference in references() {
        let Reference { name, architecture, source, .. } = &reference;
        let written = snippet::pytorch(architecture, &format!("{name}.safetensors"));
        let Some(folder) = &folder else {
            assert_eq!(*source, written, "{name}: the source is another one");
            continue;
        };
        std::fs::write(folder.join(format!("{name}.py")), written).unwrap();
        std::fs::write(folder.join(format!("{name}.safetensors")), reference.brought()).unwrap();
    }
}
