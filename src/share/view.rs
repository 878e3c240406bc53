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
        dialog::{beside, head, show_when},
        reactive::{live, text},
        when::When,
    },
};
use crate::{evaluate::view::state::EvaluationState, train::view::state::TrainingState};
use leptos::{html, prelude::*};
use serde_json::Value;
use std::sync::Arc;
use wasm_bindgen::JsValue;

/// The button that challenges a friend.
const CHALLENGE: &str = "challenge-share";
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
    beside(&["share-open", CHALLENGE], move |opener| sharing.show(opener), move || view! { <Dialog sharing /> });
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
    show_when(sharing.open, dialog);
    let challenged = live(move || sharing.challenge.with(Option::is_some));
    let title = text(move || if challenged.get() { tr("Challenge a friend") } else { tr("Share") });
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
            {head("share-title", title, dialog)}
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
