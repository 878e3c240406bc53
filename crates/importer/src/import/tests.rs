//! Every kind of file, and every kind of wrong one.

mod layouts;
mod names;

use super::*;
use ::safetensors::SafeTensors;
use foolproof_core::weights::{self, Precision};

fn tiny() -> Architecture {
    let layers = vec![LayerSpec::Flatten, LayerSpec::linear(4, 3)];
    Architecture::new([1, 2, 2], 3, layers)
}

fn numbers() -> Vec<f32> {
    (0..15).map(|at| at as f32 / 4.0).collect()
}

/// The file that the page writes of a model with this card.
fn exported(card: &str) -> Vec<u8> {
    let weights = weights::write(&tiny(), &numbers(), Precision::Full).unwrap();
    let layers = serde_json::to_string(&tiny()).unwrap();
    let pairs = [("foolproof", "1"), ("name", "Hardened"), ("robust", "1"), ("architecture", &layers), ("card", card)];
    let metadata = pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    safetensors::serialize(SafeTensors::deserialize(&weights).unwrap().tensors(), Some(metadata)).unwrap()
}

/// What is asked of a file for a dataset of three classes.
fn request(name: &str, bytes: &[u8], layers: Option<(&str, &str)>) -> ImportRequest {
    let layers = layers.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let (data, input, classes) = ("tiny".into(), [1, 2, 2], 3);
    ImportRequest {
        name: name.into(),
        bytes: bytes.into(),
        layers,
        names: Vec::new(),
        data,
        input,
        classes,
        changes: Vec::new(),
    }
}

fn answer(request: &ImportRequest) -> Result<ImportedModel, Fault> {
    match import(request) {
        ImportAnswer::Model(model) => Ok(*model),
        ImportAnswer::Refused(fault) => Err(fault),
        other => panic!("{other:?}"),
    }
}

fn read((name, bytes): (&str, &[u8]), layers: Option<(&str, &str)>) -> Result<ImportedModel, Fault> {
    answer(&request(name, bytes, layers))
}

fn refused(bytes: &[u8], layers: Option<&str>) -> String {
    read(("x.safetensors", bytes), layers.map(|text| ("x.json", text))).unwrap_err().message
}

/// A file with one tensor of this name, type and shape.
fn single(name: &str, dtype: Dtype, shape: Vec<usize>, bytes: &[u8]) -> Vec<u8> {
    safetensors::serialize([(name, TensorView::new(dtype, shape, bytes).unwrap())], None).unwrap()
}

