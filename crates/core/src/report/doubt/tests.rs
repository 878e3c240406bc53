//! What the auditor's attacks say of an evaluation's own, from parts that are known by construction.

use super::*;
use crate::report::fixture::{part, sample, turned};
use crate::report::{csv, table};

#[test]
fn twice_the_steps_are_compared_on_the_inputs_of_both() {
    let report = turned(&[&[1, 0, 0, 0, 0]], 6).figures(0, 0.5);
    let compared = |answers: &[u32]| twice(&report, 0, &turned(&[answers], 4), 0);
    let found = compared(&[1, 1, 0, 1]).unwrap();
    assert_eq!((found.steps, found.own, found.twin), (3, Accuracy::of(3, 4), Accuracy::of(1, 4)));
    assert_eq!((found.converged, found.fell), (false, vec![1, 3]));
    let fine = compared(&[1, 1, 0, 0]).unwrap();
    assert!(fine.converged && fine.fell == [1], "one input of four is more than a point, and no more than one input");
    assert_eq!(twice(&report, 0, &turned(&[&[]], 4), 0), None, "not looked at");
    assert_eq!([1, 50, 199, 200, 1000].map(slack), [1, 1, 1, 2, 10]);
}

#[test]
fn what_the_auditor_breaks_beyond_the_chosen_attacks_is_counted() {
    // The first input falls to a chosen attack, the last is not done by all.
    let report = turned(&[&[1, 0, 0, 0, 0], &[0, 0, 0, 0]], 5).figures(0, 0.5);
    let roles = [Role::Pgd, Role::Twin, Role::Boundless];
    let judged = |answers: &[&[u32]]| weak(&report, &turned(answers, 5), &roles);
    let found = judged(&[&[1, 0, 1, 0, 1], &[0, 0, 0, 1, 0], &[1, 1, 1, 1, 1]]).unwrap();
    assert_eq!((found.inputs, found.of), (vec![2, 3], 3));
    assert_eq!(judged(&[&[1, 0, 0, 0, 0], &[0; 5], &[1; 5]]), None, "any input falls without a bound");
    assert_eq!(judged(&[&[0, 0, 1], &[0, 0], &[0; 5]]), None, "an input that the audit is not done on says nothing");
}

#[test]
fn doubts_are_in_the_exports() {
    let chosen = turned(&[&[0; 4]], 4);
    let mut report = chosen.figures(0, 0.5);
    let audited = turned(&[&[0, 1, 1, 0]], 4);
    report.attacks[0].twice = twice(&report, 0, &audited, 0);
    report.weak = weak(&report, &audited, &[Role::Twin]);
    let table = table(&chosen.trials, &[report.clone()]);
    assert!(table.contains("(not converged: 3 steps leave 50.0 % [15.0, 85.0], n = 4, these 100.0 % ["), "{table}");
    assert!(table.contains("(weak set: the auditor breaks 2 of 4 more) |"), "{table}");
    let csv = csv(&chosen.trials, &[report]);
    let lines: Vec<&str> = csv.lines().skip(1).collect();
    assert_eq!(lines[..2], ["one,0,0,0,0,,,,,,,,1", "one,1,0,0,0,,,,,pgd,broken,,1"]);
}

#[test]
fn what_one_side_is_not_done_on_or_reads_wrong_when_clean_is_no_doubt() {
    let report = {
        let mut ledger = turned(&[&[1, 0, 0], &[0, 0, 0, 0, 0]], 5);
        ledger.add(part("one", 0, 3, vec![sample(0, 2, 2, 0.0)])).unwrap();
        ledger.figures(0, 0.5)
    };
    // The fourth is wrong already, on the fifth only the other attack is done.
    let mut audited = turned(&[&[1, 1, 0]], 5);
    audited.add(part("one", 0, 3, vec![sample(0, 2, 2, 0.0), sample(0, 0, 1, 0.1)])).unwrap();
    let found = twice(&report, 0, &audited, 0).unwrap();
    assert_eq!((found.own, found.twin, found.fell), (Accuracy::of(2, 4), Accuracy::of(1, 4), vec![1]));
    assert_eq!(twice(&report, 0, &audited, 1), None, "no such twin");
    assert_eq!(twice(&report, 2, &audited, 0), None, "no such attack");
}

#[test]
fn a_partial_report_that_does_not_say_what_it_is_of_is_compared_with_nothing() {
    let mut report = turned(&[&[1, 0, 0], &[0, 0, 0, 0]], 4).figures(0, 0.5);
    let audited = turned(&[&[1, 1, 1, 1]], 4);
    assert!(twice(&report, 0, &audited, 0).is_some() && weak(&report, &audited, &[Role::Twin]).is_some());
    report.samples.iter_mut().for_each(|row| row.open.clear());
    assert_eq!(twice(&report, 0, &audited, 0), None);
    assert_eq!(weak(&report, &audited, &[Role::Twin]), None);
}

