//! The chip that says which engine runs, and on request why.

use super::state::State;
use crate::controls::choice::{Choice, OneOf};
use crate::i18n::{tr, tr_any};
use crate::web::reactive::{live, text};
use crate::web::when::{When, list};
use crate::{
    attack::words::hardware,
    link::{EnginePreference, Words as _},
};
use foolproof_core::protocol::EngineKind;
use leptos::{html, prelude::*};
use web_sys::{FocusEvent, KeyboardEvent};

/// The chip with its panel.
#[component]
pub fn EngineChip() -> impl IntoView {
    let state = expect_context::<State>();
    let open = RwSignal::new(false);
    let whole = NodeRef::<html::Div>::new();
    let leave = move |event: FocusEvent| {
        let next =
            event.related_target().and_then(|target| wasm_bindgen::JsCast::dyn_into::<web_sys::Node>(target).ok());
        // A press on the panel's own text has no next focus; only a focus elsewhere closes it.
        if next.is_some() && !whole.get_untracked().is_some_and(|whole| whole.contains(next.as_ref())) {
            open.set(false);
        }
    };
    let press = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            open.set(false);
        }
    };
    view! {
        <div class="engine" node_ref=whole on:focusout=leave on:keydown=press>
            <button
                type="button"
                class="chip"
                class:ready=live(move || state.engine.with(|status| status.as_ref().is_some_and(|status| status.ready)))
                aria-expanded=text(move || open.get().to_string())
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <span class="lamp" aria-hidden="true"></span>
                <span>
                    <span class="means">{text(move || caption(state, false))}</span>
                    <span class="short">{text(move || caption(state, true))}</span>
                    <span class="name">{text(move || name(state))}</span>
                </span>
            </button>
            <When on=live(move || open.get())>
                <Panel />
            </When>
        </div>
    }
}

/// Where everything is computed, on narrow screens in a word; or what is being loaded.
fn caption(state: State, short: bool) -> String {
    state.engine.with(|status| match status {
        _ if state.dead.get() => tr("No engine").to_owned(),
        None => tr("Starting").to_owned(),
        Some(status) if !status.ready => status.loading.clone().unwrap_or_else(|| tr("Starting").into()),
        Some(status) => match (status.kind, short) {
            (EngineKind::Cpu, false) => tr("Runs on the processor").to_owned(),
            (EngineKind::Cpu, true) => tr("Processor").to_owned(),
            (EngineKind::Gpu, false) => tr("Runs on the graphics chip").to_owned(),
            (EngineKind::Gpu, true) => tr("Graphics").to_owned(),
        },
    })
}

/// `: CPU, WebAssembly SIMD`, the technical words for the engine that runs.
fn name(state: State) -> Option<String> {
    state.engine.with(|status| {
        let status = status.as_ref().filter(|status| status.ready && !state.dead.get())?;
        Some(format!(": {}, {}", hardware(status.kind), tr_any(&status.name)))
    })
}

#[component]
fn Panel() -> impl IntoView {
    let state = expect_context::<State>();
    let status = move || state.engine.get();
    let details = move || status().map(|status| status.details).unwrap_or_default();
    let loading = move || status().and_then(|status| status.loading);
    let choices = || {
        let names = [tr("The faster one"), "WebGPU", "CPU"];
        EnginePreference::ALL.iter().zip(names).map(|((_, word), name)| Choice::new(*word, name)).collect::<Vec<_>>()
    };
    let chosen = state.setting(|settings| settings.engine.word().to_owned());
    let set = move |word: String| {
        if let Some(engine) = EnginePreference::from_word(&word) {
            state.change("engine", |settings| settings.engine = engine);
            state.rest();
        }
    };
    let locked = state.setting(|settings| !settings.lets("engine"));
    view! {
        <div class="panel">
            <p>{tr("Attacks, training and measuring are computed on this device, in this tab. Nothing is sent anywhere.")}</p>
            <p>{text(move || status().map(|status| status.reason))}</p>
            <p class="dim">{text(loading)}</p>
            <ul>
                {list(move || details().into_iter().map(|line| view! { <li>{line}</li> }.into_any()).collect())}
            </ul>
            <OneOf label=tr("Engine") choices=Signal::stored(choices()) chosen set locked />
            // start.js has the lab loaded for it, which times.
            <button type="button" id="speed-open" aria-haspopup="dialog">{tr("How fast is this machine?")}</button>
        </div>
    }
}