#[test]
fn a_file_of_this_page_has_all_that_it_needs() {
    let found = read(("download (3).safetensors", &exported(r#"{"seconds":60}"#)), None).unwrap();
    assert_eq!((found.name.as_str(), found.robust, found.ours), ("Hardened", true, true));
    assert_eq!((found.architecture, found.card.as_str()), (tiny(), r#"{"seconds":60}"#));
    assert_eq!(weights::read(&tiny(), &found.weights).unwrap(), numbers());
}

#[test]
fn a_visitors_file_takes_its_list_of_layers_and_its_name_from_beside_it() {
    let weights = weights::write(&tiny(), &numbers(), Precision::Full).unwrap();
    let layers = serde_json::to_string(&tiny()).unwrap();
    let brought = read(("My net.safetensors", &weights), Some(("layers.json", &layers))).unwrap();
    assert_eq!((brought.name.as_str(), brought.robust, brought.ours), ("My net", false, false));
    assert!(brought.card.contains("My net.safetensors"));
    // Without it they are guessed.
    let ImportAnswer::Guessed { architecture, .. } = import(&request("x.safetensors", &weights, None)) else {
        panic!()
    };
    assert_eq!(architecture, tiny());
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
    let mut lying = exported("{}");
    lying[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(refused(&lying, None).starts_with("x.safetensors cannot be used"));
    let whole = exported("{}");
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
    assert!(with(&single("1.weight", Dtype::I8, vec![3, 4], &[0; 12])).contains("“1.weight” has type I8"));
    let mut bytes = vec![0; 48];
    bytes[20..24].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(
        with(&single("1.weight", Dtype::F32, vec![3, 4], &bytes)).contains("“1.weight” is not finite at position 5")
    );
}

/// F38: what is kept can be told and saved again, and no sentence quotes a file at length.
#[test]
fn a_card_or_a_list_that_is_too_deep_or_too_long_is_refused_by_its_bound() {
    let weights = weights::write(&tiny(), &numbers(), Precision::Full).unwrap();
    let with_card = |card: String| refused(&exported(&card), None);
    let deep = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert!(with_card(deep(120)).contains("its card is no good: it is nested deeper than 16 levels"));
    let said = with_card(format!("\"{}\"", "x".repeat(2 << 20)));
    assert!(said.contains("its header claims"), "{said}");
    assert!(refused(&weights, Some(&deep(120))).contains("its list of layers is no good"));
    let said = refused(&weights, Some(&format!("{{\"{}\": 1}}", "x".repeat(100_000))));
    assert!(said.chars().count() < 500, "{said}");
    let named = single(&"t".repeat(100_000), Dtype::F32, vec![1], &[0; 4]);
    let layers = serde_json::to_string(&tiny()).unwrap();
    let said = refused(&named, Some(&layers));
    assert!(said.chars().count() < 500, "{}", said.len());
}

/// F13.
#[test]
fn numbers_of_other_lengths_are_read_with_a_notice() {
    let layers = serde_json::to_string(&tiny()).unwrap();
    let of = |dtype: Dtype, encode: &dyn Fn(f32) -> Vec<u8>| {
        let part = |range: std::ops::Range<usize>| numbers()[range].iter().flat_map(|&value| encode(value)).collect();
        let (weight, bias): (Vec<u8>, Vec<u8>) = (part(0..12), part(12..15));
        let view = |shape: &[usize], bytes| TensorView::new(dtype, shape.to_vec(), bytes).unwrap();
        let file = [("1.weight", view(&[3, 4], &weight)), ("1.bias", view(&[3], &bias))];
        let file = safetensors::serialize(file, None).unwrap();
        read(("x.safetensors", &file), Some(("x.json", &layers)))
    };
    // Quarters up to 3.5 are exact in each of them.
    let half = |value: f32| ((value.to_bits() >> 16) as u16).to_le_bytes().to_vec();
    let found = of(Dtype::BF16, &half).unwrap();
    assert_eq!(weights::read(&tiny(), &found.weights).unwrap(), numbers());
    assert!(found.notices[0].contains("16 bits"), "{:?}", found.notices);
    let found = of(Dtype::F64, &|value| f64::from(value).to_le_bytes().to_vec()).unwrap();
    assert_eq!(weights::read(&tiny(), &found.weights).unwrap(), numbers());
    assert!(found.notices[0].contains("64 bits"), "{:?}", found.notices);
    let said = of(Dtype::F8_E4M3, &|_| vec![0]).unwrap_err().message;
    assert!(said.contains("has type F8_E4M3, and only F64, F32, F16 and BF16 are read"), "{said}");
    let said = of(Dtype::F64, &|_| f64::MAX.to_le_bytes().to_vec()).unwrap_err().message;
    assert!(said.contains("is not finite at position 0"), "{said}");
}

#[test]
fn a_header_whose_length_begins_as_a_pickle_does_is_a_header() {
    let weights = weights::write(&tiny(), &numbers(), Precision::Full).unwrap();
    let length = usize::try_from(u64::from_le_bytes(*weights.first_chunk().unwrap())).unwrap();
    for wanted in [0x0280_u64, 0x0380, 0x0480] {
        let blanks = vec![b' '; wanted as usize - length];
        let file = [&wanted.to_le_bytes(), &weights[8..8 + length], &blanks, &weights[8 + length..]].concat();
        let layers = serde_json::to_string(&tiny()).unwrap();
        assert!(read(("x.safetensors", &file), Some(("x.json", &layers))).is_ok(), "{wanted}");
    }
}

/// F12: what PyTorch computes with its buffers is held to in `tests/native/reference_layers.rs`.
#[test]
fn the_counter_of_a_batch_norm_is_no_weight() {
    let norm = foolproof_core::architecture::BatchNormSpec { features: 4, eps: 0.0 };
    let layers = vec![LayerSpec::Flatten, LayerSpec::BatchNorm1d(norm), LayerSpec::linear(4, 3)];
    let architecture = Architecture::new([1, 2, 2], 3, layers);
    let values: Vec<f32> = (0..23).map(|at| at as f32).collect();
    let file = weights::write(&architecture, &values, Precision::Full).unwrap();
    let mut views = SafeTensors::deserialize(&file).unwrap().tensors();
    views.push(("1.num_batches_tracked".into(), TensorView::new(Dtype::I64, vec![], &[0; 8]).unwrap()));
    let file = safetensors::serialize(views, None).unwrap();
    let layers = serde_json::to_string(&architecture).unwrap();
    let found = read(("x.safetensors", &file), Some(("x.json", &layers))).unwrap();
    assert_eq!(weights::read(&architecture, &found.weights).unwrap(), values);
    assert_eq!(found.notices, Vec::<String>::new());
}

/// F10; that no pickle is executed is held to in `pytorch/tests.rs`.
#[test]
fn other_files_are_named_for_what_they_are() {
    let of = |name: &str, bytes: &[u8]| read((name, bytes), Some(("x.json", "[]"))).unwrap_err().message;
    let zip = |inside: &str| [b"PK\x03\x04", &[0; 26][..], inside.as_bytes(), &[0; 40]].concat();
    for (name, bytes, said) in [
        ("net.pt", zip("net/data.pkl"), "net.pt cannot be used: "),
        ("net.pth", b"\x80\x02\x8a\x0al\xfc".to_vec(), "the format that PyTorch wrote before version 1.6"),
        ("net.onnx", b"not a graph".to_vec(), "net.onnx cannot be used: "),
        ("w.npz", zip("arr_0.npy"), "save_file(dict(numpy.load(\"w.npz\")), \"w.safetensors\")"),
        ("w.npy", b"\x93NUMPY\x01\x00".to_vec(), "it is one NumPy array"),
        ("k.h5", b"\x89HDF\r\n\x1a\n\0\0".to_vec(), "it is a Keras file (.h5)"),
        ("x.safetensors", b"version https://git-lfs.github.com/spec/v1\n".to_vec(), "git lfs pull"),
        ("x.safetensors", b"\n <!DOCTYPE html><html>".to_vec(), "it is a web page"),
        ("x.safetensors", Vec::new(), "it has 0 bytes"),
        ("x.bin", vec![7; 100], "it is no safetensors file, or was cut off"),
        ("cat.png", b"\x89PNG\r\n\x1a\n\0".to_vec(), "it is a picture, no model"),
        ("cat.bin", b"BM\x36\0".to_vec(), "it is a picture, no model"),
        ("paper.pdf", b"%PDF-1.7\n\x80".to_vec(), "it is a PDF document, no model"),
        ("notes.csv", b"a,b\n1,2\n".to_vec(), "it is a text, no model"),
    ] {
        let found = of(name, &bytes);
        assert!(found.starts_with(&format!("{name} cannot be used: ")) && found.contains(said), "{said}: {found}");
    }
    let whole = exported("{}");
    assert!(of("x.safetensors", &whole[..whole.len() - 7]).contains("it was cut off: “1.weight” ends 7 bytes"));
}

/// F15: what the page tries where a network reads next to nothing.
#[test]
fn a_file_is_read_with_changes() {
    let layers = serde_json::to_string(&tiny()).unwrap();
    let weights = weights::write(&tiny(), &numbers(), Precision::Full).unwrap();
    let mut request = request("x.safetensors", &weights, Some(("x.json", &layers)));
    let change = foolproof_core::importing::Change::Normalise { mean: vec![0.5], std: vec![0.25] };
    request.changes = vec![change];
    let found = answer(&request).unwrap();
    assert_eq!(found.architecture.layers.len(), 3);
    assert_eq!(weights::read(&found.architecture, &found.weights).unwrap(), numbers());
    request.changes = vec![foolproof_core::importing::Change::Normalise { mean: vec![0.5], std: vec![0.0] }];
    assert!(answer(&request).unwrap_err().message.contains("deviations that are not 0"));
}

#[test]
fn layers_as_source_are_taken_as_json_is() {
    let weights = weights::write(&tiny(), &numbers(), Precision::Full).unwrap();
    let source = "nn.Sequential(nn.Flatten(), nn.Linear(4, 3))";
    assert_eq!(read(("x.safetensors", &weights), Some(("net.py", source))).unwrap().architecture, tiny());
    let said = read(("x.safetensors", &weights), Some(("net.py", "nn.Magic()"))).unwrap_err().message;
    assert!(said.starts_with("net.py cannot be used: ") && said.contains("Magic"), "{said}");
}

/// F4.
#[test]
fn weights_beyond_float_are_refused_as_not_finite() {
    let beyond = weights::write(&tiny(), &[3e38; 15], Precision::Full).unwrap();
    let layers = serde_json::to_string(&tiny()).unwrap();
    let fault = read(("x.safetensors", &beyond), Some(("x.json", &layers))).unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotFinite);
    assert!(fault.message.starts_with("x.safetensors: the weights “1.weight” add up beyond"), "{}", fault.message);
    let within = weights::write(&tiny(), &[8e37; 15], Precision::Full).unwrap();
    assert!(read(("x.safetensors", &within), Some(("x.json", &layers))).is_ok());
}
