//! Every kind of input: attacks, training, evaluations and certificates on colour pictures and on a table, with a radius
//! and a mask a feature.

pub mod data;
pub mod jobs;
mod plans;

use crate::attacks::short;
use crate::toy::{spec, values};
use burn::tensor::{Device, Tensor, TensorData};
use data::{CLASSES, Toy, all, table};
use flate2::read::GzDecoder;
use foolproof::files::{manifest_reader, shipped::Samples};
use foolproof_core::catalog::{Aim, Norm};
use foolproof_core::idx::{self, Images};
use foolproof_core::manifest::{File, digest};
use foolproof_core::protocol::{AttackSpec, Augment, Recipe, Sample};
use foolproof_engine::attacks::{self, cards, make};
use foolproof_engine::case::{Case, one_hot};
use foolproof_engine::drive::Drive;
use foolproof_engine::sequential::Sequential;
use foolproof_engine::training_method::BatchContext;
use foolproof_engine::{augment, ball::Ball, random::Stream, training_methods, weights};
use proptest::prelude::*;
use std::{io::Read, path::Path, sync::OnceLock};

/// The trained networks' files, in the order of [`all`].
pub fn files() -> &'static [Vec<u8>; 2] {
    static FILES: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
    FILES.get_or_init(|| all().map(|toy| toy.trained()))
}

/// A toy dataset, its trained network, and a few test inputs as they come out of its file.
struct Task {
    toy: Toy,
    network: Sequential,
    clean: Vec<f32>,
    labels: Vec<u32>,
}

fn tasks(count: usize) -> [Task; 2] {
    let mut files = files().iter();
    all().map(|toy| {
        let network = weights::load(&toy.architecture, files.next().unwrap(), &Device::flex()).unwrap();
        let (values, labels) = toy.draw(2, count);
        let read = idx::images(&idx::write_images(&Images { shape: toy.shape, values })).unwrap();
        assert_eq!(read.shape, toy.shape);
        Task { network, clean: read.values.all(), labels: labels.into_iter().map(u32::from).collect(), toy }
    })
}

impl Task {
    fn images(&self, pixels: &[f32]) -> Tensor<4> {
        let [channels, rows, columns] = self.toy.shape;
        let shape = [pixels.len() / self.toy.features(), channels, rows, columns];
        Tensor::from_data(TensorData::new(pixels.to_vec(), shape), &Device::flex())
    }

    fn case(&self, network: &Sequential, clean: &[f32], seed: u64) -> Case {
        let clean = self.images(clean);
        Case::new(clean.clone(), network.forward(clean), one_hot(&self.labels, CLASSES, &Device::flex()), seed, 0)
    }

    fn attack(&self, spec: &AttackSpec, seed: u64) -> Vec<Sample> {
        self.attack_on(&self.network, &self.clean, spec, seed)
    }

    fn attack_on(&self, network: &Sequential, clean: &[f32], spec: &AttackSpec, seed: u64) -> Vec<Sample> {
        attacks::check(spec, self.toy.shape).unwrap();
        let (attack, ball) = make(spec).unwrap();
        let mut drive = Drive::new(network.clone(), self.case(network, clean, seed), ball, attack);
        while drive.advance(7) {}
        pollster::block_on(drive.finish()).unwrap().samples
    }

    /// Whether the inputs have the form that the attack takes.
    fn takes(&self, id: &str) -> bool {
        attacks::check(&spec(id, cards().iter().find(|card| card.id == id).unwrap().norms[0], 0.1, &[]), self.toy.shape)
            .is_ok()
    }
}

/// Limits that no 32-bit square survives are refused, so the most extreme ones that are not have to stay finite.
#[test]
fn the_widest_limits_stay_finite() {
    for task in tasks(3) {
        let mut limits = vec![1.0; task.toy.features()];
        (limits[0], limits[1], limits[2]) = (1e-6, 1e6, 0.0);
        for card in cards().into_iter().filter(|card| task.takes(&card.id)) {
            for &norm in &card.norms {
                let spec = AttackSpec { limits: limits.clone(), ..spec(&card.id, norm, 0.1, &short(&card)) };
                let samples = task.attack(&spec, 1);
                assert!(samples.iter().all(|sample| sample.distance.of(norm).is_finite()), "{} {norm:?}", card.id);
            }
        }
    }
}

