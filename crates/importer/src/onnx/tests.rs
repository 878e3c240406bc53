//! ONNX files written by hand and by their makers: what is read of them, and why others are refused.

mod graph;

use super::*;
use foolproof_core::architecture::LayerSpec::{self, AdaptiveAvgPool2d, Flatten, Gelu, Normalise, Relu, Relu6, Silu};
use foolproof_core::architecture::{BatchNormSpec, LinearSpec, Pair};
use graph::{Given, file, head, node, reals, wholes};
use proptest::prelude::*;

const TINY: Expectation = Expectation { input: [1, 2, 2], classes: 3 };

/// A weight of a linear layer from four features to three classes, `[in, out]`.
fn weight() -> Vec<u8> {
    reals("w", &[4, 3], &(0..12).map(|at| at as f32).collect::<Vec<_>>())
}

/// The network of these nodes from `x`, of free shape, to `h`, with a flattening linear layer behind.
fn behind(tensors: &[Vec<u8>], nodes: &[Vec<u8>]) -> Result<Network, String> {
    let all = [nodes, &[node("Flatten", &["h"], "f", &[]), node("MatMul", &["f", "w"], "y", &[])]].concat();
    read(&file(&[0, 1, 2, 2], &[tensors, &[weight()]].concat(), &all), &TINY)
}

fn layers_behind(tensors: &[Vec<u8>], nodes: &[Vec<u8>]) -> Vec<LayerSpec> {
    behind(tensors, nodes).unwrap().architecture.layers
}

