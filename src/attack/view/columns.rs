//! Tables below the attack's controls: a column a model, hidden as long as there is no result of it.

use crate::{
    attack::results::Shown,
    web::reactive::{live, text},
};
use foolproof_core::manifest::Model;
use leptos::prelude::*;

/// The models with their results, in the order of the page.
pub type Pair = Memo<Vec<(Model, Shown)>>;

/// The name of the model in a column, as the column's head.
pub fn heading(results: Pair, column: usize) -> AnyView {
    let name = text(move || results.with(|results| results.get(column).map(|(model, _)| model.name.clone())));
    view! {
        <th scope="col" hidden=absent(results, column)>
            {name}
        </th>
    }
    .into_any()
}

/// The heads of a table: what its rows are told by, then both models.
pub fn headings(results: Pair, first: &'static str) -> Vec<AnyView> {
    vec![view! { <th scope="col">{first}</th> }.into_any(), heading(results, 0), heading(results, 1)]
}

/// A cell of the model in a column.
pub fn cell(results: Pair, column: usize, said: Signal<String>) -> AnyView {
    view! { <td hidden=absent(results, column)>{said}</td> }.into_any()
}

/// Whether a column has no model (yet).
fn absent(results: Pair, column: usize) -> Signal<bool> {
    live(move || results.with(|results| results.len() <= column))
}
