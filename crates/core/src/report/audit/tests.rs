//! What each check says of ledgers that are known by construction, on both sides of its threshold.

mod plans;

use super::answers::STEADY;
use super::*;
use crate::catalog::Aim;
use crate::protocol::Sample;
use crate::report::fixture::{fell, part, sample, trial, turned};

/// The only check of this name.
fn told(ledger: &Ledger, roles: &[Role], name: &str) -> Check {
    let mut checks: Vec<Check> = audit(ledger, 0, roles).into_iter().filter(|check| check.check == name).collect();
    assert_eq!(checks.len(), 1, "{checks:#?}");
    checks.remove(0)
}

fn verdict(ledger: &Ledger, roles: &[Role], name: &str) -> (Verdict, Option<usize>) {
    let check = told(ledger, roles, name);
    (check.verdict, check.sample)
}

#[test]
fn the_auditor_warns_where_a_weaker_attack_breaks_more() {
    let verdict = |roles: [Role; 2], weaker: usize, stronger: usize, name: &str| {
        super::tests::verdict(&turned(&[&fell(weaker, 20), &fell(stronger, 20)], 20), &roles, name)
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

#[test]
fn a_single_input_without_a_gradient_fails_the_check() {
    let mut ledger = Ledger::new(vec!["one".into()], vec![trial("pgd", Aim::Within, 0.1)], vec![0; 20], 4);
    let samples = (0..20).map(|at| Sample { zero_gradient: at == 7, ..sample(0, 0, 0, 0.1) });
    ledger.add(part("one", 0, 0, samples.collect())).unwrap();
    let checks = audit(&ledger, 0, &[Role::Pgd]);
    let blind = checks.iter().find(|check| check.check == "zero-gradient").unwrap();
    assert_eq!((blind.verdict, blind.sample), (Verdict::Fail, Some(7)), "{}", blind.evidence);
    assert!(blind.evidence.starts_with("1 of 20"), "{}", blind.evidence);
}

#[test]
fn an_attack_that_twice_the_steps_outdo_is_told() {
    let trials = || vec![trial("pgd", Aim::Within, 0.1), trial("pgd", Aim::Within, 0.1)];
    let checked = |longer: [u32; 4]| {
        let mut ledger = Ledger::new(vec!["one".into()], trials(), vec![0, 1, 2, 3], 4);
        let samples = |answers: [u32; 4]| (0..4).map(|at| sample(at, at, answers[at as usize], 0.1)).collect();
        ledger.add(part("one", 0, 0, samples([0, 1, 2, 3]))).unwrap();
        ledger.add(part("one", 1, 0, samples(longer))).unwrap();
        let checks = audit(&ledger, 0, &[Role::Pgd, Role::Longer]);
        checks.into_iter().find(|check| check.check == "convergence").unwrap()
    };
    let told = checked([0, 1, 0, 0]);
    assert_eq!((told.verdict, told.sample), (Verdict::Warn, Some(2)), "{}", told.evidence);
    assert!(told.evidence.contains("100.0 %") && told.evidence.contains("50.0 %"), "{}", told.evidence);
    assert_eq!(checked([0, 1, 2, 3]).verdict, Verdict::Pass);
}

#[test]
fn two_inputs_of_a_hundred_are_chance_and_three_are_not_wherever_they_lie() {
    for left in 0..=97 {
        let weaker = fell(100 - left, 100);
        let judged = |more: usize| {
            let stronger = fell(100 - left - more, 100);
            verdict(&turned(&[&weaker, &stronger], 100), &[Role::Noise, Role::Fgsm], "order")
        };
        assert_eq!(judged(2), (Verdict::Pass, None), "{left} and {} left", left + 2);
        assert_eq!(judged(3), (Verdict::Fail, Some(97 - left)), "{left} and {} left", left + 3);
    }
}

#[test]
fn an_attack_without_gradients_may_be_ahead_by_one_of_five_hundred_and_is_a_warning_up_to_a_tenth() {
    for right in [0, 150, 333, 449] {
        let judged = |ahead: usize| {
            let (square, pgd) = (fell(500 - right, 500), fell(500 - right - ahead, 500));
            verdict(&turned(&[&square, &pgd], 500), &[Role::Blackbox, Role::Restarts], "black-box").0
        };
        let found = [0, 1, 2, 50, 51].map(judged);
        assert_eq!(found, [Verdict::Pass, Verdict::Pass, Verdict::Warn, Verdict::Warn, Verdict::Fail], "{right} right");
    }
}

#[test]
fn a_check_of_order_names_both_attacks_and_what_they_leave() {
    let named = [
        ([Role::Noise, Role::Fgsm], "order", "random noise: 50.0 %, FGSM: 75.0 %"),
        ([Role::Fgsm, Role::Pgd], "order", "FGSM: 50.0 %, PGD: 75.0 %"),
        ([Role::Pgd, Role::Restarts], "order", "PGD: 50.0 %, PGD with 5 restarts: 75.0 %"),
        ([Role::Blackbox, Role::Restarts], "black-box", "Square: 50.0 %, PGD with 5 restarts: 75.0 %"),
    ];
    for (roles, name, begins) in named {
        let evidence = told(&turned(&[&fell(2, 4), &fell(1, 4)], 4), &roles, name).evidence;
        assert_eq!(evidence, format!("{begins} of 4 inputs right. The stronger attack must leave no more."));
    }
}

#[test]
fn attacks_are_compared_on_the_inputs_that_both_are_done_on() {
    // The weaker attack breaks the first, the fourth and what nobody else has looked at; the third is wrong already.
    let mut ledger = turned(&[&[1, 0], &[0, 0]], 6);
    ledger.add(part("one", 0, 2, vec![sample(0, 1, 1, 0.0), sample(0, 0, 1, 0.1), sample(0, 0, 1, 0.1)])).unwrap();
    ledger.add(part("one", 1, 2, vec![sample(0, 1, 1, 0.0), sample(0, 0, 1, 0.1)])).unwrap();
    ledger.add(part("one", 1, 5, vec![sample(0, 0, 0, 0.1)])).unwrap();
    let check = told(&ledger, &[Role::Noise, Role::Fgsm], "order");
    assert!(check.evidence.starts_with("random noise: 25.0 %, FGSM: 50.0 % of 4 inputs right."), "{}", check.evidence);
    assert_eq!((check.verdict, check.sample), (Verdict::Fail, Some(0)));
}

#[test]
fn the_input_that_is_named_fell_to_the_weaker_attack_alone() {
    // The first falls to the stronger one alone, the second to both, the third to neither.
    let ledger = turned(&[&[0, 1, 0, 1, 1], &[1, 1, 0, 0, 0]], 5);
    assert_eq!(verdict(&ledger, &[Role::Fgsm, Role::Pgd], "order"), (Verdict::Fail, Some(3)));
    let ledger = turned(&[&[1, 1, 0, 0, 0], &[0, 1, 0, 1, 1]], 5);
    assert_eq!(verdict(&ledger, &[Role::Pgd, Role::Longer], "convergence"), (Verdict::Pass, None));
    let ledger = turned(&[&[1, 1, 0, 0, 0, 0], &[0, 1, 0, 1, 1, 1]], 6);
    assert_eq!(verdict(&ledger, &[Role::Pgd, Role::Longer], "convergence"), (Verdict::Warn, Some(3)));
}

#[test]
fn checks_come_in_an_order_of_their_own_and_only_where_their_attacks_are_done() {
    let names = |ledger: &Ledger, roles: &[Role]| -> Vec<String> {
        audit(ledger, 0, roles).into_iter().map(|check| check.check).collect()
    };
    let all =
        [Role::Boundless, Role::Blackbox, Role::Restarts, Role::Longer, Role::Pgd, Role::Fgsm, Role::Noise, Role::Twin];
    let found = names(&turned(&[&[0, 0][..]; 8], 2), &all);
    let (after, wanted) = (
        ["black-box", "convergence", "large-radius", "zero-gradient", "deterministic", "saturated"],
        ["order", "order", "order"],
    );
    assert_eq!((&found[..3], &found[3..]), (&wanted.map(String::from)[..], &after.map(String::from)[..]));
    assert_eq!(names(&turned(&[&[0, 0]], 2), &[Role::Pgd]), ["zero-gradient", "saturated"]);
    assert_eq!(names(&turned(&[&[0, 0]], 2), &[Role::Noise]), ["saturated"]);
    assert_eq!(names(&turned(&[&[], &[]], 2), &[Role::Pgd, Role::Longer]), [""; 0], "nothing is done yet");
    assert_eq!(audit(&turned(&[&[0], &[0]], 1), 1, &[Role::Pgd, Role::Longer]), [], "nothing is done of this model");
}

#[test]
fn twice_the_steps_may_break_one_input_or_one_of_a_hundred() {
    let judged = |n: usize, more: usize| {
        let ledger = turned(&[&fell(n / 2, n), &fell(n / 2 + more, n)], n);
        verdict(&ledger, &[Role::Pgd, Role::Longer], "convergence")
    };
    for (n, most) in [(10, 1), (199, 1), (200, 2), (300, 3)] {
        assert_eq!(judged(n, most), (Verdict::Pass, None), "{most} of {n}");
        assert_eq!(judged(n, most + 1), (Verdict::Warn, Some(n / 2)), "{} of {n}", most + 1);
    }
    let evidence = told(&turned(&[&fell(5, 10), &fell(7, 10)], 10), &[Role::Pgd, Role::Longer], "convergence").evidence;
    assert_eq!(
        evidence,
        "PGD with 40 steps: 50.0 %, with 80: 30.0 % of 10 inputs right. Twice the steps should break no more than 1 of \
         them."
    );
}

#[test]
fn without_a_bound_no_more_may_stay_right_than_guessing_leaves() {
    let judged = |left: usize| told(&turned(&[&fell(4 - left, 4)], 4), &[Role::Boundless], "large-radius");
    assert_eq!((judged(0).verdict, judged(0).sample), (Verdict::Pass, None));
    assert_eq!((judged(1).verdict, judged(1).sample), (Verdict::Pass, None), "one of four classes is a guess");
    assert_eq!((judged(2).verdict, judged(2).sample), (Verdict::Fail, Some(2)));
    assert_eq!(
        judged(2).evidence,
        "With a radius that turns any picture grey, 50.0 % of 4 inputs stay right; guessing gives 25.0 %."
    );
}

#[test]
fn gradients_everywhere_pass_and_only_pgd_is_asked() {
    let ledger = turned(&[&[0, 1, 0]], 3);
    let check = told(&ledger, &[Role::Pgd], "zero-gradient");
    assert_eq!((check.verdict, check.sample), (Verdict::Pass, None));
    assert_eq!(check.evidence, "0 of 3 inputs have a gradient of zero: nothing to follow.");
    let mut ledger = turned(&[&[0, 0], &[0, 0]], 2);
    ledger.add(part("one", 1, 0, vec![Sample { zero_gradient: true, ..sample(0, 0, 0, 0.1) }])).unwrap();
    assert_eq!(verdict(&ledger, &[Role::Pgd, Role::Fgsm], "zero-gradient"), (Verdict::Pass, None));
    assert_eq!(verdict(&ledger, &[Role::Fgsm, Role::Pgd], "zero-gradient"), (Verdict::Fail, Some(0)));
}

#[test]
fn a_clean_input_that_gets_another_answer_at_a_second_look_is_named() {
    // Three inputs; the last one is looked at once only.
    let judged = |moved: f32| {
        let mut ledger = turned(&[&[0, 0, 0], &[0]], 3);
        let mut again = sample(0, 0, 0, 0.1);
        again.clean.probabilities[3] = moved;
        ledger.add(part("one", 1, 1, vec![again])).unwrap();
        told(&ledger, &[Role::Noise, Role::Twin], "deterministic")
    };
    for rounding in [0.0, 0.5 * STEADY, STEADY] {
        let check = judged(rounding);
        assert_eq!((check.verdict, check.sample), (Verdict::Pass, None), "{rounding}");
        assert_eq!(check.evidence, "2 clean inputs were looked at more than once and always got the same answer.");
    }
    let check = judged(1.1 * STEADY);
    assert_eq!((check.verdict, check.sample), (Verdict::Fail, Some(1)));
    assert_eq!(check.evidence, "Input 1 gets another answer at a second look: attacks must average over it.");
}

#[test]
fn logits_that_are_too_far_apart_fail_a_check() {
    let checked = |sure: usize| {
        let mut ledger = Ledger::new(vec!["one".into()], vec![trial("pgd", Aim::Within, 0.1)], vec![0; 20], 4);
        let mut samples: Vec<Sample> = (0..20).map(|_| sample(0, 0, 0, 0.1)).collect();
        samples.iter_mut().skip(3).take(sure).for_each(|one| one.clean.probabilities = vec![1.0, 0.0, 0.0, 0.0]);
        ledger.add(part("one", 0, 0, samples)).unwrap();
        verdict(&ledger, &[Role::Pgd], "saturated")
    };
    assert_eq!((checked(3), checked(2)), ((Verdict::Fail, Some(3)), (Verdict::Pass, None)));
}
