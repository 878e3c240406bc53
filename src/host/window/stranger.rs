//! A page of another origin around this one: what it may have of the models and data that this browser keeps, and what the visitor
//! is told of it. Their owner may be somebody else than who embeds the page.

use crate::{
    host::message::Refusal,
    i18n::tr,
    link::OWN,
    shell::state::State,
    web::{reactive::live, when::When},
};
use foolproof_core::manifest::Manifest;
use js_sys::{JSON, Reflect};
use leptos::{html, prelude::*};

/// Whether a page of another origin is around this one.
fn is_around() -> bool {
    let parent = window().parent().ok().flatten().filter(|parent| *parent != window());
    // Another origin's address cannot be read.
    parent.is_some_and(|parent| parent.location().href().is_err())
}

/// Whether the host may have this model or hear of this dataset: one that ships, one that came of its own `run`, or any once the visitor agreed.
pub fn may_have(state: State, model: &str) -> bool {
    !model.starts_with(OWN)
        || state.agreed.get_untracked()
        || !is_around()
        || state.hosts_own.with_value(|made| made.iter().any(|id| id == model))
}

/// Why a host does not get a model.
pub fn refusal() -> Refusal {
    Refusal::new("private", "The visitor has not agreed that this page gets the models and data kept in this browser.")
}

/// Remembers the model that came of a host's own run.
pub fn made(state: State, result: &str) {
    let model = JSON::parse(result).and_then(|result| Reflect::get(&result, &"model".into()));
    state.hosts_own.update_value(|made| made.extend(model.ok().and_then(|model| model.as_string())));
}

/// What an embed says of the page around it, and the button by which the visitor agrees.
pub fn words(state: State) -> AnyView {
    if !is_around() {
        return ().into_any();
    }
    let own = |state: State| {
        let any = |manifest: &Manifest| {
            let models = manifest.models.iter().map(|model| &model.id);
            models.chain(manifest.datasets.iter().map(|data| &data.id)).any(|id| id.starts_with(OWN))
        };
        state.shipped.with(|shipped| shipped.manifest.as_deref().is_some_and(any))
    };
    let asks = live(move || own(state) && !state.agreed.get());
    html::footer()
        .class("foot")
        .child((
            html::p()
                .child(tr("The page around this one can see what you draw here. Nothing is sent to anybody else.")),
            view! {
                <When on=asks>
                    <button type="button" on:click=move |_| state.agreed.set(true)>
                        {tr("Let it have the models and data kept in this browser")}
                    </button>
                </When>
            },
        ))
        .into_any()
}
