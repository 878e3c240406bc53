//! A run in words.

use crate::i18n::{tr, tr_with};
use crate::{attack::words::figure, evaluate::wording::percent};
use foolproof_core::training::{Budget, Ending};

/// What happened, for the visitor.
pub fn ending(ending: Ending) -> String {
    match ending {
        Ending::Finished => tr("The run is finished.").into(),
        Ending::Early => {
            tr("The run ended early: accuracy under attack rose no more. The model is the best one that was seen.")
                .into()
        }
        Ending::Overfitting { best, fell, single } => tr_with(
            "Catastrophic overfitting: accuracy under PGD fell from {0} to {1}, while under FGSM, a single step, it is {2}. The model learnt to resist one step alone. The run was stopped and its best model restored.",
            &[&percent(best), &percent(fell), &percent(single)],
        ),
        Ending::Cancelled => tr("The run was cancelled. The model is what it had learnt until then.").into(),
        Ending::Stuck { clean } => tr_with(
            "Nothing was learnt: the model reads {0} right, as guessing would. Try a smaller radius, a ramp, or another rate.",
            &[&percent(clean)],
        ),
        Ending::Ruined { rate, before, after } => tr_with(
            "At a rate of {0} the run ruined the model: it reads {1} right, from {2}. The best one that was seen is restored. Try a lower rate.",
            &[&figure(rate), &percent(after), &percent(before)],
        ),
        Ending::Restored => {
            tr("The last model was worse than an earlier one, or its numbers ran out of range, so the best one that was seen is restored.")
            .into()
        }
    }
}

/// A time as a clock shows it: `0:42`.
pub fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0).ceil();
    format!("{:.0}:{:02.0}", (whole / 60.0).floor(), whole % 60.0)
}

/// A budget as the button says it: `one minute`, `90 seconds`.
pub fn length(budget: Budget) -> String {
    let Budget { epochs, seconds } = budget;
    match (seconds, epochs) {
        (60.0, 0.0) => tr("one minute").into(),
        (600.0, 0.0) => tr("ten minutes").into(),
        (seconds, 0.0) => tr_with("{0} seconds", &[&figure(seconds)]),
        (_, 1.0) => tr("one epoch").into(),
        (_, epochs) => tr_with("{0} epochs", &[&figure(epochs)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_as_people_read_them() {
        assert_eq!([59.2, 60.0, 5.0, 0.0, -1.0, 605.0].map(clock), ["1:00", "1:00", "0:05", "0:00", "0:00", "10:05"]);
        let length = |seconds, epochs| length(Budget { epochs, seconds });
        assert_eq!((length(60.0, 0.0), length(90.0, 0.0)), ("one minute".into(), "90 seconds".into()));
        assert_eq!((length(60.0, 2.0), length(0.0, 0.5)), ("2 epochs".into(), "0.5 epochs".into()));
    }

    #[test]
    fn every_end_has_its_sentence_and_overfitting_its_figures() {
        for end in [Ending::Finished, Ending::Early, Ending::Cancelled, Ending::Restored] {
            assert!(ending(end).ends_with('.'));
        }
        let said = ending(Ending::Overfitting { best: 0.62, fell: 0.05, single: 0.9 });
        assert!(said.contains("fell from 62.0 % to 5.0 %, while under FGSM, a single step, it is 90.0 %"), "{said}");
    }
}
