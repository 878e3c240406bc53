//! A sweep: run after run into one table. What is there stays when a sweep is cancelled, and each model can be kept.

use super::{
    super::{bench::Bench, listen, shelf},
    drill::Drill,
    run,
};
use crate::ui::texts::{tr, tr_with};
use crate::ui::{
    measure::wording::{interval, time, value},
    react::{live, text},
    shelf::Kept,
    train::sweep::{Over, Row, Sweep},
    widgets::when::{When, list},
    words::figure,
};
use leptos::prelude::*;
use serde_json::{Value, json};
use std::{cell::RefCell, collections::VecDeque, rc::Rc, sync::Arc};
use wasm_bindgen_futures::spawn_local;

/// A model of a row that can be kept.
pub struct Trained {
    /// Its entry on the shelf.
    pub kept: Kept,
    /// Its weights, a safetensors file.
    pub weights: Rc<[u8]>,
}

/// The sweep under way, or the last one.
#[derive(Default)]
struct Course {
    /// What the runs differ in, and the link that asked for it.
    over: Option<Over>,
    fragment: String,
    left: VecDeque<String>,
    /// The value of the run under way.
    now: Option<String>,
    results: Vec<Value>,
    models: Vec<Option<Trained>>,
}

thread_local! {
    static COURSE: RefCell<Course> = RefCell::default();
}

/// Begins a sweep with its first run.
pub fn begin(drill: Drill, sweep: &Sweep, fragment: String) {
    drill.rows.set((Some(sweep.over), Arc::new([])));
    let left = sweep.values.iter().cloned().collect();
    COURSE.set(Course { over: Some(sweep.over), fragment, left, ..Course::default() });
    next(drill);
}

/// Whether the run under way is one of a sweep.
pub fn is_under_way() -> bool {
    COURSE.with_borrow(|course| course.now.is_some())
}

/// Begins the next run, or ends the sweep.
fn next(drill: Drill) {
    let next = COURSE.with_borrow_mut(|course| {
        course.now = course.left.pop_front();
        course.over.zip(course.now.clone()).map(|(over, value)| (over.key(), value, course.fragment.clone()))
    });
    match next {
        Some((key, value, fragment)) => {
            run::start_one(drill, &fragment, &[(key, value), ("train.sweep", String::new())])
        }
        None => end(drill),
    }
}

/// Takes what came of a run of the sweep, and goes on unless it was cancelled.
pub fn took(drill: Drill, row: impl FnOnce(String) -> Row, result: Value, model: Option<Trained>, cancelled: bool) {
    let Some(value) = COURSE.with_borrow_mut(|course| course.now.take()) else { return };
    let row = row(value);
    COURSE.with_borrow_mut(|course| {
        course.results.push(json!({ "value": row.value, "result": result }));
        course.models.push(model);
    });
    drill.rows.update(|(_, rows)| *rows = rows.iter().cloned().chain([row]).collect());
    if cancelled { end(drill) } else { next(drill) }
}

/// Ends a sweep; the host learns what there is.
pub fn end(drill: Drill) {
    let over = COURSE.with_borrow_mut(|course| {
        course.left.clear();
        course.now = None;
        let results = std::mem::take(&mut course.results);
        course.over.take().map(|over| (over, course.fragment.clone(), results))
    });
    if let Some((over, fragment, rows)) = over {
        let value = json!({ "kind": "sweep", "fragment": fragment, "over": over.word(), "rows": rows });
        listen::tell_report("train", &value);
        drill.made.set_value(Some(value));
    }
}

/// The table, from the first row on.
#[component]
pub fn SweepTable() -> impl IntoView {
    let drill = expect_context::<Drill>();
    let there = live(move || drill.rows.with(|(_, rows)| !rows.is_empty()));
    let table = move || {
        let (over, rows) = drill.rows.get();
        over.map(|over| table(drill.bench, over, &rows)).into_iter().collect()
    };
    view! {
        <When on=there>
            <section class="part" aria-labelledby="sweep">
                <h2 id="sweep">{tr("Sweep")}</h2>
                {list(table)}
                <p role="status" class="said">{text(move || drill.bench.shelved.get())}</p>
            </section>
        </When>
    }
}

fn table(bench: Bench, over: Over, rows: &[Row]) -> AnyView {
    let heads = rows.iter().max_by_key(|row| row.attacked.len()).map(|row| row.attacked.as_slice()).unwrap_or_default();
    let heads: Vec<AnyView> = heads
        .iter()
        .map(|(name, _)| view! { <th scope="col">{tr_with("Under {0}", &[&name])}</th> }.into_any())
        .collect();
    let n = rows.iter().map(|row| row.clean.n).max().unwrap_or(0);
    let rows: Vec<AnyView> = rows.iter().enumerate().map(|(at, one)| row(bench, at, one)).collect();
    view! {
        <div class="scroll" tabindex="0" role="group" aria-label=tr("Sweep")>
            <table class="results">
                <thead>
                    <tr>
                        <th scope="col">{over.name()}</th>
                        <th scope="col">{tr("Clean")}</th>
                        {heads}
                        <th scope="col">{tr("Training time")}</th>
                        <th scope="col">{tr("End")}</th>
                        <td></td>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="dim">
            {tr_with("Each run begins with the same model and seed and is scored on the same {0} test inputs, within its own radius, by attacks that no training method uses. Intervals are Wilson's at 95 %.", &[&n])}
        </p>
    }
    .into_any()
}

fn row(bench: Bench, at: usize, row: &Row) -> AnyView {
    let cell = |accuracy: &crate::report::Accuracy| match accuracy.n {
        0 => view! { <td>"–"</td> }.into_any(),
        _ => view! { <td>{value(accuracy)}<small>{interval(accuracy)}</small></td> }.into_any(),
    };
    let attacked: Vec<AnyView> = row.attacked.iter().map(|(_, accuracy)| cell(accuracy)).collect();
    let known = COURSE.with_borrow(|course| course.models.get(at).is_some_and(Option::is_some));
    let label = tr_with("Keep the model of {0}", &[&row.value]);
    let named = crate::ui::address::number(&row.value).map_or_else(|| row.value.clone(), figure);
    let keep = known.then(|| {
        view! {
            <button type="button" aria-label=label on:click=move |_| keep(bench, at)>
                {tr("Keep")}
            </button>
        }
    });
    view! {
        <tr>
            <th scope="row">{named}</th>
            {cell(&row.clean)}
            {attacked}
            <td>{time(1000.0 * row.seconds)}</td>
            <td>{row.ending.word()}</td>
            <td>{keep}</td>
        </tr>
    }
    .into_any()
}

/// Puts the model of a row onto the shelf.
fn keep(bench: Bench, at: usize) {
    let model = COURSE
        .with_borrow(|course| course.models.get(at)?.as_ref().map(|model| (model.kept.clone(), model.weights.clone())));
    let Some((kept, weights)) = model else { return };
    spawn_local(async move {
        let said = match shelf::keep(bench, kept, &weights).await {
            Ok(kept) => tr_with("“{0}” is kept in this browser.", &[&kept.name]),
            Err(fault) => fault.message,
        };
        bench.shelved.set(said);
    });
}
