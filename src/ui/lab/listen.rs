//! What the page says through the door, and what it is told.

use super::{
    bench::{Bench, Known},
    run::{self, Mode},
    shelf,
    train::{self, drill::Drill},
};
use crate::{
    protocol::Fault,
    ui::{address::Settings, door, react::effect},
};
use js_sys::{Array, JSON};
use leptos::prelude::*;
use serde_json::Value;
use std::{cell::RefCell, collections::BTreeMap, sync::Arc};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// Listens from now on.
pub fn start(bench: Bench, drill: Drill) {
    let heard = move |word: &str, value: JsValue| match word {
        "fragment" => {
            if let Some(fragment) = value.as_string() {
                // The page has checked it; its remarks are the page's to show.
                bench.settings.set(Settings::read(&fragment).0);
            }
        }
        "catalog" => match value.as_string().map(|text| Known::read(&text)) {
            Some(Ok(known)) => bench.known.set(Some(Arc::new(known))),
            Some(Err(why)) => web_sys::console::error_1(&format!("The catalog cannot be read: {why}.").into()),
            None => {}
        },
        "run" if value == "train" => drill.asked.set(true),
        "run" => bench.asked.set(true),
        "result" => tell_made(bench, drill, if value == "train" { "train" } else { "evaluate" }),
        "weights" => {
            if let Some(id) = value.as_string() {
                spawn_local(shelf::tell_weights(bench, id));
            }
        }
        "stop" => {
            run::cancel(bench);
            train::run::cancel(drill);
        }
        _ => {}
    };
    door::listen(door::PAGE, Box::new(heard));
    effect(move || {
        if bench.asked.get() && bench.known.with(Option::is_some) {
            bench.asked.set(false);
            run::start_for_host(bench, Mode::Whole);
        }
    });
    effect(move || {
        if drill.asked.get() && bench.known.with(Option::is_some) && bench.own.with(Option::is_some) {
            drill.asked.set(false);
            train::run::start_for_host(drill);
        }
    });
}

/// Tells the page plain data.
pub fn tell(word: &str, value: &Value) {
    // The lab's numbers are all finite, and plain data is always a JSON text.
    let data = JSON::parse(&value.to_string()).unwrap_or(JsValue::NULL);
    door::say(door::LAB, word, &data);
}

thread_local! {
    /// What came of the last job of each kind.
    static MADE: RefCell<BTreeMap<String, JsValue>> = const { RefCell::new(BTreeMap::new()) };
}

/// Tells the page what came of the last job of a kind; one that is under way tells itself.
fn tell_made(bench: Bench, drill: Drill, job: &'static str) {
    let busy = untrack(|| match job {
        "train" => drill.is_busy() || drill.asked.get(),
        _ => bench.is_busy() || bench.asked.get(),
    });
    match MADE.with_borrow(|made| made.get(job).cloned()) {
        _ if busy => {}
        Some(data) => door::say(door::LAB, "made", &Array::of2(&job.into(), &data)),
        None => tell_end(
            job,
            "input",
            "There is no result on this page yet; run(\"train\") or run(\"evaluate\") makes one.",
        ),
    }
}

/// Tells the page what came of a job.
pub fn tell_report(job: &str, value: &Value) {
    let data = JSON::parse(&value.to_string()).unwrap_or(JsValue::NULL);
    MADE.with_borrow_mut(|made| made.insert(job.to_owned(), data.clone()));
    door::say(door::LAB, "report", &Array::of2(&job.into(), &data));
}

/// Tells the page that a job failed.
pub fn tell_fault(job: &str, fault: &Fault) {
    let kind = serde_json::to_value(fault.kind).ok();
    tell_end(job, kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or("fault"), &fault.message);
}

/// Tells the page that a job ended without a result.
pub fn tell_end(job: &str, kind: &str, message: &str) {
    door::say(door::LAB, "fault", &Array::of3(&kind.into(), &message.into(), &job.into()));
}
