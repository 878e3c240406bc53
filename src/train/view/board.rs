//! What came of the run: how it ended, the scoreboard, and where to go with the new model.

use super::state::{Closed, TrainingState};
use crate::charts::data_table::{Grid, cell, cornered, double, row};
use crate::i18n::{tr, tr_with};
use crate::{
    attack::{
        scale::{round_digits, widen},
        words::figure,
    },
    evaluate::{
        rows::plural,
        wording::{interval, percent, value},
    },
    link::{Page, Settings},
    models::{PREFIX, view::storage},
    train::{
        request::RANDOM,
        scoreboard::{Board, Score},
        wording,
    },
    web::{
        reactive::{live, memo, text},
        when::{When, list},
    },
};
use foolproof_core::report::Accuracy;
use leptos::prelude::*;
use std::iter;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

/// The scoreboard, once the run is over.
#[component]
pub fn Scoreboard() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let ended = live(move || trainer.closed.with(Option::is_some));
    let sentence = move || trainer.closed.with(|closed| closed.as_ref().map(|closed| wording::ending(closed.ending)));
    let kept = memo(move || trainer.closed.with(|closed| closed.as_ref().and_then(|closed| closed.model.clone())));
    let worse = live(move || trainer.worse.with(Option::is_some));
    let short =
        live(move || trainer.closed.with(|closed| closed.as_ref().is_some_and(|closed| closed.short.is_some())));
    let name = move || kept.get().map(|model| called(trainer, &model));
    let table = move || {
        let board = trainer.board.get();
        board.iter().filter(|board| board.after.clean.n > 0).map(|board| table(trainer, board)).collect()
    };
    view! {
        <When on=ended>
            <section class="part" aria-labelledby="board">
                <h2 id="board">{tr("Before and after")}</h2>
                <p>{text(sentence)} " " {text(name)}</p>
                <When on=short>{unhardened(trainer)}</When>
                {list(table)}
                <p class="tools">
                    {list(move || trainer.closed.get().iter().flat_map(|closed| ways(trainer, closed)).collect())}
                    <When on=worse>
                        <button type="button" class="quiet" on:click=move |_| keep_worse(trainer)>
                            {tr("Keep the last one as well")}
                        </button>
                    </When>
                </p>
            </section>
        </When>
    }
}

/// That the run was too short for its aim, with two ways on: from its model for longer, or with a smaller radius.
fn unhardened(trainer: TrainingState) -> AnyView {
    let closed = trainer.closed.get_untracked();
    let Some(Closed { model, short: Some(short), .. }) = closed else { return ().into_any() };
    let lower = round_digits(widen(short.eps) / 2.0, 2);
    let said = tr_with(
        "Not hardened yet: it holds {0} of the attacked images at {1}. This device managed {2} images.",
        &[&percent(short.held), &figure(widen(short.eps)), &short.images],
    );
    let longer = move |_| {
        let from = model.clone().map(|model| ("train.from", model));
        let keys: Vec<_> = [("train.seconds", "300".to_owned()), ("train.epochs", "none".to_owned())].into();
        trainer.start_with(&from.into_iter().chain(keys).collect::<Vec<_>>());
    };
    view! {
        <p class="warning">{said}</p>
        <p class="tools">
            <button type="button" class="main" on:click=longer>
                {tr("Go on for five minutes")}
            </button>
            <button type="button" on:click=move |_| trainer.start_with(&[("train.eps", lower.to_string())])>
                {tr_with("Try with epsilon {0}", &[&figure(lower)])}
            </button>
        </p>
    }
    .into_any()
}

/// Keeps the model that a run ended with beside the better one that it went back to.
fn keep_worse(trainer: TrainingState) {
    let Some(worse) = trainer.worse.try_update(Option::take).flatten() else { return };
    // The button goes away: the focus goes to its neighbour.
    let neighbour = document().query_selector("#board ~ .tools a").ok().flatten();
    if let Some(neighbour) = neighbour.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // Focusing can only fail on an element that is gone.
        let _ = neighbour.focus();
    }
    spawn_local(async move {
        let stored = storage::keep(trainer.evaluation, worse.kept.clone(), &worse.weights).await;
        trainer.evaluation.shelved.set(stored.said());
    });
}

/// Where the model is, under which name.
fn called(trainer: TrainingState, id: &str) -> String {
    let own = id.strip_prefix(PREFIX).unwrap_or(id);
    let keeps = trainer
        .evaluation
        .model_store
        .with_value(|model_store| model_store.as_ref().is_some_and(|model_store| model_store.keeps(own)));
    match keeps {
        true => tr_with("It is kept in this browser as “{0}”.", &[&trainer.name(id)]),
        false => tr_with("It is here as “{0}” until this tab closes.", &[&trainer.name(id)]),
    }
}

fn table(trainer: TrainingState, board: &Board) -> AnyView {
    let n = board.after.clean.n;
    let what = untrack(|| plural(&trainer.kind()));
    let from =
        trainer.closed.with_untracked(|closed| closed.as_ref().map(|closed| untrack(|| trainer.name(&closed.from))));
    let eps = board
        .attacks
        .first()
        .map_or_else(String::new, |spec| tr_with(", {0} within {1}", &[&spec.norm.symbol(), &figure(widen(spec.eps))]));
    let row_of = |name: String, read: &dyn Fn(&Score) -> Option<Accuracy>| {
        let cell_of = |score: &Score| match read(score) {
            Some(accuracy) if accuracy.n > 0 => double((value(&accuracy), interval(&accuracy))),
            _ => cell("–"),
        };
        row(name, vec![cell_of(&board.before), cell_of(&board.after)])
    };
    let attacks = board.names.iter().enumerate();
    let attacks =
        attacks.map(|(at, name)| row_of(tr_with("Under {0}", &[&name]), &|score| score.attacked.get(at).cloned()));
    let rows: Vec<AnyView> =
        iter::once(row_of(tr("Clean").into(), &|score| Some(score.clean))).chain(attacks).collect();
    let columns = cornered([from.unwrap_or_else(|| tr("Before").into()), tr("Hardened").into()]);
    view! {
        {Grid::results(columns, rows).scrolling(tr("Scoreboard").into())}
        <p class="dim">
            {tr_with("The same {0} test {1} for both{2}. No training method uses these attacks. Intervals are Wilson's at 95 %.", &[&n, &what, &eps])}
        </p>
    }
    .into_any()
}

/// Links to the other pages with the new model.
fn ways(trainer: TrainingState, closed: &Closed) -> Vec<AnyView> {
    let Some(model) = &closed.model else { return Vec::new() };
    let link = |name: &'static str, class: &'static str, change: &dyn Fn(&mut Settings)| {
        let mut settings = trainer.evaluation.settings.get();
        settings.model = Some(model.clone());
        settings.extra.remove("train.beside");
        if closed.from != RANDOM {
            settings.extra.insert("train.beside".into(), closed.from.clone());
        }
        change(&mut settings);
        view! { <a class=class href=format!("#{}", settings.fragment())>{name}</a> }.into_any()
    };
    let both = [closed.from.as_str(), model].iter().filter(|id| **id != RANDOM).copied().collect::<Vec<_>>().join(",");
    vec![
        link(tr("Attack it yourself"), "button primary", &|settings| settings.page = Page::Attack),
        link(tr("Measure it"), "button", &|settings| {
            settings.page = Page::Measure;
            settings.extra.insert("measure.models".into(), both.clone());
        }),
    ]
}
