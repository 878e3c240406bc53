//! The channel between the page and its lab (the other pages, lessons, sharing), which is a program of its own: events
//! of the window with a word and a value each. The page alone owns settings, address bar and host API, the lab the
//! models that this browser keeps; each asks the other here.
//!
//! | from | word | value |
//! | --- | --- | --- |
//! | page | `fragment` | the settings' fragment, whenever it changes |
//! | page | `catalog` | JSON: attacks, methods, models, datasets, as `getCatalog` answers |
//! | page | `run` | `evaluate` or `train`: what the fragment asks for; said once for each host who asks |
//! | page | `made` | `[job, fragment]`: tell again what came of it, if that is what the fragment asks for |
//! | page | `check` | `[fragment, keys]`: say of these keys of its own what the lab cannot take, by adding to this list the keys it ignores, those it clamps, and the values in force as a fragment; texts |
//! | page | `stop` | nothing: cancel |
//! | page | `weights` | an own model's id: tell its weights |
//! | page | `attack` | `[bytes, [[model, pixels]], penned]`: an attack that is done, as a `Request`, the adversarial pixels, and whether the pen has been on the input |
//! | page | `twin` | the last attack's result as the host gets it, or `null` |
//! | page | `model` | `[id, bytes]`: a model's weights |
//! | lab | `hello` | nothing: it listens now |
//! | lab | `set` | keys to set, as a fragment |
//! | lab | `shelf` | JSON: the models that this browser keeps, as a manifest |
//! | lab | `weights` | `[id, bytes, card]` of an own model |
//! | lab | `twin` | nothing: tell the last attack's result |
//! | lab | `explain` | nothing: tell attacks that are done, from now on |
//! | lab | `model` | a model's id: tell its weights |
//! | lab | `progress` | plain data, for the host |
//! | lab | `answer` | plain data, for the host: a lesson's question was answered |
//! | lab | `report` | `[job, plain data]`, for the host: it is done |
//! | lab | `made` | the same, for a host who asked later |
//! | lab | `fault` | `[kind, message, job]`: it failed, was refused, or (`stopped`) was cancelled |

use js_sys::Array;
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CustomEvent, CustomEventInit};

/// What the page sends.
pub const PAGE: &str = "foolproof-page";
/// What the lab sends.
pub const LAB: &str = "foolproof-lab";

/// Takes a word and its value. Boxed, so that one copy of the machinery serves every listener.
pub type Heard = Box<dyn Fn(&str, JsValue)>;

/// Sends a word and its value to the other program.
pub fn say(from: &str, word: &str, value: &JsValue) {
    let init = CustomEventInit::new();
    init.set_detail(&Array::of2(&word.into(), value));
    // Refused are only events that are under way already; this one is fresh.
    if let Ok(event) = CustomEvent::new_with_event_init_dict(from, &init) {
        let _ = window().dispatch_event(&event);
    }
}

/// Listens for as long as the program lives.
pub fn listen(from: &'static str, heard: Heard) {
    let heard = move |event: &web_sys::Event| {
        let Some(detail) = event.dyn_ref::<CustomEvent>().and_then(|event| event.detail().dyn_into::<Array>().ok())
        else {
            return;
        };
        if let Some(word) = detail.get(0).as_string() {
            heard(&word, detail.get(1));
        }
    };
    gloo_events::EventListener::new(&window(), from, heard).forget();
}
