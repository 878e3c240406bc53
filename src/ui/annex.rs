//! The page's side of the door to the lab: loads it when the Measure page is first opened, shows it, tells it the
//! settings, and takes the keys it sets.

use super::{
    address::{Page, Words as _},
    door, host,
    state::State,
};
use crate::ui::react::{effect, live, memo, text};
use crate::ui::widgets::when::When;
use js_sys::{Array, JSON};
use leptos::prelude::*;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::spawn_local;

#[wasm_bindgen]
extern "C" {
    /// Loads and starts the lab; in `www/start.js`.
    #[wasm_bindgen(js_name = foolproofLab, catch)]
    async fn load() -> Result<JsValue, JsValue>;
}

/// How far the lab is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lab {
    /// Not asked for yet.
    #[default]
    Absent,
    /// On its way.
    Loading,
    /// It listens.
    Up,
    /// It could not be loaded.
    Failed,
}

/// Opens the door, and loads the lab once its page is shown.
pub fn start(state: State) {
    door::listen(door::LAB, move |word, value| match word {
        "hello" => {
            state.lab.set(Lab::Up);
            tell_settings(state);
            tell_catalog(state);
        }
        "set" => {
            if let Some(keys) = value.as_string() {
                drop(host::window::set(state, |settings| settings.update_fragment(&keys)));
            }
        }
        _ => {}
    });
    let shown = state.setting(|settings| settings.page == Page::Measure);
    effect(move || {
        if shown.get() {
            open(state);
        }
    });
    effect(move || {
        state.settings.track();
        tell_settings(state);
    });
    let known = memo(move || state.catalog.with(Option::is_some) && state.manifest().is_some());
    effect(move || {
        if known.get() {
            tell_catalog(state);
        }
    });
}

/// Loads the lab, unless it is there or on its way.
pub fn open(state: State) {
    if matches!(state.lab.get_untracked(), Lab::Loading | Lab::Up) {
        return;
    }
    state.lab.set(Lab::Loading);
    spawn_local(async move {
        if load().await.is_err() {
            state.lab.set(Lab::Failed);
            // Whoever waits for an evaluation hears of it the same way as from the lab itself.
            let fault = Array::of2(&"file".into(), &FAILED.into());
            door::say(door::LAB, "fault", &fault);
        }
    });
}

const FAILED: &str = "The program of the Measure page could not be loaded.";

fn tell_settings(state: State) {
    if state.lab.get_untracked() == Lab::Up {
        let fragment = state.settings.with_untracked(|settings| settings.fragment());
        door::say(door::PAGE, "fragment", &fragment.into());
    }
}

fn tell_catalog(state: State) {
    if state.lab.get_untracked() != Lab::Up {
        return;
    }
    if let Ok(catalog) = host::window::catalog(state)
        && let Ok(text) = JSON::stringify(&super::plain::js(&catalog))
    {
        door::say(door::PAGE, "catalog", &text.into());
    }
}

/// The place that the lab fills, and what stands there until it does.
#[component]
pub fn Annex() -> impl IntoView {
    let state = expect_context::<State>();
    let shown = state.setting(|settings| settings.page == Page::Measure);
    let waits = live(move || state.lab.get() != Lab::Up);
    let said = move || if state.lab.get() == Lab::Failed { FAILED } else { "Loading the Measure page." };
    let again = live(move || state.lab.get() == Lab::Failed);
    view! {
        <div id="lab" hidden=live(move || !shown.get())>
            <When on=waits>
                <main tabindex="-1">
                    <h1 class="hidden">"Foolproof: measure"</h1>
                    <p role="status">{text(said)}</p>
                    <When on=again>
                        <button type="button" on:click=move |_| open(state)>
                            "Try again"
                        </button>
                    </When>
                </main>
            </When>
        </div>
    }
}

/// Links to the pages, in the header.
#[component]
pub fn Pages() -> impl IntoView {
    let state = expect_context::<State>();
    let link = move |(page, name): (Page, &'static str)| {
        let address = move || {
            let mut settings = state.settings.get();
            settings.page = page;
            format!("#{}", settings.fragment())
        };
        let current = move || if state.settings.with(|settings| settings.page) == page { "page" } else { "false" };
        view! {
            <a href=text(address) aria-current=text(current) data-page=page.word()>
                {name}
            </a>
        }
    };
    view! { <nav class="pages" aria-label="Pages">{[(Page::Attack, "Attack"), (Page::Measure, "Measure")].map(link).to_vec()}</nav> }
}
