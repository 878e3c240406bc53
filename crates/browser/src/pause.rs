//! Letting the event loop run between two pieces of work.
//!
//! Nested timers are held back to 4 ms each by the browser, and a promise alone never lets a message in. A message to
//! oneself does, in microseconds.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    rc::Rc,
    task::{Poll, Waker},
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageChannel, MessagePort};

/// A channel to oneself.
pub struct Pause {
    port: Option<MessagePort>,
    echo: Rc<Echo>,
    _listener: Closure<dyn Fn()>,
}

/// What the far end of the channel has to say.
#[derive(Default)]
struct Echo {
    landed: Cell<bool>,
    waiting: RefCell<Option<Waker>>,
}

impl Default for Pause {
    fn default() -> Pause {
        Pause::new()
    }
}

impl Pause {
    /// Opens the channel.
    pub fn new() -> Pause {
        let echo = Rc::new(Echo::default());
        let listener = {
            let echo = echo.clone();
            Closure::<dyn Fn()>::new(move || {
                echo.landed.set(true);
                if let Some(waker) = echo.waiting.take() {
                    waker.wake();
                }
            })
        };
        let port = MessageChannel::new().ok().map(|channel| {
            channel.port2().set_onmessage(Some(listener.as_ref().unchecked_ref()));
            channel.port1()
        });
        Pause { port, echo, _listener: listener }
    }

    /// Goes on once the messages and callbacks that are already due have run.
    pub async fn macrotask(&self) {
        self.echo.landed.set(false);
        let posted = self.port.as_ref().is_some_and(|port| port.post_message(&JsValue::NULL).is_ok());
        if !posted {
            return gloo_timers::future::TimeoutFuture::new(0).await;
        }
        poll_fn(|context| {
            if self.echo.landed.get() {
                return Poll::Ready(());
            }
            self.echo.waiting.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .await
    }
}
