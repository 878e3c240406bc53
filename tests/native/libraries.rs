//! What other libraries make of the shipped weights (tests/reference), and the same pictures and models for ours.

use crate::zoo;
pub use crate::zoo::{LATEST, MLP, NATURAL, PIXELS, ROBUST, pictures, sharpened, spec, standing, studied as model};
use burn::tensor::{Device, Tensor, TensorData};
use flate2::read::GzDecoder;
use foolproof_core::catalog::{Aim, Norm};
pub use foolproof_core::manifest::digest;
use foolproof_core::protocol::{AttackSpec, Sample};
use foolproof_engine::attack::Probe;
use foolproof_engine::case::{Case, one_hot};
use foolproof_engine::{attacks, drive::Drive, sequential::Sequential};
use serde_json::Value;
use std::io::Read;
use std::path::PathBuf;

/// The first `count` test pictures as an untargeted case.
pub fn case(model: &Sequential, count: usize) -> Case {
    drawn(model, count, 1)
}

/// The same with the draws of another seed.
pub fn drawn(model: &Sequential, count: usize, seed: u64) -> Case {
    posed(model, pictures(count), seed)
}

/// The test pictures of these numbers as an untargeted case.
pub fn picked(model: &Sequential, places: &[usize]) -> Case {
    let (pixels, labels) = pictures(places.iter().max().map_or(0, |last| last + 1));
    let own = places.iter().flat_map(|at| pixels[at * PIXELS..(at + 1) * PIXELS].to_vec()).collect();
    posed(model, (own, places.iter().map(|at| labels[*at]).collect()), 1)
}

fn posed(model: &Sequential, (pixels, labels): (Vec<f32>, Vec<u32>), seed: u64) -> Case {
    let device = Device::flex();
    let clean = Tensor::<4>::from_data(TensorData::new(pixels, [labels.len(), 1, 28, 28]), &device);
    let logits = model.forward(clean.clone());
    Case::new(clean, logits, one_hot(&labels, 10, &device), seed, 0)
}

/// Runs an attack as an evaluation does, on the survivors of its steps so far.
pub fn attack(model: &Sequential, case: Case, spec: &AttackSpec) -> Vec<Sample> {
    attack_every(10, model, case, spec)
}

/// As [`attack`], with so many steps between two looks at who survives.
pub fn attack_every(steps: u32, model: &Sequential, case: Case, spec: &AttackSpec) -> Vec<Sample> {
    let (attack, ball) = attacks::make(spec).unwrap();
    let mut drive = Drive::new(model.clone(), case, ball, attack);
    while drive.advance(steps) {
        pollster::block_on(drive.keep_survivors()).unwrap();
    }
    pollster::block_on(drive.finish()).unwrap().samples
}

/// The iterate at which the only run of an attack ends, where a library returns that one and not the best.
pub fn last_iterate(model: &Sequential, case: &Case, spec: &AttackSpec) -> Vec<f32> {
    let (attack, ball) = attacks::make(spec).unwrap();
    let (start, mut run) = attack.begin(case, &ball, 0);
    let confine = |x: Tensor<4>| match attack.aim() {
        Aim::Nearest => x.clamp(0.0, 1.0),
        _ => ball.project(&case.clean, x),
    };
    let mut at = confine(start);
    for _ in 0..attack.plan()[0] {
        let next = run.step(&mut Probe::new(model, case, &ball, at, 0));
        at = confine(next);
    }
    at.into_data().iter::<f32>().collect()
}

/// Mean distance of the successes.
pub fn mean(samples: &[Sample], norm: Norm) -> f32 {
    let found = samples.iter().filter(|sample| sample.success).map(|sample| match norm {
        Norm::Linf => sample.distance.linf,
        Norm::L2 => sample.distance.l2,
        Norm::L1 => sample.distance.l1,
    });
    average(found.collect())
}

fn average(values: Vec<f32>) -> f32 {
    values.iter().sum::<f32>() / values.len() as f32
}

/// What a library found.
pub struct Reference {
    record: Value,
    pixels: PathBuf,
}

/// The result of a job of tests/reference.
#[track_caller]
pub fn reference(model: &str, job: &str) -> Reference {
    let root = crate::checkout::root();
    let record = zoo::reference(&format!("{model}/{job}"));
    let digest = digest(&zoo::studied_weights(model));
    assert_eq!(record["weights"], digest, "{model}/{job} is about other weights");
    Reference { record, pixels: root.join(format!("tests/reference/results/{model}/{job}.u16.gz")) }
}

impl Reference {
    /// Pictures attacked, from the first of the test split.
    pub fn count(&self) -> usize {
        self.record["count"].as_u64().unwrap() as usize
    }

    /// Pictures right before and after, of the first `count`.
    pub fn standing_of(&self, count: usize) -> usize {
        match self.record["robust"].as_str() {
            Some(robust) => robust[..count].matches('1').count(),
            None => {
                let right = |row: &&Value| row["label"] == row["clean"] && row["success"] == false;
                self.rows(count).iter().filter(right).count()
            }
        }
    }

    /// Numbers of the pictures that do not stand.
    pub fn fallen(&self) -> Vec<usize> {
        self.record["robust"].as_str().unwrap().match_indices('0').map(|(at, _)| at).collect()
    }

    /// Mean distance of the successes among the first `count` pictures.
    pub fn mean_of(&self, norm: Norm, count: usize) -> f32 {
        let found = self.rows(count).iter().filter(|row| row["success"] == true);
        average(found.map(|row| row[norm.id()].as_f64().unwrap() as f32).collect())
    }

    /// What is told of each of the first `count` pictures.
    pub fn rows(&self, count: usize) -> &[Value] {
        &self.record["images"].as_array().unwrap()[..count]
    }

    /// The logits of the clean pictures.
    pub fn floats(&self) -> Vec<f32> {
        let bytes = unzipped(&self.pixels.with_extension("").with_extension("f32.gz"));
        bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect()
    }

    /// The attacked pictures.
    pub fn pixels(&self) -> Vec<f32> {
        let shares = unzipped(&self.pixels);
        shares.chunks_exact(2).map(|pair| f32::from(u16::from_le_bytes([pair[0], pair[1]])) / 65535.0).collect()
    }
}

fn unzipped(path: &std::path::Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(&std::fs::read(path).unwrap()[..]).read_to_end(&mut bytes).unwrap();
    bytes
}

/// Pixels of each picture that differ by more than 1e-4.
pub fn differing(ours: &[f32], theirs: &[f32]) -> Vec<usize> {
    assert_eq!(ours.len(), theirs.len());
    let far = |(a, b): &(&f32, &f32)| (**a - **b).abs() > 1e-4;
    ours.chunks(PIXELS).zip(theirs.chunks(PIXELS)).map(|(a, b)| a.iter().zip(b).filter(far).count()).collect()
}
