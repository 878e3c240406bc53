//! The figures follow their definitions, on parts that are known by construction.

mod attacks;

use super::*;
use crate::protocol::{Part, Radii};
use crate::report::Trial;
use crate::report::fixture::{ledger, part, sample, trial, turned};

#[test]
fn accuracies_and_worst_case_follow_the_definitions() {
    let figures = ledger().figures(0, 0.5);
    let shares: Vec<f64> = figures.attacks.iter().map(|attack| attack.accuracy.value).collect();
    assert_eq!((figures.clean.value, figures.clean.n, shares), (0.75, 4, vec![0.75, 0.5]));
    assert_eq!((figures.worst.value, figures.worst.n), (0.5, 4));
    assert_eq!(figures.score, 0.5 * 0.5 + 0.5 * 0.75);
    assert_eq!(figures.attacks[1].queries, Some(4.0));
    assert!(figures.attacks[1].by_queries.is_empty(), "the first answer of a nearest-input attack may lie beyond");
    assert!((figures.attacks[1].distance.unwrap() - 0.05).abs() < 1e-7);
    assert_eq!(figures.attacks[0].loss, [1.0, 3.0]);
    assert_eq!(figures.attacks[0].millis, 20.0);
    let (norm, margin) = figures.margin.unwrap();
    assert_eq!((norm, margin.values), (Norm::Linf, vec![Some(0.0), Some(0.05), Some(0.3), None]));
    assert_eq!(figures.radius.values, [Some(0.0), Some(0.06), Some(0.2), None]);
    assert_eq!(figures.samples[1].broken, [1]);
    assert_eq!(figures.samples[2].broken, [0usize; 0]);
    // A certain answer has no entropy, a uniform one of four two bits; all inputs count.
    assert!(figures.entropy.0.abs() < 1e-12 && (figures.entropy.1 - 2.0).abs() < 1e-6);
    assert!((figures.defensive_margin - 0.75).abs() < 1e-6);
    assert_eq!(figures.classes.0.confusion[3][0], 1);
    assert_eq!(figures.classes.1.confusion[1][2], 1);
    let (first, last) = (figures.curve.first().unwrap(), figures.curve.last().unwrap());
    assert_eq!((first.0, first.1.value, last.0, last.1.value), (0.0, 0.75, 0.4, 0.25));
    let margins: Vec<Option<f32>> = figures.samples.iter().map(|row| row.margin.unwrap()).collect();
    assert_eq!(margins, [None, Some(0.05), Some(0.3), Some(0.0)]);
    assert!(ledger().figures(1, 0.5).curve.is_empty(), "nothing was searched");
}

#[test]
fn an_empty_or_partial_ledger_is_a_report_of_fewer_inputs() {
    let trials = vec![trial("pgd", Aim::Within, 0.1), trial("fgsm", Aim::Within, 0.1)];
    let mut ledger = Ledger::new(vec!["one".into(), "two".into()], trials, vec![0, 1], 4);
    let figures = ledger.figures(0, 0.5);
    assert_eq!((figures.clean.n, figures.worst.n, figures.samples.len()), (0, 0, 0));
    ledger.add(part("one", 0, 1, vec![sample(1, 1, 0, 0.1)])).unwrap();
    let figures = ledger.figures(0, 0.5);
    assert_eq!((figures.clean.n, figures.attacks[0].accuracy.n, figures.worst.n), (1, 1, 0));
    assert_eq!(figures.samples[0].open, [1]);
    assert_eq!(ledger.figures(1, 0.5).clean.n, 0);
    assert!(ledger.add(part("three", 0, 0, vec![])).is_err());
    assert!(ledger.add(part("one", 2, 0, vec![])).is_err());
    assert!(ledger.add(part("one", 0, 1, vec![sample(1, 1, 0, 0.1); 2])).is_err());
    assert!(ledger.add(part("one", 0, u64::MAX, vec![sample(1, 1, 0, 0.1)])).is_err());
}

#[test]
fn an_input_that_only_falls_beyond_the_radius_counts_as_it_was_answered_within() {
    // The nearest input that fools lies at .3; the radius is .1.
    let figures = |trials: Vec<Trial>, parts: Vec<Part>| {
        let mut ledger = Ledger::new(vec!["one".into(), "two".into()], trials, vec![2], 4);
        parts.into_iter().for_each(|part| ledger.add(part).unwrap());
        ledger.figures(0, 0.5)
    };
    let beyond = || part("one", 0, 0, vec![sample(2, 2, 3, 0.3)]);
    let alone = figures(vec![trial("deepfool", Aim::Nearest, 0.1)], vec![beyond()]);
    assert_eq!((alone.worst.value, alone.samples[0].attacked, alone.classes.1.confusion[2][2]), (1.0, 2, 1));
    assert_eq!((alone.defensive_margin, alone.entropy.1), (0.0, alone.entropy.0));
    let trials = vec![trial("deepfool", Aim::Nearest, 0.1), trial("pgd", Aim::Within, 0.1)];
    let both = figures(trials, vec![beyond(), part("one", 1, 0, vec![sample(2, 2, 2, 0.1)])]);
    assert_eq!((both.worst.value, both.classes.1.confusion[2][2]), (1.0, 1));
    assert!((both.defensive_margin - 0.75).abs() < 1e-6, "{}", both.defensive_margin);
}

