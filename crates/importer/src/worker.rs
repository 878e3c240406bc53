//! The importer in a web worker: one request in, one answer out, as bytes.

use crate::import::import;
use foolproof_core::{
    fault::{Fault, FaultKind},
    importing::ImportAnswer,
};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Listens, and says so with a message without bytes.
pub fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let heard = {
        let scope = scope.clone();
        Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let bytes = Uint8Array::new(&event.data()).to_vec();
            let unreadable = || {
                let why = "The importer is of another build than the page; please load the page again.";
                ImportAnswer::Refused(Fault::new(FaultKind::Version, why))
            };
            let answer = postcard::from_bytes(&bytes).map_or_else(|_| unreadable(), |request| import(&request));
            // Nothing of an answer is refused by the format.
            post(&scope, &postcard::to_allocvec(&answer).unwrap_or_default());
        })
    };
    scope.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    heard.forget();
    post(&scope, &[]);
}

fn post(scope: &DedicatedWorkerGlobalScope, bytes: &[u8]) {
    let message = Uint8Array::from(bytes);
    // Fails only for what cannot be handed over; bytes can.
    let _ = scope.post_message_with_transfer(&message, &Array::of1(&message.buffer()));
}
