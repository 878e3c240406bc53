//! The requests that have come and are not yet taken.

use foolproof_core::protocol::{Fault, Request, unreadable};
use std::{
    cell::RefCell,
    collections::VecDeque,
    future::poll_fn,
    rc::Rc,
    task::{Poll, Waker},
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Messages in order, and who waits for one.
#[derive(Default)]
pub struct Inbox {
    queue: RefCell<VecDeque<Result<Request, Fault>>>,
    waiting: RefCell<Option<Waker>>,
}

impl Inbox {
    /// Listens to the page from now on, for as long as the worker lives.
    pub fn open() -> Rc<Inbox> {
        let inbox = Rc::new(Inbox::default());
        let scope = js_sys::global().unchecked_into::<DedicatedWorkerGlobalScope>();
        let listener = {
            let inbox = inbox.clone();
            Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| inbox.put(&event.data()))
        };
        scope.set_onmessage(Some(listener.into_js_value().unchecked_ref()));
        inbox
    }

    /// Adds what was posted, readable or not, and wakes the loop.
    pub fn put(&self, data: &JsValue) {
        let message = decode(data);
        self.queue.borrow_mut().push_back(message);
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }

    /// Everything that has come, in order.
    pub fn take(&self) -> VecDeque<Result<Request, Fault>> {
        self.queue.take()
    }

    /// Waits until there is something to take.
    pub async fn filled(&self) {
        poll_fn(|context| {
            if !self.queue.borrow().is_empty() {
                return Poll::Ready(());
            }
            self.waiting.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .await
    }
}

/// Reads a request from what was posted.
///
/// # Errors
/// A [`Fault`] for anything that is not the bytes of exactly one request.
pub fn decode(data: &JsValue) -> Result<Request, Fault> {
    let bytes = data.dyn_ref::<js_sys::Uint8Array>().ok_or_else(|| unreadable("it is not bytes"))?;
    Request::read(&bytes.to_vec())
}
