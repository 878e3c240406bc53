//! The link, and what it cannot carry.

use super::{ShareState, here, qr::QrCode};
use crate::i18n::{tr, tr_with};
use crate::{
    models::PREFIX,
    web::{
        reactive::{live, memo, text},
        when::When,
    },
};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Longest link that every mail program and learning platform leaves whole, in characters.
const SAFE: usize = 2000;

/// The whole link, a button that copies it, and what stays behind.
#[component]
pub fn Link(sharing: ShareState) -> impl IntoView {
    let address = memo(move || format!("{}#{}", here(), sharing.fragment()));
    let left = memo(move || left_behind(sharing, address.with(String::len)));
    let copy = move |_| spawn_local(sharing.copy(address.get_untracked()));
    view! {
        <section class="share-part" aria-labelledby="share-link">
            <h3 id="share-link">{tr("Link")}</h3>
            <p class="dim">{tr("It restores exactly this experiment, your drawing included. Everything is in the part after #, which no server sees.")}</p>
            <div class="tools">
                <input type="text" class="text" readonly aria-label=tr("Link") prop:value=text(move || address.get()) on:focus=select />
                <button type="button" on:click=copy>
                    {tr("Copy")}
                </button>
            </div>
            <details>
                <summary>{tr("QR code")}</summary>
                <QrCode address=live(move || address.get()) />
            </details>
            <When on=live(move || left.with(|left| !left.is_empty()))>
                <p class="remarks">{text(move || left.get())}</p>
            </When>
        </section>
    }
}

pub(super) fn select(event: web_sys::FocusEvent) {
    event_target::<web_sys::HtmlInputElement>(&event).select();
}

/// A sentence for each thing that the link does not carry.
pub(super) fn left_behind(sharing: ShareState, length: usize) -> String {
    let own = sharing
        .evaluation
        .settings
        .with(|settings| settings.model.iter().find_map(|model| model.strip_prefix(PREFIX).map(str::to_owned)));
    let model =
        own.map(|name| tr_with("The model “{0}” is only in this browser and does not travel in a link.", &[&name]));
    let drawings = sharing.evaluation.drawings.with(Vec::len);
    let drawings =
        (drawings > 0).then(|| tr("The drawings collected on the Measure page do not travel in a link.").to_owned());
    let long = (length > SAFE)
        .then(|| tr_with("The link has {0} characters, and some programs cut links that long.", &[&length]));
    let mut said: Vec<String> = model.into_iter().chain(drawings).chain(long).collect();
    if !said.is_empty() {
        said.push(tr("A session file carries everything.").into());
    }
    said.join(" ")
}
