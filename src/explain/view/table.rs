//! The table behind a picture of the explanations.

use crate::charts::data_table;
use leptos::prelude::*;

/// A closed table: the heads of its columns, and rows that begin with theirs.
pub fn table(summary: &'static str, heads: Vec<String>, rows: Vec<Vec<String>>) -> AnyView {
    let row = |row: Vec<String>| {
        let mut cells = row.into_iter();
        let head = cells.next().unwrap_or_default();
        (head, cells.map(|cell| view! { <td>{cell}</td> }.into_any()).collect())
    };
    data_table::table(summary, summary.into(), heads, rows.into_iter().map(row).collect())
}
