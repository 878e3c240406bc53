//! Files of models, as the importer gets them: what becomes a model is one, and comes in again as the same.

use foolproof_core::{
    architecture::Architecture,
    importing::{ImportAnswer, ImportRequest, ImportedModel},
    weights,
};
use foolproof_importer::import::import;

/// What the files of the corpus take and answer.
const SHAPES: [([usize; 3], usize); 4] = [([1, 8, 8], 3), ([1, 8, 8], 2), ([2, 9, 9], 3), ([3, 8, 8], 3)];

/// A safetensors file.
pub fn safetensors(bytes: &[u8]) {
    each_shape("a.safetensors", bytes);
}

/// An ONNX file.
pub fn onnx(bytes: &[u8]) {
    each_shape("a.onnx", bytes);
}

/// A file that torch.save has written.
pub fn pytorch(bytes: &[u8]) {
    each_shape("a.pt", bytes);
}

/// Has a file read for datasets of several shapes, until one takes it or what is wrong is not the shape.
fn each_shape(name: &str, bytes: &[u8]) {
    let mut told = String::new();
    for (input, classes) in SHAPES {
        let request = ImportRequest {
            name: name.into(),
            bytes: bytes.to_vec(),
            layers: None,
            names: Vec::new(),
            data: "own".into(),
            input,
            classes,
            changes: Vec::new(),
        };
        match import(&request) {
            ImportAnswer::Model(model) => return comes_in_again(&request, &model),
            ImportAnswer::Guessed { architecture, names, .. } => {
                return with_layers(ImportRequest { names, ..request }, &architecture);
            }
            ImportAnswer::Matched(names) => return with_names(ImportRequest { names, ..request }),
            ImportAnswer::Refused(fault) if fault.message == told => return,
            ImportAnswer::Refused(fault) => told = fault.message,
        }
    }
}

/// A list of layers that was guessed fits together, and the file is read by it.
fn with_layers(request: ImportRequest, architecture: &Architecture) {
    architecture.parameters().expect("a guess fits together");
    let layers = serde_json::to_string(architecture).expect("layers are plain data");
    let request = ImportRequest { layers: Some(("a.json".into(), layers)), ..request };
    if let ImportAnswer::Model(model) = import(&request) {
        assert_eq!(&model.architecture, architecture);
        comes_in_again(&request, &model);
    }
}

/// Names that were confirmed are not asked for again.
fn with_names(request: ImportRequest) {
    match import(&request) {
        ImportAnswer::Model(model) => comes_in_again(&request, &model),
        ImportAnswer::Refused(_) => {}
        other => panic!("{other:?}"),
    }
}

/// The model's own file, with its layers beside, gives the same model.
fn comes_in_again(request: &ImportRequest, model: &ImportedModel) {
    let values = weights::read(&model.architecture, &model.weights).expect("its own weights are read");
    assert!(values.iter().all(|value| value.is_finite()));
    let layers = serde_json::to_string(&model.architecture).expect("layers are plain data");
    let again = ImportRequest {
        name: "again.safetensors".into(),
        bytes: model.weights.clone(),
        layers: Some(("again.json".into(), layers)),
        ..request.clone()
    };
    match import(&again) {
        ImportAnswer::Model(again) => {
            assert_eq!(again.architecture, model.architecture);
            let numbers = weights::read(&again.architecture, &again.weights).expect("its own weights are read");
            assert!(numbers == values, "the weights have changed");
        }
        other => panic!("a model of ours is not read again: {other:?}"),
    }
}
