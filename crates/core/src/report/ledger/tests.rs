//! Parts go where they belong, those of other evaluations nowhere, and a success is one within the radius.

use super::*;
use crate::catalog::Norm;
use crate::report::fixture::{part, sample, trial, turned};

fn empty(inputs: usize) -> Ledger {
    let trials = vec![trial("pgd", Aim::Within, 0.1), trial("deepfool", Aim::Nearest, 0.1)];
    Ledger::new(vec!["one".into(), "two".into()], trials, vec![0; inputs], 4)
}

/// Places of the inputs that an attack is done on.
fn done(ledger: &Ledger, model: usize, attack: usize) -> Vec<usize> {
    ledger.done(model, attack).map(|(place, _)| place).collect()
}

#[test]
fn only_what_was_right_and_met_the_goal_is_broken() {
    let trial = trial("pgd", Aim::Within, 0.1);
    assert!(trial.broke(&sample(0, 0, 1, 0.1)));
    assert!(!trial.broke(&sample(0, 0, 0, 0.1)), "it held");
    assert!(!trial.broke(&sample(0, 1, 2, 0.1)), "it was wrong already");
    assert!(!trial.broke(&Sample { success: true, ..sample(0, 1, 2, 0.1) }), "wrong already, whatever the goal");
    assert!(!trial.broke(&Sample { success: false, ..sample(0, 0, 1, 0.1) }), "another class than the target");
}

#[test]
fn a_nearest_input_counts_up_to_the_radius_in_the_attack_s_norm_and_any_other_as_it_is() {
    let nearest = trial("deepfool", Aim::Nearest, 0.1);
    let found = [0.05, 0.1, 0.11].map(|linf| nearest.broke(&sample(0, 0, 1, linf)));
    assert_eq!(found, [true, true, false]);
    let mut euclidean = nearest;
    euclidean.spec.norm = Norm::L2;
    let mut far = sample(0, 0, 1, 0.05);
    far.distance.l2 = 0.4;
    assert!(!euclidean.is_within(&far));
    for aim in [Aim::Within, Aim::Shared, Aim::Free] {
        assert!(trial("any", aim, 0.1).broke(&sample(0, 0, 1, 0.4)), "{aim:?} answers for its own radius");
    }
}

#[test]
fn a_part_lands_at_its_model_attack_and_inputs() {
    let mut ledger = empty(5);
    ledger.add(part("two", 1, 2, vec![sample(0, 0, 1, 0.05), sample(0, 0, 2, 0.05)])).unwrap();
    assert_eq!(done(&ledger, 1, 1), [2, 3]);
    assert_eq!([done(&ledger, 0, 0), done(&ledger, 0, 1), done(&ledger, 1, 0)], [[0usize; 0]; 3]);
    assert_eq!([1, 2, 3, 4].map(|place| ledger.is_done(1, 1, place)), [false, true, true, false]);
    let (attack, entry) = ledger.of_input(1, 3).next().unwrap();
    assert_eq!((attack, entry.sample.adversarial.label, &entry.transfer[..]), (1, 2, &[2, 2][..]));
    assert_eq!(ledger.of_input(1, 1).count() + ledger.of_input(0, 3).count(), 0);
    assert_eq!((ledger.timeline(1).runs.len(), ledger.timeline(0).runs.len()), (2, 0));
}

#[test]
fn a_part_that_comes_again_changes_nothing_but_the_time() {
    let mut ledger = empty(2);
    let one = || part("one", 0, 1, vec![sample(0, 0, 1, 0.05)]);
    ledger.add(one()).unwrap();
    assert_eq!((ledger.millis(0, 0), ledger.millis(0, 1), ledger.millis(1, 0)), (10.0, 0.0, 0.0));
    ledger.add(one()).unwrap();
    assert_eq!((done(&ledger, 0, 0), ledger.millis(0, 0)), (vec![1], 20.0));
}

#[test]
fn a_part_of_another_evaluation_is_refused_and_leaves_no_trace() {
    let mut ledger = empty(3);
    let one = || vec![sample(0, 0, 1, 0.05)];
    let mut torn = part("one", 0, 0, one());
    torn.transfer[1].push(0);
    let strangers = [
        part("three", 0, 0, one()),
        part("one", 2, 0, one()),
        part("one", 0, 3, one()),
        part("one", 0, 2, [one(), one()].concat()),
        part("one", 0, u64::MAX, one()),
        torn,
    ];
    for stranger in strangers {
        let (model, attack, first) = (stranger.model.clone(), stranger.attack, stranger.first);
        let fault = ledger.add(stranger).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Input, "{model}, attack {attack}, from {first}");
    }
    let kept: Vec<usize> = [(0, 0), (0, 1), (1, 0), (1, 1)].iter().flat_map(|&(m, a)| done(&ledger, m, a)).collect();
    assert_eq!((kept, ledger.millis(0, 0)), (Vec::new(), 0.0));
    ledger.add(part("one", 1, 2, one())).expect("the last input under the last attack is of this evaluation");
}

