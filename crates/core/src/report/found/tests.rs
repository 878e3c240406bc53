//! What the auditor breaks, counted in reports that are known by construction.

use super::*;
use crate::protocol::Radii;
use crate::report::fixture::{ledger, part, sample, trial, turned};
use crate::report::{csv, weak};

const LINF: Norm = Norm::Linf;

/// The report of four inputs: held by all, broken by the second attack, beyond the radius, wrong already. The auditor has
/// gone through all of them once, and turned them into `answers` at `far`.
fn judged(answers: [u32; 4], far: f32, roles: &[Role]) -> ModelReport {
    let mut report = ledger().figures(0, 0.5);
    let mut audited = Ledger::new(vec!["one".into()], vec![trial("square", Aim::Within, 0.1)], vec![0, 1, 2, 3], 4);
    let clean = [0, 1, 2, 0];
    let told = (0..4).map(|at| sample(at as u32, clean[at], answers[at], far)).collect();
    audited.add(one(told)).unwrap();
    count_found(&mut report, &audited, roles, LINF, Some(0.4));
    report
}

/// A part about the only model of a ledger.
fn one(samples: Vec<crate::protocol::Sample>) -> crate::protocol::Part {
    crate::protocol::Part { transfer: Vec::new(), ..part("one", 0, 0, samples) }
}

#[test]
fn what_the_auditor_breaks_counts_in_every_figure() {
    let before = ledger().figures(0, 0.5);
    assert_eq!((before.worst, before.samples[0].radius), (Accuracy::of(2, 4), Some(None)));
    let after = judged([3, 3, 2, 0], 0.09, &[Role::Blackbox]);
    // The first input stood, its search had found nothing, and the map of answers had it right.
    let found = Found { attack: "square".into(), label: 3 };
    let row = &after.samples[0];
    assert_eq!((row.found.as_ref(), row.attacked, row.radius), (Some(&found), 3, Some(Some(0.09))));
    assert_eq!((after.worst, after.chosen), (Accuracy::of(1, 4), Some(Accuracy::of(2, 4))));
    assert_eq!((before.classes.1.confusion[0][0], &after.classes.1.confusion[0][..]), (1, &[0, 0, 0, 1][..]));
    assert_eq!((after.radius.n, after.radius.values.last()), (4, Some(&Some(0.2))));
    let at = |report: &ModelReport, eps: f32| report.curve.iter().rev().find(|(at, _)| *at <= eps).unwrap().1.value;
    assert_eq!((at(&before, 0.39), at(&after, 0.39)), (0.25, 0.0), "nothing is beyond the search any more");
    // The second one fell anyhow, and at less; what the search found stays.
    assert_eq!((&after.samples[1].found, after.samples[1].radius), (&None, Some(Some(0.06))));
    assert_eq!(after.samples[2..], before.samples[2..]);
}

#[test]
fn a_shorter_way_than_the_search_found_is_the_radius() {
    let after = judged([0, 3, 3, 0], 0.05, &[Role::Twin]);
    assert_eq!((&after.samples[1].found, after.samples[1].radius), (&None, Some(Some(0.05))));
    let broken = &after.samples[2];
    assert_eq!((broken.radius, broken.margin), (Some(Some(0.05)), Some(Some(0.05))), "its margin was .3");
    assert!(after.samples.iter().all(|row| row.certified <= row.radius.flatten() || row.radius == Some(None)));
}

#[test]
fn nothing_counts_that_was_allowed_more_or_found_on_a_wrong_answer() {
    let before = ledger().figures(0, 0.5);
    assert_eq!(judged([3, 3, 3, 0], 0.09, &[Role::Boundless]), before, "any input falls without a bound");
    assert_eq!(judged([0, 1, 2, 1], 0.09, &[Role::Pgd]), before, "the fourth is wrong already");
    assert_eq!(judged([0, 1, 2, 0], 0.0, &[Role::Noise]), before, "nothing broke");
}

#[test]
fn counting_twice_is_counting_once_and_a_find_stays_found() {
    let roles = [Role::Pgd, Role::Twin];
    let mut report = turned(&[&[0, 0, 1, 0]], 4).figures(0, 0.5);
    let audited = turned(&[&[0, 2, 0, 0], &[0, 3, 0, 0]], 4);
    count_found(&mut report, &audited, &roles, LINF, None);
    let once = report.clone();
    assert_eq!(once.samples[1].found, Some(Found { attack: "pgd".into(), label: 2 }), "the first of equals");
    count_found(&mut report, &audited, &roles, LINF, None);
    assert_eq!(report, once);
    // Another audit that is kinder takes nothing back.
    let kind = turned(&[&[0; 4]], 4);
    count_found(&mut report, &kind, &roles, LINF, None);
    assert_eq!(report, once);
    assert_eq!(weak(&report, &kind, &roles).unwrap().inputs, [1]);
    assert!(csv(&audited.trials, &[report]).contains("one,1,0,0,2,"));
}

#[test]
fn an_attack_without_a_norm_counts_and_gives_no_radius() {
    let mut chosen = turned(&[&[0, 0]], 2);
    let radii = Radii { model: "one".into(), first: 0, radii: vec![None, Some(0.3)], certified: vec![0.0; 2] };
    chosen.add_radii(radii).unwrap();
    let mut report = chosen.figures(0, 0.5);
    let mut audited = turned(&[&[1, 1]], 2);
    audited.trials[0].aim = Aim::Free;
    count_found(&mut report, &audited, &[Role::Twin], LINF, Some(0.4));
    assert_eq!(report.worst, Accuracy::of(0, 2));
    assert_eq!([report.samples[0].radius, report.samples[1].radius], [Some(None), Some(Some(0.3))]);
    // And one of another norm says nothing about a radius in this one.
    audited.trials[0].aim = Aim::Within;
    count_found(&mut report, &audited, &[Role::Twin], Norm::L2, Some(0.4));
    assert_eq!(report.samples[1].radius, Some(Some(0.3)));
}

#[test]
fn a_partial_report_that_does_not_say_what_it_is_of_stays_as_it_is() {
    let mut report = turned(&[&[1, 0, 0], &[0, 0, 0, 0]], 4).figures(0, 0.5);
    report.samples.iter_mut().for_each(|row| row.open.clear());
    let before = report.clone();
    count_found(&mut report, &turned(&[&[1; 4]], 4), &[Role::Pgd], LINF, None);
    assert_eq!(report, before);
}
