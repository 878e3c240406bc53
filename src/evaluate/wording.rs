//! Figures of a report as words.

use super::{plan::OWN, report::Report};
use crate::attack::{
    scale::{round_digits, widen},
    words::figure,
};
use crate::i18n::{number::fixed, tr, tr_mark, tr_with};
use foolproof_core::report::{Accuracy, AttackFigures, ModelReport, Spread, Verdict};

/// A share as a percentage with one decimal.
pub fn percent(share: f64) -> String {
    format!("{} %", fixed(100.0 * share, 1))
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
    tr_with("{0} to {1}, n = {2}", &[&fixed(100.0 * accuracy.low, 1), &fixed(100.0 * accuracy.high, 1), &accuracy.n])
}

/// A distance of a distribution; beyond what was tried where it is none.
pub fn distance(value: Option<f32>, beyond: Option<f32>) -> String {
    match (value, beyond) {
        (Some(value), _) => figure(widen(value)),
        (None, Some(most)) => format!("> {}", figure(widen(most))),
        (None, None) => tr("none found").into(),
    }
}

/// A proven radius, with as many digits as mean something: never more than is proven.
pub fn proven(radius: Option<f32>) -> String {
    radius.map_or_else(
        || "–".into(),
        |radius| {
            let (exact, rounded) = (widen(radius), round_digits(widen(radius), 2));
            let unit = 10f64.powf(exact.log10().floor() - 1.0);
            figure(if rounded > exact { round_digits(rounded - unit, 2) } else { rounded })
        },
    )
}

/// What stands below an attack's accuracy: interval, queries, inputs without a gradient, what it had nothing to do on or found no
/// start for, what 8 bits leave, time, members.
pub fn below(figures: &AttackFigures) -> String {
    let mut said = interval(&figures.accuracy);
    if let Some(queries) = figures.queries {
        said += &tr_with("; {0} queries to fall", &[&figure(queries.round())]);
    }
    if figures.blind > 0 {
        said += &tr_with("; {0} with zero gradient", &[&figures.blind]);
    }
    if figures.idle > 0 {
        said += &tr_with("; {0} with nothing to do", &[&figures.idle]);
    }
    if figures.unstarted > 0 {
        said += &tr_with("; {0} without a start", &[&figures.unstarted]);
    }
    if let Some((survive, fell)) = figures.eight_bit.filter(|(_, fell)| *fell > 0) {
        said += &tr_with("; {0} of {1} fooled in 8 bits too", &[&survive, &fell]);
    }
    if let Some(rate) = &figures.fooling {
        said += &tr_with(
            "; fooling rate {0} of the {1} it was crafted on, {2} of {3} others",
            &[&value(&rate.crafted), &rate.crafted.n, &value(&rate.held_out), &rate.held_out.n],
        );
    }
    if figures.millis >= 1000.0 {
        said += &format!("; {}", time(figures.millis));
    }
    let members = figures.members.iter().map(|(name, left)| format!("{name} {}", percent(left.value)));
    let members: Vec<String> = members.collect();
    if !members.is_empty() {
        said += &tr_with("; left after {0}", &[&members.join(", ")]);
    }
    said
}

/// That twice the steps break more, if they do; behind the words “not converged”.
pub fn unconverged(figures: &AttackFigures) -> Option<String> {
    let twice = figures.twice.as_ref().filter(|twice| !twice.converged)?;
    let (left, own) = (percent(twice.twin.value), percent(twice.own.value));
    Some(tr_with("{0} steps leave {1} of {2} inputs, these {3}", &[&twice.steps, &left, &twice.twin.n, &own]))
}

/// That a smaller radius leaves fewer inputs, if one does; behind the words “rises with epsilon”.
pub fn risen(figures: &AttackFigures) -> Option<String> {
    let half = figures.nearer.as_ref().filter(|half| half.rises)?;
    let (less, own) = (percent(half.nearer.value), percent(half.own.value));
    Some(tr_with("{0} leaves {1} of {2} inputs, this {3}", &[&figure(widen(half.eps)), &less, &half.own.n, &own]))
}

/// The looks that stand behind each answer of a model that draws at random.
pub fn draws(model: &ModelReport) -> Option<String> {
    (model.draws > 1).then(|| tr_with("; each judged by {0} draws", &[&model.draws]))
}

/// That the auditor breaks more than the chosen attacks, if it does; behind the words “weak set”.
pub fn weakness(model: &ModelReport) -> Option<String> {
    let weak = model.weak.as_ref()?;
    let more = tr_with("the auditor breaks {0} of {1} more", &[&weak.inputs.len(), &weak.of]);
    // Older reports say so beside the worst case and do not count it.
    Some(match &model.chosen {
        Some(chosen) => tr_with("{0}; the chosen attacks alone leave {1}", &[&more, &percent(chosen.value)]),
        None => more,
    })
}

/// A share of an older report, which did not tell its number of inputs, or any other.
pub fn share(share: &Accuracy) -> [String; 2] {
    match share.n {
        0 => [percent(share.value), tr("n unknown").into()],
        _ => [value(share), interval(share)],
    }
}

