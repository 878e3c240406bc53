//! What the figures say.

use super::*;
use crate::speed::work::{ALL, MANY, pictures, training};
use foolproof_core::{
    architecture::{Architecture, LayerSpec},
    protocol::{Inputs, Request},
};

fn timings(attack: f64) -> Timings {
    let mut timings = Timings::default();
    for (piece, millis) in ALL.into_iter().zip([1.0, attack, 20.0, 400.0, 60.0]) {
        timings.note(EngineKind::Cpu, piece, Timing::Took(millis));
    }
    timings
}

#[test]
fn what_an_attack_takes_is_told_by_how_it_feels() {
    let first = |millis| timings(millis).meaning(2, 2).remove(0);
    assert!(first(8.0).contains("takes 8.0 ms: it keeps up"));
    assert!(first(300.0).contains("takes 300 ms: a moment after"));
    assert!(first(2500.0).contains("takes 2.5 s. Fewer steps"));
}

#[test]
fn more_workers_measure_sooner_and_harden_on_more() {
    let two = timings(8.0).meaning(2, 2);
    // 200 of 64 in 400 ms, by two.
    assert!(two[1].contains("200 inputs takes about 0.63 seconds a model, on 2 workers"), "{}", two[1]);
    // 128 in 60 ms, by two at .86.
    assert_eq!(two[2], "A minute of hardening sees about 220\u{202f}000 pictures.");
    let one = timings(8.0).meaning(1, 1);
    assert_eq!(one[2], "A minute of hardening sees about 130\u{202f}000 pictures.");
    let eight = timings(8.0).meaning(8, 8);
    assert_eq!(eight[2], "A minute of hardening sees about 880\u{202f}000 pictures.");
    assert_eq!(timings(8.0).meaning(8, 2)[2], two[2], "not on more than there is room for");
}

#[test]
fn the_faster_engine_is_named_and_by_how_much() {
    let with = |gpu: f64| {
        let mut timings = timings(8.0);
        timings.note(EngineKind::Gpu, Piece::Attack(MANY), Timing::Took(gpu));
        timings.meaning(2, 2).pop().unwrap()
    };
    assert_eq!(with(40.0), "On 64 pictures at once the GPU is 10 times as fast as one worker on the CPU.");
    assert_eq!(with(1000.0), "On 64 pictures at once one worker on the CPU is 2.5 times as fast as the GPU.");
}

#[test]
fn a_cell_says_what_there_is() {
    let mut timings = Timings::default();
    let of = |timings: &Timings| timings.said(EngineKind::Gpu, Piece::Attack(MANY));
    assert_eq!(of(&timings), "–");
    timings.note(EngineKind::Gpu, Piece::Attack(MANY), Timing::LeftOut("too slow".into()));
    assert_eq!(of(&timings), "too slow");
    timings.note(EngineKind::Gpu, Piece::Attack(MANY), Timing::Took(6.4));
    assert_eq!(of(&timings), "6.4 ms, 10\u{202f}000 images/s");
    let text = timings.text("A machine");
    assert_eq!(text.lines().count(), 2 + ALL.len());
    assert!(text.starts_with("A machine\n\tCPU\tGPU\n") && text.contains("64 pictures\t–\t6.4 ms"), "{text}");
}

#[test]
fn the_middle_of_a_few_is_neither_the_luckiest_nor_the_first() {
    assert_eq!((median(&[9.0, 1.0, 3.0]), median(&[4.0]), median(&[])), (Some(3.0), Some(4.0), None));
}

#[test]
fn pieces_are_jobs_on_the_first_inputs() {
    let inputs =
        Inputs { shape: [3, 1, 1, 2], pixels: vec![0.0, 1.0, 0.5, 0.25, 0.0, 0.0], labels: Some(vec![7, 1, 2]) };
    let job = Piece::Attack(1).attack("one", &inputs).unwrap();
    assert_eq!((job.inputs.pixels.len(), job.inputs.labels, &*job.attack.id), (2, Some(vec![7]), "pgd"));
    assert_eq!(Piece::Forward(MANY).attack("one", &inputs).unwrap().inputs.shape[0], 3, "no more than there are");
    assert_eq!(Piece::Training.attack("one", &inputs), None);
    let Request::Pictures { shape, labels, .. } = pictures(&inputs) else { panic!("pictures") };
    assert_eq!((shape, labels), ([1, 1, 2], vec![7, 1, 2]));
    let architecture = Architecture::new([1, 1, 2], 10, vec![LayerSpec::Flatten, LayerSpec::linear(2, 10)]);
    let job = training(&architecture).unwrap();
    assert_eq!(Piece::Training.images(), (job.round.steps * job.recipe.batch) as usize);
}
