//! Detectors' thresholds, scores and areas against a program of its own, by NumPy, SciPy and scikit-learn
//! (`tests/reference/detectors.py`), which has nothing of ours but the model's file and the pictures.

use crate::zoo;
use burn::tensor::{Device, Tensor, TensorData};
use foolproof_core::catalog::{Aim, Norm};
use foolproof_core::defence::DefenceSpec;
use foolproof_core::manifest::digest;
use foolproof_core::protocol::{Detected, Detection, Inputs, Part, Prediction, Sample, Timeline};
use foolproof_core::report::{Area, Ledger, Trial};
use foolproof_engine::watch::Watch;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Largest share by which a score or a threshold may differ: single precision against double.
const APART: f64 = 1e-4;
/// What a squeezers' score may differ by however small it is, being a difference of numbers near 1.
const LEAST: f64 = 1e-6;
/// The same of an area, where two scores that nearly meet may change places: two pairs of ten thousand.
const PAIRS: f64 = 2.5e-4;

#[derive(Deserialize)]
struct Reference {
    model: String,
    weights: String,
    references: usize,
    fpr: f32,
    count: usize,
    /// By kind of picture: right answers.
    right: BTreeMap<String, usize>,
    detectors: BTreeMap<String, Found>,
}

/// What one detector says.
#[derive(Deserialize)]
struct Found {
    threshold: f64,
    /// By kind of picture, one the clean ones.
    scores: BTreeMap<String, Vec<f64>>,
    /// By change.
    areas: BTreeMap<String, Interval>,
}

#[derive(Deserialize)]
struct Interval {
    value: f64,
    low: f64,
    high: f64,
}

/// What ours says of one change.
struct Said {
    detected: Detected,
    area: Area,
}

/// The pictures as they are changed there.
fn changed(change: &str, pixels: &[f32]) -> Vec<f32> {
    let each = (0..pixels.len()).map(|at| {
        let (picture, pixel) = (at / zoo::PIXELS, at % zoo::PIXELS);
        match change.strip_prefix("grain-") {
            Some(eps) => {
                let wave = (1.7 * pixel as f64 + 0.9 * picture as f64 + 0.5).sin();
                (pixels[at] + eps.parse::<f32>().unwrap() * wave.signum() as f32).clamp(0.0, 1.0)
            }
            None if change == "transposed" => pixels[at - pixel + pixel % 28 * 28 + pixel / 28],
            None => panic!("{change}?"),
        }
    });
    each.collect()
}

fn images(pixels: &[f32]) -> Tensor<4> {
    let shape = [pixels.len() / zoo::PIXELS, 1, 28, 28];
    Tensor::from_data(TensorData::new(pixels.to_vec(), shape), &Device::flex())
}

/// What detectors that learnt from so many training pictures say of the first test pictures; by detector and change.
fn said(theirs: &Reference, detectors: &[&str], references: usize) -> Vec<BTreeMap<String, Said>> {
    let (pixels, labels) = zoo::training_of("mnist", references);
    let detection = Detection {
        detectors: detectors.iter().map(|text| DefenceSpec::read(text).unwrap()).collect(),
        fpr: theirs.fpr,
        references: Inputs { shape: [references, 1, 28, 28], pixels, labels: Some(labels) },
    };
    let network = zoo::model(&theirs.model);
    let watch = pollster::block_on(Watch::set(&network, &detection, &Device::flex())).unwrap();
    let (clean, _) = zoo::pictures(theirs.count);
    let mut found: Vec<BTreeMap<String, Said>> = detectors.iter().map(|_| BTreeMap::new()).collect();
    for change in theirs.right.keys().filter(|kind| *kind != "clean") {
        let attacked = images(&changed(change, &clean));
        let all = pollster::block_on(watch.judge(&images(&clean), &attacked)).unwrap();
        for ((found, detected), area) in found.iter_mut().zip(&all).zip(areas(&all, &detection)) {
            found.insert(change.clone(), Said { detected: detected.clone(), area });
        }
    }
    found
}

