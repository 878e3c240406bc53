//! A row of a table: a field a column, and which of them an attack may change.

use crate::controls::{
    check::CellCheck,
    number::{NumberInput, Range},
};
use crate::i18n::{tr, tr_with};
use crate::web::reactive::live;
use crate::web::when::list;
use crate::{
    attack::{plan, scale},
    charts::data_table::{Grid, heads, row},
    link::{Input, Mask},
    shell::state::State,
};
use foolproof_core::input_kind::Column;
use leptos::prelude::*;

/// The form, a line a column.
#[component]
pub fn Form() -> impl IntoView {
    let state = expect_context::<State>();
    let lines = move || {
        let columns = state.format().kind.columns().into_owned().into_iter().enumerate();
        columns.map(|(at, column)| line(state, at, column)).collect()
    };
    let names = [tr("Column"), tr("Value"), tr("Attacks may change it")].map(str::to_owned);
    Grid { class: Some("form"), ..Grid::new(heads(names), list(lines)) }.view()
}

/// A column's line.
fn line(state: State, at: usize, column: Column) -> AnyView {
    let title = column.title();
    let shown = column.clone();
    let value = live(move || {
        let pixel = state.subject.with(|subject| subject.as_ref().and_then(|subject| subject.pixels.get(at).copied()));
        pixel.map(|pixel| scale::round_digits(scale::widen(shown.shown(pixel)), 6))
    });
    let range = Range { min: scale::widen(column.min), max: scale::widen(column.max), step: step(&column) };
    let set = move |value: f64| put(state, at, value as f32);
    let may = match column.scale > 0.0 {
        false => view! { <span class="dim">{tr("no: it is fixed")}</span> }.into_any(),
        true => {
            let on = live(move || open(state).get(at).copied().unwrap_or(false));
            let label = tr_with("Attacks may change {0}", &[&column.name]);
            view! { <CellCheck label on set=move |on| allow(state, at, on) /> }.into_any()
        }
    };
    let locked = state.input_locked();
    let name = title.clone();
    let field = view! { <NumberInput value range=Signal::stored(range) label=name set=set locked=locked /> }.into_any();
    row(title, [field, may].map(|inside| view! { <td>{inside}</td> }.into_any()).into())
}

/// What a press of an arrow key adds: about a hundredth of the range.
fn step(column: &Column) -> f64 {
    let grain = 10f64.powf(f64::from(column.max - column.min).log10().floor() - 2.0);
    if column.whole { grain.max(1.0) } else { grain }
}

/// Puts a value of one column in the row.
fn put(state: State, at: usize, value: f32) {
    let kind = state.formats.get_untracked().kind;
    let shown = state.subject.with_untracked(|subject| kind.shown_row(&subject.as_ref()?.pixels));
    if let Some(mut row) = shown.filter(|row| at < row.len()) {
        row[at] = value;
        kind.nearest_row(&row).into_iter().for_each(|row| state.pick(Input::Row(row)));
    }
}

/// Which columns an attack may change.
fn open(state: State) -> Vec<bool> {
    let limits = state.settings.with(|settings| {
        state.shipped.with(|shipped| shipped.dataset(settings).map(|dataset| plan::limits(settings, dataset)))
    });
    match limits.unwrap_or_default() {
        all if all.is_empty() => vec![true; state.format().features()],
        limits => limits.into_iter().map(|limit| limit > 0.0).collect(),
    }
}

/// Lets attacks change a column or not. Where none would be left all are let again, as the dataset has them.
fn allow(state: State, at: usize, may: bool) {
    let columns = state.formats.get_untracked().kind.columns().into_owned();
    let mut now = untrack(|| open(state));
    now.iter_mut().skip(at).take(1).for_each(|open| *open = may);
    let all = columns.iter().zip(&now).all(|(column, open)| *open == (column.scale > 0.0));
    let names = columns.into_iter().zip(now).filter(|(_, open)| *open).map(|(column, _)| column.name);
    let mask = (!all).then(|| Mask::Columns(names.collect()));
    state.change("mask", |settings| settings.mask = mask);
    state.rest();
}
