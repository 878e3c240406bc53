//! What an attack made of a row: each column before and after, in its unit.

use crate::i18n::tr;
use crate::web::reactive::{live, memo, text};
use crate::web::when::list;
use crate::{
    attack::{results::Shown, scale, words::figure},
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
    let columns = memo(move || state.format().kind.columns().into_owned());
    let lines = move || {
        let columns = columns.get().into_iter().enumerate();
        columns.map(|(at, column)| view! { <Line at column shown /> }.into_any()).collect()
    };
    view! {
        <table class="row-change">
            <thead>
                <tr>
                    <th scope="col">{tr("Column")}</th>
                    <th scope="col">{tr("clean")}</th>
                    <th scope="col">{tr("attacked")}</th>
                    <th scope="col">{tr("Change")}</th>
                </tr>
            </thead>
            <tbody>{list(lines)}</tbody>
        </table>
    }
}

#[component]
fn Line(at: usize, column: Column, shown: Signal<Option<Shown>>) -> impl IntoView {
    let title = column.title();
    // Before, after, and what lies between them, which is not rounded where the column is whole.
    let values = memo(move || {
        shown.with(|shown| {
            let shown = shown.as_ref()?;
            let (before, after) = (*shown.job.inputs.pixels.get(at)?, *shown.sample()?.pixels.get(at)?);
            Some((column.shown(before), column.shown(after), (after - before) * (column.max - column.min)))
        })
    });
    let said = |value: f32| figure(scale::widen(value));
    let moved = live(move || values.get().is_some_and(|(_, _, change)| change != 0.0));
    let change = move || {
        let (.., change) = values.get()?;
        let sign = if change < 0.0 { "−" } else { "+" };
        (change != 0.0).then(|| format!("{sign}{}", said(change.abs())))
    };
    view! {
        <tr class:moved=moved>
            <th scope="row">{title}</th>
            <td>{text(move || values.get().map(|(before, ..)| said(before)))}</td>
            <td>{text(move || values.get().map(|(_, after, _)| said(after)))}</td>
            <td>{text(change)}</td>
        </tr>
    }
}
