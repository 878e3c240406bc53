//! Networks that other programs have made, brought in and asked beside their makers: files and logits are made by
//! `tests/reference/importer.py`.

use burn::tensor::{Device, Tensor, TensorData};
use foolproof_core::architecture::{Architecture, LayerSpec};
use foolproof_core::weights::{self, Precision};
use foolproof_engine::weights as networks;
use foolproof_importer::{Expectation, guess, onnx, pytorch, source};
use safetensors::{Dtype, tensor::TensorView};
use serde_json::Value;
use std::path::PathBuf;

/// Largest difference of a logit that counts as none.
const TOLERANCE: f32 = 1e-4;

/// A maker's file with inputs and its own logits.
struct Reference {
    name: String,
    file: Vec<u8>,
    expected: Expectation,
    record: Value,
}

impl Reference {
    fn numbers(&self, key: &str) -> Vec<f32> {
        serde_json::from_value(self.record[key].clone()).unwrap()
    }

    /// Holds what was read to the maker's logits; `file` is a safetensors file.
    fn compare(&self, architecture: &Architecture, file: &[u8]) {
        let [channels, rows, columns] = architecture.input;
        let pixels = self.numbers("pixels");
        let shape = [pixels.len() / (channels * rows * columns), channels, rows, columns];
        let x = Tensor::<4>::from_data(TensorData::new(pixels, shape), &Device::flex());
        let network = networks::load(architecture, file, &Device::flex()).unwrap();
        let found: Vec<f32> = network.forward(x).into_data().iter::<f32>().collect();
        let expected = self.numbers("logits");
        assert_eq!(found.len(), expected.len(), "{}", self.name);
        let apart = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        println!("{}: {apart}", self.name);
        assert!(apart <= TOLERANCE, "{}: {apart}; {found:?} where {expected:?} is expected", self.name);
    }
}

/// The files with this ending that have logits beside them.
fn references(ending: &str) -> Vec<Reference> {
    let folder = crate::checkout::root().join("tests/reference/importer");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|found| found == ending) && path.with_extension("json").is_file());
    paths.sort();
    let read = |path: &PathBuf| {
        let record: Value = serde_json::from_slice(&std::fs::read(path.with_extension("json")).unwrap()).unwrap();
        let input: [usize; 3] = serde_json::from_value(record["input"].clone()).unwrap();
        let expected = Expectation { input, classes: serde_json::from_value(record["classes"].clone()).unwrap() };
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        Reference { name, file: std::fs::read(path).unwrap(), expected, record }
    };
    paths.iter().map(read).collect()
}

#[test]
fn onnx_files_answer_what_their_makers_do() {
    let references = references("onnx");
    assert!(references.len() > 15, "the networks are not where this test looks for them");
    for reference in references {
        let found = onnx::read(&reference.file, &reference.expected).unwrap();
        let file = weights::write(&found.architecture, &found.values, Precision::Full).unwrap();
        reference.compare(&found.architecture, &file);
    }
}

/// The tensors as a safetensors file.
fn safetensors(found: &pytorch::StateDict) -> Vec<u8> {
    let bytes = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let all: Vec<_> = found.tensors.iter().map(|tensor| (tensor, bytes(&tensor.values))).collect();
    let views = all.iter().map(|(tensor, bytes)| {
        (tensor.name.clone(), TensorView::new(Dtype::F32, tensor.shape.clone(), bytes).unwrap())
    });
    safetensors::serialize(views, None).unwrap()
}

#[test]
fn state_dicts_answer_what_pytorch_does_with_layers_that_are_guessed() {
    let references = references("pt");
    assert!(references.len() > 7, "the files are not where this test looks for them");
    for reference in references {
        let found = pytorch::read(&reference.file).unwrap();
        let named: Vec<_> = found.tensors.iter().map(|one| (one.name.clone(), one.shape.clone())).collect();
        let guess = guess::layers(&named, &reference.expected).unwrap();
        let layers: Vec<LayerSpec> = serde_json::from_value(reference.record["layers"].clone()).unwrap();
        assert_eq!(guess.layers, layers, "{}", reference.name);
        assert!(guess.names.iter().all(|(from, to)| from == to), "{:?}", guess.names);
        let Expectation { input, classes } = reference.expected;
        reference.compare(&Architecture::new(input, classes, layers), &safetensors(&found));
    }
}

#[test]
fn pytorchs_source_and_what_it_prints_are_the_layers() {
    let references = references("pt");
    for reference in &references {
        let layers: Vec<LayerSpec> = serde_json::from_value(reference.record["layers"].clone()).unwrap();
        for key in ["source", "printed"] {
            let text = reference.record[key].as_str().unwrap();
            assert_eq!(source::read(text).unwrap(), layers, "{}: {key}", reference.name);
        }
    }
    assert!(!references.is_empty());
}
