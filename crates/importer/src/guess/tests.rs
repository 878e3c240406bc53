//! Networks that are known by their shapes, and what is said of shapes that fit nothing.

use super::*;
use LayerSpec::{AdaptiveAvgPool2d, Flatten, Relu};
use foolproof_core::architecture::{Conv2dSpec, Padding, Pair};
use proptest::prelude::*;

const DIGITS: Expectation = Expectation { input: [1, 28, 28], classes: 10 };

/// The tensors of layers by name and weight; each has a bias.
fn tensors(layers: &[(&str, &[usize])]) -> Vec<(String, Vec<usize>)> {
    let both = |(name, shape): &(&str, &[usize])| {
        [(format!("{name}.weight"), shape.to_vec()), (format!("{name}.bias"), vec![shape[0]])]
    };
    layers.iter().flat_map(both).collect()
}

/// The tensors of a batch norm.
fn norm(name: &str, features: usize) -> Vec<(String, Vec<usize>)> {
    let names = ["weight", "bias", "running_mean", "running_var"];
    let mut all: Vec<_> = names.map(|what| (format!("{name}.{what}"), vec![features])).into();
    all.push((format!("{name}.num_batches_tracked"), vec![]));
    all
}

fn guessed(tensors: &[(String, Vec<usize>)]) -> Guess {
    layers(tensors, &DIGITS).unwrap()
}

#[test]
fn numbers_in_names_tell_where_layers_without_weights_are() {
    let all = tensors(&[("0", &[8, 1, 3, 3]), ("3", &[16, 8, 3, 3]), ("7", &[10, 784])]);
    let pool = LayerSpec::max_pool2d(2, 2);
    let conv = |from, to| LayerSpec::conv2d(from, to, 3, 1, 1);
    let found = guessed(&all);
    let list = vec![conv(1, 8), Relu, pool.clone(), conv(8, 16), Relu, pool, Flatten, LayerSpec::linear(784, 10)];
    assert_eq!(found.layers, list);
    let said =
        "“0” is taken to have padding 1 and stride 1, with a max pool of 2 behind it: 28 x 28 pixels become 14 x 14.";
    assert_eq!(found.assumed[0], said);
    assert!(found.assumed.iter().any(|said| said == "Behind each hidden layer a ReLU is assumed."));
    assert_eq!(found.names, [("0", "0"), ("3", "3"), ("7", "7")].map(|(a, b)| (a.to_owned(), b.to_owned())));
    // Without a place for a pool, steps have to do it.
    let found = guessed(&tensors(&[("0", &[8, 1, 3, 3]), ("2", &[16, 8, 3, 3]), ("5", &[10, 784])]));
    let conv = |from, to| LayerSpec::conv2d(from, to, 3, 2, 1);
    assert_eq!(found.layers, [conv(1, 8), Relu, conv(8, 16), Relu, Flatten, LayerSpec::linear(784, 10)]);
}

#[test]
fn the_best_known_networks_are_guessed() {
    // PyTorch's example for MNIST: no padding, one pool behind both convolutions.
    let found = guessed(&tensors(&[
        ("conv1", &[32, 1, 3, 3]),
        ("conv2", &[64, 32, 3, 3]),
        ("fc1", &[128, 9216]),
        ("fc2", &[10, 128]),
    ]));
    let (first, second) = (LayerSpec::conv2d(1, 32, 3, 1, 0), LayerSpec::conv2d(32, 64, 3, 1, 0));
    let (third, last) = (LayerSpec::linear(9216, 128), LayerSpec::linear(128, 10));
    let pool = LayerSpec::max_pool2d(2, 2);
    assert_eq!(found.layers, [first, Relu, second, Relu, pool.clone(), Flatten, third, Relu, last]);
    // LeNet-5.
    let found = guessed(&tensors(&[
        ("conv1", &[6, 1, 5, 5]),
        ("conv2", &[16, 6, 5, 5]),
        ("fc1", &[120, 400]),
        ("fc2", &[84, 120]),
        ("fc3", &[10, 84]),
    ]));
    let (first, second) = (LayerSpec::conv2d(1, 6, 5, 1, 2), LayerSpec::conv2d(6, 16, 5, 1, 0));
    assert_eq!(found.layers[..7], [first, Relu, pool.clone(), second, Relu, pool, Flatten]);
    // The page's own: kernels of four by steps of two.
    let found =
        guessed(&tensors(&[("0", &[16, 1, 4, 4]), ("2", &[32, 16, 4, 4]), ("5", &[100, 1568]), ("7", &[10, 100])]));
    let (first, second) = (LayerSpec::conv2d(1, 16, 4, 2, 1), LayerSpec::conv2d(16, 32, 4, 2, 1));
    assert_eq!(found.layers[..5], [first, Relu, second, Relu, Flatten]);
}

