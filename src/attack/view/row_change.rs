//! What an attack made of a row: each column before and after, in its unit.

use crate::i18n::tr;
use crate::web::reactive::text;
use crate::web::when::list;
use crate::{
    attack::{results::Shown, scale, words::figure},
    charts::data_table::{Grid, heads, row},
    shell::state::State,
};
use foolproof_core::input_kind::Column;
use leptos::prelude::*;

/// The columns of one model's result.
#[component]
pub fn RowChange(
    /// The result.
    shown: Signal<Option<Shown>>,
) -> impl IntoView {
    let state = expect_context::<State>();
    let lines = move || {
        let columns = state.format().kind.columns().into_owned().into_iter().enumerate();
        columns.map(|(at, column)| line(at, column, shown)).collect()
    };
    let names = [tr("Column"), tr("clean"), tr("attacked"), tr("Change")].map(str::to_owned);
    Grid { class: Some("row-change"), ..Grid::new(heads(names), list(lines)) }.view()
}

/// A column's line.
fn line(at: usize, column: Column, shown: Signal<Option<Shown>>) -> AnyView {
    let title = column.title();
    let range = column.max - column.min;
    let values = move || {
        shown.with(|shown| {
            let shown = shown.as_ref()?;
            Some((*shown.job.inputs.pixels.get(at)?, *shown.sample()?.pixels.get(at)?))
        })
    };
    let said = |value: f32| figure(scale::widen(value));
    let after = column.clone();
    // The change is not rounded where the column is whole.
    let change = move || {
        let (before, after) = values()?;
        let sign = if after < before { "−" } else { "+" };
        (after != before).then(|| format!("{sign}{}", said((after - before).abs() * range)))
    };
    let cells = [
        text(move || values().map(|(before, _)| said(column.shown(before)))),
        text(move || values().map(|(_, attacked)| said(after.shown(attacked)))),
        text(change),
    ];
    row(title, cells.map(|said| view! { <td>{said}</td> }.into_any()).into())
}
