//! Accuracy against queries: how many inputs still stand after so many questions to the model, attack by attack.

use super::{
    budget_chart::{Axis, chart, of_attack},
    part::{Part, gist, terms},
    state::EvaluationState,
};
use crate::charts::line_chart::{Chart, views};
use crate::i18n::{tr, tr_mark, tr_with};
use crate::web::reactive::live;
use crate::{
    attack::words::figure,
    evaluate::{
        accuracy_by_budget::{by_ratio, last},
        gist,
        report::Report,
    },
    web::when::list,
};
use leptos::prelude::*;

/// A chart for each attack that asks more than once.
fn charts(report: &Report) -> Vec<Chart> {
    (0..report.trials.len()).filter_map(|attack| queries(report, attack)).collect()
}

fn queries(report: &Report, attack: usize) -> Option<Chart> {
    let found = of_attack(report, attack);
    let most = found.iter().filter_map(|(_, figures)| last(&figures.by_queries)).max()?;
    // A first step that fells whatever falls is no line.
    let several = found.iter().any(|(_, figures)| figures.by_queries.len() > 2);
    let axis = Axis {
        kind: "queries",
        falls: |figures| &figures.by_queries,
        right: by_ratio(most),
        across: [tr_with("{0} query", &[&1]), tr_with("{0} queries", &[&figure(f64::from(most))])],
        label: tr_mark("Accuracy against queries of {0}: {1}."),
        half: tr_mark("{0}: {1} left, half of those that fell within {2} queries"),
        save: tr("Save queries as PNG"),
        head: tr("Queries"),
    };
    several.then(|| chart(report, attack, axis))
}

/// The charts.
pub fn part(evaluation: EvaluationState) -> Part {
    let shown = evaluation.shown(charts);
    let there = live(move || shown.with(|shown| shown.as_ref().is_some_and(|shown| !shown.is_empty())));
    let charts = move || views(shown.get().unwrap_or_default());
    let inside = move || {
        view! {
            {terms(&["queries"])}
            <p class="dim">
                {tr("What each attack left after so many questions to the model; equal distances are equal ratios. Where many fall late, more queries would have felled more.")}
            </p>
            <div class="small-charts">{list(charts)}</div>
        }
    };
    Part {
        id: "queries",
        title: tr("Accuracy against queries"),
        there,
        gist: gist(evaluation, gist::queries),
        inside: inside.into(),
    }
}
