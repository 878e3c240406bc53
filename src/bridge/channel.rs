//! How messages get from one program of the page to the other: as bytes in events of the window, each kind of event for
//! one direction. The window hands an event over at once, so a question that needs no waiting is answered before asking
//! it returns. Nobody may hold a borrow of what the answer changes while a message is sent.

use js_sys::Uint8Array;
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{CustomEvent, CustomEventInit};

/// What carries a [`ToLab`](super::messages::ToLab).
pub const TO_LAB: &str = "foolproof-to-lab";
/// What carries a [`ToPage`](super::messages::ToPage).
pub const TO_PAGE: &str = "foolproof-to-page";
/// Says, in a sentence, that the lab's program could not be loaded. It comes from `www/start.js`, which knows no bytes.
const MISSING: &str = "foolproof-lab-missing";

/// Takes a message's bytes. Boxed, so that one copy of the machinery serves every listener.
pub type Heard = Box<dyn Fn(&[u8])>;

/// Sends a message's bytes, or says on the console why there are none.
pub fn send(to: &str, bytes: Result<Vec<u8>, String>) {
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(why) => return complain(&why),
    };
    let init = CustomEventInit::new();
    init.set_detail(&Uint8Array::from(&bytes[..]));
    // Refused are only events that are under way already; this one is fresh.
    if let Ok(event) = CustomEvent::new_with_event_init_dict(to, &init) {
        let _ = window().dispatch_event(&event);
    }
}

/// Listens to messages for as long as the program lives. An event without bytes is an empty message, which is none.
pub fn listen(to: &str, heard: Heard) {
    on(
        to,
        Box::new(move |detail| {
            let bytes = detail.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec);
            heard(&bytes.unwrap_or_default());
        }),
    );
}

/// Listens to the sentence that the lab could not be loaded.
pub fn listen_for_missing(heard: Box<dyn Fn(String)>) {
    on(MISSING, Box::new(move |detail| heard(detail.as_string().unwrap_or_default())));
}

/// Says on the console that a message could not be sent or read.
pub fn complain(why: &str) {
    web_sys::console::error_1(&format!("A message between page and lab is lost: {why}.").into());
}

/// Calls with the detail of each event of this name. What hears one may send, be answered, and so be called once more
/// before it has returned; hence `Fn`, and no listener that takes `FnMut`, which would be refused.
fn on(name: &str, heard: Box<dyn Fn(JsValue)>) {
    let heard = Closure::<dyn Fn(CustomEvent)>::new(move |event: CustomEvent| heard(event.detail()));
    // Refused by no window.
    let _ = window().add_event_listener_with_callback(name, heard.as_ref().unchecked_ref());
    heard.forget();
}
