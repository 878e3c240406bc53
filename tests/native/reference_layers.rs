//! Layers beside PyTorch's: small networks with their logits, made by `tests/reference/layers.py`.
//!
//! `FOOLPROOF_EXPORT=<folder> cargo test -p foolproof-tests --test native the_source_of_every_layer` writes what `python
//! layers.py exported` with the same variable runs: the page's file and source of each.

use burn::tensor::{Device, Tensor, TensorData};
use foolproof::models::snippet;
use foolproof_core::architecture::Architecture;
use foolproof_core::weights::{self, Precision};
use foolproof_engine::weights as networks;
use serde_json::Value;
use std::path::PathBuf;

/// Largest difference of a logit that counts as none.
const TOLERANCE: f32 = 1e-4;

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

#[test]
fn layers_answer_what_pytorchs_do() {
    let references = references();
    assert!(references.len() > 20, "the networks are not where this test looks for them");
    for Reference { name, architecture, file, pixels, logits: expected, .. } in references {
        // As PyTorch wrote it, and as the page keeps and exports it.
        let list = weights::read(&architecture, &file).unwrap();
        let kept = weights::write(&architecture, &list, Precision::Full).unwrap();
        assert_eq!(weights::read(&architecture, &kept).unwrap(), list, "{name}");
        for file in [file, kept] {
            let found = logits(&architecture, &file, &pixels);
            assert_eq!(found.len(), expected.len(), "{name}");
            let apart = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            println!("{name}: {apart}");
            assert!(apart <= TOLERANCE, "{name}: {apart}");
        }
    }
}

#[test]
fn the_source_of_every_layer_is_what_pytorch_ran() {
    let folder = std::env::var_os("FOOLPROOF_EXPORT").map(PathBuf::from);
    for Reference { name, architecture, file, source, .. } in references() {
        let written = snippet::pytorch(&architecture, &format!("{name}.safetensors"));
        let Some(folder) = &folder else {
            assert_eq!(source, written, "{name}: the source is another one");
            continue;
        };
        let list = weights::read(&architecture, &file).unwrap();
        let kept = weights::write(&architecture, &list, Precision::Full).unwrap();
        std::fs::write(folder.join(format!("{name}.py")), written).unwrap();
        std::fs::write(folder.join(format!("{name}.safetensors")), kept).unwrap();
    }
}
