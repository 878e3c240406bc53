//! The importer at work on a dataset: a worker that reads what was chosen, and the store that keeps what it tells, a file
//! at a time.

use crate::{
    datasets::{KeptDataset, store},
    i18n::{tr, tr_heard},
    models::{ModelStore, Unwritten},
    workers::client::build_id,
};
use foolproof_core::{
    importing::dataset::{DatasetAnswer, DatasetCard, DatasetRequest},
    protocol::{Fault, FaultKind},
};
use gloo_events::{EventListener, EventListenerOptions};
use js_sys::{Array, Function, Promise, Uint8Array};
use std::{cell::RefCell, collections::VecDeque, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, MessageEvent, Worker, WorkerOptions, WorkerType};

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

/// A worker with what it says; it ends when the last handle is dropped.
#[derive(Clone)]
pub struct Reading {
    worker: Rc<Running>,
    queue: Rc<Queue>,
    _listeners: Rc<Vec<EventListener>>,
}

struct Running(Worker);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.terminate();
    }
}

fn failed(_: JsValue) -> Fault {
    Fault::new(FaultKind::File, tr("The program that reads data could not be loaded or failed."))
}

impl Reading {
    /// A worker that begins as soon as it listens.
    ///
    /// # Errors
    /// A [`Fault`] if none can be had.
    pub fn start(request: &DatasetRequest, files: &[(String, File)]) -> Result<Reading, Fault> {
        let settings =
            postcard::to_allocvec(request).map_err(|error| Fault::new(FaultKind::File, error.to_string()))?;
        let paths: Array = files.iter().map(|(path, _)| JsValue::from(path.as_str())).collect();
        let handles: Array = files.iter().map(|(_, file)| JsValue::from(file.clone())).collect();
        let message = Array::of3(&Uint8Array::from(&settings[..]), &paths, &handles);
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let address = format!("./importer_loader.js?build={}", build_id());
        let worker = Rc::new(Running(Worker::new_with_options(&address, &options).map_err(failed)?));
        let queue = Rc::new(Queue::default());
        let listeners = Rc::new(listen(&worker.0, message, &queue));
        Ok(Reading { worker, queue, _listeners: listeners })
    }

    /// Ends it: whoever waits for it hears so.
    pub fn cancel(&self) {
        self.worker.0.terminate();
        self.queue.messages.borrow_mut().clear();
        self.queue.push(JsValue::NULL);
    }

    /// Keeps what it tells; `told` hears how many items have been read, of how many. What was kept so far is forgotten
    /// where it cannot go on.
    ///
    /// # Errors
    /// A [`Fault`] if it was cancelled, the files are none that are taken, or the store does not keep them.
    pub async fn keep(
        self,
        models: &ModelStore,
        name: &str,
        told: impl Fn(u32, u32),
    ) -> Result<(KeptDataset, DatasetCard), Fault> {
        // Files may be left of a reading that was cut short.
        store::delete(models.store(), name).await?;
        let kept = self.hear(models, &told).await;
        if kept.is_err() {
            store::delete(models.store(), name).await?;
        }
        kept
    }

    async fn hear(&self, models: &ModelStore, told: &impl Fn(u32, u32)) -> Result<(KeptDataset, DatasetCard), Fault> {
        loop {
            let bytes = self.queue.next().await.dyn_into::<Uint8Array>().map_err(failed)?;
            match postcard::from_bytes(&bytes.to_vec()).map_err(|_| failed(JsValue::NULL))? {
                DatasetAnswer::Progress { done, total } => told(done, total),
                DatasetAnswer::File { path, bytes } => {
                    models.store().put(&path, &bytes).await.map_err(Unwritten::fault)?;
                }
                DatasetAnswer::Done(card) => {
                    let kept = KeptDataset::of(&card)?;
                    store::keep(models.store(), &kept).await.map_err(Unwritten::fault)?;
                    return Ok((kept, *card));
                }
                DatasetAnswer::Refused(fault) => return Err(Fault { message: tr_heard(&fault.message), ..fault }),
            }
        }
    }
}

/// Sends the request once the worker listens, which it says with a message without bytes, and queues what it says.
fn listen(worker: &Worker, request: Array, queue: &Rc<Queue>) -> Vec<EventListener> {
    let (asked, said, broken) = (worker.clone(), queue.clone(), queue.clone());
    let message = EventListener::new(worker, "message", move |event| {
        let data = event.dyn_ref::<MessageEvent>().map_or(JsValue::NULL, MessageEvent::data);
        match data.dyn_ref::<Uint8Array>().is_some_and(|bytes| bytes.length() == 0) {
            true if asked.post_message(&request).is_err() => said.push(JsValue::NULL),
            true => {}
            false => said.push(data),
        }
    });
    let options = EventListenerOptions::enable_prevent_default();
    let error = EventListener::new_with_options(worker, "error", options, move |event| {
        event.prevent_default();
        broken.push(JsValue::NULL);
    });
    vec![message, error]
}
