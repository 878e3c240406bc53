//! A chart as a PNG file.

use crate::i18n::tr;
use crate::web::reactive::text;
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::{JsFuture, spawn_local};

#[wasm_bindgen]
extern "C" {
    /// Saves a drawing as a PNG, styles and all; in `www/browser.js`.
    #[wasm_bindgen(js_name = foolproofChart)]
    fn save(drawing: &web_sys::Element, name: &str) -> js_sys::Promise;
}

/// A button that saves the chart of this selector.
#[component]
pub fn SaveChart(
    /// A selector of the one SVG, or table.
    #[prop(into)]
    selector: String,
    /// Name of the file.
    #[prop(into)]
    name: String,
    /// What the button says.
    #[prop(default = tr("Save chart as PNG"))]
    label: &'static str,
) -> impl IntoView {
    let failed = RwSignal::new("");
    let press = move |_| {
        let Some(drawing) = document().query_selector(&selector).ok().flatten() else { return };
        let saving = save(&drawing, &name);
        spawn_local(async move {
            let saved = JsFuture::from(saving).await;
            failed.set(if saved.is_ok() { "" } else { tr("This browser does not let the page save a picture.") });
        });
    };
    view! {
        <button type="button" class="save-chart" on:click=press>
            {label}
        </button>
        <span role="status">{text(move || failed.get())}</span>
    }
}
