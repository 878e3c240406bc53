//! Verified accuracy by interval bounds, picture by picture, against a NumPy program of its own (`tests/reference/ibp.py`).

use crate::zoo::{self, NATURAL};
use burn::tensor::{Device, Tensor, TensorData};
use foolproof_core::catalog::Norm;
use foolproof_core::manifest::digest;
use foolproof_engine::ball::Ball;
use foolproof_engine::case::one_hot;
use foolproof_engine::sequential::Sequential;
use foolproof_engine::{certify, weights};
use serde::Deserialize;

/// Results: a radius at which a natural network's bounds say something, and one at which they do not.
const RESULTS: [&str; 3] = ["ibp/mnist-cnn-0.002", "ibp/mnist-cnn-0.1", "ibp/bounds-0.1"];
/// Pictures bounded at once.
const TOGETHER: usize = 100;
/// Pictures compared in seconds.
const FEW: usize = 1000;

#[derive(Deserialize)]
struct Reference {
    model: String,
    weights: String,
    count: usize,
    radius: f32,
    accuracy: f64,
    verified: String,
}

/// The results, each with its network.
fn references() -> Vec<(Reference, Sequential)> {
    let read = |name: &str| {
        let result: Reference =
            serde_json::from_slice(&zoo::bytes(&format!("tests/reference/results/{name}.json"))).unwrap();
        // Both have the same layers.
        let file = zoo::studied_weights(&result.model);
        assert_eq!(digest(&file), result.weights, "{name} is about other weights: python ibp.py");
        let network = weights::load(&zoo::entry(NATURAL).architecture, &file, &Device::flex()).unwrap();
        (result, network)
    };
    RESULTS.map(read).into()
}

/// For each of the first pictures whether our bounds prove it.
fn proven(network: &Sequential, radius: f32, count: usize) -> Vec<bool> {
    let (pixels, labels) = zoo::pictures(count);
    let parts = pixels.chunks(TOGETHER * zoo::PIXELS).zip(labels.chunks(TOGETHER));
    let each = parts.flat_map(|(pixels, labels)| {
        let (shape, device) = ([labels.len(), 1, 28, 28], Device::flex());
        let clean = Tensor::from_data(TensorData::new(pixels.to_vec(), shape), &device);
        let holds = certify::holds(network, &clean, &one_hot(labels, 10, &device), &Ball::new(Norm::Linf, radius));
        holds.unwrap().into_data().iter::<bool>().collect::<Vec<_>>()
    });
    each.collect()
}

/// Holds ours to theirs, of which the rounding of 32 bits may turn a picture in a thousand.
fn compare(count: usize) {
    for (theirs, network) in references() {
        let ours = proven(&network, theirs.radius, count);
        let apart =
            ours.iter().zip(theirs.verified.bytes()).filter(|(ours, theirs)| **ours != (*theirs == b'1')).count();
        let share = ours.iter().filter(|proven| **proven).count() as f64 / count as f64;
        println!("{} at {}: {share}, {apart} otherwise; theirs {}", theirs.model, theirs.radius, theirs.accuracy);
        assert_eq!(theirs.verified.len(), theirs.count);
        assert!(apart <= count / 1000, "{} at {}: {apart} of {count} otherwise", theirs.model, theirs.radius);
    }
}

#[test]
fn the_pictures_that_are_proven_are_those_of_another_program() {
    compare(FEW);
}

#[test]
#[ignore = "minutes: cargo xtask test --only long"]
fn all_pictures_that_are_proven_are_those_of_another_program() {
    compare(10_000);
}

#[test]
fn training_on_bounds_proves_what_a_natural_network_never_lets_prove() {
    let share = |model: &str| {
        let of = |(reference, _): &(Reference, Sequential)| reference.model == model && reference.radius == 0.1;
        references().iter().find(|one| of(one)).map(|(reference, _)| reference.accuracy).unwrap()
    };
    assert_eq!(share(NATURAL), 0.0, "the control: its bounds say nothing");
    assert!(share("bounds") > 0.7);
}
