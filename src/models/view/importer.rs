//! The importer, a program of its own that reads other programs' files: a worker for one file, ended with its answer.

use crate::{
    i18n::{tr, tr_heard},
    workers::client::{build_id, post},
};
use foolproof_core::{
    importing::{ImportAnswer, ImportRequest, ImportedModel},
    manifest::Dataset,
    protocol::{Fault, FaultKind},
};
use gloo_events::{EventListener, EventListenerOptions};
use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

/// A worker that ends when the wait for it does.
struct Running(Worker);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.terminate();
    }
}

/// Has a file read.
///
/// # Errors
/// A [`Fault`] if the importer cannot be had, or refuses the file.
pub async fn import(request: &ImportRequest) -> Result<ImportAnswer, Fault> {
    let missing = |_: JsValue| {
        Fault::new(FaultKind::File, tr("The program that reads models' files could not be loaded or failed."))
    };
    let bytes = postcard::to_allocvec(request).map_err(|error| Fault::new(FaultKind::File, error.to_string()))?;
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let address = format!("./importer_loader.js?build={}", build_id());
    let worker = Running(Worker::new_with_options(&address, &options).map_err(missing)?);
    let mut listeners = Vec::new();
    let answer = Promise::new(&mut |resolve, reject| listeners = listen(&worker.0, bytes.clone(), resolve, reject));
    let answer = JsFuture::from(answer).await.map_err(missing)?;
    drop(listeners);
    match postcard::from_bytes(&Uint8Array::new(&answer).to_vec()) {
        Ok(ImportAnswer::Refused(fault)) => Err(Fault { message: tr_heard(&fault.message), ..fault }),
        Ok(answer) => Ok(answer),
        Err(_) => Err(missing(JsValue::NULL)),
    }
}

/// Sends the request once the worker listens, which it says with a message without bytes, and hands its answer on.
fn listen(worker: &Worker, request: Vec<u8>, resolve: Function, reject: Function) -> Vec<EventListener> {
    let (asked, refuse) = (worker.clone(), reject.clone());
    let message = EventListener::new(worker, "message", move |event| {
        let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
        let bytes = data.and_then(|data| data.dyn_into::<Uint8Array>().ok());
        let settled = match bytes {
            Some(bytes) if bytes.length() == 0 => post(&asked, &request),
            Some(bytes) => resolve.call1(&JsValue::NULL, &bytes).map(drop),
            None => reject.call0(&JsValue::NULL).map(drop),
        };
        // Settling a promise does not fail, and bytes can be posted.
        drop(settled);
    });
    let options = EventListenerOptions::enable_prevent_default();
    let error = EventListener::new_with_options(worker, "error", options, move |event| {
        event.prevent_default();
        drop(refuse.call0(&JsValue::NULL));
    });
    vec![message, error]
}

/// The request of a file for a dataset.
pub fn request(name: &str, bytes: Vec<u8>, data: &Dataset) -> ImportRequest {
    ImportRequest {
        name: name.into(),
        bytes,
        layers: None,
        data: data.id.clone(),
        input: data.shape,
        classes: data.classes.len(),
        changes: Vec::new(),
    }
}

/// Has a file read that this page wrote.
///
/// # Errors
/// As [`import`], and if it has no list of layers.
pub async fn own(name: &str, bytes: Vec<u8>, data: &Dataset) -> Result<ImportedModel, Fault> {
    match import(&request(name, bytes, data)).await? {
        ImportAnswer::Model(model) => Ok(*model),
        ImportAnswer::Guessed { .. } => Err(Fault::new(FaultKind::Model, tr("The file has no list of layers."))),
        ImportAnswer::Refused(fault) => Err(fault),
    }
}