#[test]
fn a_network_with_pools_takes_no_steps() {
    let expected = Expectation { input: [1, 8, 8], classes: 3 };
    let found = layers(&tensors(&[("0", &[4, 1, 3, 3]), ("3", &[6, 4, 3, 3]), ("6", &[3, 24])]), &expected).unwrap();
    let (first, second) = (LayerSpec::conv2d(1, 4, 3, 1, 1), LayerSpec::conv2d(4, 6, 3, 1, 0));
    let list = [first, Relu, LayerSpec::max_pool2d(2, 2), second, Relu, Flatten, LayerSpec::linear(24, 3)];
    assert_eq!(found.layers, list);
}

#[test]
fn other_orders_are_put_right() {
    // As safetensors sorts them: batch norms before convolutions, the classifier before the features.
    let mut all = tensors(&[("classifier.1", &[10, 784])]);
    all.extend(norm("features.bn1", 8));
    all.extend(norm("features.bn2", 16));
    all.extend(tensors(&[("features.conv1", &[8, 1, 3, 3]), ("features.conv2", &[16, 8, 3, 3])]));
    let found = guessed(&all);
    let kinds: Vec<&str> = found.names.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(kinds, ["features.conv1", "features.bn1", "features.conv2", "features.bn2", "classifier.1"]);
    assert!(matches!(
        found.layers[..4],
        [LayerSpec::Conv2d(_), LayerSpec::BatchNorm2d(_), Relu, LayerSpec::MaxPool2d(_)]
    ));
    assert!(found.assumed.iter().any(|said| said.contains("0.00001")));
    let found = guessed(&tensors(&[("fc10", &[10, 20]), ("fc2", &[20, 784])]));
    assert_eq!(found.layers, [Flatten, LayerSpec::linear(784, 20), Relu, LayerSpec::linear(20, 10)]);
}

#[test]
fn groups_and_means_follow_from_channels() {
    let found = guessed(&tensors(&[("a1", &[4, 1, 3, 3]), ("a2", &[8, 1, 3, 3]), ("a3", &[10, 8])]));
    let depthwise = Conv2dSpec { groups: 4, padding: Padding::all(1), ..Conv2dSpec::new(4, 8, 3) };
    let mean = AdaptiveAvgPool2d { out: Pair::one() };
    let list = [
        LayerSpec::conv2d(1, 4, 3, 1, 1),
        Relu,
        LayerSpec::Conv2d(depthwise),
        Relu,
        mean,
        Flatten,
        LayerSpec::linear(8, 10),
    ];
    assert_eq!(found.layers, list);
    assert!(
        found.assumed.iter().any(|said| said.contains("Means over 28 x 28 pixels are taken before “a3”")),
        "{:?}",
        found.assumed
    );
    assert!(found.assumed.last().unwrap().starts_with("Other paddings, strides and pools"));
}

#[test]
fn what_fits_nothing_is_named() {
    for (all, why) in [
        (tensors(&[("fc", &[10, 100])]), "its first layer takes 100 features, and inputs have 1 x 28 x 28"),
        (tensors(&[("fc", &[9, 784])]), "it answers [9] where 10 logits are expected"),
        (tensors(&[("conv", &[8, 3, 3, 3]), ("fc", &[10, 8])]), "“conv” takes 3 channels and gets 1"),
        (tensors(&[("conv", &[8, 1, 3, 3]), ("fc", &[10, 13])]), "turns 28 x 28 pixels into 13 features of 8 channels"),
        (tensors(&[("fc1", &[20, 784]), ("fc2", &[10, 30])]), "“fc2” takes 30 features and gets 20"),
        (tensors(&[("conv", &[8, 1, 3])]), "the tensor “conv.weight” has shape [8, 1, 3], which no layer here has"),
        (vec![("lstm.weight_ih_l0".into(), vec![4, 4])], "“lstm.weight_ih_l0” belongs to no layer that is known here"),
        (vec![("norm.weight".into(), vec![4])], "no running_mean makes a batch norm of it"),
        (vec![("norm.bias".into(), vec![4])], "has no weight beside it"),
        (tensors(&[("layer1.0.downsample.0", &[8, 1, 1, 1])]), "tells of a branch (downsample)"),
        (vec![("fc.weight".into(), vec![usize::MAX, 2])], "the tensor “fc.weight”: its shape"),
        (vec![], "its first layer takes 10 features"),
    ] {
        let said = layers(&all, &DIGITS).unwrap_err();
        assert!(said.contains(why), "{why}: {said}");
    }
}

proptest! {
    #[test]
    fn no_shapes_do_harm(all in proptest::collection::vec(("(conv|bn|fc|a\\.|0|3|ä){0,3}\\.(weight|bias|running_mean)", proptest::collection::vec(0usize..40, 0..5)), 0..8)) {
        if let Ok(found) = layers(&all, &DIGITS) {
            prop_assert!(whole(&found, &DIGITS).is_ok());
        }
    }
}
