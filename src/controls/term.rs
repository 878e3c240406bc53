//! A term of the field that opens its definition where it stands.

use super::terms::{self, Term};
use crate::i18n::tr;
use crate::web::reactive::{live, text};
use crate::web::when::When;
use leptos::{html, prelude::*};
use web_sys::{FocusEvent, KeyboardEvent};

/// A term as a button; pressing it shows one sentence, one formula, one paper.
#[component]
pub fn TermButton(
    /// Its key.
    id: &'static str,
    /// The word to show; the term's own name if empty.
    #[prop(optional, into)]
    word: String,
) -> impl IntoView {
    define(terms::find(id), word)
}

/// The same for a term that is at hand, or is none.
pub fn define(term: Option<&'static Term>, word: String) -> impl IntoView {
    let open = RwSignal::new(false);
    let whole = NodeRef::<html::Span>::new();
    let leave = move |event: FocusEvent| {
        let next =
            event.related_target().and_then(|target| wasm_bindgen::JsCast::dyn_into::<web_sys::Node>(target).ok());
        if !whole.get_untracked().is_some_and(|whole| whole.contains(next.as_ref())) {
            open.set(false);
        }
    };
    let press = move |event: KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
        }
    };
    term.map(|term| {
        view! {
            <span class="term" node_ref=whole on:focusout=leave on:keydown=press>
                <button
                    type="button"
                    aria-expanded=text(move || open.get().to_string())
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    {if word.is_empty() { tr(term.name).to_owned() } else { word }}
                </button>
                <When on=live(move || open.get())>
                    <span class="definition" role="note">
                        <span>{tr(term.sentence)}</span>
                        <span class="formula">{term.formula}</span>
                        <a href=term.url target="_blank" rel="noopener">
                            {term.cite}
                        </a>
                    </span>
                </When>
            </span>
        }
    })
}
