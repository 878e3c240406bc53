//! Dialogs that a program puts beside the page, opened by buttons that may be another program's.

use crate::i18n::tr;
use crate::web::reactive::effect;
use js_sys::Reflect;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Where `start.js` notes which button was pressed before this program was there.
const ASKED: &str = "foolproofAsked";

/// Puts a view beside the page, and calls `show` with the id of a button of `openers` when it is pressed, or was pressed
/// before this program was there.
pub fn beside<V: IntoView + 'static>(
    openers: &'static [&'static str],
    show: impl Fn(&str) + Copy + 'static,
    view: impl FnOnce() -> V + 'static,
) {
    let place = document().create_element("div").ok().and_then(|place| place.dyn_into::<HtmlElement>().ok());
    let (Some(place), Some(body)) = (place, document().body()) else { return };
    if body.append_child(&place).is_err() {
        return;
    }
    gloo_events::EventListener::new(&window(), "click", move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let button = target.and_then(|target| target.closest("button").ok().flatten());
        button.filter(|button| openers.contains(&&*button.id())).into_iter().for_each(|button| show(&button.id()));
    })
    .forget();
    // Where nothing is mounted nothing would be opened.
    leptos::mount::mount_to(place, view).forget();
    let asked = Reflect::get(&window(), &ASKED.into()).ok().and_then(|opener| opener.as_string());
    asked.filter(|opener| openers.contains(&&**opener)).into_iter().for_each(|opener| show(&opener));
}

/// Shows the dialog as long as it is open.
pub fn show_when(open: RwSignal<bool>, dialog: NodeRef<html::Dialog>) {
    effect(move || {
        if let (true, Some(dialog)) = (open.get(), dialog.get())
            && !dialog.open()
        {
            // Refused only for a dialog that is open already or not in the page.
            let _ = dialog.show_modal();
        }
    });
}

/// Its head: the title, by which it is called, and the button that closes it.
pub fn head(id: &'static str, title: Signal<String>, dialog: NodeRef<html::Dialog>) -> impl IntoView {
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <header class="share-head">
            <h2 id=id>{title}</h2>
            <button type="button" class="quiet" aria-label=tr("Close") on:click=close>
                "✕"
            </button>
        </header>
    }
}
