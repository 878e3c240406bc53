//! The page's side of the door to the lab: has it loaded when the Measure page is first opened, tells it the settings,
//! and takes the keys it sets.

pub mod explain;

use super::{address::Page, door, host, state::State};
use crate::ui::react::{effect, live, text};
use js_sys::JSON;
use leptos::{html, prelude::*};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    /// Loads and starts the lab, unless it is there or on its way; in `www/start.js`, which also shows and tells it
    /// where that fails.
    #[wasm_bindgen(js_name = foolproofLab)]
    pub fn open();
}

/// Opens the door, and has the lab loaded once its page is shown.
pub fn start(state: State) {
    let heard = move |word: &str, value: JsValue| match word {
        "hello" => state.lab.set(true),
        "set" => {
            if let Some(keys) = value.as_string() {
                drop(host::window::set(state, &mut |settings| settings.update_fragment(&keys)));
            }
        }
        _ => explain::hear(state, word, &value),
    };
    door::listen(door::LAB, Box::new(heard));
    explain::start(state);
    effect(move || {
        if state.settings.with(|settings| settings.page == Page::Measure) {
            open();
        }
        if state.lab.get() {
            door::say(door::PAGE, "fragment", &state.settings.with(|settings| settings.fragment()).into());
        }
    });
    effect(move || {
        let known = state.catalog.with(Option::is_some) && state.shipped.with(|shipped| shipped.manifest.is_some());
        if state.lab.get()
            && known
            && let Ok(catalog) = host::window::catalog(state)
            && let Ok(text) = JSON::stringify(&super::plain::js(&catalog))
        {
            door::say(door::PAGE, "catalog", &text.into());
        }
    });
}

/// The place that the lab fills.
pub fn place(state: State) -> impl IntoView {
    let shown = state.setting(|settings| settings.page == Page::Measure);
    html::div().id("lab").hidden(live(move || !shown.get()))
}

/// Links to the pages, in the header.
pub fn links(state: State) -> impl IntoView {
    let link = move |page: Page, name: &'static str| {
        let address = move || {
            let mut settings = state.settings.get();
            settings.page = page;
            format!("#{}", settings.fragment())
        };
        let current = move || if state.settings.with(|settings| settings.page) == page { "page" } else { "false" };
        html::a().href(text(address)).aria_current(text(current)).child(name)
    };
    html::nav()
        .class("pages")
        .aria_label("Pages")
        .child(vec![link(Page::Attack, "Attack").into_any(), link(Page::Measure, "Measure").into_any()])
}