#[test]
fn a_model_is_compared_with_itself_alone() {
    let chosen = turned(&[&[0, 0, 0]], 3);
    let mut audited = turned(&[&[1, 1, 1]], 3);
    let one = chosen.figures(0, 0.5);
    let named = |id: &str| ModelReport { id: id.into(), ..one.clone() };
    let compared = |audited: &Ledger, id: &str| {
        (twice(&named(id), 0, audited, 0).map(|of| of.fell.len()), weak(&named(id), audited, &[Role::Twin]).is_some())
    };
    assert_eq!(compared(&audited, "one"), (Some(3), true));
    assert_eq!([compared(&audited, "two"), compared(&audited, "three")], [(None, false); 2]);
    audited.add(part("two", 0, 0, vec![sample(0, 0, 1, 0.1), sample(0, 0, 0, 0.1)])).unwrap();
    assert_eq!(compared(&audited, "two"), (Some(1), true));
}

#[test]
fn a_twin_of_many_inputs_may_take_one_of_a_hundred() {
    let report = turned(&[&[0; 300]], 300).figures(0, 0.5);
    let converged = |fell: usize| {
        let answers = crate::report::fixture::fell(fell, 300);
        twice(&report, 0, &turned(&[&answers], 300), 0).unwrap().converged
    };
    assert_eq!([0, 3, 4].map(converged), [true, true, false]);
}

/// An attack that breaks `own`, at its radius, beside itself at two smaller ones, of .05 and .1, that break these.
fn at_smaller_radii(own: &[u32], smaller: [&[u32]; 2]) -> Option<Nearer> {
    let mut audited = turned(&smaller, own.len());
    audited.trials[0].spec.eps = 0.05;
    nearer(&turned(&[own], own.len()).figures(0, 0.5), 0, &audited, &[0, 1])
}

#[test]
fn a_larger_radius_that_leaves_more_by_two_inputs_rises() {
    let calm = at_smaller_radii(&[1, 0, 0, 0, 0], [&[0, 1, 1, 0, 0], &[0, 1, 0, 1, 0]]).unwrap();
    assert_eq!(
        (calm.own, calm.nearer, calm.eps),
        (Accuracy::of(4, 5), Accuracy::of(3, 5), 0.1),
        "the larger of equals"
    );
    assert_eq!((calm.rises, &calm.fell[..]), (false, &[1, 2, 3][..]), "one input is no more than chance");
    assert_eq!(calm.worst, Accuracy::of(1, 5), "what falls at any radius falls");
    assert_eq!(calm.raw, [(0.05, Accuracy::of(3, 5)), (0.1, Accuracy::of(3, 5))]);
    let risen = at_smaller_radii(&[1, 0, 0, 0, 0], [&[0, 1, 1, 1, 0], &[1, 1, 0, 0, 0]]).unwrap();
    assert_eq!(
        (risen.rises, risen.eps, risen.nearer),
        (true, 0.05, Accuracy::of(2, 5)),
        "the one that leaves the fewest"
    );
    let fine = at_smaller_radii(&[1, 1, 1, 0, 0], [&[1, 0, 0, 0, 0], &[1, 1, 0, 0, 0]]).unwrap();
    assert_eq!((fine.rises, fine.fell.len(), fine.worst), (false, 0, fine.own));
}

#[test]
fn smaller_radii_are_compared_once_all_of_them_are_done_on_the_same_inputs() {
    assert_eq!(at_smaller_radii(&[0, 0, 0], [&[1, 1, 0], &[1, 1]]), None);
    assert!(at_smaller_radii(&[0, 0, 0], [&[1, 1], &[1, 1]]).is_some());
    let (report, audited) = (turned(&[&[0, 0]], 2).figures(0, 0.5), turned(&[&[1, 1]], 2));
    assert_eq!(nearer(&report, 0, &audited, &[]), None, "there are none");
    assert_eq!(nearer(&report, 0, &audited, &[0, 1]), None, "one of them is not known");
}

#[test]
fn an_input_that_is_wrong_already_is_not_among_those_that_stand() {
    let mut chosen = turned(&[&[0, 0]], 3);
    chosen.add(part("one", 0, 2, vec![sample(0, 1, 1, 0.0)])).unwrap();
    let report = chosen.figures(0, 0.5);
    let mut audited = turned(&[&[0, 1]], 3);
    audited.add(part("one", 0, 2, vec![sample(0, 1, 1, 0.0)])).unwrap();
    let found = weak(&report, &audited, &[Role::Noise]).unwrap();
    assert_eq!((found.inputs, found.of), (vec![1], 2));
}