/// The norm of `d / s`, in double precision; infinite where a feature moved that stays.
fn scaled(norm: Norm, limits: &[f32], clean: &[f32], x: &[f32]) -> f64 {
    let part = |((x, clean), s): ((&f32, &f32), &f32)| match x == clean {
        true => 0.0,
        false => (f64::from(*x) - f64::from(*clean)).abs() / f64::from(*s),
    };
    let parts = x.iter().zip(clean).zip(limits).map(part);
    match norm {
        Norm::Linf => parts.fold(0.0, f64::max),
        Norm::L2 => parts.map(|part| part * part).sum::<f64>().sqrt(),
        Norm::L1 => parts.sum(),
    }
}

/// Limits of so many features: about a third stay, the others go a hundredth to ten times as far, one at least.
fn limits(features: usize, seed: u64) -> Vec<f32> {
    let mut stream = Stream::new(seed, 3, 3);
    let mut draw = || if stream.uniform() < 0.35 { 0.0 } else { 10.0f32.powf(3.0 * stream.uniform() - 2.0) };
    let mut limits: Vec<f32> = (0..features).map(|_| draw()).collect();
    limits[seed as usize % features] = 1.0;
    limits
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_attack_keeps_to_its_limits(seed in 0u64..1000, eps in 0.01f32..0.6) {
        for task in tasks(3) {
            let (limits, features) = (limits(task.toy.features(), seed), task.toy.features());
            for card in cards().into_iter().filter(|card| task.takes(&card.id)) {
                for &norm in &card.norms {
                    let spec = AttackSpec { limits: limits.clone(), ..spec(&card.id, norm, eps, &short(&card)) };
                    let samples = task.attack(&spec, seed);
                    prop_assert_eq!(&samples, &task.attack(&spec, seed), "{} follows no seed", card.id);
                    for (clean, sample) in task.clean.chunks(features).zip(&samples) {
                        let far = scaled(norm, &limits, clean, &sample.pixels);
                        prop_assert!(far.is_finite(), "{} {norm:?} moves what stays", card.id);
                        prop_assert!(sample.pixels.iter().all(|x| (0.0..=1.0).contains(x)), "{} {norm:?}", card.id);
                        // A 32-bit pixel is exact to 2^-25, which the smallest limits make 100 times as much.
                        let slack = 1e-4 * f64::from(eps) + 3e-6 * (features as f64).sqrt();
                        if matches!(card.aim, Aim::Within | Aim::Shared) {
                            prop_assert!(far <= f64::from(eps) + slack, "{} {norm:?}: {far} of {eps}", card.id);
                        }
                        let told = f64::from(sample.distance.of(norm));
                        prop_assert!((told - far).abs() <= 1e-5 * far + 1e-6, "{} tells {told} for {far}", card.id);
                    }
                }
            }
        }
    }

    #[test]
    fn a_projection_into_limits_is_inside_and_stays(seed in 0u64..1000, radius in 0.0f32..3.0, push in 0.01f32..4.0) {
        for task in tasks(3) {
            let (limits, features) = (limits(task.toy.features(), seed), task.toy.features());
            let mut stream = Stream::new(seed, 1, 1);
            let far: Vec<f32> = task.clean.iter().map(|x| x + push * stream.normal()).collect();
            for norm in Norm::ALL {
                let (ball, clean) = (Ball::new(norm, radius).limited(&limits), task.images(&task.clean));
                let once = ball.project(&clean, task.images(&far));
                for (clean, x) in task.clean.chunks(features).zip(values(once.clone()).chunks(features)) {
                    let far = scaled(norm, &limits, clean, x);
                    prop_assert!(far <= f64::from(radius) * (1.0 + 1e-5) + 3e-6 * (features as f64).sqrt(), "{norm:?} {far}");
                }
                let twice = values(ball.project(&clean, once.clone()));
                prop_assert!(values(once).iter().zip(&twice).all(|(a, b)| (a - b).abs() < 1e-4), "{norm:?}");
            }
        }
    }
}

