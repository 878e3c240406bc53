//! Figures of a report as words.

use crate::report::{Accuracy, Spread, Verdict};
use crate::ui::texts::{tr, tr_mark, tr_with};
use crate::ui::{
    measure::{plan::OWN, sheet::Sheet},
    scale::{round_digits, widen},
    words::figure,
};

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
    tr_with(
        "{0} to {1}, n = {2}",
        &[&format_args!("{:.1}", 100.0 * accuracy.low), &format_args!("{:.1}", 100.0 * accuracy.high), &accuracy.n],
    )
}

/// A distance of a distribution; beyond what was tried where it is none.
pub fn distance(value: Option<f32>, beyond: Option<f32>) -> String {
    match (value, beyond) {
        (Some(value), _) => figure(widen(value)),
        (None, Some(most)) => format!("> {}", figure(widen(most))),
        (None, None) => tr("none found").into(),
    }
}

/// A proven radius, with as many digits as mean something.
pub fn proven(radius: Option<f32>) -> String {
    radius.map_or_else(|| "–".into(), |radius| figure(round_digits(f64::from(radius), 2)))
}

/// The middle half of a distribution: `0.06 to 0.12`.
pub fn middle(spread: &Spread, beyond: Option<f32>) -> String {
    let at = |place: usize| distance(spread.quantiles.get(place).copied().flatten(), beyond);
    tr_with("{0} to {1}", &[&at(1), &at(3)])
}

/// What was attacked, in the visitor's language; the methods paragraph has [`Sheet::inputs`].
pub fn inputs(sheet: &Sheet) -> String {
    let count = sheet.labels.len();
    match sheet.data.as_str() {
        OWN if count == 1 => tr("1 drawing of the visitor's own").into(),
        OWN => tr_with("{0} drawings of the visitor's own", &[&count]),
        _ => tr_with("the first {0} images of the test split of {1}", &[&count, &sheet.data_name]),
    }
}

/// What the evaluation ran on, likewise.
pub fn engine(sheet: &Sheet) -> String {
    let many = if sheet.about.workers == 1 { tr_mark("{0} worker") } else { tr_mark("{0} workers") };
    format!("CPU, WebAssembly SIMD, {}", tr_with(many, &[&sheet.about.workers]))
}

/// A span of time for people.
pub fn time(millis: f64) -> String {
    let seconds = (millis / 1000.0).round().max(0.0);
    match seconds {
        _ if seconds < 1.0 => tr("less than a second").into(),
        _ if seconds < 2.0 => tr("1 second").into(),
        _ if seconds < 100.0 => tr_with("{0} seconds", &[&format_args!("{seconds:.0}")]),
        _ if seconds < 5400.0 => tr_with("{0} minutes", &[&format_args!("{:.0}", seconds / 60.0)]),
        _ => tr_with("{0} hours", &[&format_args!("{:.1}", seconds / 3600.0)]),
    }
}

/// A verdict's word.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => tr_mark("pass"),
        Verdict::Warn => tr_mark("warn"),
        Verdict::Fail => tr_mark("fail"),
    }
}

/// What a check of the auditor asks.
pub fn check(check: &str) -> &'static str {
    match check {
        "order" => tr("Do stronger attacks break more?"),
        "black-box" => tr("Do gradients help at all?"),
        "convergence" => tr("Had the attack enough steps?"),
        "large-radius" => tr("Does everything fall in the end?"),
        "zero-gradient" => tr("Is there a gradient to follow?"),
        "deterministic" => tr("Is the answer always the same?"),
        _ => tr("Another check"),
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
