//! Detectors' figures against counts by hand.

use super::super::fixture::{part, sample, trial};
use super::*;
use crate::catalog::Aim;
use crate::protocol::Part;

/// Eight inputs of class 0: the first two are wrong when clean, an attack fools the next four, and the last two hold.
fn ledger(clean: [f32; 8], attacked: [f32; 8], threshold: f32) -> Ledger {
    let answers = [(1, 1), (1, 1), (0, 1), (0, 1), (0, 1), (0, 1), (0, 0), (0, 0)];
    let samples = answers.iter().map(|(clean, attacked)| sample(0, *clean, *attacked, 0.1)).collect();
    let mut ledger = Ledger::new(vec!["one".into()], vec![trial("pgd", Aim::Within, 0.1)], vec![0; 8], 2);
    ledger.detection = Some((vec![DefenceSpec::new("squeeze", &[("bits", 1.0)])], 0.05));
    let detected = vec![Detected { threshold, clean: clean.to_vec(), attacked: attacked.to_vec() }];
    ledger.add(Part { detected, transfer: Vec::new(), ..part("one", 0, 0, samples) }).unwrap();
    ledger
}

fn shares(of: &Accuracy) -> (f64, usize) {
    (of.value, of.n)
}

#[test]
fn what_is_flagged_stands_beside_false_alarms() {
    let clean = [0.9, 0.1, 0.1, 0.2, 0.3, 0.6, 0.1, 0.7];
    let found = ledger(clean, [0.0, 0.0, 0.9, 0.8, 0.55, 0.4, 0.9, 0.1], 0.5).detectors(0).remove(0);
    assert_eq!((found.threshold, found.detector.text().as_str()), (0.5, "squeeze:bits:1"));
    assert_eq!(shares(&found.false_alarms), (2.0 / 6.0, 6));
    assert_eq!(shares(&found.mistakes), (0.5, 2));
    let attack = &found.attacks[0];
    assert_eq!(shares(&attack.flagged), (0.75, 4));
    assert_eq!(shares(&attack.passed), (1.0 / 6.0, 6), "of those right when clean");
    // One of the two that were wrong is flagged as it came, three of four that fell are, and two hold.
    assert_eq!(shares(&attack.system), (6.0 / 8.0, 8));
    let area = attack.area.unwrap();
    assert_eq!((area.n, area.clean), (4, 6));
    // By counting pairs: .9 and .8 lie above all six, .55 above four, .4 above four.
    assert!((area.value - 20.0 / 24.0).abs() < 1e-12, "{area:?}");
    assert!(area.low < area.value && area.value < area.high && area.high <= 1.0);
    assert_eq!((attack.roc[0], attack.roc.last()), ((0.0, 0.0), Some(&(1.0, 1.0))));
    assert!(attack.roc.windows(2).all(|pair| pair[0].0 <= pair[1].0 && pair[0].1 <= pair[1].1), "{:?}", attack.roc);
}

#[test]
fn scores_the_wrong_way_round_have_an_area_below_a_half() {
    let clean = [0.5, 0.5, 0.6, 0.7, 0.8, 0.9, 0.6, 0.7];
    let of = |attacked| ledger(clean, attacked, 0.95).detectors(0)[0].attacks[0].clone();
    let backward = of([0.0, 0.0, 0.1, 0.2, 0.3, 0.4, 0.9, 0.9]);
    assert_eq!((backward.area.unwrap().value, backward.passed.value), (0.0, 4.0 / 6.0));
    let same = of([0.0, 0.0, 0.7, 0.7, 0.7, 0.7, 0.9, 0.9]);
    assert!((same.area.unwrap().value - 0.5).abs() < 1e-12, "equals count half");
}

#[test]
fn the_interval_is_delongs() {
    // Computed by the definition of placements on the same numbers.
    let area = Area::of(&[0.1, 0.2, 0.3, 0.4, 0.5], &[0.25, 0.35, 0.6, 0.7]).unwrap();
    assert!((area.value - 0.75).abs() < 1e-12);
    let (fell, clean) = ([0.4, 0.6, 1.0, 1.0], [1.0, 1.0, 0.75, 0.5, 0.5]);
    let spread = |values: &[f64], mean: f64| {
        values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64
    };
    let error = (spread(&fell, 0.75) / 4.0 + spread(&clean, 0.75) / 5.0).sqrt();
    assert!((area.low - (0.75 - 1.959_963_984_540_054 * error)).abs() < 1e-9, "{area:?}");
    assert_eq!(Area::of(&[], &[0.1]), None);
}

#[test]
fn scores_of_another_number_of_inputs_are_a_stranger() {
    let mut ledger = Ledger::new(vec!["one".into()], vec![trial("pgd", Aim::Within, 0.1)], vec![0; 2], 2);
    let detected = vec![Detected { threshold: 0.5, clean: vec![0.1], attacked: vec![0.1, 0.2] }];
    let part = Part { detected, transfer: Vec::new(), ..part("one", 0, 0, vec![sample(0, 0, 0, 0.1); 2]) };
    assert!(ledger.add(part).is_err());
    assert!(ledger.detectors(0).is_empty(), "nobody looked on");
}