fn linear(bias: bool) -> LayerSpec {
    LayerSpec::Linear(LinearSpec { r#in: 4, out: 3, bias })
}

#[test]
fn numbers_are_turned_scaled_and_shifted_as_the_operators_ask() {
    let bias = reals("b", &[3], &[1.0, 2.0, 3.0]);
    let gemm = [("alpha", Given::Float(2.0)), ("beta", Given::Float(0.5))];
    let nodes = [node("Flatten", &["x"], "f", &[]), node("Gemm", &["f", "w", "b"], "y", &gemm)];
    let found = read(&file(&[0, 1, 2, 2], &[weight(), bias], &nodes), &TINY).unwrap();
    let values = [0.0, 6.0, 12.0, 18.0, 2.0, 8.0, 14.0, 20.0, 4.0, 10.0, 16.0, 22.0, 0.5, 1.0, 1.5];
    assert_eq!((found.architecture.layers, found.values), (vec![Flatten, linear(true)], values.to_vec()));
    // A scale before a linear layer at the input is a Normalise; one behind it becomes a part of it.
    let half = [reals("two", &[], &[2.0]), reals("s", &[1, 3], &[1.0, 2.0, 4.0]), weight()];
    let nodes = [
        node("Div", &["x", "two"], "h", &[]),
        node("Flatten", &["h"], "f", &[]),
        node("MatMul", &["f", "w"], "m", &[]),
        node("Mul", &["s", "m"], "y", &[]),
    ];
    let found = read(&file(&[0, 1, 2, 2], &half, &nodes), &TINY).unwrap();
    assert_eq!(found.architecture.layers, [Normalise { mean: vec![0.0], std: vec![2.0] }, Flatten, linear(true)]);
    assert_eq!(found.values[4..8], [2.0, 8.0, 14.0, 20.0]);
}

#[test]
fn channels_that_come_last_are_sorted_before_a_linear_layer() {
    let expected = Expectation { input: [2, 1, 2], classes: 2 };
    let tensors = [
        reals("w", &[4, 2], &[1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0, 0.0]),
        wholes("s", &[-1, 4]),
        reals("c", &[2], &[1.0, 3.0]),
    ];
    let nodes = [
        node("Add", &["x", "c"], "a", &[]),
        node("Reshape", &["a", "s"], "f", &[]),
        node("MatMul", &["f", "w"], "y", &[]),
    ];
    let found = read(&file(&[0, 1, 2, 2], &tensors, &nodes), &expected).unwrap();
    let first = Normalise { mean: vec![-1.0, -3.0], std: vec![1.0, 1.0] };
    assert_eq!(
        found.architecture.layers,
        [first, Flatten, LayerSpec::Linear(LinearSpec { r#in: 4, out: 2, bias: false })]
    );
    // Pixel by pixel in the file, channel by channel here.
    assert_eq!(found.values[..4], [1.0, 3.0, 2.0, 4.0]);
}

#[test]
fn functions_are_known_by_their_parts() {
    let ends = [reals("zero", &[], &[0.0]), reals("six", &[], &[6.0]), reals("one", &[], &[1.0])];
    let list = |nodes: &[Vec<u8>]| layers_behind(&ends, nodes);
    assert_eq!(list(&[node("Clip", &["x", "zero", "six"], "h", &[])]), [Relu6, Flatten, linear(false)]);
    assert_eq!(list(&[node("Clip", &["x", "zero"], "h", &[])]), [Relu, Flatten, linear(false)]);
    let two = [node("Max", &["x", "zero"], "m", &[]), node("Min", &["six", "m"], "h", &[])];
    assert_eq!(list(&two), [Relu6, Flatten, linear(false)]);
    let swish = [node("Sigmoid", &["x"], "s", &[]), node("Mul", &["s", "x"], "h", &[])];
    assert_eq!(list(&swish), [Silu, Flatten, linear(false)]);
    // (x / √2), erf, + 1, · x / 2: in the order of Keras.
    let parts = [reals("root", &[], &[0.70710677]), reals("half", &[], &[0.5]), reals("one", &[], &[1.0])];
    let gelu = [
        node("Mul", &["x", "half"], "a", &[]),
        node("Mul", &["x", "root"], "b", &[]),
        node("Erf", &["b"], "c", &[]),
        node("Add", &["c", "one"], "d", &[]),
        node("Mul", &["a", "d"], "h", &[]),
    ];
    assert_eq!(layers_behind(&parts, &gelu), [Gelu, Flatten, linear(false)]);
    let mean = [node("ReduceMean", &["x"], "h", &[("axes", Given::Wholes(&[-2, -1])), ("keepdims", Given::Whole(0))])];
    let tensors = [reals("w", &[1, 3], &[1.0, 2.0, 3.0])];
    let nodes = [&mean[..], &[node("MatMul", &["h", "w"], "y", &[])]].concat();
    let found = read(&file(&[0, 1, 2, 2], &tensors, &nodes), &TINY).unwrap();
    assert_eq!(found.architecture.layers[..2], [AdaptiveAvgPool2d { out: Pair::one() }, Flatten]);
}

#[test]
fn a_batch_norm_is_factor_and_summand() {
    let four = |name, numbers: [f32; 1]| reals(name, &[1], &numbers);
    let tensors = [four("g", [2.0]), four("b", [1.0]), four("m", [3.0]), four("v", [0.75])];
    let nodes = [node("BatchNormalization", &["x", "g", "b", "m", "v"], "h", &[("epsilon", Given::Float(0.25))])];
    let found = behind(&tensors, &nodes).unwrap();
    assert_eq!(found.architecture.layers[0], LayerSpec::BatchNorm2d(BatchNormSpec { features: 1, eps: 0.25 }));
    assert_eq!(found.values[..2], [2.0, -5.0]);
}

#[test]
fn numbers_of_every_type_are_read() {
    let bits: [i64; 4] = [0x3c00, 0x4000, 0xc000, 0x3800];
    let packed = bits.iter().fold(head("c", 10, &[1, 1, 2, 2]), |tensor, &bits| tensor.whole(5, bits)).0;
    let halves = |kind, bytes: Vec<u8>| head("c", kind, &[1, 1, 1]).bytes(9, &bytes).0;
    for (tensor, mean, notice) in [
        (halves(10, vec![0, 0xc0]), 2.0, Some("16 bits")),
        (halves(16, vec![0, 0xc0]), 2.0, Some("16 bits")),
        (halves(11, (-2.0f64).to_le_bytes().to_vec()), 2.0, Some("64 bits")),
        (halves(1, (-2.0f32).to_le_bytes().to_vec()), 2.0, None),
        (head("c", 1, &[]).bytes(4, &(-2.0f32).to_le_bytes()).0, 2.0, None),
        (head("c", 11, &[]).bytes(10, &(-2.0f64).to_le_bytes()).0, 2.0, Some("64 bits")),
    ] {
        let found = behind(&[tensor], &[node("Add", &["x", "c"], "h", &[])]).unwrap();
        assert_eq!(found.architecture.layers[0], Normalise { mean: vec![mean], std: vec![1.0] });
        assert_eq!(found.notices.first().is_some_and(|said| said.contains(notice.unwrap_or("?"))), notice.is_some());
    }
    let said = behind(&[packed], &[node("Add", &["x", "c"], "h", &[])]).unwrap_err();
    assert!(
        said.contains("its constant of shape [1, 1, 2, 2] does not go with [1, 2, 2] channel by channel"),
        "{said}"
    );
}

#[test]
fn what_cannot_be_expressed_is_named() {
    let two = [
        reals("k", &[1, 1, 2, 2], &[1.0; 4]),
        reals("c", &[], &[2.0]),
        reals("v", &[1], &[-1.0]),
        reals("zero", &[], &[0.0]),
    ];
    let one = |op: &str, inputs: &[&str], attributes: &[(&str, Given)]| {
        behind(&two, &[node(op, inputs, "h", attributes)]).unwrap_err()
    };
    let pads = |pads| [("kernel_shape", Given::Wholes(&[2, 2])), ("pads", Given::Wholes(pads))];
    for (said, why) in [
        (one("LSTM", &["x"], &[]), "node 0, LSTM “n_h”: there is no layer here for the operator “LSTM”"),
        (one("Relu", &["lost"], &[]), "node 0, Relu “n_h”: it uses “lost”, which nothing before it makes"),
        (one("Relu", &[], &[]), "its input 0 is left out"),
        (one("Relu", &["c"], &[]), "its input 0 is a constant, where what the network computes is expected"),
        (one("Conv", &["x", "c"], &[]), "its weight has shape [], and only convolutions over pictures are read"),
        (one("Conv", &["x", "k"], &[("group", Given::Whole(2))]), "it takes 1 channels in 2 groups and gets 1"),
        (one("Conv", &["x", "k"], &[("strides", Given::Wholes(&[-1, 1]))]), "its strides has the number -1"),
        (one("Conv", &["x", "k"], &[("dilations", Given::Wholes(&[9, 9]))]), "its window does not fit its input"),
        (one("Conv", &["x", "k"], &[("auto_pad", Given::Text("SOME"))]), "its auto_pad “SOME” is not known"),
        (one("MaxPool", &["x"], &pads(&[0, 0, 1, 1])), "its pads [0, 0, 1, 1] are not alike on opposite sides"),
        (one("AveragePool", &["x"], &pads(&[1, 1, 1, 1])), "count_include_pad is 0"),
        (one("MaxPool", &["x"], &[]), "it has no kernel_shape"),
        (one("BatchNormalization", &["x", "v", "v", "v", "v"], &[]), "its variance -1 is none"),
        (one("BatchNormalization", &["x", "v"], &[]), "its input 2 is left out"),
        (one("Clip", &["x", "c"], &[]), "it clips at 2 and no end"),
        (one("Div", &["c", "x"], &[]), "it divides a constant by what the network computes"),
        (one("Div", &["x", "zero"], &[]), "a number that nothing can be computed with"),
        (one("Mul", &["x", "x"], &[]), "it multiplies two branches"),
        (one("Sub", &["x", "x"], &[]), "it takes two branches"),
        (one("Gelu", &["x"], &[("approximate", Given::Text("tanh"))]), "its GELU is approximated (tanh)"),
        (one("ReduceMean", &["x"], &[("axes", Given::Wholes(&[1]))]), "it takes the mean over the axes [1]"),
        (
            one("Transpose", &["x"], &[("perm", Given::Wholes(&[0, 1, 3, 2]))]),
            "it turns [1, 2, 2] around by [0, 1, 3, 2]",
        ),
        (one("Transpose", &["x"], &[("perm", Given::Wholes(&[0, 0, 3, 2]))]), "is no order of 4 axes"),
        (one("Softmax", &["x"], &[]), "it is not over the classes"),
        (one("Cast", &["x"], &[("to", Given::Whole(7))]), "it rounds what the network computes"),
        (one("Erf", &["x"], &[]), "it has an Erf that is no part of a GELU"),
        (one("Concat", &["x", "x"], &[]), "it puts branches side by side"),
        (one("Flatten", &["x"], &[("axis", Given::Whole(2))]), "it flattens from axis 2"),
    ] {
        assert!(said.contains(why), "{why}: {said}");
    }
    let shape = |sizes: &[i64]| behind(&[wholes("s", sizes)], &[node("Reshape", &["x", "s"], "h", &[])]).unwrap_err();
    assert!(shape(&[4]).contains("where the number of inputs has to stay as it is"), "{}", shape(&[4]));
    assert!(shape(&[-1, 5]).contains("it has another number of numbers"), "{}", shape(&[-1, 5]));
}

#[test]
fn what_is_wrong_with_a_file_is_named() {
    let with = |tensor: Vec<u8>| behind(&[tensor], &[node("Add", &["x", "c"], "h", &[])]).unwrap_err();
    for (said, why) in [
        (
            with(head("c", 1, &[2]).bytes(9, &[0; 7]).0),
            "the tensor “c” cannot be read: it has 7 bytes where its shape asks for 8",
        ),
        (with(head("c", 1, &[1 << 40, 1 << 40]).bytes(9, &[]).0), "is larger than 16777216 numbers"),
        (with(head("c", 1, &[-2]).bytes(9, &[]).0), "has a size below 0"),
        (with(head("c", 8, &[1]).bytes(9, &[]).0), "its type is string"),
        (with(head("c", 1, &[1]).whole(14, 1).0), "external data"),
        (with(head("c", 1, &[2]).float(4, 1.0).0), "it has 1 numbers where its shape asks for 2"),
        (with(reals("c", &[], &[f32::NAN])), "a number that nothing can be computed with"),
        (read(&[], &TINY).unwrap_err(), "it has no graph"),
        (read(b"<!DOCTYPE html>", &TINY).unwrap_err(), "it has a group, which no ONNX file has"),
        (
            read(&file(&[0, 3, 2, 2], &[], &[]), &TINY).unwrap_err(),
            "its input takes [3, 2, 2], and inputs of [1, 2, 2] are expected",
        ),
        (read(&file(&[0, 4], &[], &[]), &TINY).unwrap_err(), "its output “y” is made by nothing"),
        (
            read(&file(&[0, 4], &[], &[node("Relu", &["x"], "y", &[])]), &TINY).unwrap_err(),
            "it answers [4] where 3 logits are expected",
        ),
    ] {
        assert!(said.contains(why), "{why}: {said}");
    }
    let many = vec![node("Relu", &["x"], "y", &[]); 5000];
    assert!(read(&file(&[0, 4], &[], &many), &TINY).unwrap_err().contains("it has more than 4096 nodes"));
    // One constant turned around again and again takes memory each time, until that is refused.
    let large = reals("big", &[1024, 1024], &vec![1.0; 1 << 20]);
    let turns: Vec<_> = (0..80).map(|at| node("Transpose", &["big"], &format!("t{at}"), &[])).collect();
    assert!(read(&file(&[0, 4], &[large], &turns), &TINY).unwrap_err().contains("more numbers than a tab can hold"));
}

#[test]
fn an_output_that_cannot_be_read_is_left_out_beside_one_that_can() {
    let nodes = |last| {
        [node("Flatten", &["x"], "f", &[]), node("LSTM", &["f"], "l", &[]), node("MatMul", &[last, "w"], "y", &[])]
    };
    assert!(read(&file(&[0, 4], &[weight()], &nodes("f")), &TINY).is_ok());
    let said = read(&file(&[0, 4], &[weight()], &nodes("l")), &TINY).unwrap_err();
    assert!(said.starts_with("node 1, LSTM “n_l”: there is no layer here"), "{said}");
}

#[test]
fn branches_that_no_list_has_are_refused() {
    // z = x + relu(x), y = z + relu(x): the ReLU is used by two blocks.
    let nodes =
        [node("Relu", &["x"], "r", &[]), node("Add", &["x", "r"], "z", &[]), node("Add", &["z", "r"], "h", &[])];
    let said = behind(&[], &nodes).unwrap_err();
    assert!(said.contains("a layer is used by two branches"), "{said}");
    let mut deep = vec![node("Relu", &["x"], "r0", &[])];
    for at in 0..20 {
        deep.push(node("Relu", &[&format!("r{at}")], &format!("s{at}"), &[]));
        deep.push(node("Add", &["x", &format!("s{at}")], &format!("r{}", at + 1), &[]));
    }
    deep.push(node("Identity", &["r20"], "h", &[]));
    assert!(behind(&[], &deep).unwrap_err().contains("nested deeper than 8 levels"));
}

fn reference(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../tests/reference/importer/{name}.onnx", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

const DIGITS: Expectation = Expectation { input: [1, 8, 8], classes: 3 };

#[test]
fn a_file_that_is_cut_off_anywhere_is_refused() {
    for name in ["torch_sequential_17", "torch_padded", "sklearn_classes"] {
        let whole = reference(name);
        assert!(read(&whole, &DIGITS).is_ok());
        let cut: Vec<usize> = (0..whole.len()).filter(|&length| read(&whole[..length], &DIGITS).is_ok()).collect();
        // The operators' versions stand at the end, and those of other domains say nothing.
        assert!(cut.iter().all(|&length| whole.len() - length < 60), "{name}: {cut:?} of {}", whole.len());
    }
}

proptest! {
    #[test]
    fn no_changed_byte_does_harm(changes in proptest::collection::vec((0usize..4096, any::<u8>()), 1..8), which in 0usize..4) {
        let name = ["torch_residual", "keras_cnn", "torch_padded", "sklearn_binary"][which];
        let expected = match name {
            "keras_cnn" => Expectation { input: [2, 8, 8], ..DIGITS },
            "sklearn_binary" => Expectation { classes: 2, ..DIGITS },
            _ => DIGITS,
        };
        let mut bytes = reference(name);
        let length = bytes.len();
        for (at, byte) in changes {
            bytes[at % length] = byte;
        }
        if let Ok(found) = read(&bytes, &expected) {
            let count: usize = found.architecture.parameters().unwrap().iter().map(Parameter::count).sum();
            prop_assert_eq!(count, found.values.len());
        }
    }
}
