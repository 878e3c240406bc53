//! The dialog that shares: the link, the picture and its numbers, the session as a file, and the page inside another.

mod card;
mod challenge;
pub mod copy;
mod embed;
mod link;
mod picture;
pub mod qr;
mod session;

use crate::i18n::tr;
use crate::{
    attack::challenge::ChallengeResult,
    bridge::{
        lab_listener,
        messages::{PageAnswer, PageQuestion},
    },
    web::{
        reactive::{effect, live, text},
        when::When,
    },
};
use crate::{evaluate::view::state::EvaluationState, train::view::state::TrainingState};
use js_sys::Reflect;
use leptos::{html, prelude::*};
use serde_json::Value;
use std::sync::Arc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

/// The button that challenges a friend.
const CHALLENGE: &str = "challenge-share";
/// Where `start.js` notes which button has asked for the dialog before the lab was there.
const ASKED: &str = "foolproofShare";

/// The dialog's own state; copies are the same.
#[derive(Clone, Copy)]
pub struct ShareState {
    evaluation: EvaluationState,
    trainer: TrainingState,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// A sentence about the last thing done.
    said: RwSignal<String>,
    /// The newest attack's result, as of when it was opened.
    result: RwSignal<Option<Value>>,
    /// What is to challenge a friend, if it was opened for that.
    challenge: RwSignal<Option<Arc<ChallengeResult>>>,
}

/// Puts the dialog beside the page, and opens it when its button is pressed.
pub fn start(evaluation: EvaluationState, trainer: TrainingState) {
    let (open, said, result) = (RwSignal::new(false), RwSignal::new(String::new()), RwSignal::new(None));
    let sharing = ShareState { evaluation, trainer, open, said, result, challenge: RwSignal::new(None) };
    let place = document().create_element("div").ok().and_then(|place| place.dyn_into::<HtmlElement>().ok());
    let (Some(place), Some(body)) = (place, document().body()) else { return };
    if body.append_child(&place).is_err() {
        return;
    }
    gloo_events::EventListener::new(&window(), "click", move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let opener = target.and_then(|target| target.closest("#share-open, #challenge-share").ok().flatten());
        opener.into_iter().for_each(|opener| sharing.show(&opener.id()));
    })
    .forget();
    leptos::mount::mount_to(place, move || view! { <Dialog sharing /> }).forget();
    let asked = Reflect::get(&window(), &ASKED.into()).ok().and_then(|opener| opener.as_string());
    asked.into_iter().for_each(|opener| sharing.show(&opener));
}

impl ShareState {
    /// Opens the dialog for the button with this id.
    fn show(self, opener: &str) {
        self.challenge.set(None);
        let question = if opener == CHALLENGE { PageQuestion::Challenge } else { PageQuestion::Newest };
        lab_listener::ask(question, Box::new(move |answer| self.take(answer)));
        self.said.set(String::new());
        self.open.set(true);
    }

    /// The newest attack's result or the challenge's, if there is one.
    fn take(self, answer: PageAnswer) {
        match answer {
            PageAnswer::Newest { json } => {
                let value = serde_json::from_str(&json).ok();
                self.result.set(value.filter(|value: &Value| !value.is_null()));
            }
            PageAnswer::Challenge(result) => self.challenge.set(result.map(|result| Arc::new(*result))),
            PageAnswer::Weights { .. } | PageAnswer::Refused(_) => {}
        }
    }

    /// The state link, without address and `#`.
    fn fragment(self) -> String {
        self.evaluation.settings.with(|settings| settings.fragment())
    }

    /// Says what came of saving a file.
    fn saved(self, saved: Result<(), JsValue>) {
        let failed = tr("This browser does not let the page save a file.");
        self.said.set(if saved.is_ok() { String::new() } else { failed.into() });
    }

    /// Puts a text on the clipboard, and says whether it is there.
    async fn copy(self, text: String) {
        self.said.set(copy::put(&text).await.into());
    }
}

/// The address of the page, without a fragment.
fn here() -> String {
    let here = window().location().href().unwrap_or_default();
    here.split('#').next().unwrap_or_default().to_owned()
}

#[component]
fn Dialog(sharing: ShareState) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    effect(move || {
        if let (true, Some(dialog)) = (sharing.open.get(), dialog.get())
            && !dialog.open()
        {
            // Refused only for a dialog that is open already or not in the page.
            let _ = dialog.show_modal();
        }
    });
    let challenged = live(move || sharing.challenge.with(Option::is_some));
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <dialog
            node_ref=dialog
            class="share-dialog"
            aria-labelledby="share-title"
            on:close=move |_| sharing.open.set(false)
            data-drop=""
            on:drop=move |event| session::drop_file(sharing, &event)
            on:paste=move |event| session::paste_file(sharing, &event)
        >
            <header class="share-head">
                <h2 id="share-title">{text(move || if challenged.get() { tr("Challenge a friend") } else { tr("Share") })}</h2>
                <button type="button" class="quiet" aria-label=tr("Close") on:click=close>
                    "✕"
                </button>
            </header>
            {move || sharing.challenge.get().filter(|_| sharing.open.get()).map(|result| view! { <challenge::Challenge sharing result /> })}
            <When on=live(move || sharing.open.get() && !challenged.get())>
                <link::Link sharing />
                <picture::Picture sharing />
                <session::SessionFile sharing />
                <embed::Embed sharing />
            </When>
            <p class="share-said" role="status">
                {text(move || sharing.said.get())}
            </p>
        </dialog>
    }
}
