//! The lab: the Train, Measure and Learn pages, lessons, and the models that this browser keeps. A program of its own, so that a first
//! visit need not wait for it; it knows the page only through the [`door`](super::door).

mod arrays;
mod attacks;
mod auditor;
mod behind;
mod bench;
mod chart_file;
mod classes;
mod curve;
mod drawings;
mod explain;
mod exports;
mod falling;
mod files;
mod learn;
mod lines;
mod listen;
mod losses;
mod page;
mod progress;
mod queries;
mod run;
mod samples;
mod setting;
mod share;
mod shelf;
mod spreads;
mod table;
mod train;
mod transfer;

use bench::Bench;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Puts the pages into the place that the page has for it, and says that it listens.
pub fn mount() {
    let place = document().get_element_by_id("lab").and_then(|element| element.dyn_into().ok());
    let Some(place): Option<web_sys::HtmlElement> = place else { return };
    let root = move || {
        let bench = Bench::new();
        let drill = train::drill::Drill::new(bench);
        provide_context(bench);
        provide_context(drill);
        listen::start(bench, drill);
        shelf::start(bench);
        explain::start(bench);
        train::run::find(drill);
        share::start(bench, drill);
        let class = learn::start(bench);
        (train::TrainPage(), page::MeasurePage(), learn::page(class))
    };
    leptos::mount::mount_to(place, root).forget();
    super::door::say(super::door::LAB, "hello", &wasm_bindgen::JsValue::NULL);
}