#[test]
fn the_curve_ends_where_the_search_does_or_else_at_the_largest_radius_that_was_found() {
    let curve = |most: Option<f32>, radii: Vec<Option<f32>>| {
        let mut ledger = Ledger::new(vec!["one".into()], Vec::new(), vec![0; radii.len()], 4);
        ledger.most = most;
        ledger.add_radii(Radii { model: "one".into(), first: 0, radii, certified: Vec::new() }).unwrap();
        ledger.figures(0, 0.5).curve
    };
    let found = vec![Some(0.0), Some(0.125), Some(0.25), None];
    let line = curve(Some(1.0), found.clone());
    assert_eq!(line.len(), 33);
    assert!(line.iter().enumerate().all(|(at, (radius, _))| *radius == at as f32 / 32.0), "evenly spread");
    let left = |at: usize| line[at].1;
    assert_eq!([left(0), left(3), left(4), left(8)], [3, 3, 2, 1].map(|right| Accuracy::of(right, 4)));
    let line = curve(None, found);
    assert_eq!((line.len(), line[1].0, line[32].0), (33, 0.25 / 32.0, 0.25));
    assert_eq!(line[32].1, Accuracy::of(1, 4));
    assert_eq!(curve(None, vec![Some(0.0), None]), [], "every input that fell was wrong already");
    assert_eq!(curve(Some(1.0), Vec::new()), [], "nothing was searched");
}

#[test]
fn a_margin_is_of_the_attacks_that_seek_the_nearest_input_in_the_norm_of_the_first_of_them() {
    let mut other = trial("deepfool", Aim::Nearest, 0.1);
    other.spec.norm = Norm::L2;
    let nearest = || trial("deepfool", Aim::Nearest, 0.1);
    let trials = vec![trial("pgd", Aim::Within, 0.1), nearest(), other, nearest()];
    let mut ledger = Ledger::new(vec!["one".into()], trials, vec![0, 0], 4);
    // What is within a radius is no nearest input, and a distance of 0 in another norm is none of this one.
    let far = |linf: f32| vec![sample(0, 0, 1, linf), sample(0, 0, 0, 0.0)];
    for (attack, linf) in [(0, 0.02), (1, 0.3), (2, 0.01), (3, 0.25)] {
        ledger.add(part("one", attack, 0, far(linf))).unwrap();
    }
    let figures = ledger.figures(0, 0.5);
    let (norm, spread) = figures.margin.unwrap();
    assert_eq!((norm, spread.values), (Norm::Linf, vec![Some(0.25), None]));
    assert_eq!(figures.samples[0].margin, Some(Some(0.25)));
    let none = turned(&[&[1, 0]], 2).figures(0, 0.5);
    assert_eq!((none.margin, none.samples[0].margin), (None, None), "nobody sought it");
}

#[test]
fn an_input_counts_in_the_worst_case_if_it_was_right_and_stays_right_under_all() {
    let mut ledger = turned(&[&[0, 1, 0, 0], &[0, 0, 1, 0]], 5);
    // Wrong already, and turned right by the attack: never an attack's success, and never robust.
    let wrong = || vec![sample(0, 1, 0, 0.1)];
    ledger.add(part("one", 0, 4, wrong())).unwrap();
    ledger.add(part("one", 1, 4, wrong())).unwrap();
    let figures = ledger.figures(0, 0.5);
    assert_eq!((figures.worst, figures.clean), (Accuracy::of(2, 5), Accuracy::of(4, 5)));
    assert_eq!(figures.attacks[0].accuracy, Accuracy::of(3, 5));
    let weighed = [0.0, 0.25, 1.0].map(|weight| ledger.figures(0, weight).score);
    assert_eq!(weighed, [0.8, 0.25 * 0.4 + 0.75 * 0.8, 0.4]);
}

#[test]
fn reports_are_read_as_they_were_written_and_older_ones_with_what_they_lack() {
    let ledger = ledger();
    let report = ledger.figures(0, 0.5);
    let mut written = serde_json::to_value(&report).unwrap();
    let read: ModelReport = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(read.samples, report.samples);
    let radii: Vec<_> = read.samples.iter().map(|row| row.radius).collect();
    assert_eq!(radii, [Some(None), Some(Some(0.06)), Some(Some(0.2)), Some(Some(0.0))], "null was searched for");
    written.as_object_mut().unwrap().remove("draws");
    written["samples"][0].as_object_mut().unwrap().remove("radius");
    let older: ModelReport = serde_json::from_value(written).unwrap();
    assert_eq!((older.draws, older.samples[0].radius), (1, None), "what is not told was not searched for");
}