#[test]
fn without_limits_attacks_do_move_the_column_that_stays() {
    let [_, task] = tasks(6);
    let moved = |samples: &[Sample]| {
        let pairs = samples.iter().zip(task.clean.chunks(5));
        pairs.filter(|(sample, clean)| sample.pixels[2] != clean[2]).count()
    };
    for card in cards().into_iter().filter(|card| task.takes(&card.id) && card.id != "none") {
        let norm = card.norms[0];
        let free = spec(&card.id, norm, 0.3, &short(&card));
        assert!(moved(&task.attack(&free, 1)) > 0, "{} never moves it", card.id);
        let bound = AttackSpec { limits: task.toy.limits.clone(), ..free };
        assert_eq!(moved(&task.attack(&bound, 1)), 0, "{}", card.id);
    }
}

/// The table's network behind `x = 0.5 + s (z - 0.5)`, and these inputs as `z`.
fn folded(task: &Task, limits: &[f32]) -> (Sequential, Vec<f32>) {
    let mut parameters = foolproof_core::weights::read(&task.toy.architecture, &files()[1]).unwrap();
    let (weight, bias) = parameters.split_at_mut(16 * 5);
    for (row, bias) in weight.chunks_exact_mut(5).zip(bias) {
        for (weight, s) in row.iter_mut().zip(limits) {
            *bias += *weight * (0.5 - 0.5 * s);
            *weight *= s;
        }
    }
    let file = foolproof_core::weights::write(&task.toy.architecture, &parameters, weights::Precision::Full).unwrap();
    let inputs = task.clean.chunks(5).flat_map(|row| row.iter().zip(limits).map(|(x, s)| 0.5 + (x - 0.5) / s));
    (weights::load(&task.toy.architecture, &file, &Device::flex()).unwrap(), inputs.collect())
}

#[test]
fn attacks_in_limits_are_those_on_a_network_that_scales_its_inputs() {
    let [_, mut task] = tasks(6);
    // Near the middle, so that neither box is met.
    task.clean.iter_mut().for_each(|x| *x = 0.5 + 0.1 * (*x - 0.5));
    let limits = [1.0, 0.5, 0.75, 2.0, 0.25];
    let (network, inputs) = folded(&task, &limits);
    // Not APGD-DLR, whose ratio is flat for much of three classes: its steps follow rounding there. Nor what depends on the
    // box: C&W's space, and noise that walks begin at.
    let by_gradient = ["fgsm", "bim", "mi-fgsm", "pgd", "apgd-ce", "apgd-t", "deepfool", "ead", "fab"];
    for id in by_gradient.into_iter().chain(["universal", "noise", "square", "nes"]) {
        let card = cards().into_iter().find(|card| card.id == id).unwrap();
        for &norm in &card.norms {
            // Slow enough for EAD not to meet the box either.
            let slow = (id == "ead").then_some([("lr", 0.0005), ("first", 1.0)]).into_iter().flatten();
            let plain = spec(id, norm, 0.05, &short(&card).into_iter().chain(slow).collect::<Vec<_>>());
            let expected = task.attack_on(&network, &inputs, &plain, 1);
            let found = task.attack(&AttackSpec { limits: limits.to_vec(), ..plain.clone() }, 1);
            for (found, expected) in found.iter().zip(&expected) {
                let apart = found.pixels.iter().zip(&expected.pixels).zip(limits);
                let apart = apart.map(|((x, z), s)| ((x - 0.5) / s - (z - 0.5)).abs()).fold(0.0, f32::max);
                // Two of the nearest points may be as near as each other.
                let far = [found, expected].map(|sample| sample.distance.of(norm));
                let as_near = card.aim == Aim::Nearest && (far[0] - far[1]).abs() < 0.01 * far[1];
                assert!(apart < 2e-3 || as_near, "{id} {norm:?}: {apart} apart, at {far:?}");
                assert_eq!(found.success, expected.success, "{id} {norm:?}");
            }
        }
    }
}

