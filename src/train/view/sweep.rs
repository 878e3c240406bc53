//! The table of a sweep: its runs beside each other. What is there stays when a sweep is cancelled, and each model can be
//! kept.

use super::state::TrainingState;
use crate::charts::data_table::{Grid, cell, double, heads};
use crate::i18n::{tr, tr_with};
use crate::{
    attack::words::figure,
    evaluate::wording::{interval, time, value},
    models::view::storage,
    train::sweep::{Over, Row},
    web::{
        reactive::{live, text},
        when::{When, list},
    },
};
use foolproof_core::report::Accuracy;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The table, from the first row on.
#[component]
pub fn SweepTable() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let there = live(move || trainer.rows.with(|(_, rows)| !rows.is_empty()));
    let table = move || {
        let (over, rows) = trainer.rows.get();
        if over.is_empty() { Vec::new() } else { vec![table(trainer, &over, &rows)] }
    };
    view! {
        <When on=there>
            <section class="part" aria-labelledby="sweep">
                <h2 id="sweep">{tr("Sweep")}</h2>
                {list(table)}
                <p role="status" class="said">{text(move || trainer.evaluation.shelved.get())}</p>
            </section>
        </When>
    }
}

fn table(trainer: TrainingState, over: &[Over], rows: &[Row]) -> AnyView {
    let widest =
        rows.iter().max_by_key(|row| row.attacked.len()).map(|row| row.attacked.as_slice()).unwrap_or_default();
    let mut names: Vec<String> = over.iter().map(|over| over.name().into()).collect();
    names.push(tr("Clean").into());
    names.extend(widest.iter().map(|(name, _)| tr_with("Under {0}", &[&name])));
    names.extend([tr("Training time").into(), tr("End").into()]);
    let mut columns = heads(names);
    columns.push(view! { <td></td> }.into_any());
    let n = rows.iter().map(|row| row.clean.n).max().unwrap_or(0);
    let rows: Vec<AnyView> = rows.iter().enumerate().map(|(at, one)| row(trainer, at, one)).collect();
    view! {
        {Grid::results(columns, rows).scrolling(tr("Sweep").into())}
        <p class="dim">
            {tr_with("Each run begins with the same model and seed and is scored on the same {0} test inputs, within its own radius, by attacks that no training method uses. Intervals are Wilson's at 95 %.", &[&n])}
        </p>
    }
    .into_any()
}

fn row(trainer: TrainingState, at: usize, row: &Row) -> AnyView {
    let cell = |accuracy: &Accuracy| match accuracy.n {
        0 => cell("–"),
        _ => double((value(accuracy), interval(accuracy))),
    };
    let attacked: Vec<AnyView> = row.attacked.iter().map(|(_, accuracy)| cell(accuracy)).collect();
    let known = trainer.sweep.with_value(|sweep| sweep.models.get(at).is_some_and(Option::is_some));
    let label = tr_with("Keep the model of {0}", &[&row.values.join(", ")]);
    let named = |value: &String| crate::link::number(value).map_or_else(|| value.clone(), figure);
    let names: Vec<AnyView> =
        row.values.iter().map(|value| view! { <th scope="row">{named(value)}</th> }.into_any()).collect();
    let keep = known.then(|| {
        view! {
            <button type="button" aria-label=label on:click=move |_| keep(trainer, at)>
                {tr("Keep")}
            </button>
        }
    });
    view! {
        <tr>
            {names}
            {cell(&row.clean)}
            {attacked}
            <td>{time(1000.0 * row.seconds)}</td>
            <td>{row.ending.word()}</td>
            <td>{keep}</td>
        </tr>
    }
    .into_any()
}

/// Puts the model of a row into the model store.
fn keep(trainer: TrainingState, at: usize) {
    let (evaluation, model) =
        (trainer.evaluation, trainer.sweep.with_value(|sweep| sweep.models.get(at).cloned().flatten()));
    let Some(model) = model else { return };
    spawn_local(async move {
        evaluation.shelved.set(storage::keep(evaluation, model.kept.clone(), &model.weights).await.said());
    });
}
