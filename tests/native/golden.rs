//! What the natural model's first hundred test images become under two attacks, kept in `tests/golden`. This native
//! engine is held against it here, the browser's in `tests/e2e/golden.test.mjs`, so that the two agree with each other.
//!
//! New weights need new files: `FOOLPROOF_GOLDEN=write cargo test -p foolproof-tests --test native golden`.

use burn::tensor::{Device, Tensor, TensorData};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use foolproof_core::catalog::Norm;
use foolproof_core::idx;
use foolproof_core::manifest::{File, Manifest};
use foolproof_core::protocol::{AttackSpec, Sample};
use foolproof_engine::case::{Case, one_hot};
use foolproof_engine::{attacks, drive::Drive, weights};
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use std::path::PathBuf;

/// Images compared.
const COUNT: usize = 100;
/// Pixels of one.
const PIXELS: usize = 28 * 28;
/// Largest difference of a pixel that counts as none.
const TOLERANCE: f32 = 1e-3;
/// Images of the hundred whose adversarial twins may differ: where a unit is zero but for rounding, its slope is
/// chance.
const STRAYS: usize = 2;

/// `tests/golden/<attack>.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Golden {
    /// SHA-256 of the weights that were attacked.
    weights: String,
    /// The attack's keys in a state link.
    link: String,
    /// One an image.
    images: Vec<Image>,
}

/// What one image came to.
#[derive(Debug, Serialize, Deserialize, PartialEq)]
struct Image {
    clean: u32,
    adversarial: u32,
    success: bool,
    l2: f32,
    linf: f32,
}

fn root() -> PathBuf {
    crate::checkout::root()
}

fn shipped(file: &File) -> Vec<u8> {
    std::fs::read(root().join("static").join(&file.path)).unwrap()
}

fn unzipped(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut out).unwrap();
    out
}

fn manifest() -> Manifest {
    serde_json::from_slice(&std::fs::read(root().join("static/manifest.json")).unwrap()).unwrap()
}

/// The first images of the test split.
fn inputs(manifest: &Manifest) -> (Vec<f32>, Vec<u32>) {
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for shard in manifest.datasets[0].test.iter().take_while(|shard| shard.first < COUNT) {
        pixels.extend(idx::images(&unzipped(&shipped(&shard.images))).unwrap().values.all());
        labels.extend(idx::labels(&unzipped(&shipped(&shard.labels))).unwrap());
    }
    pixels.truncate(COUNT * PIXELS);
    (pixels, labels.into_iter().take(COUNT).map(u32::from).collect())
}

fn attack(manifest: &Manifest, spec: &AttackSpec) -> (String, Vec<Sample>) {
    let device = Device::flex();
    let model = manifest.models.iter().find(|model| model.id == "mnist-cnn").unwrap();
    let network = weights::load(&model.architecture, &shipped(&model.weights), &device).unwrap();
    let (pixels, labels) = inputs(manifest);
    // One at a time, as the page does: a batch takes other kernels, which round otherwise.
    let samples = pixels.chunks_exact(PIXELS).zip(&labels).flat_map(|(pixels, &label)| {
        let clean = Tensor::<4>::from_data(TensorData::new(pixels.to_vec(), [1, 1, 28, 28]), &device);
        let truth = one_hot(&[label], 10, &device);
        let logits = network.forward(clean.clone());
        let case = Case::new(clean, logits, truth, 1, 0);
        let (attack, ball) = attacks::make(spec).unwrap();
        let mut drive = Drive::new(network.clone(), case, ball, attack);
        while drive.advance(u32::MAX) {}
        pollster::block_on(drive.finish()).unwrap().samples
    });
    (model.weights.sha256.clone(), samples.collect())
}

/// Pixels as 16-bit shares of 1, little-endian, gzipped: finer than the tolerance, and small.
fn pack(samples: &[Sample]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::best());
    for pixel in samples.iter().flat_map(|sample| &sample.pixels) {
        out.write_all(&((pixel * 65535.0).round() as u16).to_le_bytes()).unwrap();
    }
    out.finish().unwrap()
}

fn unpack(bytes: &[u8]) -> Vec<f32> {
    unzipped(bytes).chunks_exact(2).map(|pair| f32::from(u16::from_le_bytes([pair[0], pair[1]])) / 65535.0).collect()
}

fn check(name: &str, link: &str, spec: AttackSpec) {
    let (weights, samples) = attack(&manifest(), &spec);
    let image = |sample: &Sample| Image {
        clean: sample.clean.label,
        adversarial: sample.adversarial.label,
        success: sample.success,
        l2: sample.distance.l2,
        linf: sample.distance.linf,
    };
    let found = Golden { weights, link: link.into(), images: samples.iter().map(image).collect() };
    let (words, picture) =
        (root().join(format!("tests/golden/{name}.json")), root().join(format!("tests/golden/{name}.u16.gz")));
    if std::env::var("FOOLPROOF_GOLDEN").is_ok_and(|value| value == "write") {
        let rows: Vec<String> = found.images.iter().map(|image| serde_json::to_string(image).unwrap()).collect();
        let head = format!("{{\"weights\": \"{}\", \"link\": \"{link}\", \"images\": [\n", found.weights);
        std::fs::write(&words, head + &rows.join(",\n") + "\n]}\n").unwrap();
        std::fs::write(&picture, pack(&samples)).unwrap();
    }
    let golden: Golden = serde_json::from_slice(&std::fs::read(&words).unwrap()).unwrap();
    assert_eq!(golden.weights, found.weights, "the weights are new, so tests/golden must be written anew");
    assert_eq!((golden.images.len(), golden.link.as_str()), (COUNT, link));
    let pixels = unpack(&std::fs::read(&picture).unwrap());
    assert_eq!(pixels.len(), COUNT * PIXELS);
    let mut strays = 0;
    for (at, (sample, expected)) in samples.iter().zip(pixels.chunks_exact(PIXELS)).enumerate() {
        let (golden, found) = (&golden.images[at], &found.images[at]);
        assert_eq!(golden.clean, found.clean, "clean label of image {at}");
        let near = expected.iter().zip(&sample.pixels).all(|(golden, found)| (golden - found).abs() <= TOLERANCE);
        let alike = near && (golden.adversarial, golden.success) == (found.adversarial, found.success);
        strays += usize::from(!alike);
    }
    assert!(strays <= STRAYS, "{strays} images differ");
}

fn spec(id: &str, eps: f32, knobs: &[(&str, f64)]) -> AttackSpec {
    let knobs = knobs.iter().map(|&(key, value)| (key.to_string(), value)).collect();
    AttackSpec { id: id.into(), norm: Norm::Linf, eps, target: None, knobs, limits: Vec::new() }
}

#[test]
fn fgsm() {
    check("fgsm", "attack=fgsm&eps=0.1", spec("fgsm", 0.1, &[]));
}

#[test]
fn pgd() {
    let link = "attack=pgd&eps=0.2&steps=10&pgd.start=0";
    check("pgd", link, spec("pgd", 0.2, &[("steps", 10.0), ("start", 0.0)]));
}
