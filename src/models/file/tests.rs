//! Out and in again, through the importer.

use super::*;
use foolproof_core::{
    architecture::{Architecture, LayerSpec},
    importing::{ImportAnswer, ImportRequest},
    weights::{self, Precision},
};

fn tiny() -> Architecture {
    let layers = vec![LayerSpec::Flatten, LayerSpec::linear(4, 3)];
    Architecture::new([1, 2, 2], 3, layers)
}

#[test]
fn what_is_exported_comes_in_again() {
    let numbers: Vec<f32> = (0..15).map(|at| at as f32 / 4.0).collect();
    let weights = weights::write(&tiny(), &numbers, Precision::Full).unwrap();
    let model = Kept::new("Hardened", "tiny", true, tiny(), &weights, r#"{"seconds":60}"#.into());
    let request = ImportRequest {
        name: "download (3).safetensors".into(),
        bytes: write(&model, &weights).unwrap(),
        layers: None,
        names: Vec::new(),
        data: "tiny".into(),
        input: [1, 2, 2],
        classes: 3,
        changes: Vec::new(),
    };
    let ImportAnswer::Model(found) = foolproof_importer::import::import(&request) else { panic!("a model") };
    assert!(found.ours);
    assert_eq!(Kept::imported(*found, "tiny"), model);
}

#[test]
fn the_readmes_list_of_layers_is_one() {
    let readme = include_str!("../../../README.md");
    let (_, rest) = readme.split_once("```json\n").unwrap();
    let architecture: Architecture = serde_json::from_str(rest.split_once("```").unwrap().0).unwrap();
    assert_eq!(architecture.parameters().unwrap().len(), 5);
}