#[test]
fn every_training_method_learns_from_examples_inside_the_limits() {
    for task in tasks(6) {
        // Noise knows no ball, and bounds make no example.
        let methods = training_methods::cards().into_iter().filter(|card| !["gaussian", "ibp"].contains(&&*card.id));
        for (card, norm) in methods.flat_map(|card| Norm::ALL.map(|norm| (card.clone(), norm))) {
            let sources = vec!["natural".into()];
            let recipe = Recipe { sources, norm, ..task.toy.recipe(&card.id) };
            let method = training_methods::make(&recipe).unwrap();
            let (case, ball) = (task.case(&task.network, &task.clean, 1), Ball::new(norm, 0.2).limited(&recipe.limits));
            let (model, sources) = (&task.network, [task.network.clone()]);
            let context = BatchContext { model, sources: &sources, case: &case, ball: &ball, soft: false, number: 0 };
            let found = values(method.attack(&context));
            for (clean, x) in task.clean.chunks(task.toy.features()).zip(found.chunks(task.toy.features())) {
                let far = scaled(norm, &recipe.limits, clean, x);
                assert!(far <= 0.2 * (1.0 + 1e-4) + 1e-5, "{} {norm:?}: {far}", card.id);
                assert!(far > 0.0 || card.id == "standard", "{} {norm:?} makes no example", card.id);
            }
        }
    }
}

#[test]
fn a_row_of_a_table_is_only_mixed() {
    let changes = [Augment::Shift(2), Augment::Rotate(30.0), Augment::Scale(0.5), Augment::Elastic(2.0)];
    let apply = |changes: &[Augment]| {
        let (values, _) = table().draw(1, 4);
        let (mut pixels, mut labels) = (values.all(), vec![0.5; 4 * CLASSES]);
        let mut batch =
            augment::PictureBatch { shape: [1, 1, 5], pixels: &mut pixels, classes: CLASSES, labels: &mut labels };
        augment::apply(changes, &mut batch, &mut Stream::new(1, 0, 0));
        pixels
    };
    let clean = apply(&[]);
    assert_eq!(apply(&changes), clean);
    assert_eq!(apply(&[Augment::Cutout(3)]), clean);
    assert_ne!(apply(&[Augment::Mixup(1.0)]), clean);
}

#[test]
fn what_the_toys_write_is_what_the_page_reads() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("toys");
    let written = data::write_all(&folder).unwrap();
    let text = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    let manifest = manifest_reader::manifest(&serde_json::from_str(&text).unwrap()).unwrap();
    assert_eq!(manifest, written);
    let unpacked = |file: &File| {
        let (packed, mut bytes) = (std::fs::read(folder.join(&file.path)).unwrap(), Vec::new());
        assert_eq!((packed.len() as u64, digest(&packed)), (file.bytes, file.sha256.clone()));
        GzDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
        bytes
    };
    for (toy, dataset) in all().iter().zip(&manifest.datasets) {
        let shard = &dataset.test[0];
        let images = unpacked(&shard.images);
        assert!(idx::lengths(shard.count, dataset.shape).contains(&images.len()));
        let samples = Samples::read(shard, dataset.shape, &images, &unpacked(&shard.labels)).unwrap();
        let (values, labels) = toy.draw(1, shard.count);
        assert_eq!((&samples.values, &samples.labels), (&values, &labels));
        assert_eq!(samples.sample(1).unwrap().0, values.read(toy.features()..2 * toy.features()).unwrap());
    }
}
