//! Attacks that see the answered class and nothing more, against the exact distances of linear networks.

use crate::toy;
use crate::toy::PIXELS;
use crate::zoo;
use burn::tensor::Device;
use foolproof_core::architecture::{Architecture, LayerSpec};
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::{AttackSpec, Sample, Target};
use foolproof_engine::attacks::HopSkipJump;
use foolproof_engine::sequential::{Sequential, Values};

/// Pixels far enough from the box's edges for the nearest boundary to lie inside.
fn inner(batch: usize) -> Vec<f32> {
    toy::pixels(3, batch).into_iter().map(|pixel| 0.4 + 0.2 * pixel).collect()
}

/// The distance from each input to the nearest other class of a linear network, in the norm dual to `dual`.
fn exact(network: &Sequential, clean: &[f32], dual: impl Fn(&[f32]) -> f32) -> Vec<f32> {
    let weight = match network.parameters().remove(0) {
        Values::Matrix(weight) => toy::values(weight),
        _ => unreachable!("a linear network"),
    };
    let logits = toy::values(network.forward(toy::images(clean)));
    let nearest = |logits: &[f32]| {
        let own = (0..4).max_by(|&a, &b| logits[a].total_cmp(&logits[b])).unwrap();
        let row = |class: usize| &weight[class * PIXELS..(class + 1) * PIXELS];
        let distance = |other: usize| {
            let normal: Vec<f32> = row(other).iter().zip(row(own)).map(|(a, b)| a - b).collect();
            (logits[own] - logits[other]) / dual(&normal)
        };
        (0..4).filter(|&other| other != own).map(distance).fold(f32::MAX, f32::min)
    };
    logits.chunks(4).map(nearest).collect()
}

fn run(network: &Sequential, clean: &[f32], spec: &AttackSpec) -> Vec<Sample> {
    let labels = toy::answers(network, clean);
    toy::attack(network, toy::case(network, clean, &labels, None, 1, 0), spec).unwrap().samples
}

/// Mean of found distances over exact ones, each of which must be 1 or more.
fn ratio(samples: &[Sample], norm: Norm, exact: &[f32]) -> f32 {
    let ratios = samples.iter().zip(exact).map(|(sample, exact)| {
        assert!(sample.success);
        let ratio = sample.distance.of(norm) / exact;
        assert!(ratio > 1.0 - 1e-4, "nearer than the boundary: {ratio}");
        ratio
    });
    ratios.sum::<f32>() / exact.len() as f32
}

#[test]
fn decisions_alone_find_the_nearest_boundary_of_a_linear_network() {
    let (network, clean) = (toy::linear(5), inner(6));
    let euclid = exact(&network, &clean, |normal| normal.iter().map(|w| w * w).sum::<f32>().sqrt());
    let sum = exact(&network, &clean, |normal| normal.iter().map(|w| w.abs()).sum());
    let reach =
        |id: &str, norm: Norm, steps: f64| run(&network, &clean, &toy::spec(id, norm, 0.1, &[("steps", steps)]));
    let few = ratio(&reach("boundary", Norm::L2, 100.0), Norm::L2, &euclid);
    let many = ratio(&reach("boundary", Norm::L2, 2000.0), Norm::L2, &euclid);
    assert!(many < few && many < 1.1, "boundary: {few}, then {many}");
    let few = ratio(&reach("hopskipjump", Norm::L2, 2.0), Norm::L2, &euclid);
    let many = ratio(&reach("hopskipjump", Norm::L2, 16.0), Norm::L2, &euclid);
    assert!(many < few && many < 1.05, "HopSkipJump: {few}, then {many}");
    let few = ratio(&reach("hopskipjump", Norm::Linf, 2.0), Norm::Linf, &sum);
    let many = ratio(&reach("hopskipjump", Norm::Linf, 16.0), Norm::Linf, &sum);
    assert!(many < few && many < 1.3, "HopSkipJump, L∞: {few}, then {many}");
}

#[test]
fn scores_make_no_difference_to_decisions() {
    let (pixels, labels) = zoo::pictures(3);
    for (id, steps) in [("boundary", 60.0), ("hopskipjump", 1.0)] {
        let spec = zoo::spec(id, Norm::L2, 2.0, &[("steps", steps)]);
        let found = |model: &Sequential| -> Vec<Vec<f32>> {
            zoo::attack(model, &pixels, &labels, &spec).into_iter().map(|sample| sample.pixels).collect()
        };
        assert_eq!(found(&zoo::model(zoo::NATURAL)), found(&zoo::sharpened(zoo::NATURAL, 1024.0)), "{id}");
    }
}

#[test]
fn where_no_noise_has_another_answer_the_input_stays() {
    let layers = vec![LayerSpec::Flatten, LayerSpec::linear(PIXELS, 4)];
    let architecture = Architecture::new(toy::SHAPE, 4, layers);
    let mut parameters = [vec![0.0f32; 4 * PIXELS], vec![0.0f32, 1.0, 0.0, 0.0]].into_iter();
    let stubborn = Sequential::build(&architecture, &Device::flex(), || Ok(parameters.next().unwrap())).unwrap();
    let clean = toy::pixels(1, 2);
    for id in ["boundary", "hopskipjump"] {
        for (sample, clean) in
            run(&stubborn, &clean, &toy::spec(id, Norm::L2, 1.0, &[])).iter().zip(clean.chunks(PIXELS))
        {
            assert!(!sample.success && sample.queries.is_none());
            assert_eq!(&sample.pixels[..], clean, "{id}");
        }
    }
}

#[test]
fn decisions_lead_to_a_target() {
    let (network, clean) = (toy::linear(5), inner(6));
    let labels = toy::answers(&network, &clean);
    for id in ["boundary", "hopskipjump"] {
        for target in 0..4 {
            let spec =
                AttackSpec { target: Some(Target::Class(target)), ..toy::spec(id, Norm::L2, 0.1, &[("steps", 4.0)]) };
            let case = toy::case(&network, &clean, &labels, Some(target), 1, 0);
            for sample in toy::attack(&network, case, &spec).unwrap().samples {
                assert_eq!(sample.adversarial.label, target);
            }
        }
    }
}

#[test]
fn a_decision_fares_alike_alone_and_in_a_batch() {
    let (network, clean) = (toy::trained(), toy::pixels(1, 3));
    for (id, steps) in [("boundary", 40.0), ("hopskipjump", 2.0)] {
        let spec = toy::spec(id, Norm::L2, 1.0, &[("steps", steps)]);
        let together = run(&network, &clean, &spec);
        for (own, together) in clean.chunks(PIXELS).zip(&together) {
            let alone = &run(&network, own, &spec)[0];
            assert!((alone.distance.l2 / together.distance.l2 - 1.0).abs() < 1e-3, "{id}");
        }
    }
}

#[test]
fn hopskipjump_counts_as_its_paper_does() {
    let attack = HopSkipJump { iterations: 64, first: 100, most: 500 };
    assert_eq!([1, 4, 9, 25, 64].map(|iteration| attack.evaluations(iteration)), [100, 200, 300, 500, 500]);
}
