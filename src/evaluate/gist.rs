//! The most important figures of each part of a report in one line, so that the page can be read while all is folded.

use super::{
    accuracy_by_budget::half,
    report::Report,
    wording::{distance, inputs, percent, trust},
};
use crate::attack::{
    scale::{round_digits, widen},
    words::figure,
};
use crate::i18n::{tr_mark, tr_with};
use crate::inputs::format::ordinal;
use foolproof_core::report::{AttackFigures, DetectorReport, ModelReport, Spread};

/// Something of each model that has it: `Natural CNN 5.0 %; Robust CNN 80.0 %`; nothing if none has.
fn each(report: &Report, read: impl Fn(usize, &ModelReport) -> Option<String>) -> Option<String> {
    let of = |(place, model): (usize, &ModelReport)| Some(format!("{} {}", report.name(place), read(place, model)?));
    let said: Vec<String> = report.models.iter().enumerate().filter_map(of).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

fn sentence(text: &'static str, said: Option<String>) -> String {
    said.map_or_else(String::new, |said| tr_with(text, &[&said]))
}

/// What is left under all attacks.
pub fn accuracies(report: &Report) -> String {
    let worst = |_, model: &ModelReport| (model.worst.n > 0).then(|| percent(model.worst.value));
    sentence(tr_mark("worst case: {0}"), each(report, worst))
}

/// The distances that a model's inputs were searched for, or that a minimum-norm attack found.
fn distances(model: &ModelReport) -> Option<&Spread> {
    let margin = || model.margin.as_ref().map(|(_, spread)| spread);
    Some(&model.radius).filter(|spread| spread.n > 0).or_else(margin).filter(|spread| spread.n > 0)
}

/// What is left at the radius of the attacks.
pub fn curve(report: &Report) -> String {
    let left = |_, model: &ModelReport| {
        let spread = distances(model)?;
        Some(percent(spread.above(report.eps) as f64 / spread.n as f64))
    };
    each(report, left)
        .map_or_else(String::new, |said| tr_with("left at epsilon {0}: {1}", &[&figure(widen(report.eps)), &said]))
}

/// What votes on noisy copies prove, half as far as they can.
pub fn certificates(report: &Report) -> String {
    let half = report.models.iter().find_map(|model| model.smoothed.as_ref()).map(|of| 0.5 * of.largest());
    let share = |_, model: &ModelReport| Some(percent(model.smoothed.as_ref()?.accuracy(half?).value));
    let said = each(report, share).zip(half);
    said.map_or_else(String::new, |(said, half)| {
        tr_with("certified at {0} in L2: {1}", &[&figure(round_digits(half, 2)), &said])
    })
}

/// What the strongest attack gets past each model's best detector.
pub fn detectors(report: &Report) -> String {
    let passed = |_, model: &ModelReport| {
        let most = |one: &DetectorReport| one.attacks.iter().map(|attack| attack.passed.value).fold(0.0, f64::max);
        let least = model.detectors.iter().map(most).reduce(f64::min)?;
        Some(percent(least))
    };
    sentence(tr_mark("wrong and unflagged: {0}"), each(report, passed))
}

/// The middle distances.
pub fn spreads(report: &Report) -> String {
    let beyond = report.radius.as_ref().map(|spec| spec.eps);
    let median = |_, model: &ModelReport| Some(distance(distances(model)?.median, beyond));
    sentence(tr_mark("median: {0}"), each(report, median))
}

/// The last attack that some model has something of, by name, with what each has.
fn of_last(report: &Report, read: impl Fn(&AttackFigures) -> Option<String>) -> Option<(String, String)> {
    let said = |attack: usize| {
        let own = each(report, |_, model| read(model.attacks.get(attack)?))?;
        Some((report.attack(attack), own))
    };
    (0..report.trials.len()).rev().find_map(said)
}

/// How far the last attack of several steps drove the loss.
pub fn losses(report: &Report) -> String {
    let last = |figures: &AttackFigures| {
        let loss = figures.loss.last().filter(|_| figures.loss.len() > 2)?;
        Some(figure(round_digits(f64::from(*loss), 3)))
    };
    of_last(report, last).map_or_else(String::new, |(attack, said)| tr_with("loss after {0}: {1}", &[&attack, &said]))
}

/// How soon half of those fell that fell at all.
pub fn queries(report: &Report) -> String {
    let soon = |figures: &AttackFigures| {
        let fell = half(&figures.by_queries).filter(|_| figures.by_queries.len() > 2)?;
        Some(figure(f64::from(fell)))
    };
    of_last(report, soon).map_or_else(String::new, |(attack, said)| {
        tr_with("half of those that fell to {0} took at most so many queries: {1}", &[&attack, &said])
    })
}

/// What the auditor makes of each model.
pub fn auditor(report: &Report) -> String {
    let found = |(place, model): (usize, &ModelReport)| {
        let own = report.audit.iter().filter(|audited| audited.model == model.id);
        format!("{}: {}", report.name(place), trust(own.map(|audited| audited.check.verdict).max()))
    };
    report.models.iter().enumerate().map(found).collect::<Vec<_>>().join("; ")
}

/// The input that falls first.
pub fn samples(report: &Report) -> String {
    let first = |place: usize, _: &ModelReport| {
        let index = *report.extremes(place, true, 1).first()?;
        let row = report.models[place].samples.iter().find(|row| row.index == index)?;
        match row.radius.flatten() {
            Some(radius) => Some(tr_with("input {0} at {1}", &[&ordinal(index), &figure(widen(radius))])),
            None => (!row.broken.is_empty()).then(|| tr_with("input {0}", &[&ordinal(index)])),
        }
    };
    sentence(tr_mark("first to fall: {0}"), each(report, first))
}

/// How the classes do on average.
pub fn classes(report: &Report) -> String {
    let mean = |_, model: &ModelReport| {
        let [.., f1] = model.classes.1.macro_mean;
        (model.worst.n > 0).then(|| percent(f1))
    };
    sentence(tr_mark("mean F1 under attack: {0}"), each(report, mean))
}

/// The most that carries over from one model to another.
pub fn transfer(report: &Report) -> String {
    let pairs = report.models.iter().enumerate().flat_map(|(from, model)| {
        let shares = model.transfer.iter().flat_map(|of| of.iter().enumerate());
        let others = shares.filter(move |(to, share)| *to != from && share.is_some());
        others.filter_map(move |(to, share)| Some((from, to, share.as_ref()?.value)))
    });
    pairs.max_by(|one, other| one.2.total_cmp(&other.2)).map_or_else(String::new, |(from, to, share)| {
        tr_with(
            "the most that carries over: {0}, from {1} to {2}",
            &[&percent(share), &report.name(from), &report.name(to)],
        )
    })
}

/// What was measured and how.
pub fn methods(report: &Report) -> String {
    let norm = report.norm.symbol();
    tr_with("{0}: {1}, epsilon {2}, seed {3}", &[&inputs(report), &norm, &figure(widen(report.eps)), &report.seed])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::report_json::tests::report;

    #[test]
    fn each_part_says_its_figures_model_by_model() {
        let report = report();
        assert_eq!(accuracies(&report), "worst case: Natural 0.0 %; Robust 100.0 %");
        // Nothing was searched on the robust model yet; of the natural one the search broke one input, the auditor both.
        assert_eq!(curve(&report), "left at epsilon 0.1: Natural 0.0 %");
        assert!(spreads(&report).starts_with("median: Natural 0.02"), "{}", spreads(&report));
        assert_eq!(samples(&report), "first to fall: Natural input 1 at 0.02");
        assert!(auditor(&report).ends_with("Robust: not looked at yet"), "{}", auditor(&report));
        assert!(classes(&report).starts_with("mean F1 under attack: Natural 0.0 %; Robust "), "{}", classes(&report));
        assert!(methods(&report).starts_with("the first 2 images of the test split of MNIST: L∞, epsilon 0.1, seed "));
    }

    #[test]
    fn where_there_is_nothing_nothing_is_said() {
        let mut empty = report();
        empty.models.clear();
        for gist in [accuracies, curve, spreads, losses, queries, auditor, samples, classes, transfer] {
            assert_eq!(gist(&empty), "");
        }
        let shown = report();
        assert!(shown.models.iter().all(|model| model.attacks.iter().all(|attack| attack.loss.len() <= 2)));
        assert_eq!(losses(&shown), "", "one step is no line");
    }

    #[test]
    fn the_largest_share_between_two_models_carries_over() {
        use foolproof_core::report::Accuracy;
        let mut report = report();
        let share = |right: usize| Some(Accuracy::of(right, 10));
        report.models[0].transfer = vec![vec![share(10), share(4)]];
        report.models[1].transfer = vec![vec![share(3), share(10)]];
        assert_eq!(transfer(&report), "the most that carries over: 40.0 %, from Natural to Robust");
    }
}
