//! The engine as a library: loads a shipped model, attacks the first ten test images with PGD, and prints how many it
//! reads right before and after.
//!
//! `cargo run --example attack`, or with a model and a radius: `cargo run --example attack mnist-cnn-robust 0.2`.

use burn::tensor::{Device, Tensor, TensorData};
use flate2::read::GzDecoder;
use foolproof_core::{catalog::Norm, idx, manifest::Manifest, protocol::AttackSpec, report::Accuracy};
use foolproof_engine::{
    attacks,
    case::{Case, one_hot},
    drive::Drive,
    weights,
};
use std::{error::Error, fs, io::Read, path::PathBuf};

/// Images that are attacked.
const COUNT: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let id = words.next().unwrap_or_else(|| "mnist-cnn".to_owned());
    let eps: f32 = words.next().map_or(Ok(0.2), |word| word.parse())?;

    // The model, from the list of what ships.
    let device = Device::flex();
    let manifest: Manifest = serde_json::from_slice(&read("manifest.json")?)?;
    let entry = manifest.models.iter().find(|model| model.id == id).ok_or(format!("there is no model {id}"))?;
    let model = weights::load(&entry.architecture, &read(&entry.weights.path)?, &device)?;

    // Its dataset's first test images, as [image, channel, row, column] with pixels in [0, 1], and their classes.
    let data = manifest.datasets.iter().find(|data| data.id == entry.data).ok_or("its dataset is missing")?;
    let images = idx::images(&unzipped(&data.test[0].images.path)?)?;
    let labels: Vec<u32> =
        idx::labels(&unzipped(&data.test[0].labels.path)?)?.into_iter().take(COUNT).map(u32::from).collect();
    let [channels, rows, columns] = images.shape;
    let size = channels * rows * columns;
    let pixels = images.values.read(0..COUNT * size).ok_or("the shard has too few images")?;
    let clean = Tensor::from_data(TensorData::new(pixels, [COUNT, channels, rows, columns]), &device);

    // The attack, its steps one after another, and what came of it.
    let spec = AttackSpec {
        id: "pgd".into(),
        norm: Norm::Linf,
        eps,
        target: None,
        knobs: Default::default(),
        limits: Vec::new(),
    };
    let (attack, ball) = attacks::make(&spec)?;
    let truth = one_hot(&labels, entry.architecture.classes, &device);
    let case = Case::new(clean.clone(), model.forward(clean), truth, 1, 0);
    let mut drive = Drive::new(model, case, ball, attack);
    while drive.advance(10) {}
    let samples = pollster::block_on(drive.finish())?.samples;

    for (index, sample) in samples.iter().enumerate() {
        let (before, after) = (sample.clean.label, sample.adversarial.label);
        println!("image {index}: a {}, read as {before}, under attack as {after}", sample.truth);
    }
    let right = |answer: fn(&foolproof_core::protocol::Sample) -> u32| {
        let count = samples.iter().filter(|sample| answer(sample) == sample.truth).count();
        let Accuracy { value, low, high, n } = Accuracy::of(count, COUNT);
        format!("{:.0} % ({:.0} to {:.0} %, n = {n})", 100.0 * value, 100.0 * low, 100.0 * high)
    };
    println!("{id}, PGD in L∞ at {eps}");
    println!("clean accuracy  {}", right(|sample| sample.clean.label));
    println!("robust accuracy {}", right(|sample| sample.adversarial.label));
    Ok(())
}

/// A file of `static/`.
fn read(path: &str) -> std::io::Result<Vec<u8>> {
    fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../static").join(path))
}

fn unzipped(path: &str) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(&read(path)?[..]).read_to_end(&mut bytes)?;
    Ok(bytes)
}
