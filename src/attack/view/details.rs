//! Below the controls: loss per step, and every figure as a table.

use super::{
    columns::{Pair, cell, heading, headings},
    loss::{LossChart, LossTable},
};
use crate::charts::data_table::{self, Grid, closed};
use crate::i18n::{number::said, tr, tr_mark, tr_with};
use crate::{
    attack::{
        results::Shown,
        verdict::Verdict,
        words::{answer, class, figure, percent},
    },
    shell::state::State,
    web::reactive::{memo, text},
};
use crate::{controls::term::TermButton, web::when::list};
use foolproof_core::manifest::Model;
use leptos::prelude::*;

/// Loss and figures of both models.
#[component]
pub fn Details() -> impl IntoView {
    let state = expect_context::<State>();
    let results = memo(move || {
        let pair = state.pair();
        state.results.with(|results| {
            let shown = |model: Model| results.shown.get(&model.id).cloned().map(|shown| (model, shown));
            pair.into_iter().filter_map(shown).collect::<Vec<_>>()
        })
    });
    view! {
        <section class="details" aria-label=tr("Details")>
            <div>
                <h2>
                    <TermButton id="loss" word=tr("Loss") />
                    {tr(" per step")}
                </h2>
                <LossChart results />
                <LossTable results />
            </div>
            <div>
                <h2>{tr("Figures")}</h2>
                <Figures results />
                <Probabilities results />
            </div>
        </section>
    }
}

/// Reads one figure off a result, given the names of the classes.
type Read = fn(&Shown, &[String]) -> Option<String>;

/// One figure of the model in a column.
fn figure_of(results: Pair, column: usize, read: Read) -> AnyView {
    let state = expect_context::<State>();
    let said = text(move || {
        let classes = state.classes();
        results
            .with(|results| results.get(column).map(|(_, shown)| read(shown, &classes).unwrap_or_else(|| "–".into())))
    });
    cell(results, column, said)
}

/// A row of the figures.
fn row(results: Pair, (name, read): (&'static str, Read)) -> AnyView {
    data_table::row(tr(name), vec![figure_of(results, 0, read), figure_of(results, 1, read)])
}

/// What the rows of the figures are called, and how they are read off a result.
const FIGURES: [(&str, Read); 12] = [
    (tr_mark("Verdict"), |shown, _| Some(Verdict::of(shown)?.word().into())),
    (tr_mark("Clean"), |shown, classes| Some(answer(&shown.sample()?.clean, classes))),
    (tr_mark("Attacked"), |shown, classes| Some(answer(&shown.sample()?.adversarial, classes))),
    (tr_mark("Largest change (L∞)"), |shown, _| Some(short(shown.sample()?.distance.linf))),
    (tr_mark("Length (L2)"), |shown, _| Some(short(shown.sample()?.distance.l2))),
    (tr_mark("Sum (L1)"), |shown, _| Some(short(shown.sample()?.distance.l1))),
    (tr_mark("Changed (L0)"), |shown, _| Some(short(shown.sample()?.distance.l0))),
    (tr_mark("Step size"), |shown, _| Some(short(shown.outcome.step))),
    (tr_mark("Queries of the model"), |shown, _| Some(said(shown.outcome.queries.to_string()))),
    (tr_mark("Queries until fooled"), |shown, _| Some(said(shown.sample()?.queries?.to_string()))),
    (tr_mark("Time"), |shown, _| Some(tr_with("{0} ms", &[&shown.outcome.millis.round()]))),
    (tr_mark("Seed"), |shown, _| Some(shown.job.seed.to_string())),
];

fn short(value: f32) -> String {
    figure((f64::from(value) * 1e5).round() / 1e5)
}

#[component]
fn Figures(results: Pair) -> impl IntoView {
    let columns = vec![view! { <td></td> }.into_any(), heading(results, 0), heading(results, 1)];
    let rows: Vec<AnyView> = FIGURES.into_iter().map(|figure| row(results, figure)).collect();
    view! { <div class="scroll">{Grid::new(columns, rows).view()}</div> }
}

/// The bars' figures: clean and attacked, a row a class.
#[component]
fn Probabilities(results: Pair) -> impl IntoView {
    let state = expect_context::<State>();
    let count = memo(move || state.classes().len());
    let chances = move |at: usize, column: usize| {
        let said = text(move || {
            let of = |all: &[f32]| all.get(at).copied().map_or_else(|| "–".into(), percent);
            results.with(|results| {
                let sample = results.get(column)?.1.sample()?;
                Some(format!("{} → {}", of(&sample.clean.probabilities), of(&sample.adversarial.probabilities)))
            })
        });
        cell(results, column, said)
    };
    let row = move |at: usize| {
        let head = text(move || class(at as u32, &state.classes()));
        data_table::row(head, vec![chances(at, 0), chances(at, 1)])
    };
    let rows = list(move || (0..count.get()).map(row).collect());
    let grid = Grid::new(headings(results, tr("Class")), rows).view();
    closed(tr("Probabilities as a table").into(), view! { <div class="scroll">{grid}</div> })
}
