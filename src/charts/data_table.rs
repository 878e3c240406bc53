//! The table behind a chart or a picture.

use leptos::prelude::*;

/// A closed table: the heads of its columns, and rows with theirs. It scrolls where it is too wide. `label` is its name for
/// those who hear it.
pub fn table(summary: &'static str, label: String, heads: Vec<String>, rows: Vec<(String, Vec<AnyView>)>) -> AnyView {
    let head = |name: String| view! { <th scope="col">{name}</th> }.into_any();
    let row = |(head, cells): (String, Vec<AnyView>)| {
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
            <div class="scroll" tabindex="0" role="group" aria-label=label>
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
