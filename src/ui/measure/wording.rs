//! Figures of a report as words.

use crate::report::{Accuracy, Spread, Verdict};
use crate::ui::{scale::widen, words::figure};

/// A share as a percentage with one decimal.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// An accuracy's value; a dash as long as there is no input.
pub fn value(accuracy: &Accuracy) -> String {
    if accuracy.n == 0 { "–".into() } else { percent(accuracy.value) }
}

/// An accuracy's interval and number of inputs: `86.3 to 96.6, n = 100`.
pub fn interval(accuracy: &Accuracy) -> String {
    if accuracy.n == 0 {
        return "n = 0".into();
    }
    format!("{:.1} to {:.1}, n = {}", 100.0 * accuracy.low, 100.0 * accuracy.high, accuracy.n)
}

/// A distance of a distribution; beyond what was tried where it is none.
pub fn distance(value: Option<f32>, beyond: Option<f32>) -> String {
    match (value, beyond) {
        (Some(value), _) => figure(widen(value)),
        (None, Some(most)) => format!("> {}", figure(widen(most))),
        (None, None) => "none found".into(),
    }
}

/// The middle half of a distribution: `0.06 to 0.12`.
pub fn middle(spread: &Spread, beyond: Option<f32>) -> String {
    let at = |place: usize| distance(spread.quantiles.get(place).copied().flatten(), beyond);
    format!("{} to {}", at(1), at(3))
}

/// A span of time for people.
pub fn time(millis: f64) -> String {
    let seconds = (millis / 1000.0).round().max(0.0);
    match seconds {
        _ if seconds < 1.0 => "less than a second".into(),
        _ if seconds < 2.0 => "1 second".into(),
        _ if seconds < 100.0 => format!("{seconds:.0} seconds"),
        _ if seconds < 5400.0 => format!("{:.0} minutes", seconds / 60.0),
        _ => format!("{:.1} hours", seconds / 3600.0),
    }
}

/// A verdict's word.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Warn => "warn",
        Verdict::Fail => "fail",
    }
}

/// What a check of the auditor asks.
pub fn check(check: &str) -> &'static str {
    match check {
        "order" => "Do stronger attacks break more?",
        "black-box" => "Do gradients help at all?",
        "convergence" => "Had the attack enough steps?",
        "large-radius" => "Does everything fall in the end?",
        "zero-gradient" => "Is there a gradient to follow?",
        "deterministic" => "Is the answer always the same?",
        _ => "Another check",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accuracies_carry_their_interval_and_nothing_is_claimed_of_no_input() {
        let accuracy = Accuracy::of(93, 100);
        assert_eq!((value(&accuracy), interval(&accuracy)), ("93.0 %".into(), "86.3 to 96.6, n = 100".into()));
        let none = Accuracy::of(0, 0);
        assert_eq!((value(&none), interval(&none)), ("–".into(), "n = 0".into()));
    }

    #[test]
    fn distances_beyond_the_search_say_so() {
        assert_eq!(distance(Some(0.1), Some(0.6)), "0.1");
        assert_eq!((distance(None, Some(0.6)), distance(None, None)), ("> 0.6".into(), "none found".into()));
        let spread = Spread::of([Some(0.1), Some(0.2), None, None].into_iter());
        assert_eq!(middle(&spread, Some(0.6)), "0.1 to > 0.6");
    }

    #[test]
    fn times_are_rounded_to_what_matters() {
        let said = [300.0, 1400.0, 61_000.0, 600_000.0, 9e6].map(time);
        assert_eq!(said, ["less than a second", "1 second", "61 seconds", "10 minutes", "2.5 hours"]);
    }

    #[test]
    fn every_check_of_the_auditor_has_its_question() {
        for id in ["order", "black-box", "convergence", "large-radius", "zero-gradient", "deterministic"] {
            assert!(check(id).ends_with('?'), "{id}");
        }
    }
}
