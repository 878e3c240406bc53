//! Models' files that were dropped anywhere on the page.

use crate::evaluate::view::state::EvaluationState;
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// Models' files that were dropped on the page and not taken yet; in `www/browser.js`.
    #[wasm_bindgen(js_name = foolproofTakeDropped)]
    pub(super) fn taken() -> js_sys::Array;
    /// Whether there are any.
    #[wasm_bindgen(js_name = foolproofHasDropped)]
    fn has_dropped() -> bool;
}

/// The event of the window that tells of dropped files.
pub const DROPPED: &str = "foolproof-dropped";

/// Opens the Train page, where models are brought in, for files that are dropped on any other one.
pub fn follow_drops(evaluation: EvaluationState) {
    let open = move || {
        if has_dropped() {
            evaluation.set(&[("page", "train".to_owned())]);
        }
    };
    open();
    gloo_events::EventListener::new(&window(), DROPPED, move |_| open()).forget();
}
