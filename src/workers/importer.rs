//! The importer at work: a program of its own in a worker that reads other programs' files, and ends with its last handle.

use super::client::build_id;
use foolproof_core::protocol::{Fault, FaultKind};
use gloo_events::{EventListener, EventListenerOptions};
use js_sys::{Function, Promise, Uint8Array};
use serde::de::DeserializeOwned;
use std::{cell::RefCell, collections::VecDeque, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

/// What the worker has said and nobody has taken yet; in the browser's memory, not in the program's.
#[derive(Default)]
struct Queue {
    messages: RefCell<VecDeque<JsValue>>,
    waiting: RefCell<Option<Function>>,
}

impl Queue {
    fn push(&self, message: JsValue) {
        self.messages.borrow_mut().push_back(message);
        if let Some(waiting) = self.waiting.take() {
            // Resolving a promise does not fail.
            let _ = waiting.call0(&JsValue::NULL);
        }
    }

    async fn next(&self) -> JsValue {
        loop {
            if let Some(message) = self.messages.borrow_mut().pop_front() {
                return message;
            }
            let come = Promise::new(&mut |resolve, _| drop(self.waiting.replace(Some(resolve))));
            // It is only ever resolved.
            let _ = JsFuture::from(come).await;
        }
    }
}

struct Running(Worker);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.terminate();
    }
}

/// A worker with what it says; handles are the same worker.
#[derive(Clone)]
pub struct Importer {
    worker: Rc<Running>,
    queue: Rc<Queue>,
    _listeners: Rc<Vec<EventListener>>,
}

impl Importer {
    /// A worker that is sent this message as soon as it listens.
    ///
    /// # Errors
    /// A [`Fault`] of this text if none can be had.
    pub fn start(message: JsValue, text: &str) -> Result<Importer, Fault> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let address = format!("./importer_loader.js?build={}", build_id());
        let worker = Worker::new_with_options(&address, &options).map_err(|_| missing(text))?;
        let queue = Rc::new(Queue::default());
        let listeners = Rc::new(listen(&worker, message, &queue));
        Ok(Importer { worker: Rc::new(Running(worker)), queue, _listeners: listeners })
    }

    /// The next answer.
    ///
    /// # Errors
    /// A [`Fault`] of this text if the worker failed or was ended.
    pub async fn next<T: DeserializeOwned>(&self, text: &str) -> Result<T, Fault> {
        let bytes = self.queue.next().await.dyn_into::<Uint8Array>().map_err(|_| missing(text))?;
        postcard::from_bytes(&bytes.to_vec()).map_err(|_| missing(text))
    }

    /// Ends it: whoever waits for it hears so.
    pub fn end(&self) {
        self.worker.0.terminate();
        self.queue.messages.borrow_mut().clear();
        self.queue.push(JsValue::NULL);
    }
}

fn missing(text: &str) -> Fault {
    Fault::new(FaultKind::File, text)
}

/// Sends the message once the worker listens, which it says with a message without bytes, and queues what it says.
fn listen(worker: &Worker, message: JsValue, queue: &Rc<Queue>) -> Vec<EventListener> {
    let (asked, said, broken) = (worker.clone(), queue.clone(), queue.clone());
    let heard = EventListener::new(worker, "message", move |event| {
        let data = event.dyn_ref::<MessageEvent>().map_or(JsValue::NULL, MessageEvent::data);
        match data.dyn_ref::<Uint8Array>().is_some_and(|bytes| bytes.length() == 0) {
            true if asked.post_message(&message).is_err() => said.push(JsValue::NULL),
            true => {}
            false => said.push(data),
        }
    });
    let options = EventListenerOptions::enable_prevent_default();
    let error = EventListener::new_with_options(worker, "error", options, move |event| {
        event.prevent_default();
        broken.push(JsValue::NULL);
    });
    vec![heard, error]
}
