//! The page's end of the bridge: has the lab loaded when one of the lab's pages is first opened or an own model is
//! asked for, tells the lab the settings, and takes the keys that the lab sets and the models that it keeps.

use super::channel;
use crate::i18n::tr;
use crate::web::reactive::{effect, live, text};
use crate::{
    files::{library, manifest_reader},
    host,
    link::{OWN, Page},
    shell::state::State,
    web::browser_json,
};
use foolproof_core::manifest::Model;
use js_sys::{Array, JSON, Uint8Array};
use leptos::{html, prelude::*};
use std::sync::Arc;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    /// Loads and starts the lab, unless it is there or on its way; in `www/start.js`, which also shows and tells it
    /// where that fails.
    #[wasm_bindgen(js_name = foolproofLab)]
    pub fn open();

    /// Whether the host waits for an answer, so that a frame must not rest though nobody sees it; in `www/start.js`.
    #[wasm_bindgen(js_name = foolproofAwaited)]
    pub fn awaited(on: bool);
}

/// Listens to the lab, and has it loaded once it is needed.
pub fn start(state: State) {
    let heard = move |word: &str, value: JsValue| match word {
        "hello" => state.lab.set(true),
        "set" => {
            if let Some(keys) = value.as_string() {
                drop(host::window::set(state, &mut |settings| settings.update_fragment(&keys)));
            }
        }
        "shelf" => {
            let list = value.as_string().and_then(|text| browser_json::parse(&text).ok());
            list_own(
                state,
                list.and_then(|list| manifest_reader::manifest(&list).ok()).map_or(Vec::new(), |list| list.models),
            );
        }
        "weights" => take_weights(state, &value),
        // Without its program there is no way to know what models this browser keeps.
        "fault" if !state.lab.get_untracked() => list_own(state, Vec::new()),
        _ => crate::explain::place::hear(state, word, &value),
    };
    channel::listen(channel::LAB, Box::new(heard));
    crate::explain::place::start(state);
    effect(move || {
        let needed = |settings: &crate::link::Settings| {
            settings.page.is_lab()
                || settings.lesson.is_some()
                || settings.model.as_ref().is_some_and(|model| model.starts_with(OWN))
        };
        if state.settings.with(needed) {
            open();
        }
        if state.lab.get() {
            channel::say(channel::PAGE, "fragment", &state.settings.with(|settings| settings.fragment()).into());
        }
    });
    effect(move || {
        let known = state.catalog.with(Option::is_some) && state.shipped.with(|shipped| shipped.manifest.is_some());
        if state.lab.get()
            && known
            && let Ok(catalog) = host::window::catalog(state)
            && let Ok(text) = JSON::stringify(&crate::web::browser_json::js(&catalog))
        {
            channel::say(channel::PAGE, "catalog", &text.into());
        }
    });
}

/// Puts the models that this browser keeps beside the shipped ones.
fn list_own(state: State, own: Vec<Model>) {
    state.own.set(true);
    state.shipped.update(|shipped| {
        let Some(manifest) = shipped.manifest.as_mut().map(Arc::make_mut) else { return };
        let stale =
            |id: &String| id.starts_with(OWN) && !own.iter().any(|one| manifest.models.contains(one) && one.id == *id);
        shipped.models.retain(|id| !stale(id));
        manifest.models.retain(|model| !model.id.starts_with(OWN));
        manifest.models.extend(own);
    });
    let remarks = state.replace(state.settings.get_untracked());
    state.remark(remarks);
}

/// An own model's weights and card: `[id, bytes, card]`.
fn take_weights(state: State, value: &JsValue) {
    let Some(parts) = value.dyn_ref::<Array>() else { return };
    let (id, weights, card) =
        (parts.get(0).as_string(), parts.get(1).dyn_into::<Uint8Array>(), parts.get(2).as_string());
    let model = untrack(|| state.manifest())
        .and_then(|all| all.models.iter().find(|one| Some(&one.id) == id.as_ref()).cloned());
    if let (Some(model), Ok(weights)) = (model, weights) {
        let card = card.unwrap_or_default().into_bytes();
        state.weights.update_value(|known| drop(known.insert(model.card.path.clone(), card.into())));
        library::take_model(state, &model, weights.to_vec());
    }
}

/// The place that the lab fills.
pub fn place(state: State) -> impl IntoView {
    let shown = state.setting(|settings| settings.page.is_lab());
    html::div().id("lab").hidden(live(move || !shown.get()))
}

/// Links to the pages, in the header.
pub fn links(state: State) -> impl IntoView {
    let link = move |(page, name): (Page, &'static str)| {
        let address = move || {
            let mut settings = state.settings.get();
            settings.page = page;
            // Lessons stay open beside the other pages; their own page begins with all of them.
            settings.lesson.take_if(|_| page == Page::Learn);
            format!("#{}", settings.fragment())
        };
        let current = move || if state.settings.with(|settings| settings.page) == page { "page" } else { "false" };
        html::a().href(text(address)).aria_current(text(current)).child(name).into_any()
    };
    let pages = [
        (Page::Attack, tr("Attack")),
        (Page::Train, tr("Train")),
        (Page::Measure, tr("Measure")),
        (Page::Learn, tr("Learn")),
    ];
    html::nav().class("pages").aria_label(tr("Pages")).child(pages.map(link).into_iter().collect::<Vec<_>>())
}