/// The area of each detector as a report tells it, had every picture been right and fallen.
fn areas(detected: &[Detected], detection: &Detection) -> Vec<Area> {
    let count = detected[0].clean.len();
    let prediction = |label| Prediction { label, probabilities: vec![0.5, 0.5] };
    let untouched = || Sample::untouched(Vec::new(), Some(0), prediction(0));
    let fallen = || Sample { adversarial: prediction(1), success: true, ..untouched() };
    let trial = Trial { spec: zoo::spec("none", Norm::Linf, 0.25, &[]), aim: Aim::Within };
    let mut ledger = Ledger::new(vec!["one".into()], vec![trial], vec![0; count], 2);
    ledger.detection = Some((detection.detectors.clone(), detection.fpr));
    let part = Part {
        model: "one".into(),
        attack: 0,
        first: 0,
        samples: (0..count).map(|_| fallen()).collect(),
        timeline: Timeline::default(),
        transfer: Vec::new(),
        draws: 1,
        detected: detected.to_vec(),
        millis: 0.0,
    };
    ledger.add(part).unwrap();
    ledger.detectors(0).iter().map(|report| report.attacks[0].area.unwrap()).collect()
}

/// How far two numbers lie apart, in units of what they may.
fn far(ours: f32, theirs: f64, least: f64) -> f64 {
    (f64::from(ours) - theirs).abs() / (least + APART * theirs.abs())
}

/// What a detector's numbers differ by, in units of what they may: threshold, scores (the most), areas (the most).
fn apart(name: &str, ours: &BTreeMap<String, Said>, theirs: &Found) -> [f64; 3] {
    let least = if name.starts_with("squeeze") { LEAST } else { 0.0 };
    let mut most = [0.0f64; 3];
    let mut note =
        |place: usize, far: f64| most[place] = if far.is_nan() { f64::INFINITY } else { most[place].max(far) };
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.areas.keys().collect::<Vec<_>>());
    for (change, Said { detected, area }) in ours {
        note(0, far(detected.threshold, theirs.threshold, least));
        for (ours, theirs) in [(&detected.clean, &theirs.scores["clean"]), (&detected.attacked, &theirs.scores[change])]
        {
            assert_eq!(ours.len(), theirs.len());
            ours.iter().zip(theirs).for_each(|(ours, theirs)| note(1, far(*ours, *theirs, least)));
        }
        let interval = &theirs.areas[change];
        for (ours, theirs) in [(area.value, interval.value), (area.low, interval.low), (area.high, interval.high)] {
            note(2, (ours - theirs).abs() / PAIRS);
        }
    }
    most
}

#[test]
fn detectors_say_what_another_program_says() {
    let theirs: Reference = serde_json::from_value(zoo::reference("detectors/mnist-cnn")).unwrap();
    let file = zoo::bytes(&format!("static/{}", zoo::entry(&theirs.model).weights.path));
    assert_eq!(digest(&file), theirs.weights, "the results are about other weights: python detectors.py");
    let (clean, labels) = zoo::pictures(theirs.count);
    for (kind, right) in &theirs.right {
        let shown = if kind == "clean" { clean.clone() } else { changed(kind, &clean) };
        let answers = zoo::answers(&zoo::model(&theirs.model), &shown);
        assert_eq!(answers.iter().zip(&labels).filter(|(answer, label)| answer == label).count(), *right, "{kind}");
    }
    let names: Vec<&str> = theirs.detectors.keys().map(String::as_str).collect();
    for (name, ours) in names.iter().zip(said(&theirs, &names, theirs.references)) {
        let [threshold, scores, areas] = apart(name, &ours, &theirs.detectors[*name]);
        println!("{name}: of what they may, threshold {threshold:.4}, scores {scores:.4}, areas {areas:.4}");
        assert!(threshold <= 1.0 && scores <= 1.0 && areas <= 1.0, "{name}");
    }

    // The control: one number of a detector changed, or what it learns from.
    let (one, other) = ("squeeze:bits:1:median:2", ["squeeze:bits:2:median:2", "squeeze:bits:1:median:3"]);
    for (name, ours) in other.iter().zip(said(&theirs, &other, theirs.references)) {
        let found = apart(name, &ours, &theirs.detectors[one]);
        assert!(found.iter().all(|far| *far > 1.0), "{name} is not {one}: {found:?}");
    }
    for (name, ours) in names.iter().zip(said(&theirs, &names, theirs.references - 200)) {
        let [threshold, scores, _] = apart(name, &ours, &theirs.detectors[*name]);
        println!("{name} of fewer pictures: threshold {threshold:.1}, scores {scores:.1}");
        assert!(threshold > 1.0, "{name} has the threshold of other pictures");
        let learns = ["mahalanobis", "neighbour"].contains(name);
        assert_eq!(scores > 1.0, learns, "{name}: scores change with what it learnt from, where it learns");
    }
}
