//! One worker: bytes out, events in, errors told, and its end when it is dropped.

use super::rest;
use crate::i18n::{tr, tr_heard, tr_with};
use foolproof_browser::thrown::thrown;
use foolproof_core::protocol::{Event, Fault, Request};
use gloo_events::{EventListener, EventListenerOptions};
use js_sys::{Array, Uint8Array};
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

/// What `cargo xtask play` has a worker say whose file is still being built (`xtask/src/being-built.js`).
const BEING_BUILT: &str = "being built";

/// What comes from a worker.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// An event of the protocol.
    Event(Event),
    /// A message without bytes: it lives and works.
    Alive,
    /// Its file is still being built; `cargo xtask play` says so in its place.
    BeingBuilt,
    /// Its file could not be loaded, its program failed, or what it says cannot be read: one sentence.
    Broke(String),
}

/// A running worker; dropping it ends it at once and hears nothing more of it.
pub struct Thread {
    worker: Worker,
    _listeners: [EventListener; 4],
}

impl Thread {
    /// Starts a module worker from this address, relative to the page.
    ///
    /// # Errors
    /// A sentence, where the browser refuses workers altogether.
    pub fn start(address: &str, heard: impl Fn(Heard) + 'static) -> Result<Thread, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(address, &options)
            .map_err(|error| tr_with("The browser refused to start the engine ({0}).", &[&thrown(&error)]))?;
        let heard = Rc::new(heard);
        // Before its first message the worker does not listen, and does nothing that could rest.
        let speaks = Rc::new(Cell::new(false));
        let message = {
            let (heard, worker, speaks) = (heard.clone(), worker.clone(), speaks.clone());
            EventListener::new(&worker.clone(), "message", move |event| {
                if !speaks.replace(true) && rest::is_on() {
                    send(&worker, &Request::Rest(true));
                }
                heard(event.dyn_ref().map_or_else(unreadable, |event: &MessageEvent| read(&event.data())));
            })
        };
        let changed = {
            let worker = worker.clone();
            let tell = move |_: &web_sys::Event| {
                if speaks.get() {
                    send(&worker, &Request::Rest(rest::is_on()));
                }
            };
            // A page without a window has no frame that could be out of view.
            let window = web_sys::window().ok_or(tr("This page has no window."))?;
            EventListener::new(&window, rest::CHANGED, tell)
        };
        let error = {
            let heard = heard.clone();
            // Not prevented, the browser would report it a second time as the page's own error.
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&worker, "error", options, move |event| {
                event.prevent_default();
                heard(Heard::Broke(failure(event)));
            })
        };
        let messageerror = EventListener::new(&worker, "messageerror", move |_| heard(unreadable()));
        Ok(Thread { worker, _listeners: [message, error, messageerror, changed] })
    }

    /// Posts a request; its bytes are handed over, not copied.
    pub fn send(&self, request: &Request) {
        send(&self.worker, request);
    }
}

fn send(worker: &Worker, request: &Request) {
    let sent = match postcard::to_allocvec(request) {
        Ok(bytes) => post(worker, &bytes),
        Err(error) => Err(JsValue::from(error.to_string())),
    };
    if let Err(error) = sent {
        // The silence that follows ends the worker; here is only why.
        web_sys::console::error_1(&error);
    }
}

/// Posts bytes, which are handed over and not copied.
///
/// # Errors
/// What the browser threw.
pub fn post(worker: &Worker, bytes: &[u8]) -> Result<(), JsValue> {
    let message = Uint8Array::from(bytes);
    worker.post_message_with_transfer(&message, &Array::of1(&message.buffer()))
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// Reads what a worker posted.
pub fn read(data: &JsValue) -> Heard {
    let Some(bytes) = data.dyn_ref::<Uint8Array>() else {
        return if data.as_string().as_deref() == Some(BEING_BUILT) { Heard::BeingBuilt } else { unreadable() };
    };
    if bytes.length() == 0 {
        return Heard::Alive;
    }
    match postcard::from_bytes(&bytes.to_vec()) {
        Ok(Event::Fault { ticket, fault: Fault { kind, message } }) => {
            Heard::Event(Event::Fault { ticket, fault: Fault { kind, message: tr_heard(&message) } })
        }
        Ok(event) => Heard::Event(event),
        Err(_) => unreadable(),
    }
}

fn unreadable() -> Heard {
    Heard::Broke(tr("The engine sent something that the page cannot read.").to_string())
}

/// A file that is missing or broken gives an event without a message.
fn failure(event: &web_sys::Event) -> String {
    match event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message) {
        Some(message) if !message.is_empty() => tr_with("The engine failed: {0}.", &[&message.trim_end_matches('.')]),
        _ => tr("The engine's file could not be loaded.").to_string(),
    }
}

/// The id that the build wrote into the page, or nothing.
pub fn build_id() -> String {
    let document = web_sys::window().and_then(|window| window.document());
    let meta = document.and_then(|document| document.query_selector("meta[name='foolproof-build']").ok().flatten());
    meta.and_then(|meta| meta.get_attribute("content")).unwrap_or_default()
}