#[test]
fn an_input_is_complete_once_every_attack_is_done_on_it() {
    let complete = |answers: &[&[u32]]| turned(answers, 3).complete(0).collect::<Vec<_>>();
    assert_eq!(complete(&[&[0, 0, 0], &[0, 0]]), [0, 1]);
    assert_eq!(complete(&[&[0, 0, 0], &[0, 0, 0]]), [0, 1, 2]);
    assert_eq!(complete(&[&[0, 0, 0], &[]]), [0usize; 0]);
}

#[test]
fn radii_are_kept_by_model_and_input_and_the_proven_ones_beside_them() {
    let mut ledger = empty(4);
    let radii = |model: &str, first: u64| Radii {
        model: model.into(),
        first,
        radii: vec![Some(0.25), None],
        certified: vec![0.125, 0.0625],
    };
    ledger.add_radii(radii("two", 2)).unwrap();
    assert_eq!(ledger.radii(1).collect::<Vec<_>>(), [(2, Some(0.25)), (3, None)]);
    assert_eq!([1, 2, 3].map(|place| ledger.radius_of(1, place)), [None, Some(Some(0.25)), Some(None)]);
    assert_eq!(ledger.certified(1).collect::<Vec<_>>(), [0.125, 0.0625]);
    assert_eq!([1, 2, 3].map(|place| ledger.certified_of(1, place)), [None, Some(0.125), Some(0.0625)]);
    assert_eq!((ledger.radii(0).count(), ledger.certified(0).count()), (0, 0));
    // Interval bounds may prove nothing about a model.
    ledger.add_radii(Radii { certified: Vec::new(), ..radii("one", 1) }).unwrap();
    assert_eq!((ledger.radii(0).count(), ledger.certified(0).count()), (2, 0));
    assert!(ledger.add_radii(radii("three", 0)).is_err() && ledger.add_radii(radii("one", 3)).is_err());
}

#[test]
fn the_worst_case_is_the_first_attack_that_broke_it_or_else_the_one_that_left_it_least_sure() {
    let turned_to = |samples: [Sample; 2]| {
        let mut ledger = empty(1);
        for (attack, sample) in samples.into_iter().enumerate() {
            ledger.add(part("one", attack, 0, vec![sample])).unwrap();
        }
        let (clean, worst) = ledger.worst(0, 0).unwrap();
        (clean.label, worst.label, worst.probabilities.first().copied().unwrap())
    };
    let sure = |share: f32| {
        let mut held = sample(0, 0, 0, 0.05);
        held.adversarial.probabilities[0] = share;
        held
    };
    assert_eq!(turned_to([sample(0, 0, 2, 0.05), sample(0, 0, 3, 0.05)]).1, 2, "the first");
    assert_eq!(turned_to([sure(0.1), sample(0, 0, 3, 0.05)]).1, 3, "the only one");
    assert_eq!(turned_to([sure(0.5), sure(0.375)]), (0, 0, 0.375));
    assert_eq!(turned_to([sure(0.375), sure(0.5)]), (0, 0, 0.375));
    assert_eq!(turned_to([sure(0.5), sample(0, 0, 3, 0.4)]), (0, 0, 0.5), "what lies beyond the radius is no attack");
    assert!(empty(1).worst(0, 0).is_none(), "nothing is known");
}

#[test]
fn a_model_that_draws_is_told_by_the_most_looks_that_an_answer_took() {
    let mut ledger = empty(3);
    for (place, draws) in [5, 9, 2].into_iter().enumerate() {
        ledger.add(Part { draws, ..part("two", 0, place as u64, vec![sample(0, 0, 0, 0.0)]) }).unwrap();
    }
    assert_eq!((ledger.draws(0), ledger.draws(1)), (1, 9));
}

#[test]
fn votes_are_told_where_they_were_asked_for_and_strangers_are_refused() {
    let mut ledger = Ledger { labels: vec![0, 1, 2, 3], ..empty(4) };
    let votes = |model: &str, first| Votes { model: model.into(), first, votes: vec![(2, 90), (3, 100)] };
    ledger.add_votes(votes("one", 2)).unwrap();
    assert_eq!(ledger.smoothed(0), None, "nobody asked");
    ledger.smoothing = Some(Smoothing { sigma: 0.5, select: 10, draws: 100 });
    let found = ledger.smoothed(0).unwrap();
    let told: Vec<_> = found.samples.iter().map(|one| (one.index, one.truth, one.class, one.count)).collect();
    assert_eq!(told, [(2, 2, 2, 90), (3, 3, 3, 100)]);
    assert_eq!(ledger.smoothed(1).unwrap().samples, []);
    assert!(ledger.add_votes(votes("three", 0)).is_err() && ledger.add_votes(votes("one", 3)).is_err());
}
