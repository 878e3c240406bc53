//! Figures that are read rarely, folded away with their definitions: the score, the entropy of the answers, and how far
//! attacks move them.

use super::{
    state::{EvaluationState, term},
    table::{Cell, counted, fixed, heads},
};
use crate::charts::data_table::{closed, scroll};
use crate::controls::number::{NumberInput, Range};
use crate::i18n::{number::fixed as places, tr, tr_with};
use crate::web::reactive::live;
use crate::{attack::words::figure, evaluate::report::Report};
use leptos::prelude::*;

/// The terms of the table, in the order of its rows.
const TERMS: [&str; 3] = ["score", "entropy", "defensive"];

/// The table, the weight in the score, and what each figure means.
#[component]
pub fn Scores() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let weight = evaluation.wished(|request| request.weight);
    let table = view! {
        <table class="results">
            {heads(evaluation)}
            <tbody>
                {fixed(evaluation, "", tr("Robustness score"), score)}
                {fixed(evaluation, "", tr("Entropy, clean → attacked"), entropy)}
                {fixed(evaluation, "", tr("Defensive margin"), defensive)}
            </tbody>
        </table>
    };
    let inside = view! {
        {scroll(tr("Table of scores").into(), table)}
        <p class="dim">
            {tr("Score = w · worst case + (1 − w) · clean, with w = ")}
            <NumberInput
                value=live(move || weight.get())
                range=live(|| Range { min: 0.0, max: 1.0, step: 0.05 })
                label=tr("Weight of the worst case in the score")
                set=move |value: f64| evaluation.set(&[("measure.weight", value.to_string())])
                locked=live(|| false)
            />
        </p>
        <dl class="definitions">{TERMS.map(definition).into_iter().collect::<Vec<_>>()}</dl>
    };
    closed(tr("Score, entropy and defensive margin, with what they mean").into(), inside)
}

/// A term, and what it means.
fn definition(id: &'static str) -> Option<AnyView> {
    let term = term(id)?;
    let shown = view! {
        <div>
            <dt>{tr(term.name)}</dt>
            <dd>
                {tr(term.sentence)} " " <span class="formula">{term.formula}</span> " "
                <a href=term.url target="_blank" rel="noopener">
                    {term.cite}
                </a>
            </dd>
        </div>
    };
    Some(shown.into_any())
}

fn score(report: &Report, model: usize) -> Cell {
    let figures = &report.models[model];
    if figures.worst.n == 0 {
        return ("–".into(), String::new(), vec![]);
    }
    let (w, worst, clean) = (report.weight, figures.worst.value, figures.clean.value);
    let below = format!("{} · {} + {} · {}", figure(w), places(worst, 3), figure(1.0 - w), places(clean, 3));
    (places(w * worst + (1.0 - w) * clean, 3), below, vec![])
}

fn entropy(report: &Report, model: usize) -> Cell {
    let (clean, attacked) = report.models[model].entropy;
    (tr_with("{0} → {1} bits", &[&places(clean, 3), &places(attacked, 3)]), counted(report, model), vec![])
}

fn defensive(report: &Report, model: usize) -> Cell {
    let margin = (report.models[model].defensive_margin * 1e3).round() / 1e3;
    (figure(margin), counted(report, model), vec![])
}
