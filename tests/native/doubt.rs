//! What the auditor's attacks say of the evaluation's own figures, and its checks of order, from parts that are known by
//! construction.

use crate::report::{part, sample, trial};
use foolproof_core::catalog::Aim;
use foolproof_core::report::*;

/// A ledger of one model on inputs of class 0: for each attack what it turns each input into.
fn ledger(answers: &[&[u32]], labels: usize) -> Ledger {
    let trials = answers.iter().map(|_| trial("pgd", Aim::Within, 0.1)).collect();
    let mut ledger = Ledger::new(vec!["one".into(), "two".into()], trials, vec![0; labels], 4);
    for (attack, answers) in answers.iter().enumerate() {
        let samples = answers.iter().map(|&answer| sample(0, 0, answer, 0.1)).collect();
        ledger.add(part("one", attack, 0, samples)).unwrap();
    }
    ledger
}

/// So many of `n` inputs fall, the first ones.
fn fell(count: usize, n: usize) -> Vec<u32> {
    (0..n).map(|at| u32::from(at < count)).collect()
}

#[test]
fn twice_the_steps_are_compared_on_the_inputs_of_both() {
    let report = ledger(&[&[1, 0, 0, 0, 0]], 6).figures(0, 0.5);
    let compared = |answers: &[u32]| twice(&report, 0, &ledger(&[answers], 4), 0);
    let found = compared(&[1, 1, 0, 1]).unwrap();
    assert_eq!((found.steps, found.own, found.twin), (3, Accuracy::of(3, 4), Accuracy::of(1, 4)));
    assert_eq!((found.converged, found.fell), (false, vec![1, 3]));
    let fine = compared(&[1, 1, 0, 0]).unwrap();
    assert!(fine.converged && fine.fell == [1], "one input of four is more than a point, and no more than one input");
    assert_eq!(twice(&report, 0, &ledger(&[&[]], 4), 0), None, "not looked at");
    assert_eq!([1, 50, 199, 200, 1000].map(slack), [1, 1, 1, 2, 10]);
}

#[test]
fn what_the_auditor_breaks_beyond_the_chosen_attacks_is_counted() {
    // The first input falls to a chosen attack, the last is not done by all.
    let report = ledger(&[&[1, 0, 0, 0, 0], &[0, 0, 0, 0]], 5).figures(0, 0.5);
    let roles = [Role::Pgd, Role::Twin, Role::Boundless];
    let judged = |answers: &[&[u32]]| weak(&report, &ledger(answers, 5), &roles);
    let found = judged(&[&[1, 0, 1, 0, 1], &[0, 0, 0, 1, 0], &[1, 1, 1, 1, 1]]).unwrap();
    assert_eq!((found.inputs, found.of), (vec![2, 3], 3));
    assert_eq!(judged(&[&[1, 0, 0, 0, 0], &[0; 5], &[1; 5]]), None, "any input falls without a bound");
    assert_eq!(judged(&[&[0, 0, 1], &[0, 0], &[0; 5]]), None, "an input that the audit is not done on says nothing");
}

#[test]
fn doubts_are_in_the_exports() {
    let chosen = ledger(&[&[0; 4]], 4);
    let mut report = chosen.figures(0, 0.5);
    let audited = ledger(&[&[0, 1, 1, 0]], 4);
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
fn the_auditor_warns_where_a_weaker_attack_breaks_more() {
    let verdict = |roles: [Role; 2], weaker: usize, stronger: usize, name: &str| {
        let checks = audit(&ledger(&[&fell(weaker, 20), &fell(stronger, 20)], 20), 0, &roles);
        let check = checks.into_iter().find(|check| check.check == name).unwrap();
        (check.verdict, check.sample)
    };
    for roles in [[Role::Noise, Role::Fgsm], [Role::Fgsm, Role::Pgd], [Role::Pgd, Role::Restarts]] {
        assert_eq!(verdict(roles, 9, 8, "order"), (Verdict::Fail, Some(8)), "{roles:?}");
        assert_eq!(verdict(roles, 8, 8, "order"), (Verdict::Pass, None), "{roles:?}");
    }
    let blackbox = |square: usize, pgd: usize| verdict([Role::Blackbox, Role::Restarts], square, pgd, "black-box");
    assert_eq!(blackbox(7, 7), (Verdict::Pass, None));
    assert_eq!(blackbox(8, 7), (Verdict::Warn, Some(7)), "gradients that are worth something still");
    assert_eq!(blackbox(10, 7), (Verdict::Fail, Some(7)));
}
