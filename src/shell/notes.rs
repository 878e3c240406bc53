//! Sentences that the visitor should read: what a link had that could not be taken, what could not be loaded.

use super::state::{State, notes::Note};
use crate::i18n::tr;
use crate::web::reactive::{live, memo};
use crate::web::when::{When, list};
use leptos::prelude::*;

/// The notes, newest last.
#[component]
pub fn Notes() -> impl IntoView {
    let state = expect_context::<State>();
    let dismiss = move |text: String| state.notes.update(|notes| notes.retain(|note| note.text != text));
    let retry = memo(move || state.failed.with(|failed| !failed.is_empty()));
    let item = move |note: Note| {
        let text = note.text.clone();
        view! {
            <li class:fault=note.fault.is_some()>
                <span>{note.text}</span>
                <button type="button" class="quiet" aria-label=tr("Dismiss this note") on:click=move |_| dismiss(text.clone())>
                    "✕"
                </button>
            </li>
        }
    };
    view! {
        <div class="notes" role="status">
            <ul>
                {list(move || state.notes.get().into_iter().map(|note| item(note).into_any()).collect())}
            </ul>
            <When on=live(move || retry.get())>
                <button type="button" on:click=move |_| state.try_again()>
                    {tr("Try to load it again")}
                </button>
            </When>
        </div>
    }
}
