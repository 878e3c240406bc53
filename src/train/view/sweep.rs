//! A sweep: run after run into one table. What is there stays when a sweep is cancelled, and each model can be kept.

use super::{run::saved, state::TrainingState};
use crate::charts::data_table::{Grid, cell, double, heads};
use crate::i18n::{tr, tr_with};
use crate::{
    attack::words::figure,
    evaluate::wording::{interval, time, value},
    models::Kept,
    train::{
        sweep::{Over, Row, Sweep},
        sweep_progress::SweepProgress,
    },
    web::{
        reactive::{live, text},
        when::{When, list},
    },
};
use crate::{bridge::lab_listener, evaluate::view::state::EvaluationState, link::Job, models::view::storage};
use foolproof_core::training::Checkpoint;
use leptos::prelude::*;
use serde_json::Value;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen_futures::spawn_local;

/// A model of a row that can be kept.
pub struct Trained {
    /// Its entry in the model store.
    pub kept: Kept,
    /// Its weights, a safetensors file.
    pub weights: Rc<[u8]>,
}

/// The sweep under way, or the last one.
#[derive(Default)]
struct State {
    progress: SweepProgress,
    /// Models of its rows.
    models: Vec<Option<Rc<Trained>>>,
    /// Whether it outlives the page: one of runs on points is begun again sooner than it is found.
    lasts: bool,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

/// Begins a sweep with its first run.
pub fn begin(trainer: TrainingState, sweep: &Sweep, fragment: String, lasts: bool) {
    STATE.set(State { progress: SweepProgress::new(sweep, fragment), models: Vec::new(), lasts });
    show(trainer);
    next(trainer);
}

/// Goes on with a sweep of an earlier visit; its run under way where `earlier` says it was, or from its start.
pub fn resume(
    trainer: TrainingState,
    progress: SweepProgress,
    models: Vec<Option<Rc<Trained>>>,
    earlier: Option<Checkpoint>,
) {
    let under_way = progress.is_under_way();
    STATE.set(State { progress, models, lasts: true });
    show(trainer);
    if under_way { run(trainer, earlier) } else { next(trainer) }
}

/// Whether the run under way is one of a sweep.
pub fn is_under_way() -> bool {
    STATE.with_borrow(|state| state.progress.is_under_way())
}

fn show(trainer: TrainingState) {
    trainer.rows.set(STATE.with_borrow(|state| (state.progress.over.clone(), state.progress.rows.as_slice().into())));
}

/// Begins the next run, or ends the sweep.
fn next(trainer: TrainingState) {
    let (more, lasting) =
        STATE.with_borrow_mut(|state| (state.progress.step(), state.lasts.then(|| state.progress.clone())));
    match (more, lasting) {
        (true, lasting) => {
            lasting.into_iter().for_each(|progress| saved::save_sweep(trainer, &progress));
            run(trainer, None);
        }
        (false, _) => over(trainer),
    }
}

fn run(trainer: TrainingState, earlier: Option<Checkpoint>) {
    let (fragment, keys) = STATE.with_borrow(|state| (state.progress.fragment.clone(), state.progress.keys()));
    super::run::start_one(trainer, &fragment, &keys, earlier);
}

/// Takes what came of a run of the sweep, and goes on unless it was cancelled.
pub fn took(
    trainer: TrainingState,
    row: impl FnOnce(Vec<String>) -> Row,
    result: &Value,
    model: Option<Trained>,
    cancelled: bool,
) {
    let taken = STATE.with_borrow_mut(|state| state.progress.took(row, result).is_some());
    if !taken {
        return;
    }
    let model = model.map(Rc::new);
    let (place, lasts) = STATE.with_borrow_mut(|state| {
        state.models.push(model.clone());
        (state.models.len() - 1, state.lasts)
    });
    if let Some(model) = model.filter(|_| lasts && !cancelled) {
        saved::save_row(trainer, place, &model);
    }
    show(trainer);
    if cancelled { over(trainer) } else { next(trainer) }
}

/// Ends a sweep for good: nothing of it is to be gone on with.
pub fn over(trainer: TrainingState) {
    if STATE.with_borrow(|state| state.lasts && !state.progress.over.is_empty()) {
        saved::forget(trainer);
    }
    end(trainer);
}

/// Ends a sweep; the host learns what there is.
pub fn end(trainer: TrainingState) {
    let ended = STATE.with_borrow_mut(|state| {
        let over = std::mem::take(&mut state.progress);
        (!over.over.is_empty()).then_some(over)
    });
    if let Some(value) = ended.map(|progress| progress.result()) {
        lab_listener::tell_report(Job::Train, &value);
        trainer.made.set_value(Some(value));
    }
}

/// The table, from the first row on.
#[component]
pub fn SweepTable() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let there = live(move || trainer.rows.with(|(_, rows)| !rows.is_empty()));
    let table = move || {
        let (over, rows) = trainer.rows.get();
        if over.is_empty() { Vec::new() } else { vec![table(trainer.evaluation, &over, &rows)] }
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

fn table(evaluation: EvaluationState, over: &[Over], rows: &[Row]) -> AnyView {
    let widest =
        rows.iter().max_by_key(|row| row.attacked.len()).map(|row| row.attacked.as_slice()).unwrap_or_default();
    let mut names: Vec<String> = over.iter().map(|over| over.name().into()).collect();
    names.push(tr("Clean").into());
    names.extend(widest.iter().map(|(name, _)| tr_with("Under {0}", &[&name])));
    names.extend([tr("Training time").into(), tr("End").into()]);
    let mut columns = heads(names);
    columns.push(view! { <td></td> }.into_any());
    let n = rows.iter().map(|row| row.clean.n).max().unwrap_or(0);
    let rows: Vec<AnyView> = rows.iter().enumerate().map(|(at, one)| row(evaluation, at, one)).collect();
    view! {
        {Grid::results(columns, rows).scrolling(tr("Sweep").into())}
        <p class="dim">
            {tr_with("Each run begins with the same model and seed and is scored on the same {0} test inputs, within its own radius, by attacks that no training method uses. Intervals are Wilson's at 95 %.", &[&n])}
        </p>
    }
    .into_any()
}

fn row(evaluation: EvaluationState, at: usize, row: &Row) -> AnyView {
    let cell = |accuracy: &foolproof_core::report::Accuracy| match accuracy.n {
        0 => cell("–"),
        _ => double((value(accuracy), interval(accuracy))),
    };
    let attacked: Vec<AnyView> = row.attacked.iter().map(|(_, accuracy)| cell(accuracy)).collect();
    let known = STATE.with_borrow(|state| state.models.get(at).is_some_and(Option::is_some));
    let label = tr_with("Keep the model of {0}", &[&row.values.join(", ")]);
    let named = |value: &String| crate::link::number(value).map_or_else(|| value.clone(), figure);
    let names: Vec<AnyView> =
        row.values.iter().map(|value| view! { <th scope="row">{named(value)}</th> }.into_any()).collect();
    let keep = known.then(|| {
        view! {
            <button type="button" aria-label=label on:click=move |_| keep(evaluation, at)>
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
fn keep(evaluation: EvaluationState, at: usize) {
    let model = STATE.with_borrow(|state| state.models.get(at).cloned().flatten());
    let Some(model) = model else { return };
    spawn_local(async move {
        evaluation.shelved.set(storage::keep(evaluation, model.kept.clone(), &model.weights).await.said());
    });
}
