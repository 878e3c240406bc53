//! The verdict on a result: a word, and its class in style sheets.

use super::results::Shown;
use crate::i18n::tr;
use foolproof_core::protocol::SampleOutcome;

/// What an attack has come to, on one input and one model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Another answer than the true one, or the target.
    Fooled,
    /// Still the true answer.
    Held,
    /// Wrong before any attack.
    AlreadyWrong,
    /// Right, and not attacked.
    Right,
    /// There was nothing that the attack could do, or reach.
    NothingToDo,
    /// The attack found nothing to start from.
    NoStart,
    /// The attack saw no gradient to follow.
    NoGradient,
}

impl Verdict {
    /// The verdict on a result.
    pub fn of(shown: &Shown) -> Option<Verdict> {
        let (sample, truth) = (shown.sample()?, shown.truth()?);
        let fooled = sample.adversarial.label != truth;
        Some(match sample.outcome {
            _ if sample.clean.label != truth => Verdict::AlreadyWrong,
            _ if shown.job.attack.id == "none" => Verdict::Right,
            SampleOutcome::NothingToDo => Verdict::NothingToDo,
            _ if fooled => Verdict::Fooled,
            SampleOutcome::NoStart => Verdict::NoStart,
            SampleOutcome::NoGradient => Verdict::NoGradient,
            SampleOutcome::Fooled | SampleOutcome::Held => Verdict::Held,
        })
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Fooled => tr("Fooled"),
            Verdict::Held => tr("Held"),
            Verdict::AlreadyWrong => tr("Already wrong"),
            Verdict::Right => tr("Right"),
            Verdict::NothingToDo => tr("Nothing to do"),
            Verdict::NoStart => tr("No start"),
            Verdict::NoGradient => tr("No gradient"),
        }
    }

    /// Its class in style sheets.
    pub fn class(self) -> &'static str {
        match self {
            Verdict::Fooled => "fooled",
            Verdict::Held => "held",
            Verdict::AlreadyWrong => "wrong",
            Verdict::Right => "right",
            Verdict::NothingToDo | Verdict::NoStart | Verdict::NoGradient => "open",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{job, outcome};
    use foolproof_core::protocol::AttackJob;
    use std::sync::Arc;

    fn shown(clean: u32, attacked: u32, change: impl FnOnce(&mut AttackJob)) -> Shown {
        let mut job = job(&["natural"]);
        change(&mut job);
        Shown { job: Arc::new(job), outcome: Arc::new(outcome("natural", clean, attacked)) }
    }

    #[test]
    fn verdicts_are_against_the_truth() {
        let of = |clean, attacked| Verdict::of(&shown(clean, attacked, |_| ()));
        assert_eq!(of(7, 3), Some(Verdict::Fooled));
        assert_eq!(of(7, 7), Some(Verdict::Held));
        assert_eq!(of(1, 3), Some(Verdict::AlreadyWrong));
        assert_eq!(of(1, 7), Some(Verdict::AlreadyWrong), "an attack that helps is no success");
        let unattacked = shown(7, 7, |job| job.attack.id = "none".into());
        assert_eq!(Verdict::of(&unattacked), Some(Verdict::Right));
        let drawing = shown(1, 3, |job| job.inputs.labels = None);
        assert_eq!(Verdict::of(&drawing), Some(Verdict::Fooled));
    }

    /// F5.
    #[test]
    fn what_was_not_carried_out_is_neither_held_nor_fooled() {
        for (came, verdict) in [
            (SampleOutcome::NothingToDo, Verdict::NothingToDo),
            (SampleOutcome::NoStart, Verdict::NoStart),
            (SampleOutcome::NoGradient, Verdict::NoGradient),
        ] {
            let mut shown = shown(7, 7, |_| ());
            Arc::make_mut(&mut shown.outcome).samples[0].outcome = came;
            assert_eq!(Verdict::of(&shown), Some(verdict));
            assert!(!["held", "fooled"].contains(&verdict.class()));
        }
    }
}
