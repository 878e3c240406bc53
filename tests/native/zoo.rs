//! The models and test pictures that ship, attacked as the page attacks them.

use burn::tensor::{Device, Tensor, TensorData};
use flate2::read::GzDecoder;
use foolproof_core::catalog::Norm;
use foolproof_core::idx;
use foolproof_core::manifest::{Dataset, File, Manifest, Model, Shard};
use foolproof_core::protocol::{AttackSpec, Sample};
use foolproof_engine::case::{Case, one_hot};
use foolproof_engine::sequential::{Sequential, Values};
use foolproof_engine::{attacks, drive::Drive, target, weights};
use std::io::Read;

/// Pixels of a picture.
pub const PIXELS: usize = 784;
/// The natural and the robust network.
pub const NATURAL: &str = "mnist-cnn";
/// As `NATURAL`, trained to resist.
pub const ROBUST: &str = "mnist-cnn-robust";
/// The smallest natural one.
pub const MLP: &str = "mnist-mlp";
/// The robust network as it ships, where the reference results of `ROBUST` are about the one in tests/reference/weights.
pub const LATEST: &str = "mnist-cnn-robust-shipped";

/// A file of the project.
pub fn bytes(path: &str) -> Vec<u8> {
    std::fs::read(crate::checkout::root().join(path)).unwrap()
}

/// The list of what ships.
pub fn manifest() -> Manifest {
    serde_json::from_slice(&bytes("static/manifest.json")).unwrap()
}

fn unzipped(file: &File) -> Vec<u8> {
    let mut out = Vec::new();
    GzDecoder::new(&bytes(&format!("static/{}", file.path))[..]).read_to_end(&mut out).unwrap();
    out
}

/// A shipped network.
pub fn model(id: &str) -> Sequential {
    network(id, &bytes(&format!("static/{}", entry(id).weights.path)))
}

/// The network that the reference results are about.
pub fn studied(id: &str) -> Sequential {
    network(id, &studied_weights(id))
}

/// Its weights: those kept beside the results, or the shipped ones.
pub fn studied_weights(id: &str) -> Vec<u8> {
    let kept = crate::checkout::root().join(format!("tests/reference/weights/{id}.safetensors"));
    std::fs::read(kept).unwrap_or_else(|_| bytes(&format!("static/{}", entry(id).weights.path)))
}

/// A shipped network's entry in the manifest.
pub fn entry(id: &str) -> Model {
    let id = if id == LATEST { ROBUST } else { id };
    manifest().models.into_iter().find(|model| model.id == id).unwrap()
}

fn network(id: &str, weights: &[u8]) -> Sequential {
    weights::load(&entry(id).architecture, weights, &Device::flex()).unwrap()
}

/// Pixels and labels of the first pictures of MNIST's test split.
pub fn pictures(count: usize) -> (Vec<f32>, Vec<u32>) {
    pictures_of("mnist", count)
}

/// The same of another dataset.
pub fn pictures_of(data: &str, count: usize) -> (Vec<f32>, Vec<u32>) {
    read(|dataset| dataset.test, data, count)
}

/// The same of the training split.
pub fn training_of(data: &str, count: usize) -> (Vec<f32>, Vec<u32>) {
    read(|dataset| dataset.train, data, count)
}

fn read(split: fn(Dataset) -> Vec<Shard>, data: &str, count: usize) -> (Vec<f32>, Vec<u32>) {
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    let dataset = manifest().datasets.into_iter().find(|dataset| dataset.id == data).unwrap();
    for shard in split(dataset).iter().filter(|shard| shard.first < count) {
        pixels.extend(idx::images(&unzipped(&shard.images)).unwrap().values.all());
        labels.extend(idx::labels(&unzipped(&shard.labels)).unwrap().into_iter().map(u32::from));
    }
    pixels.truncate(count * PIXELS);
    labels.truncate(count);
    (pixels, labels)
}

/// An untargeted attack by its id, with knobs.
pub fn spec(id: &str, norm: Norm, eps: f32, knobs: &[(&str, f64)]) -> AttackSpec {
    let knobs = knobs.iter().map(|&(key, value)| (key.to_string(), value)).collect();
    AttackSpec { id: id.into(), norm, eps, target: None, knobs, limits: Vec::new() }
}

/// Attacks these pictures under seed 1.
pub fn attack(model: &Sequential, pixels: &[f32], labels: &[u32], spec: &AttackSpec) -> Vec<Sample> {
    let device = Device::flex();
    let clean = Tensor::<4>::from_data(TensorData::new(pixels.to_vec(), [labels.len(), 1, 28, 28]), &device);
    let logits = model.forward(clean.clone());
    let mut case = Case::new(clean, logits, one_hot(labels, 10, &device), 1, 0);
    if let Some(target) = spec.target {
        case = target::aim(case, target);
    }
    let (attack, ball) = attacks::make(spec).unwrap();
    let mut drive = Drive::new(model.clone(), case, ball, attack);
    while drive.advance(10) {
        pollster::block_on(drive.keep_survivors()).unwrap();
    }
    pollster::block_on(drive.finish()).unwrap().samples
}

/// What a model answers to these pictures.
pub fn answers(model: &Sequential, pixels: &[f32]) -> Vec<u32> {
    let shape = [pixels.len() / PIXELS, 1, 28, 28];
    let x = Tensor::<4>::from_data(TensorData::new(pixels.to_vec(), shape), &Device::flex());
    pollster::block_on(foolproof_engine::drive::answers(model.forward(x))).unwrap()
}

/// How many samples the model still gets right.
pub fn standing(samples: &[Sample]) -> usize {
    samples.iter().filter(|sample| sample.adversarial.label == sample.truth).count()
}

/// Mean and median of the queries of the attack's successes; 0 without any.
pub fn meter(samples: &[Sample]) -> (f32, f32) {
    let mut queries: Vec<u32> =
        samples.iter().filter(|sample| sample.success).filter_map(|sample| sample.queries).collect();
    queries.sort_unstable();
    let count = queries.len();
    let mean = queries.iter().sum::<u32>() as f32 / count.max(1) as f32;
    let at = |place: usize| queries.get(place).map_or(0.0, |&queries| queries as f32);
    (mean, (at(count.saturating_sub(1) / 2) + at(count / 2)) / 2.0)
}

/// A result of another library's attack, by its path below the folder of results. `results` has to list it under the file
/// that asks.
#[track_caller]
pub fn reference(path: &str) -> serde_json::Value {
    let file = std::panic::Location::caller().file();
    assert!(crate::results::is_listed(file, path), "tests/native/results.rs does not list {path} under {file}");
    serde_json::from_slice(&bytes(&format!("tests/reference/results/{path}.json"))).unwrap()
}

/// A shipped network whose logits are so many times as large: the same answers, and probabilities near 0 and 1.
pub fn sharpened(id: &str, factor: f32) -> Sequential {
    let manifest = manifest();
    let found = manifest.models.iter().find(|model| model.id == id).unwrap();
    let data = |values| match values {
        Values::Kernel(x) => x.into_data(),
        Values::Matrix(x) => x.into_data(),
        Values::Bias(x) => x.into_data(),
    };
    let values = |values| data(values).iter::<f32>().collect();
    let mut parameters: Vec<Vec<f32>> = model(id).parameters().into_iter().map(values).collect();
    let last = parameters.len() - 2;
    for value in parameters[last..].iter_mut().flatten() {
        *value *= factor;
    }
    let mut next = parameters.into_iter();
    Sequential::build(&found.architecture, &Device::flex(), || Ok(next.next().unwrap())).unwrap()
}
