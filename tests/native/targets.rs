//! Targets that each input's clean answer decides: which class they are, and that neither batch nor share changes them.

use crate::toy::*;
use crate::zoo;
use burn::tensor::{Device, Tensor, TensorData};
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::*;
use foolproof_engine::case::{Case, one_hot};
use foolproof_engine::session::Session;
use foolproof_engine::{attacks::cards, target};
use proptest::prelude::*;

const CLASSES: usize = 6;

/// The classes aimed at for these logits, the first of which has the number `first`.
fn aimed(logits: &[f32], mode: Target, seed: u64, first: u64) -> Vec<usize> {
    let (batch, device) = (logits.len() / CLASSES, Device::flex());
    let tensor = Tensor::from_data(TensorData::new(logits.to_vec(), [batch, CLASSES]), &device);
    let truth = one_hot(&vec![0; batch], CLASSES, &device);
    let case = Case::new(images(&vec![0.0; batch * PIXELS]), tensor, truth, seed, first);
    let rows = values(target::aim(case, mode).class);
    let class = |row: &[f32]| {
        assert_eq!(row.iter().sum::<f32>(), 1.0);
        row.iter().position(|&value| value == 1.0).unwrap()
    };
    rows.chunks(CLASSES).map(class).collect()
}

/// Place of the largest value, the first of equals, as a network answers.
fn answer(logits: &[f32]) -> usize {
    (0..CLASSES).rev().max_by(|&a, &b| logits[a].total_cmp(&logits[b])).unwrap()
}

fn logits() -> impl Strategy<Value = Vec<f32>> {
    // Steps of a half, so that classes tie often.
    proptest::collection::vec(-4i8..4, CLASSES..CLASSES * 8).prop_map(|steps| {
        let whole = steps.len() / CLASSES * CLASSES;
        steps[..whole].iter().map(|&step| f32::from(step) / 2.0).collect()
    })
}

proptest! {
    #[test]
    fn each_mode_is_what_it_says_of_every_input(logits in logits(), seed in any::<u64>(), first in 0u64..1 << 40) {
        let of = |mode| aimed(&logits, mode, seed, first);
        let (least, second, random) = (of(Target::Least), of(Target::Second), of(Target::Random));
        for (place, row) in logits.chunks(CLASSES).enumerate() {
            let answer = answer(row);
            let others = || (0..CLASSES).filter(|&class| class != answer).map(|class| row[class]);
            for class in [least[place], second[place], random[place]] {
                prop_assert_ne!(class, answer);
            }
            prop_assert_eq!(row[least[place]], others().fold(f32::MAX, f32::min));
            prop_assert_eq!(row[second[place]], others().fold(f32::MIN, f32::max));
        }
        prop_assert_eq!(of(Target::Class(5)), vec![5; logits.len() / CLASSES]);
    }

    #[test]
    fn an_input_alone_is_aimed_as_in_a_batch(logits in logits(), seed in any::<u64>(), first in 0u64..1 << 40) {
        for (mode, _) in Target::MODES {
            let whole = aimed(&logits, mode, seed, first);
            let alone = logits.chunks(CLASSES).zip(first..).flat_map(|(row, number)| aimed(row, mode, seed, number));
            prop_assert_eq!(&whole, &alone.collect::<Vec<_>>());
            prop_assert_eq!(&whole, &aimed(&logits, mode, seed, first), "the same seed draws the same");
        }
    }
}

#[test]
fn every_class_but_the_answer_is_drawn_alike_and_by_the_seed() {
    let logits = [0.0, 9.0, 1.0, 2.0, 3.0, 4.0].repeat(2000);
    let (one, other) = (aimed(&logits, Target::Random, 1, 0), aimed(&logits, Target::Random, 2, 0));
    assert_ne!(one, other);
    for class in 0..CLASSES {
        let count = one.iter().filter(|&&drawn| drawn == class).count();
        // Binomial around 400 with a deviation of 18.
        let right = if class == 1 { count == 0 } else { (310..490).contains(&count) };
        assert!(right, "{class}: {count}");
    }
}

#[test]
fn every_attack_that_takes_a_target_takes_each_inputs_own() {
    let (network, clean) = (trained(), pixels(5, 6));
    let labels = answers(&network, &clean);
    for card in cards().into_iter().filter(|card| card.targeted && card.takes(SHAPE)) {
        let knobs: Vec<(&str, f64)> = card
            .knobs
            .iter()
            .filter_map(|knob| match knob.key.as_str() {
                "steps" => Some(("steps", 5.0)),
                "queries" => Some(("queries", knob.min.max(100.0))),
                "restarts" => Some(("restarts", 1.0)),
                _ => None,
            })
            .collect();
        let spec = AttackSpec { target: Some(Target::Random), ..spec(&card.id, card.norms[0], 0.3, &knobs) };
        let case = target::aim(case(&network, &clean, &labels, None, 3, 0), Target::Random);
        let samples = attack(&network, case, &spec).unwrap().samples;
        let classes: std::collections::BTreeSet<_> = samples.iter().map(|sample| sample.target).collect();
        assert!(classes.len() > 1, "{}: {classes:?}", card.id);
        for sample in samples {
            assert_ne!(sample.target, Some(sample.clean.label), "{}", card.id);
            assert_eq!(sample.success, sample.target == Some(sample.adversarial.label), "{}", card.id);
        }
    }
}

