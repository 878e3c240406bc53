//! What the page says through the door, and what it is told.

use super::{
    bench::{Bench, Known},
    run::{self, Mode},
};
use crate::ui::{address::Settings, door, react::effect};
use js_sys::{Array, JSON};
use leptos::prelude::*;
use serde_json::Value;
use std::sync::Arc;
use wasm_bindgen::JsValue;

/// Listens from now on.
pub fn start(bench: Bench) {
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
        "run" => bench.asked.set(true),
        "stop" => run::cancel(bench),
        _ => {}
    };
    door::listen(door::PAGE, Box::new(heard));
    effect(move || {
        if bench.asked.get() && bench.known.with(Option::is_some) {
            bench.asked.set(false);
            run::start_for_host(bench, Mode::Whole);
        }
    });
}

/// Tells the page plain data.
pub fn tell(word: &str, value: &Value) {
    // The lab's numbers are all finite, and plain data is always a JSON text.
    let data = JSON::parse(&value.to_string()).unwrap_or(JsValue::NULL);
    door::say(door::LAB, word, &data);
}

/// Tells the page that an evaluation failed.
pub fn tell_fault(kind: &str, message: &str) {
    door::say(door::LAB, "fault", &Array::of2(&kind.into(), &message.into()));
}
