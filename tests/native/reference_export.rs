//! The PyTorch export: what the page saves, a file and the source beside it, run by PyTorch
//! (`tests/reference/logits.py`).
//!
//! New weights or another source need new results: `FOOLPROOF_EXPORT=<folder> cargo test -p foolproof-tests --test
//! native what_pytorch_ran` writes what `python make.py logits` with the same variable runs.

use crate::libraries::*;
use crate::reference_layers::imported;
use crate::zoo;
use burn::tensor::{Device, Tensor, TensorData};
use foolproof::models::{Kept, file, snippet};
use foolproof_core::weights::{self, Precision};
use foolproof_engine::{sequential::Sequential, weights as networks};
use safetensors::SafeTensors;
use std::path::Path;

/// Pictures whose logits are compared.
const COUNT: usize = 1000;
/// Every model that ships.
const SHIPPED: [&str; 5] = [NATURAL, LATEST, MLP, "fashion-cnn", "fashion-cnn-robust"];

/// The file and the source that the page saves of a model in its store, here one that ships.
fn export(name: &str) -> (Vec<u8>, String) {
    let entry = zoo::entry(name);
    let values = weights::read(&entry.architecture, &zoo::studied_weights(name)).unwrap();
    let weights = weights::write(&entry.architecture, &values, Precision::Full).unwrap();
    let card = String::from_utf8(zoo::bytes(&format!("static/{}", entry.card.path))).unwrap();
    let kept = Kept::new(&entry.id, &entry.data, entry.robust, entry.architecture, &weights, card);
    let source = snippet::pytorch(&kept.architecture, &format!("{}.safetensors", kept.name));
    (file::write(&kept, &weights).unwrap(), source)
}

/// The largest difference between our logits and the library's.
fn apart(name: &str, network: &Sequential) -> f32 {
    let theirs = reference(name, "logits");
    assert_eq!(theirs.count(), COUNT, "{name}");
    let pixels = zoo::pictures_of(&zoo::entry(name).data, COUNT).0;
    let x = Tensor::<4>::from_data(TensorData::new(pixels, [COUNT, 1, 28, 28]), &Device::flex());
    let ours: Vec<f32> = network.forward(x).into_data().iter::<f32>().collect();
    let expected = theirs.floats();
    assert_eq!(ours.len(), expected.len(), "{name}");
    ours.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn pytorch_reads_of_an_export_what_the_model_answers() {
    for name in SHIPPED {
        let (whole, _) = export(name);
        let entry = zoo::entry(name);
        let brought = imported(&whole, None, entry.architecture.input, entry.architecture.classes);
        let network = networks::load(&brought.architecture, &brought.weights, &Device::flex()).unwrap();
        let apart = apart(name, &network);
        println!("{name}: logits of {COUNT} pictures within {apart}");
        assert!(apart <= 1e-4, "{name}: {apart}");
    }
    assert!(apart(ROBUST, &model(ROBUST)) <= 1e-4);
}

#[test]
fn what_pytorch_ran_is_what_the_page_exports() {
    let folder = std::env::var_os("FOOLPROOF_EXPORT");
    for name in SHIPPED {
        let (whole, source) = export(name);
        if let Some(folder) = &folder {
            let id = zoo::entry(name).id;
            std::fs::write(Path::new(folder).join(format!("{id}.safetensors")), &whole).unwrap();
            std::fs::write(Path::new(folder).join(format!("{id}.py")), &source).unwrap();
            continue;
        }
        let record = zoo::reference(&format!("{name}/logits"));
        assert_eq!(record["snippet"], source, "{name}: the source is another one");
        let (header, metadata) = SafeTensors::read_metadata(&whole).unwrap();
        assert_eq!(record["tensors"], digest(&whole[8 + header..]), "{name}: the weights are others");
        let mut metadata = metadata.metadata().clone().unwrap();
        assert!(metadata.remove("card").is_some(), "{name}");
        assert_eq!(record["metadata"], serde_json::to_value(metadata).unwrap(), "{name}: what stands beside is other");
    }
}