/// The middle half of a distribution: `0.06 to 0.12`.
pub fn middle(spread: &Spread, beyond: Option<f32>) -> String {
    let at = |place: usize| distance(spread.quantiles.get(place).copied().flatten(), beyond);
    tr_with("{0} to {1}", &[&at(1), &at(3)])
}

/// What was attacked, in the visitor's language; the methods paragraph has [`Report::inputs`].
pub fn inputs(report: &Report) -> String {
    let count = report.labels.len();
    match report.data.as_str() {
        OWN if count == 1 => tr("1 drawing of the visitor's own").into(),
        OWN => tr_with("{0} drawings of the visitor's own", &[&count]),
        _ if !report.kind.is_picture() => {
            tr_with("the first {0} rows of the test split of {1}", &[&count, &report.data_name])
        }
        _ => tr_with("the first {0} images of the test split of {1}", &[&count, &report.data_name]),
    }
}

/// What the evaluation ran on, likewise.
pub fn engine(report: &Report) -> String {
    let many = if report.about.workers == 1 { tr_mark("{0} worker") } else { tr_mark("{0} workers") };
    format!("CPU, WebAssembly SIMD, {}", tr_with(many, &[&report.about.workers]))
}

/// A span of time for people.
pub fn time(millis: f64) -> String {
    let seconds = (millis / 1000.0).round().max(0.0);
    match seconds {
        _ if seconds < 1.0 => tr("less than a second").into(),
        _ if seconds < 2.0 => tr("1 second").into(),
        _ if seconds < 100.0 => tr_with("{0} seconds", &[&format_args!("{seconds:.0}")]),
        _ if seconds < 5400.0 => tr_with("{0} minutes", &[&format_args!("{:.0}", seconds / 60.0)]),
        _ => tr_with("{0} hours", &[&fixed(seconds / 3600.0, 1)]),
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

/// What the auditor makes of a model, by the worst of its verdicts.
pub fn trust(worst: Option<Verdict>) -> &'static str {
    match worst {
        None => tr("not looked at yet"),
        Some(Verdict::Pass) => tr("nothing suspicious"),
        Some(Verdict::Warn) => tr("to be looked at"),
        Some(Verdict::Fail) => tr("its robust accuracy is not to be trusted"),
    }
}

/// What a check of the auditor asks.
pub fn check(check: &str) -> &'static str {
    match check {
        "order" => tr("Do stronger attacks break more?"),
        "black-box" => tr("Do gradients help at all?"),
        "convergence" => tr("Had the attack enough steps?"),
        "large-radius" => tr("Does everything fall in the end?"),
        "rising" => tr("Does a larger radius break more?"),
        "zero-gradient" => tr("Is there a gradient to follow?"),
        "deterministic" => tr("Is the answer always the same?"),
        "saturated" => tr("Are the logits within reason?"),
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
    fn what_is_proven_is_never_rounded_up() {
        let said = [0.0098, 0.00987, 0.00999, 0.01, 0.3, 0.0, 12.34, 9.99].map(|radius| proven(Some(radius)));
        assert_eq!(said, ["0.0098", "0.0098", "0.0099", "0.01", "0.3", "0", "12", "9.9"]);
        assert_eq!(proven(None), "–");
    }

    #[test]
    fn an_attack_without_gradients_to_follow_says_so() {
        let figures = |blind: usize| AttackFigures {
            attack: 0,
            accuracy: Accuracy::of(93, 100),
            queries: Some(4.2),
            by_queries: Vec::new(),
            by_steps: Vec::new(),
            members: Vec::new(),
            loss_at: Vec::new(),
            distance: None,
            eight_bit: None,
            fooling: None,
            blind,
            idle: blind / 4,
            unstarted: blind / 6,
            nearer: None,
            loss: Vec::new(),
            millis: 0.0,
            twice: None,
        };
        assert_eq!(below(&figures(0)), "86.3 to 96.6, n = 100; 4 queries to fall");
        let untried = "12 with zero gradient; 3 with nothing to do; 2 without a start";
        assert_eq!(below(&figures(12)), format!("86.3 to 96.6, n = 100; 4 queries to fall; {untried}"));
    }

    #[test]
    fn a_share_that_came_without_its_number_says_so() {
        let bare = Accuracy { value: 0.5, low: 0.0, high: 1.0, n: 0 };
        assert_eq!(share(&bare), ["50.0 %", "n unknown"]);
        assert_eq!(share(&Accuracy::of(93, 100)), ["93.0 %", "86.3 to 96.6, n = 100"]);
    }

    #[test]
    fn times_are_rounded_to_what_matters() {
        let said = [300.0, 1400.0, 61_000.0, 600_000.0, 9e6].map(time);
        assert_eq!(said, ["less than a second", "1 second", "61 seconds", "10 minutes", "2.5 hours"]);
    }

    #[test]
    fn every_check_of_the_auditor_has_its_question() {
        for id in [
            "order",
            "black-box",
            "convergence",
            "large-radius",
            "zero-gradient",
            "deterministic",
            "saturated",
            "rising",
        ] {
            assert!(check(id).ends_with('?'), "{id}");
        }
    }
}
