//! The importer in a web worker: a request in, its answers out, as bytes.

mod chosen;

use crate::{dataset, import::import};
use foolproof_core::{
    bounds::brief,
    fault::{Fault, FaultKind},
    importing::{
        ImportAnswer,
        dataset::{DatasetAnswer, DatasetRequest},
    },
};
use js_sys::{Array, Uint8Array};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Listens, and says so with a message without bytes.
pub fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let heard = {
        let scope = scope.clone();
        Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| match event.data().dyn_into::<Array>() {
            Ok(request) => spawn_local(read(scope.clone(), request)),
            Err(request) => model(&scope, &request),
        })
    };
    scope.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    heard.forget();
    post(&scope, &[]);
}

fn unreadable() -> Fault {
    Fault::new(FaultKind::Version, "The importer is of another build than the page; please load the page again.")
}

/// Reads a model's file.
fn model(scope: &DedicatedWorkerGlobalScope, request: &JsValue) {
    let bytes = Uint8Array::new(request).to_vec();
    let request = postcard::from_bytes(&bytes);
    tell(scope, &request.map_or_else(|_| ImportAnswer::Refused(unreadable()), |request| import(&request)));
}

/// Reads a dataset.
async fn read(scope: DedicatedWorkerGlobalScope, request: Array) {
    let settings = Uint8Array::new(&request.get(0)).to_vec();
    let Ok(settings) = postcard::from_bytes::<DatasetRequest>(&settings) else {
        return tell(&scope, &DatasetAnswer::Refused(unreadable()));
    };
    let refuse = |why: String| {
        let why = format!("No dataset can be made of it: {}.", brief(why));
        DatasetAnswer::Refused(Fault::new(FaultKind::File, why))
    };
    let hands = chosen::Chosen::new(&scope, request.get(2).unchecked_into());
    let listed = hands.listed(&request.get(1).unchecked_into());
    let own = match dataset::read(listed, &settings, &hands).await {
        Ok(own) => own,
        Err(why) => return tell(&scope, &refuse(why)),
    };
    let card = dataset::shards(&own, |path, bytes| tell(&scope, &DatasetAnswer::File { path: path.into(), bytes }));
    tell(&scope, &card.map_or_else(refuse, |card| DatasetAnswer::Done(Box::new(card))));
}

fn tell(scope: &DedicatedWorkerGlobalScope, answer: &impl Serialize) {
    // Nothing of an answer is refused by the format.
    post(scope, &postcard::to_allocvec(answer).unwrap_or_default());
}

fn post(scope: &DedicatedWorkerGlobalScope, bytes: &[u8]) {
    let message = Uint8Array::from(bytes);
    // Fails only for what cannot be handed over; bytes can.
    let _ = scope.post_message_with_transfer(&message, &Array::of1(&message.buffer()));
}
