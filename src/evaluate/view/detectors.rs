//! Detectors on the Measure page: which of them look on, and what they flag of clean inputs and of what attacks made.

use super::{
    part::{Part, gist, terms},
    state::EvaluationState,
    table::{Cell, dynamic, heads},
};
use crate::attack::{
    defence::listed,
    scale::{round_digits, widen},
    words::figure,
};
use crate::charts::line_chart::{Chart, Line, few, heads as columns, views};
use crate::controls::{
    check::Check,
    number::{NumberInput, Range},
};
use crate::evaluate::{
    gist,
    report::Report,
    request::{FPR_RANGE, detectors_text},
    wording::{interval, percent, value},
};
use crate::i18n::{tr, tr_with};
use crate::link::defence::{fitted, value as knob_value};
use crate::web::{
    reactive::{live, memo},
    when::{When, list},
};
use foolproof_core::{
    catalog::{Card, Knob},
    defence::DefenceSpec,
    report::{DetectorReport, Flagged},
};
use leptos::prelude::*;

/// Most rows of a table.
const ROWS: usize = 10;

fn locked(evaluation: EvaluationState, key: &'static str) -> Signal<bool> {
    live(move || evaluation.settings.with(|settings| !settings.lets(key)))
}

fn cards(evaluation: EvaluationState) -> Vec<Card> {
    evaluation.known.with(|known| known.as_ref().map_or_else(Vec::new, |known| known.catalog.detectors.clone()))
}

/// The detectors of the page, each to be chosen, with the knobs of those that are.
#[component]
pub fn Detectors() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let chosen = evaluation.wished(|request| request.detectors.clone());
    let fpr = evaluation.wished(|request| widen(request.fpr));
    let shape = memo(move || evaluation.dataset().map(|data| data.shape));
    let set = move |detectors: Vec<DefenceSpec>| evaluation.set(&[("measure.detector", detectors_text(&detectors))]);
    let one = move |card: Card| {
        let (id, name, title) = (card.id.clone(), card.name.clone(), card.summary.clone());
        let has = {
            let id = id.clone();
            memo(move || chosen.with(|all| all.iter().flatten().any(|one| one.id == id)))
        };
        let flip = move |on: bool| {
            let mut all = chosen.get_untracked().unwrap_or_default();
            all.retain(|one| on || one.id != id);
            let new = fitted(&DefenceSpec::new(&id, &[]), &cards(evaluation), shape.get_untracked().unwrap_or([1; 3]));
            all.extend(new.filter(|_| on));
            set(all);
        };
        let knobs = card.knobs.clone().into_iter().map(|knob| stepper(evaluation, chosen, card.clone(), knob));
        let knobs: Vec<AnyView> = knobs.collect();
        view! {
            <div class="choices">
                <Check on=live(move || has.get()) locked=locked(evaluation, "measure.detector") set=flip>
                    <span title=title>{name}</span>
                </Check>
                <div class="choices" hidden=live(move || !has.get())>{knobs}</div>
            </div>
        }
        .into_any()
    };
    let any = live(move || chosen.with(|all| all.as_ref().is_some_and(|all| !all.is_empty())));
    let range = Range { min: FPR_RANGE.0, max: FPR_RANGE.1, step: 0.01 };
    view! {
        <details class="detectors" open=untrack(|| any.get())>
            <summary>{tr("Detectors that look on")}</summary>
            {list(move || cards(evaluation).into_iter().map(one).collect())}
            <When on=any>
                <div class="field">
                    <span class="label">{tr("False alarms allowed (share)")}</span>
                    <NumberInput
                        value=live(move || fpr.get())
                        range=live(move || range)
                        label=tr("False alarms allowed (share)")
                        set=move |value: f64| evaluation.set(&[("measure.fpr", value.to_string())])
                        locked=locked(evaluation, "measure.fpr")
                    />
                </div>
            </When>
        </details>
    }
}

fn stepper(evaluation: EvaluationState, chosen: Memo<Option<Vec<DefenceSpec>>>, card: Card, knob: Knob) -> AnyView {
    let range = Range { min: knob.min, max: knob.max, step: 1.0 };
    let (label, name, id, key) =
        (format!("{}: {}", card.name, knob.name), knob.name.clone(), card.id.clone(), knob.key.clone());
    let own = {
        let (id, key) = (id.clone(), key.clone());
        memo(move || {
            chosen.with(|all| {
                let one = all.iter().flatten().find(|one| one.id == id)?;
                knob_value(one, &card, &key)
            })
        })
    };
    let set = move |to: f64| {
        let mut all = chosen.get_untracked().unwrap_or_default();
        for one in all.iter_mut().filter(|one| one.id == id) {
            one.knobs.insert(key.clone(), to);
        }
        evaluation.set(&[("measure.detector", detectors_text(&all))]);
    };
    view! {
        <div class="field" title=knob.help>
            <span class="label">{name}</span>
            <NumberInput
                value=live(move || own.get())
                range=live(move || range)
                label=label
                set
                locked=locked(evaluation, "measure.detector")
            />
        </div>
    }
    .into_any()
}

/// What a detector is called.
fn name(evaluation: EvaluationState, detector: &DefenceSpec) -> String {
    listed(std::slice::from_ref(detector), &cards(evaluation))
}

/// The detectors of a report; every model has the same.
fn of(report: &Report) -> &[DetectorReport] {
    report.models.iter().map(|model| model.detectors.as_slice()).find(|all| !all.is_empty()).unwrap_or_default()
}

