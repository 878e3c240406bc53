//! The auditor's checks of the chosen attacks themselves, from a report's own figures: whether a larger radius breaks
//! more, and whether each attack had gradients to follow.

use super::audit::{Check, Verdict, percent};
use super::figures::{AttackFigures, ModelReport};
use super::ledger::Trial;
use crate::protocol::SampleOutcome;

/// Judges the chosen attacks on one model; `trials` are those that its figures are of, in order.
pub fn own_checks(model: &ModelReport, trials: &[Trial]) -> Vec<Check> {
    [rising(model, trials), blind(model, trials)].into_iter().flatten().collect()
}

/// A larger radius holds every smaller one, so it must leave no more inputs right. `None` where nobody looked.
fn rising(model: &ModelReport, trials: &[Trial]) -> Option<Check> {
    let looked = || model.attacks.iter().filter_map(|attack| Some((attack.attack, attack.nearer.as_ref()?)));
    looked().next()?;
    let risen = looked().find(|(_, nearer)| nearer.rises).and_then(|(at, nearer)| Some((trials.get(at)?, nearer)));
    let (verdict, evidence) = match risen {
        None => (Verdict::Pass, "At smaller radii no attack leaves fewer inputs right.".into()),
        Some((trial, nearer)) => (
            Verdict::Warn,
            format!(
                "{} within {}: {} of {} inputs right, within {}: {}. A larger radius must leave no more.",
                trial.spec.id,
                trial.spec.eps,
                percent(nearer.own.value),
                nearer.own.n,
                nearer.eps,
                percent(nearer.nearer.value)
            ),
        ),
    };
    let sample = risen.and_then(|(_, nearer)| nearer.fell.first().copied());
    Some(Check { check: "rising".into(), verdict, evidence, sample })
}

/// Of the attacks that saw no gradient on some inputs the one with the most of them. `None` where all had one.
fn blind(model: &ModelReport, trials: &[Trial]) -> Option<Check> {
    let worst = |attack: &&AttackFigures| attack.blind;
    let attack = model.attacks.iter().filter(|attack| attack.blind > 0).max_by_key(worst)?;
    let evidence = format!(
        "Under {}, {} of {} inputs have a gradient of zero: nothing to follow.",
        trials.get(attack.attack)?.spec.id,
        attack.blind,
        attack.accuracy.n
    );
    let unseen = (attack.attack, SampleOutcome::NoGradient);
    let sample = model.samples.iter().find(|row| row.untried.contains(&unseen)).map(|row| row.index);
    Some(Check { check: "zero-gradient".into(), verdict: Verdict::Fail, evidence, sample })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{part, sample, trial, turned};
    use crate::report::{Accuracy, Ledger, Nearer};
    use crate::{catalog::Aim, protocol::Sample};

    /// A report of two attacks on four inputs, and the attacks; at smaller radii they leave as much, or less.
    fn report(rises: [bool; 2]) -> (ModelReport, Vec<Trial>) {
        let mut ledger = turned(&[&[0; 4], &[0; 4]], 4);
        ledger.trials[1].spec.id = "square".into();
        let mut report = ledger.figures(0, 0.5);
        for (attack, rises) in rises.into_iter().enumerate() {
            let (own, nearer) = (Accuracy::of(4, 4), Accuracy::of(if rises { 2 } else { 4 }, 4));
            let fell = if rises { vec![2 - attack, 3] } else { Vec::new() };
            let found = Nearer { own, eps: 0.05, nearer, worst: nearer, rises, fell, raw: Vec::new() };
            report.attacks[attack].nearer = Some(found);
        }
        (report, ledger.trials)
    }

    #[test]
    fn an_accuracy_that_rises_with_the_radius_is_a_warning_with_both_figures() {
        let (report, trials) = report([false, true]);
        let checks = own_checks(&report, &trials);
        let [check] = &checks[..] else { panic!("{checks:#?}") };
        assert_eq!((check.check.as_str(), check.verdict, check.sample), ("rising", Verdict::Warn, Some(1)));
        assert_eq!(
            check.evidence,
            "square within 0.1: 100.0 % of 4 inputs right, within 0.05: 50.0 %. A larger radius must leave no more."
        );
    }

    #[test]
    fn of_several_that_rise_the_first_is_told_and_none_passes() {
        let (report, trials) = self::report([true, true]);
        let first = own_checks(&report, &trials).remove(0);
        assert!(first.evidence.starts_with("pgd within 0.1") && first.sample == Some(2), "{}", first.evidence);
        let (report, trials) = self::report([false, false]);
        let none = own_checks(&report, &trials).remove(0);
        assert_eq!((none.check.as_str(), none.verdict, none.sample), ("rising", Verdict::Pass, None));
        assert_eq!(none.evidence, "At smaller radii no attack leaves fewer inputs right.");
    }

    #[test]
    fn where_nobody_looked_and_every_gradient_was_seen_there_is_nothing_to_say() {
        let ledger = turned(&[&[0, 1]], 2);
        assert_eq!(own_checks(&ledger.figures(0, 0.5), &ledger.trials), []);
    }

    #[test]
    fn the_attack_that_saw_the_fewest_gradients_fails() {
        let trials = vec![trial("fgsm", Aim::Within, 0.1), trial("pgd", Aim::Within, 0.1)];
        let mut ledger = Ledger::new(vec!["one".into(), "two".into()], trials, vec![0; 3], 4);
        let samples = |blind: [bool; 3]| {
            let outcome = |blind| if blind { SampleOutcome::NoGradient } else { SampleOutcome::Held };
            let seen = blind.map(|zero| Sample { zero_gradient: zero, outcome: outcome(zero), ..sample(0, 0, 0, 0.1) });
            seen.to_vec()
        };
        ledger.add(part("one", 0, 0, samples([true, false, false]))).unwrap();
        ledger.add(part("one", 1, 0, samples([false, true, true]))).unwrap();
        let checks = own_checks(&ledger.figures(0, 0.5), &ledger.trials);
        let [check] = &checks[..] else { panic!("{checks:#?}") };
        assert_eq!((check.check.as_str(), check.verdict, check.sample), ("zero-gradient", Verdict::Fail, Some(1)));
        assert_eq!(check.evidence, "Under pgd, 2 of 3 inputs have a gradient of zero: nothing to follow.");
    }
}
