//! The table behind a picture.

use leptos::prelude::*;

/// A closed table: the heads of its columns, and rows that begin with theirs. It scrolls where it is too wide.
pub fn table(summary: &'static str, heads: Vec<String>, rows: Vec<Vec<String>>) -> AnyView {
    let head = |name: String| view! { <th scope="col">{name}</th> }.into_any();
    let row = |row: Vec<String>| {
        let mut cells = row.into_iter();
        let head = cells.next();
        let cells: Vec<AnyView> = cells.map(|cell| view! { <td>{cell}</td> }.into_any()).collect();
        view! {
            <tr>
                <th scope="row">{head}</th>
                {cells}
            </tr>
        }
        .into_any()
    };
    let heads: Vec<AnyView> = heads.into_iter().map(head).collect();
    let rows: Vec<AnyView> = rows.into_iter().map(row).collect();
    view! {
        <details>
            <summary>{summary}</summary>
            <div class="scroll" tabindex="0" role="group" aria-label=summary>
                <table>
                    <thead>
                        <tr>{heads}</tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}
