//! Tables of figures, and the closed table behind a chart or a picture.

use crate::i18n::number;
use leptos::prelude::*;

/// A table: what tells it from others, the heads of its columns, and its rows.
pub struct Grid {
    /// Class of the table.
    pub class: Option<&'static str>,
    /// Its id, where something refers to it.
    pub id: Option<String>,
    /// What stands above it.
    pub caption: Option<AnyView>,
    /// Its heads; see [`heads`].
    pub heads: AnyView,
    /// Its rows.
    pub rows: AnyView,
}

impl Grid {
    /// A table without class, id and caption.
    pub fn new(heads: impl IntoAny, rows: impl IntoAny) -> Grid {
        Grid { class: None, id: None, caption: None, heads: heads.into_any(), rows: rows.into_any() }
    }

    /// The table of results.
    pub fn results(heads: impl IntoAny, rows: impl IntoAny) -> Grid {
        Grid { class: Some("results"), ..Grid::new(heads, rows) }
    }

    /// The table.
    pub fn view(self) -> AnyView {
        let Grid { class, id, caption, heads, rows } = self;
        view! {
            <table class=class id=id>
                {caption.map(|caption| view! { <caption>{caption}</caption> })}
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    }

    /// The table where it scrolls if it is too wide. `label` is its name for those who hear it.
    pub fn scrolling(self, label: String) -> AnyView {
        scroll(label, self.view())
    }
}

/// Heads of columns.
pub fn heads(names: impl IntoIterator<Item = String>) -> Vec<AnyView> {
    names.into_iter().map(|name| view! { <th scope="col">{name}</th> }.into_any()).collect()
}

/// Heads of columns right of an empty corner.
pub fn cornered(names: impl IntoIterator<Item = String>) -> Vec<AnyView> {
    std::iter::once(view! { <td></td> }.into_any()).chain(heads(names)).collect()
}

/// A row: its head and its cells.
pub fn row(head: impl IntoAny, cells: Vec<AnyView>) -> AnyView {
    let head = head.into_any();
    view! {
        <tr>
            <th scope="row">{head}</th>
            {cells}
        </tr>
    }
    .into_any()
}

/// A cell of one figure or word. Figures are no matter for translators.
pub fn cell(said: impl Into<String>) -> AnyView {
    let said = number::said(said.into());
    let translate = said.starts_with(|first: char| first.is_ascii_digit()).then_some("no");
    view! { <td translate=translate>{said}</td> }.into_any()
}

/// A figure, and what stands small below it.
pub type Figure = (String, String);

/// A cell of a figure with what stands small below it.
pub fn double((figure, below): Figure) -> AnyView {
    let figure = number::said(figure);
    view! { <td>{figure}<small>{below}</small></td> }.into_any()
}

/// A part of the page that scrolls where it is too wide.
pub fn scroll(label: String, inside: impl IntoAny) -> AnyView {
    let inside = inside.into_any();
    view! {
        <div class="scroll" tabindex="0" role="group" aria-label=label>
            {inside}
        </div>
    }
    .into_any()
}

/// What is seen only after its heading is pressed.
pub fn closed(summary: String, inside: impl IntoAny) -> AnyView {
    let inside = inside.into_any();
    view! {
        <details>
            <summary>{summary}</summary>
            {inside}
        </details>
    }
    .into_any()
}

/// A closed table behind a picture: the heads of its columns, and rows that begin with theirs.
pub fn behind(summary: &'static str, columns: Vec<String>, rows: Vec<Vec<String>>) -> AnyView {
    let row_of = |row_words: Vec<String>| {
        let mut words = row_words.into_iter();
        let head = words.next().unwrap_or_default();
        row(head, words.map(cell).collect())
    };
    let rows: Vec<AnyView> = rows.into_iter().map(row_of).collect();
    closed(summary.into(), Grid::new(heads(columns), rows).scrolling(summary.into()))
}
