//! Rotations and shifts beside Foolbox's on the same weights and pictures (`tests/reference`).

use crate::zoo;
use burn::tensor::{Device, Tensor, TensorData};
use flate2::read::GzDecoder;
use foolproof_core::catalog::Norm;
use foolproof_engine::warp::Warp;
use std::io::Read;

/// What Foolbox takes for a pixel of shift.
const THEIR_PIXEL: f64 = 27.0 / 28.0;

#[test]
fn pictures_are_sampled_as_foolbox_does() {
    let path = crate::checkout::root().join("tests/reference/results/mnist-cnn/turned.u16.gz");
    let mut bytes = Vec::new();
    GzDecoder::new(&std::fs::read(path).unwrap()[..]).read_to_end(&mut bytes).unwrap();
    let theirs: Vec<f32> =
        bytes.chunks(2).map(|pair| f32::from(u16::from_le_bytes([pair[0], pair[1]])) / 65535.0).collect();
    let (pixels, _) = zoo::pictures(10);
    let clean = Tensor::<4>::from_data(TensorData::new(pixels, [10, 1, 28, 28]), &Device::flex());
    let record = zoo::reference("mnist-cnn/turned");
    let warps = record["arguments"]["translation_and_rotation"].as_array().unwrap();
    assert_eq!(theirs.len(), warps.len() * 10 * zoo::PIXELS);
    for (warp, theirs) in warps.iter().zip(theirs.chunks(10 * zoo::PIXELS)) {
        let number = |at: usize| warp[at].as_f64().unwrap();
        // Foolbox moves the point that is read, so that its picture goes the other way.
        let [right, down] = [0, 1].map(|at| (-number(at) * THEIR_PIXEL) as f32);
        let ours = Warp { degrees: number(2) as f32, right, down }.apply(&clean);
        let ours: Vec<f32> = ours.into_data().iter::<f32>().collect();
        let apart = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 1e-4, "{warp}: {apart}");
    }
}

/// Which of the first `count` pictures stay right, ours and theirs.
fn both(model: &str, count: usize, [reach, turn, shifts, turns]: [u32; 4]) -> (String, String) {
    let (pixels, labels) = zoo::pictures(count);
    let shift = f64::from(reach) * THEIR_PIXEL;
    let knobs = [("turn", turn.into()), ("shift", shift), ("turns", turns.into()), ("shifts", shifts.into())];
    let samples = zoo::attack(&zoo::studied(model), &pixels, &labels, &zoo::spec("spatial", Norm::Linf, 0.0, &knobs));
    let right = |sample: &foolproof_core::protocol::Sample| {
        sample.adversarial.label == sample.truth && sample.clean.label == sample.truth
    };
    let ours = samples.iter().map(|sample| if right(sample) { '1' } else { '0' }).collect();
    let record = zoo::reference(&format!("{model}/spatial-{reach}-{turn}-{shifts}-{turns}"));
    (ours, record["robust"].as_str().unwrap()[..count].into())
}

#[test]
fn the_worst_of_a_grid_is_foolboxs_picture_by_picture() {
    for model in [zoo::NATURAL, zoo::ROBUST] {
        let (ours, theirs) = both(model, 100, [1, 10, 3, 5]);
        assert_eq!(ours, theirs, "{model}");
        let (ours, theirs) = both(model, 30, [3, 30, 5, 5]);
        assert_eq!(ours, theirs, "{model}, further");
    }
}

#[test]
#[ignore = "half a minute: cargo xtask test --only long"]
fn the_worst_of_a_fine_grid_is_foolboxs_too() {
    for model in [zoo::NATURAL, zoo::ROBUST] {
        let (ours, theirs) = both(model, 100, [3, 30, 7, 31]);
        assert_eq!(ours, theirs, "{model}");
    }
}
