//! The figures of each attack.

use super::*;
use crate::protocol::EightBit;

#[test]
fn accuracy_against_queries_ends_at_the_accuracy() {
    let mut ledger = Ledger::new(vec!["one".into()], vec![trial("pgd", Aim::Within, 0.1)], vec![0, 1, 2, 3], 4);
    let late = |queries: u32, sample: Sample| Sample { queries: sample.queries.map(|_| queries), ..sample };
    let samples =
        vec![sample(0, 0, 1, 0.1), late(30, sample(1, 1, 2, 0.1)), sample(2, 2, 2, 0.1), sample(3, 0, 0, 0.0)];
    ledger.add(part("one", 0, 0, samples)).unwrap();
    let figures = ledger.figures(0, 0.5);
    let line: Vec<(u32, f64)> = figures.attacks[0].by_queries.iter().map(|(at, left)| (*at, left.value)).collect();
    assert_eq!(line, [(0, 0.75), (4, 0.5), (30, 0.25)]);
    assert_eq!(line.last().map(|(_, left)| *left), Some(figures.attacks[0].accuracy.value));
}

#[test]
fn accuracy_against_steps_counts_runs_one_after_another() {
    let figures = |aim: Aim, samples: Vec<Sample>| {
        let mut ledger = Ledger::new(vec!["one".into()], vec![trial("pgd", aim, 0.1)], vec![0, 1, 2, 3], 4);
        ledger.add(part("one", 0, 0, samples)).unwrap();
        ledger.figures(0, 0.5).attacks.swap_remove(0)
    };
    let at = |iterate: u32, sample: Sample| Sample { iterate: sample.iterate.map(|_| iterate), ..sample };
    let fallen = || {
        // The start of the first run, its end, and two steps into the second one: iterates 0, 3 and 6.
        vec![at(0, sample(0, 0, 1, 0.1)), sample(1, 1, 2, 0.1), at(6, sample(2, 2, 3, 0.1)), sample(3, 0, 0, 0.0)]
    };
    let found = figures(Aim::Within, fallen());
    let line: Vec<(u32, f64)> = found.by_steps.iter().map(|(at, left)| (*at, left.value)).collect();
    assert_eq!(line, [(0, 0.75), (0, 0.5), (3, 0.25), (5, 0.0)]);
    let members: Vec<(&str, f64)> = found.members.iter().map(|(name, left)| (name.as_str(), left.value)).collect();
    assert_eq!(members, [("a", 0.25), ("b", 0.0)]);
    for aim in [Aim::Nearest, Aim::Shared] {
        let found = figures(aim, fallen());
        assert!(found.by_steps.is_empty() && found.by_queries.is_empty(), "a first success says nothing there");
    }
}

#[test]
fn a_mean_loss_is_of_the_same_step_for_all() {
    // Losses are told of every second iterate: a sample that left at the end of the first run keeps its last one.
    let losses = |losses: &[f32]| Sample { loss: losses.to_vec(), ..sample(0, 0, 0, 0.1) };
    let mut ledger = Ledger::new(vec!["one".into()], vec![trial("pgd", Aim::Within, 0.1)], vec![0, 0], 4);
    ledger.add(part("one", 0, 0, vec![losses(&[1.0, 3.0, 5.0]), losses(&[1.0, 1.0, 1.0, 1.0, 1.0])])).unwrap();
    let found = ledger.figures(0, 0.5).attacks.swap_remove(0);
    assert_eq!((found.loss, found.loss_at), (vec![1.0, 2.0, 3.0, 3.0, 3.0], vec![0, 2, 3, 5, 6]));
}

#[test]
fn examples_that_rounding_undoes_are_counted() {
    let mut ledger = Ledger::new(vec!["one".into(), "two".into()], vec![trial("pgd", Aim::Within, 0.1)], vec![0; 4], 4);
    let mut undone = sample(0, 0, 1, 0.1);
    undone.eight_bit = EightBit { label: 0, success: false };
    ledger.add(part("one", 0, 0, vec![sample(0, 0, 1, 0.1), undone, sample(0, 0, 0, 0.1)])).unwrap();
    assert_eq!(ledger.figures(0, 0.5).attacks[0].eight_bit, Some((1, 2)));
    assert_eq!(
        ledger.figures(0, 0.5).attacks[0].accuracy,
        Accuracy::of(1, 3),
        "an accuracy is that of the example itself"
    );
}

/// The figures of one attack that was done on inputs of class 0.
fn figures(samples: Vec<Sample>) -> AttackFigures {
    let trials = vec![trial("pgd", Aim::Within, 0.1)];
    let mut ledger = Ledger::new(vec!["one".into(), "two".into()], trials, vec![0; samples.len()], 4);
    ledger.add(part("one", 0, 0, samples)).unwrap();
    ledger.figures(0, 0.5).attacks.swap_remove(0)
}

#[test]
fn what_falls_at_the_start_of_a_member_s_run_is_that_member_s() {
    // Each of the two runs has three steps, so that the second one starts with iterate 4.
    let at = |iterate: u32| Sample { iterate: Some(iterate), ..sample(0, 0, 1, 0.1) };
    let found = figures(vec![at(3), at(4), sample(0, 0, 0, 0.1)]);
    let wanted = [("a".to_string(), Accuracy::of(2, 3)), ("b".to_string(), Accuracy::of(1, 3))];
    assert_eq!(found.members, wanted);
}

#[test]
fn an_attack_that_broke_nothing_has_no_queries_and_no_distance() {
    let held = figures(vec![sample(0, 0, 0, 0.1)]);
    assert_eq!((held.queries, held.distance, held.by_queries), (None, None, Vec::new()));
    assert_eq!(held.eight_bit, Some((0, 0)));
    let asked_nothing = figures(vec![Sample { queries: None, ..sample(0, 0, 1, 0.25) }]);
    assert_eq!((asked_nothing.queries, asked_nothing.distance), (None, Some(0.25)));
    let fell = figures(vec![sample(0, 0, 1, 0.125), sample(0, 0, 0, 1.0), sample(0, 0, 2, 0.375)]);
    assert_eq!((fell.queries, fell.distance), (Some(4.0), Some(0.25)), "means over those that fell");
}

#[test]
fn inputs_on_which_an_attack_was_not_carried_out_are_counted_by_why() {
    use SampleOutcome::*;
    let came = |outcome, zero_gradient| Sample { outcome, zero_gradient, ..sample(0, 0, 0, 0.0) };
    let wrong = |outcome| Sample { outcome, ..sample(0, 1, 1, 0.0) };
    let samples = vec![
        came(Held, false),
        came(NoGradient, true),
        came(NoGradient, true),
        came(NothingToDo, true),
        came(NoStart, false),
        wrong(NothingToDo),
        wrong(NoStart),
    ];
    let found = figures(samples.clone());
    assert_eq!((found.blind, found.idle, found.unstarted), (2, 1, 1), "an input that is wrong already is in none");
    let mut ledger = Ledger::new(vec!["one".into()], vec![trial("pgd", Aim::Within, 0.1)], vec![0; 7], 4);
    ledger.add(Part { transfer: Vec::new(), ..part("one", 0, 0, samples) }).unwrap();
    let untried: Vec<Vec<(usize, SampleOutcome)>> =
        ledger.figures(0, 0.5).samples.into_iter().map(|row| row.untried).collect();
    let none = Vec::new;
    let first = |why| vec![(0, why)];
    let wanted = [none(), first(NoGradient), first(NoGradient), first(NothingToDo), first(NoStart), none(), none()];
    assert_eq!(untried, wanted);
}
