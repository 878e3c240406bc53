//! The lab: the Measure page. A program of its own, so that a first visit need not wait for it; it knows the page only
//! through the [`door`](super::door).

mod arrays;
mod attacks;
mod auditor;
mod bench;
mod chart_file;
mod classes;
mod curve;
mod drawings;
mod explain;
mod exports;
mod files;
mod listen;
mod page;
mod progress;
mod run;
mod samples;
mod setting;
mod table;
mod transfer;

use bench::Bench;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Puts the Measure page into the place that the page has for it, and says that it listens.
pub fn mount() {
    let place = document().get_element_by_id("lab").and_then(|element| element.dyn_into().ok());
    let Some(place): Option<web_sys::HtmlElement> = place else { return };
    let root = move || {
        let bench = Bench::new();
        provide_context(bench);
        listen::start(bench);
        explain::start(bench);
        page::MeasurePage()
    };
    leptos::mount::mount_to(place, root).forget();
    super::door::say(super::door::LAB, "hello", &wasm_bindgen::JsValue::NULL);
}
