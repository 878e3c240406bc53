//! The place on the attack page where the lab explains the attack, and what the lab is told for it.

use crate::i18n::tr;
use crate::{
    attack::results::Run,
    bridge::channel,
    host,
    shell::state::State,
    web::reactive::{effect, live},
};
use foolproof_core::protocol::Request;
use js_sys::{Array, Float32Array, Uint8Array};
use leptos::{html, prelude::*};
use wasm_bindgen::JsValue;

/// The place, closed. `www/start.js` has the lab loaded when it is opened first.
pub fn place(state: State) -> impl IntoView {
    let shown = state.setting(|settings| settings.shows("details"));
    let loading = html::p().role("status").child(tr("Loading the program of this part."));
    html::details().id("explain").hidden(live(move || !shown.get())).child((
        html::summary().child(tr("Explain: attributions, step by step, decision map, unusual inputs")),
        html::div().child(loading),
    ))
}

/// Takes a word of the lab's that asks for an attack or a model to explain.
pub fn hear(state: State, word: &str, value: &JsValue) {
    match word {
        "explain" => state.explains.set(true),
        "twin" => channel::say(channel::PAGE, "twin", &host::window::newest(state)),
        "model" => state.weights.with_value(|all| {
            if let Some(weights) = value.as_string().and_then(|id| all.get(&id)) {
                channel::say(channel::PAGE, "model", &Array::of2(value, &Uint8Array::from(&weights[..])));
            }
        }),
        _ => {}
    }
}

/// Tells the lab of each attack that is done, once it has asked.
pub fn start(state: State) {
    effect(move || {
        if state.explains.get() && state.settled.get() {
            let penned = state.draft.with_untracked(|draft| draft.sketch.is_drawn());
            state.results.with_untracked(|results| results.run.iter().for_each(|run| tell(run, penned)));
        }
    });
}

/// An attack as the engines get it, the adversarial pixels by model, and whether the pen has been on the input.
fn tell(run: &Run, penned: bool) {
    let request = Request::Attack { ticket: run.ticket, job: (*run.job).clone() };
    let twin = |outcome: &std::sync::Arc<foolproof_core::protocol::Outcome>| {
        let pixels = Float32Array::from(&outcome.samples.first()?.pixels[..]);
        Some(Array::of2(&outcome.model.as_str().into(), &pixels))
    };
    if let Ok(bytes) = postcard::to_allocvec(&request) {
        let twins: Array = run.outcomes.iter().filter_map(twin).collect();
        channel::say(channel::PAGE, "attack", &Array::of3(&Uint8Array::from(&bytes[..]), &twins, &penned.into()));
    }
}
