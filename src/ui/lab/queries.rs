//! Accuracy against queries: how many inputs still stand after so many questions to the model, attack by attack.

use super::{
    bench::{Bench, term},
    lines::{Chart, Line, views},
};
use crate::ui::react::live;
use crate::ui::texts::{tr, tr_with};
use crate::{
    report::AttackFigures,
    ui::{
        measure::{
            queries::{half, last, points},
            sheet::Sheet,
            wording::percent,
        },
        widgets::{
            term::define,
            when::{When, list},
        },
        words::figure,
    },
};
use leptos::prelude::*;

/// A chart for each attack that asks more than once.
fn charts(sheet: &Sheet) -> Vec<Chart> {
    (0..sheet.trials.len()).filter_map(|attack| of_attack(sheet, attack)).collect()
}

fn of_attack(sheet: &Sheet, attack: usize) -> Option<Chart> {
    let found: Vec<(usize, &AttackFigures)> = sheet
        .models
        .iter()
        .enumerate()
        .filter_map(|(model, report)| Some((model, report.attacks.get(attack)?)))
        .collect();
    let most = found.iter().filter_map(|(_, figures)| last(figures)).max()?;
    // A first step that fells whatever falls is no line.
    let several = found.iter().any(|(_, figures)| figures.by_queries.len() > 2);
    let line = |(model, figures): &(usize, &AttackFigures)| {
        let points = points(figures, most);
        Line { name: sheet.name(*model), end: Some(percent(figures.accuracy.value)), points }
    };
    let said = |(model, figures): &(usize, &AttackFigures)| {
        let (name, left) = (sheet.name(*model), percent(figures.accuracy.value));
        match half(figures) {
            Some(queries) => tr_with(
                "{0}: {1} left, half of those that fell within {2} queries",
                &[&name, &left, &figure(f64::from(queries))],
            ),
            None => tr_with("{0}: {1} left", &[&name, &left]),
        }
    };
    let (name, said) = (sheet.attack(attack), found.iter().map(said).collect::<Vec<_>>());
    several.then(|| Chart {
        kind: "queries",
        label: tr_with("Accuracy against queries of {0}: {1}.", &[&name, &said.join("; ")]),
        title: name,
        across: [tr_with("{0} query", &[&1]), tr_with("{0} queries", &[&figure(f64::from(most))])],
        up: ["0 %".into(), "100 %".into()],
        lines: found.iter().map(line).collect(),
        save: tr("Save queries as PNG"),
    })
}

/// The charts.
#[component]
pub fn Queries() -> impl IntoView {
    let bench = expect_context::<Bench>();
    let shown = bench.shown(charts);
    let there = live(move || shown.with(|shown| shown.as_ref().is_some_and(|shown| !shown.is_empty())));
    let charts = move || views(shown.get().unwrap_or_default());
    view! {
        <When on=there>
            <section class="part" aria-labelledby="queries">
                <h2 id="queries">{tr("Accuracy against ")} {define(term("queries"), tr("queries").into())}</h2>
                <p class="dim">
                    {tr("What each attack left after so many questions to the model; equal distances are equal ratios. Where many fall late, more queries would have felled more.")}
                </p>
                <div class="small-charts">{list(charts)}</div>
            </section>
        </When>
    }
}
