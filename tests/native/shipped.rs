//! What ships, tried as it ships: every file against its hash, and the models against figures of the field.

use crate::toy::proven;
use burn::tensor::{Device, Tensor, TensorData};
use flate2::read::GzDecoder;
use foolproof::explain::unusual;
use foolproof_core::catalog::Norm;
use foolproof_core::idx;
use foolproof_core::manifest::{File, Manifest, digest};
use foolproof_core::protocol::{AttackSpec, Sample, Target};
use foolproof_engine::ball::Ball;
use foolproof_engine::case::{Case, one_hot};
use foolproof_engine::certify::{Search, holds};
use foolproof_engine::explain::Rows;
use foolproof_engine::random::Stream;
use foolproof_engine::{attacks, drive::Drive, sequential::Sequential, weights};
use std::io::Read;
use std::path::PathBuf;

fn folder() -> PathBuf {
    crate::checkout::root().join("static")
}

fn manifest() -> Manifest {
    serde_json::from_slice(&std::fs::read(folder().join("manifest.json")).unwrap()).unwrap()
}

fn bytes(file: &File) -> Vec<u8> {
    let bytes = std::fs::read(folder().join(&file.path)).unwrap();
    assert_eq!(bytes.len() as u64, file.bytes, "{}", file.path);
    assert_eq!(digest(&bytes), file.sha256, "{}", file.path);
    bytes
}

fn unzipped(file: &File) -> Vec<u8> {
    let mut out = Vec::new();
    GzDecoder::new(&bytes(file)[..]).read_to_end(&mut out).unwrap();
    out
}

fn model(id: &str) -> Sequential {
    let manifest = manifest();
    let model = manifest.models.iter().find(|model| model.id == id).unwrap();
    weights::load(&model.architecture, &bytes(&model.weights), &Device::flex()).unwrap()
}

/// A test shard of MNIST: pixels and labels.
fn shard(index: usize) -> (Vec<f32>, Vec<u32>) {
    shard_of(0, index)
}

/// A test shard of any dataset.
fn shard_of(dataset: usize, index: usize) -> (Vec<f32>, Vec<u32>) {
    let shard = &manifest().datasets[dataset].test[index];
    let images = idx::images(&unzipped(&shard.images)).unwrap();
    let labels = idx::labels(&unzipped(&shard.labels)).unwrap();
    (images.values.all(), labels.into_iter().map(u32::from).collect())
}

fn attack(model: &Sequential, pixels: &[f32], labels: &[u32], target: Option<u32>, spec: &AttackSpec) -> Vec<Sample> {
    let device = Device::flex();
    let clean = Tensor::<4>::from_data(TensorData::new(pixels.to_vec(), [labels.len(), 1, 28, 28]), &device);
    let truth = one_hot(labels, 10, &device);
    let logits = model.forward(clean.clone());
    let mut case = Case::new(clean, logits, truth, 1, 0);
    if let Some(target) = target {
        case = case.toward(one_hot(&vec![target; labels.len()], 10, &device));
    }
    let (attack, ball) = attacks::make(spec).unwrap();
    let mut drive = Drive::new(model.clone(), case, ball, attack);
    while drive.advance(u32::MAX) {}
    pollster::block_on(drive.finish()).unwrap().samples
}

fn spec(id: &str, eps: f32, target: Option<u32>, knobs: &[(&str, f64)]) -> AttackSpec {
    let knobs = knobs.iter().map(|&(key, value)| (key.to_string(), value)).collect();
    AttackSpec { id: id.into(), norm: Norm::Linf, eps, target: target.map(Target::Class), knobs, limits: Vec::new() }
}

#[test]
fn every_shipped_file_is_what_the_manifest_says() {
    let manifest = manifest();
    for dataset in &manifest.datasets {
        for (split, total) in [(&dataset.test, 10_000), (&dataset.train, 60_000)] {
            let mut next = 0;
            for shard in split {
                assert_eq!(shard.first, next);
                let images = idx::images(&unzipped(&shard.images)).unwrap();
                assert_eq!((images.shape, images.values.len()), (dataset.shape, shard.count * 784));
                assert_eq!(idx::labels(&unzipped(&shard.labels)).unwrap().len(), shard.count);
                next += shard.count;
            }
            assert_eq!(next, total);
        }
        for id in [&dataset.natural, &dataset.robust] {
            assert!(manifest.models.iter().any(|model| model.id == *id && model.data == dataset.id));
        }
    }
    for entry in &manifest.models {
        bytes(&entry.card);
        model(&entry.id);
    }
}

#[test]
fn the_natural_model_falls_where_the_robust_one_holds() {
    let (pixels, labels) = shard(0);
    let pgd = spec("pgd", 0.3, None, &[("steps", 40.0), ("step", 0.01)]);
    let standing = |id: &str| {
        let samples = attack(&model(id), &pixels, &labels, None, &pgd);
        samples.iter().filter(|sample| sample.adversarial.label == sample.truth).count()
    };
    assert_eq!(standing("mnist-cnn"), 0);
    assert!(standing("mnist-cnn-robust") >= 26, "{}", standing("mnist-cnn-robust"));
}

#[test]
fn the_models_of_fashion_fall_and_hold_at_their_own_radius() {
    assert_eq!(manifest().datasets[1].id, "fashion");
    let (pixels, labels) = shard_of(1, 0);
    let pgd = spec("pgd", 0.1, None, &[("steps", 40.0), ("step", 0.01)]);
    let standing = |id: &str| {
        let samples = attack(&model(id), &pixels, &labels, None, &pgd);
        samples.iter().filter(|sample| sample.adversarial.label == sample.truth).count()
    };
    let [natural, robust] = ["fashion-cnn", "fashion-cnn-robust"].map(standing);
    assert!(natural <= 2 && robust >= 20, "{natural} and {robust} of {}", labels.len());
}