/// The part.
pub fn part(evaluation: EvaluationState) -> Part {
    let there = evaluation.shown(|report| !of(report).is_empty());
    let rows = evaluation.shown(move |report| {
        let attacks: Vec<String> = (0..report.trials.len()).map(|attack| report.attack(attack)).collect();
        let detectors: Vec<String> = of(report).iter().map(|one| name(evaluation, &one.detector)).collect();
        (detectors, attacks)
    });
    let bodies = move || {
        let (detectors, attacks) = rows.get().unwrap_or_default();
        let body = |(place, name): (usize, String)| {
            let alarms =
                dynamic(evaluation, tr("False alarms").into(), move |report, model| false_alarms(report, model, place));
            let attacks = attacks.iter().enumerate().map(|(attack, under)| {
                let head = tr_with("{0}: wrong and unflagged", &[under]);
                dynamic(evaluation, head, move |report, model| passed(report, model, (place, attack)))
            });
            view! { <tbody><tr><th scope="rowgroup" colspan="9">{name}</th></tr>{alarms}{attacks.collect::<Vec<_>>()}</tbody> }.into_any()
        };
        detectors.into_iter().enumerate().map(body).collect()
    };
    let charts = evaluation.shown(move |report| charts(report, |detector| name(evaluation, detector)));
    let inside = move || {
        view! {
            {terms(&["detector", "area"])}
            <p class="dim">{tr("Each detector learnt what is usual from clean training inputs, and its threshold from others; it never saw an attack. An attack that does not know of a detector says little of it: choose Adaptive PGD or Orthogonal PGD, which try to pass all of them at once.")}</p>
            <div class="scroll" tabindex="0" role="group" aria-label=tr("Table of detectors")>
                <table class="results">
                    {heads(evaluation)}
                    {list(bodies)}
                </table>
            </div>
            <div class="small-charts">{list(move || views(charts.get().unwrap_or_default()))}</div>
        }
    };
    Part {
        id: "detectors",
        title: tr("Detectors"),
        there: live(move || there.get() == Some(true)),
        gist: gist(evaluation, gist::detectors),
        inside: inside.into(),
    }
}

fn none() -> Cell {
    ("–".into(), String::new(), Vec::new())
}

fn false_alarms(report: &Report, model: usize, place: usize) -> Cell {
    let Some(found) = report.models[model].detectors.get(place) else { return none() };
    let wrong = match found.mistakes.n {
        0 => String::new(),
        n => tr_with("; of {0} answered wrong {1}", &[&n, &percent(found.mistakes.value)]),
    };
    (value(&found.false_alarms), interval(&found.false_alarms) + &wrong, Vec::new())
}

fn passed(report: &Report, model: usize, (place, attack): (usize, usize)) -> Cell {
    let found = report.models[model].detectors.get(place).and_then(|one| one.attacks.get(attack));
    let Some(found) = found.filter(|found| found.passed.n > 0) else { return none() };
    let area = found.area.map_or_else(String::new, |area| {
        let [value, low, high] = [area.value, area.low, area.high].map(|share| figure(round_digits(share, 3)));
        tr_with("; area {0} ({1} to {2})", &[&value, &low, &high])
    });
    let system = tr_with("; right or flagged {0}", &[&percent(found.system.value)]);
    (value(&found.passed), interval(&found.passed) + &area + &system, Vec::new())
}

/// A chart for each detector and attack that fooled something.
fn charts(report: &Report, name: impl Fn(&DefenceSpec) -> String) -> Vec<Chart> {
    let all = of(report).iter().enumerate();
    let chart = |(place, detector): (usize, &DetectorReport)| {
        let name = name(&detector.detector);
        (0..report.trials.len()).filter_map(move |attack| chart(report, (place, attack), &name)).collect::<Vec<_>>()
    };
    all.flat_map(chart).collect()
}

fn chart(report: &Report, (place, attack): (usize, usize), detector: &str) -> Option<Chart> {
    let found: Vec<(usize, &Flagged)> = report
        .models
        .iter()
        .enumerate()
        .filter_map(|(model, own)| Some((model, own.detectors.get(place)?.attacks.get(attack)?)))
        .filter(|(_, found)| found.area.is_some())
        .collect();
    let line = |(model, found): &(usize, &Flagged)| Line {
        name: report.name(*model),
        end: found.area.map(|area| figure(round_digits(area.value, 3))),
        points: found.roc.iter().map(|(clean, fell)| (f64::from(*clean), f64::from(*fell))).collect(),
    };
    let lines: Vec<Line> = found.iter().map(line).collect();
    let said: Vec<String> =
        lines.iter().filter_map(|line| Some(format!("{} {}", line.name, line.end.as_ref()?))).collect();
    let title = tr_with("{0} against {1}", &[&detector, &report.attack(attack)]);
    let shares = |at: usize| at as f32 / ROWS as f32;
    let row = |at: usize| {
        let cell = |(_, found): &(usize, &Flagged)| {
            let reached = found.roc.iter().rev().find(|(clean, _)| *clean <= shares(at));
            (reached.map_or_else(|| "–".into(), |(_, fell)| percent(widen(*fell))), String::new())
        };
        (percent(widen(shares(at))), found.iter().map(cell).collect())
    };
    (!found.is_empty()).then(|| Chart {
        kind: "roc",
        label: tr_with(
            "Share of fooling inputs flagged against share of clean ones, {0}. Area: {1}.",
            &[&title, &said.join("; ")],
        ),
        title,
        across: [tr("no clean input flagged").into(), tr("all").into()],
        up: ["0 %".into(), "100 %".into()],
        heads: columns(tr("Clean inputs flagged"), lines.iter().map(|line| line.name.clone())),
        rows: few(ROWS + 1, ROWS + 1).into_iter().map(row).collect(),
        lines,
        save: tr("Save curve as PNG"),
    })
}
