//! Out and in again, and every kind of wrong file.

use super::*;
use foolproof_core::architecture::LayerSpec;
use safetensors::{Dtype, tensor::TensorView};

const DATA: (&str, [usize; 3], usize) = ("tiny", [1, 2, 2], 3);

fn tiny() -> Architecture {
    let layers = vec![LayerSpec::Flatten, LayerSpec::linear(4, 3)];
    Architecture { input: [1, 2, 2], classes: 3, layers }
}

fn numbers() -> Vec<f32> {
    (0..15).map(|at| at as f32 / 4.0).collect()
}

fn exported() -> Vec<u8> {
    let weights = weights::write(&tiny(), &numbers(), Precision::Full).unwrap();
    let model = Kept::new("Hardened", "tiny", true, tiny(), &weights, r#"{"seconds":60}"#.into());
    write(&model, &weights).unwrap()
}

fn refused(bytes: &[u8], layers: Option<&str>) -> String {
    read(("x.safetensors", bytes), layers.map(|text| ("x.json", text)), DATA).unwrap_err().message
}

/// A file with one tensor of this name, type and shape.
fn single(name: &str, dtype: Dtype, shape: Vec<usize>, bytes: &[u8]) -> Vec<u8> {
    safetensors::serialize([(name, TensorView::new(dtype, shape, bytes).unwrap())], None).unwrap()
}

#[test]
fn what_is_exported_comes_in_again() {
    let brought = read(("download (3).safetensors", &exported()), None, DATA).unwrap();
    assert_eq!((brought.model.name.as_str(), brought.model.robust), ("hardened", true));
    assert_eq!((brought.model.architecture.clone(), brought.model.card.as_str()), (tiny(), r#"{"seconds":60}"#));
    assert_eq!(weights::read(&tiny(), &brought.weights).unwrap(), numbers());
}

#[test]
fn a_visitors_file_takes_its_list_of_layers_and_its_name_from_beside_it() {
    let weights = weights::write(&tiny(), &numbers(), Precision::Full).unwrap();
    let layers = serde_json::to_string(&tiny()).unwrap();
    let brought = read(("My net.safetensors", &weights), Some(("layers.json", &layers)), DATA).unwrap();
    assert_eq!((brought.model.name.as_str(), brought.model.robust), ("my-net", false));
    assert!(brought.model.card.contains("My net.safetensors"));
    assert!(refused(&weights, None).contains("x.safetensors cannot be used: it has no list of layers"));
}

#[test]
fn a_wrong_list_of_layers_is_told_with_its_place() {
    let weights = weights::write(&tiny(), &numbers(), Precision::Full).unwrap();
    let said = refused(&weights, Some("{\n \"input\": [1, 2, 2],\n \"classes\": 3,\n \"layers\": [\"magic\"]}"));
    assert!(said.starts_with("x.json cannot be used") && said.contains("magic") && said.contains("line 4"), "{said}");
    let other = r#"{"input": [1, 28, 28], "classes": 10, "layers": []}"#;
    assert!(
        refused(&weights, Some(other)).contains("it takes [1, 28, 28] to 10 classes, and tiny has [1, 2, 2] and 3")
    );
    let misfit = r#"{"input": [1, 2, 2], "classes": 3, "layers": ["flatten", {"linear": {"in": 5, "out": 3}}]}"#;
    assert!(refused(&weights, Some(misfit)).contains("layer 1"));
}

#[test]
fn a_file_that_lies_about_itself_is_refused_before_memory_is_taken() {
    assert!(refused(&[1, 2, 3], None).starts_with("x.safetensors cannot be used"));
    let mut lying = exported();
    lying[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(refused(&lying, None).starts_with("x.safetensors cannot be used"));
    let whole = exported();
    assert!(refused(&whole[..whole.len() - 1], None).starts_with("x.safetensors cannot be used"));
    let huge =
        r#"{"input": [1, 2, 2], "classes": 3, "layers": ["flatten", {"linear": {"in": 4, "out": 99999999999}}]}"#;
    assert!(refused(&whole, Some(huge)).contains("too large"));
}

#[test]
fn a_wrong_tensor_is_named() {
    let layers = serde_json::to_string(&tiny()).unwrap();
    let with = |file: &[u8]| refused(file, Some(&layers));
    assert!(with(&single("1.weight", Dtype::F32, vec![3, 4], &[0; 48])).contains("“1.bias” is missing"));
    assert!(
        with(&single("fc.weight", Dtype::F32, vec![1], &[0; 4]))
            .contains("“fc.weight” that the architecture has no place")
    );
    assert!(with(&single("1.weight", Dtype::F32, vec![4, 3], &[0; 48])).contains("shape [4, 3] where [3, 4]"));
    assert!(with(&single("1.weight", Dtype::F64, vec![3, 4], &[0; 96])).contains("F64"));
    let mut bytes = vec![0; 48];
    bytes[20..24].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(
        with(&single("1.weight", Dtype::F32, vec![3, 4], &bytes)).contains("“1.weight” is not finite at position 5")
    );
}
