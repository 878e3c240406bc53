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
