//! Posting events to the page as postcard bytes, whose buffer is handed over rather than copied.

use foolproof_core::protocol::Event;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

/// Tells the page that a long piece of work goes on: a message without bytes.
pub fn heartbeat() {
    send(&[]);
}

/// Posts an event.
pub fn event(event: &Event) {
    match postcard::to_allocvec(event) {
        Ok(bytes) => send(&bytes),
        Err(error) => web_sys::console::error_1(&format!("An event could not be encoded: {error}").into()),
    }
}

/// Ends the worker; what was posted still arrives.
pub fn close() {
    scope().close();
}

fn send(bytes: &[u8]) {
    let message = Uint8Array::from(bytes);
    if let Err(error) = scope().post_message_with_transfer(&message, &Array::of1(&message.buffer())) {
        web_sys::console::error_1(&error);
    }
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
