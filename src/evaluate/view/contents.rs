//! The table of contents beside the report: it stays in sight, says which part is, and unfolds what is chosen.

use super::{part::Part, state::EvaluationState};
use crate::i18n::tr;
use crate::web::{
    reactive::{live, memo, text},
    when::{When, list},
};
use gloo_events::EventListener;
use leptos::{html, prelude::*};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent, HtmlElement, KeyboardEvent, MouseEvent};

/// How far down the window a part's heading may be that is called in sight, as a share of its height.
const READ: f64 = 0.35;

/// The list of parts, on narrow screens behind a button that says which one is in sight.
#[component]
pub fn Contents(parts: Arc<[Part]>) -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let opened = RwSignal::new(false);
    let whole = NodeRef::<html::Nav>::new();
    let all: Arc<[(&'static str, &'static str)]> = parts.iter().map(|part| (part.id, part.title)).collect();
    let now = follow(all.clone());
    let title = move || all.iter().find(|(id, _)| *id == now.get()).map(|(_, title)| *title);
    let ids: Arc<[&'static str]> = parts.iter().map(|part| part.id).collect();
    let shut = memo({
        let ids = ids.clone();
        move || evaluation.unfolded.with(|unfolded| ids.iter().any(|id| !unfolded.contains(id)))
    });
    let fold_all = move |_| {
        let unfold = shut.get_untracked();
        ids.iter().copied().for_each(|id| evaluation.unfold(id, unfold));
    };
    let leave = move |event: FocusEvent| {
        let next = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if next.is_some() && !whole.get_untracked().is_some_and(|whole| whole.contains(next.as_ref())) {
            opened.set(false);
        }
    };
    let press = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            opened.set(false);
        }
    };
    let items = move || parts.iter().map(|part| item(evaluation, part.clone(), now, opened)).collect();
    view! {
        <nav class="contents" class:opened=opened aria-label=tr("Contents of the report") node_ref=whole on:focusout=leave on:keydown=press>
            <button
                type="button"
                class="now"
                aria-expanded=text(move || opened.get().to_string())
                on:click=move |_| opened.update(|opened| *opened = !*opened)
            >
                {tr("Contents")} <span class="dim">{text(title)}</span>
            </button>
            <div class="listed">
                <ul>{list(items)}</ul>
                <button type="button" on:click=fold_all>
                    {text(move || if shut.get() { tr("Unfold all") } else { tr("Fold all") })}
                </button>
            </div>
        </nav>
    }
}

fn item(evaluation: EvaluationState, part: Part, now: RwSignal<&'static str>, opened: RwSignal<bool>) -> AnyView {
    let Part { id, title, there, .. } = part;
    // Where the link is opened in another tab it leads to this page.
    let address = move || evaluation.settings.with(|settings| format!("#{}", settings.fragment()));
    let go = move |event: MouseEvent| {
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        opened.set(false);
        evaluation.unfold(id, true);
        now.set(id);
        show(id);
    };
    let here = live(move || (now.get() == id).then_some("location"));
    view! {
        <When on=there>
            <li>
                <a href=text(address) aria-current=here on:click=go>
                    {title}
                </a>
            </li>
        </When>
    }
    .into_any()
}

/// Brings a part into sight, and the keyboard to it.
fn show(id: &str) {
    let heading = document().get_element_by_id(id);
    if let Some(section) = heading.as_ref().and_then(|heading| heading.closest("section").ok().flatten()) {
        section.scroll_into_view();
    }
    let summary = heading.and_then(|heading| heading.parent_element());
    if let Some(summary) = summary.and_then(|summary| summary.dyn_into::<HtmlElement>().ok()) {
        // Focusing can only fail on an element that is gone.
        let _ = summary.focus();
    }
}

/// The part that is in sight: the last whose heading has come up far enough, and at the end of the page the last but those
/// that are below the one that was chosen.
fn follow(parts: Arc<[(&'static str, &'static str)]>) -> RwSignal<&'static str> {
    let first = parts.first().map_or("", |(id, _)| *id);
    let now = RwSignal::new(first);
    let look = move |_: &web_sys::Event| {
        let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        let up = |heading: Element| heading.get_bounding_client_rect().top();
        let place = |id: &str| document().get_element_by_id(id).map(up);
        // What was chosen stays it as long as it is in sight; at the end of the page nothing could bring it further up.
        let chosen = document().active_element().and_then(|one| one.query_selector("h2").ok().flatten());
        let chosen = chosen.filter(|heading| (0.0..height).contains(&up(heading.clone()))).map(|heading| heading.id());
        let listed = |id: &str| parts.iter().map(|(known, _)| *known).find(|known| *known == id);
        let reached = || parts.iter().rev().find(|(id, _)| place(id).is_some_and(|top| top < READ * height));
        let seen = chosen.and_then(|id| listed(&id)).or_else(|| reached().map(|(id, _)| *id));
        let seen = seen.unwrap_or(first);
        if now.get_untracked() != seen {
            now.set(seen);
        }
    };
    let listener = StoredValue::new_local(Some(EventListener::new(&window(), "scroll", look)));
    on_cleanup(move || drop(listener.try_update_value(Option::take)));
    now
}