fn session() -> Session {
    let mut session = Session::new(Device::flex(), Engine { kind: EngineKind::Cpu, name: "test".into() });
    let model = Request::Model { id: "one".into(), architecture: architecture(), weights: trained_file() };
    session.accept(model);
    session
}

/// The inputs `from` to `to` of sixty, aimed at in this mode; one attack makes each input its own, one is shared.
fn evaluated(mode: Target, from: usize, to: usize) -> Vec<(usize, u64, Option<u32>, bool)> {
    let (all, [channels, rows, columns]) = (pixels(4, 60), SHAPE);
    let labels = answers(&trained(), &all);
    let inputs = |from: usize, to: usize| Inputs {
        shape: [to - from, channels, rows, columns],
        pixels: all[from * PIXELS..to * PIXELS].to_vec(),
        labels: Some(labels[from..to].to_vec()),
    };
    let aimed = |id: &str, knobs: &[(&str, f64)]| AttackSpec { target: Some(mode), ..spec(id, Norm::Linf, 0.2, knobs) };
    let job = EvaluationJob {
        first: from as u64,
        crafted_on: Some(inputs(0, 20)),
        ..EvaluationJob::new(
            vec!["one".into()],
            inputs(from, to),
            vec![aimed("pgd", &[("steps", 3.0)]), aimed("universal", &[("steps", 3.0), ("crafted", 20.0)])],
            7,
        )
    };
    let mut session = session();
    assert!(session.accept(Request::Evaluate { ticket: Ticket(9), job }).is_empty());
    let mut found = Vec::new();
    while session.busy() {
        for event in pollster::block_on(session.advance(|| 0.0)) {
            if let Event::Evaluated { part, .. } = event {
                let samples = part.samples.into_iter().zip(part.first..);
                found.extend(samples.map(|(sample, at)| (part.attack, at, sample.target, sample.success)));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_share_of_an_evaluation_is_aimed_as_the_whole() {
    for (mode, _) in Target::MODES {
        let whole = evaluated(mode, 0, 60);
        let mut cut = evaluated(mode, 0, 25);
        cut.extend(evaluated(mode, 25, 60));
        cut.sort();
        assert_eq!(whole.len(), 120);
        assert_eq!(whole, cut);
        // Both attacks aim at the same classes.
        let of = |attack: usize| whole.iter().filter(move |row| row.0 == attack).map(|row| (row.1, row.2));
        assert!(of(0).eq(of(1)));
    }
}

#[test]
fn an_attack_on_the_page_tells_the_class_of_each_model() {
    let (all, [channels, rows, columns]) = (pixels(4, 1), SHAPE);
    let attack = AttackSpec { target: Some(Target::Least), ..spec("pgd", Norm::Linf, 0.2, &[("steps", 3.0)]) };
    let inputs = Inputs { shape: [1, channels, rows, columns], pixels: all, labels: None };
    let job = AttackJob { models: vec!["one".into()], inputs, attack, company: None, detection: None, seed: 1 };
    let mut session = session();
    assert!(session.accept(Request::Attack { ticket: Ticket(1), job }).is_empty());
    let mut told = Vec::new();
    while session.busy() {
        told.extend(pollster::block_on(session.advance(|| 0.0)));
    }
    let sample = told
        .iter()
        .find_map(|event| match event {
            Event::Attacked { outcome, .. } => outcome.samples.first(),
            _ => None,
        })
        .unwrap();
    let probabilities = &sample.clean.probabilities;
    let least = (0..4).min_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b])).map(|class| class as u32);
    assert_eq!(sample.target, least);
}

#[test]
fn the_second_class_is_reached_more_often_than_the_least_likely_one() {
    let model = zoo::model("mnist-cnn");
    let (clean, labels) = zoo::pictures(50);
    let reached = |target| {
        let spec = AttackSpec { target, ..zoo::spec("pgd", Norm::L2, 1.5, &[("steps", 20.0)]) };
        zoo::attack(&model, &clean, &labels, &spec).iter().filter(|sample| sample.success).count()
    };
    let counts = [Target::Least, Target::Random, Target::Second].map(|mode| reached(Some(mode)));
    let any = reached(None);
    assert!(counts.is_sorted() && counts[0] < counts[2] && counts[2] <= any, "{counts:?}, {any}");
}