#[test]
fn targeted_attacks_reach_as_many_pairs_as_a_correct_sign_gives() {
    // One picture of each class toward each other class: 90 pairs. With the sign wrong, FGSM reaches about 20.
    let (pixels, labels) = shard(1);
    let model = model("mnist-mlp");
    let picks: Vec<usize> = (0..10).map(|class| labels.iter().position(|&label| label == class).unwrap()).collect();
    let picked: Vec<f32> = picks.iter().flat_map(|&at| pixels[at * 784..(at + 1) * 784].to_vec()).collect();
    let reached = |id: &str, eps: f32, knobs: &[(&str, f64)]| -> usize {
        let towards = |target: u32| {
            let samples =
                attack(&model, &picked, &Vec::from_iter(0..10), Some(target), &spec(id, eps, Some(target), knobs));
            samples.iter().filter(|sample| sample.truth != target && sample.adversarial.label == target).count()
        };
        (0..10).map(towards).sum()
    };
    let twenty = [("steps", 20.0)];
    let found = [reached("fgsm", 0.2, &[]), reached("pgd", 0.2, &twenty), reached("pgd", 0.3, &twenty)];
    assert!(found[0] >= 60 && found[1] >= 85 && found[2] >= 88, "{found:?}");
}

/// The share of inputs whose fifth nearest of the references is farther than 95 of 100 references have theirs.
fn beyond(network: &Sequential, references: &[f32], inputs: &[f32]) -> f64 {
    let (size, device) = (28 * 28, Device::flex());
    let all: Vec<f32> = references.iter().chain(inputs).copied().collect();
    let count = all.len() / size;
    let features = network.features(Tensor::from_data(TensorData::new(all, [count, 1, 28, 28]), &device));
    let mut rows = Rows::new(features.dims()[1]);
    rows.extend(&features.into_data().iter::<f32>().collect::<Vec<f32>>());
    let among = references.len() / size;
    let far = |of: usize| rows.nearest(of, among, |other| other == of).last().unwrap().1;
    let edge = unusual::edge(&(0..among).map(far).collect::<Vec<f32>>()).unwrap();
    (among..count).filter(|&of| far(of) > edge).count() as f64 / (count - among) as f64
}

#[test]
fn clothes_and_noise_are_unusual_to_models_of_digits_and_other_digits_are_not() {
    let (digits, labels) = shard(1);
    let (references, others) = (&digits[..500 * 784], &digits[500 * 784..700 * 784]);
    let clothes = &shard_of(1, 1).0[..200 * 784];
    let mut stream = Stream::new(1, 0, 0);
    let noise: Vec<f32> = (0..200 * 784).map(|_| stream.uniform()).collect();
    for id in ["mnist-cnn", "mnist-cnn-robust", "mnist-mlp"] {
        let network = model(id);
        let attacked = attack(&network, others, &labels[500..700], None, &spec("pgd", 0.3, None, &[]));
        let attacked: Vec<f32> = attacked.into_iter().flat_map(|sample| sample.pixels).collect();
        let [digits, clothes, noise, attacked] =
            [others, clothes, &noise, &attacked].map(|inputs| beyond(&network, references, inputs));
        eprintln!("{id}: other digits {digits}, clothes {clothes}, noise {noise}, PGD {attacked}");
        assert!(
            digits < 0.12 && clothes > 0.65 && noise == 1.0,
            "{id}: {digits} of the digits, {clothes} of the clothes"
        );
    }
}

#[test]
fn what_is_proven_of_the_models_is_less_than_what_attacks_leave() {
    let (pixels, labels) = shard(0);
    let device = Device::flex();
    let clean = Tensor::<4>::from_data(TensorData::new(pixels, [labels.len(), 1, 28, 28]), &device);
    for (norm, most) in [(Norm::Linf, 0.5), (Norm::L2, 5.0), (Norm::L1, 20.0)] {
        let medians = ["mnist-cnn", "mnist-cnn-robust", "mnist-mlp"].map(|id| {
            let class = one_hot(&labels, 10, &device);
            let mut radii = proven(Search::new(model(id), clean.clone(), class, &Ball::new(norm, most))).unwrap();
            radii.sort_by(f32::total_cmp);
            radii[radii.len() / 2]
        });
        eprintln!("{}: median certified radius {medians:?} of natural, robust, MLP", norm.symbol());
        assert!(medians.iter().all(|&radius| radius > 0.0 && radius < 0.2 * most), "{medians:?}");
    }
}

#[test]
fn the_model_that_learnt_from_bounds_is_proven_where_the_robust_one_is_not() {
    // The second shard: the first has only 32 pictures.
    let (pixels, labels) = shard(1);
    let device = Device::flex();
    let count = 500;
    let pixels = TensorData::new(pixels[..count * 784].to_vec(), [count, 1, 28, 28]);
    let (clean, class) = (Tensor::<4>::from_data(pixels, &device), one_hot(&labels[..count], 10, &device));
    let share = |id: &str| {
        let holds = holds(&model(id), &clean, &class, &Ball::new(Norm::Linf, 0.3)).unwrap();
        holds.into_data().iter::<bool>().filter(|holds| *holds).count() as f64 / count as f64
    };
    let [bounds, robust] = ["mnist-cnn-ibp", "mnist-cnn-robust"].map(share);
    assert!(bounds > 0.8 && robust < 0.01, "{bounds} and {robust}");
}
