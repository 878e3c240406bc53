//! Starting the engine, and the loop that serves the page.

use crate::{alarm, inbox::Inbox, post};
use burn::tensor::Device;
use foolproof_browser::{clock::now, pause::Pause};
use foolproof_core::protocol::{Engine, Event, Fault};
use foolproof_engine::session::Session;
use std::{cell::Cell, future::poll_fn, pin::pin, rc::Rc};

/// Longest silence of a busy worker in milliseconds; the page takes a much longer one for a hang.
const HEARTBEAT: f64 = 1000.0;

/// Starts the engine in this worker and returns; everything else happens in the worker's event loop.
pub fn start() {
    alarm::install();
    // Before the first await, or a message could come while nobody listens.
    let inbox = Inbox::open();
    wasm_bindgen_futures::spawn_local(async move {
        match open().await {
            Ok((device, engine)) => serve(Session::new(device, engine), inbox).await,
            Err(fault) => {
                alarm::raise(fault);
                post::close();
            }
        }
    });
}

#[cfg(feature = "gpu")]
async fn open() -> Result<(Device, Engine), Fault> {
    crate::gpu::open().await
}

#[cfg(not(feature = "gpu"))]
async fn open() -> Result<(Device, Engine), Fault> {
    let name = "WebAssembly SIMD, 1 thread".to_string();
    Ok((Device::flex(), Engine { kind: foolproof_core::protocol::EngineKind::Cpu, name }))
}

async fn serve(mut session: Session, inbox: Rc<Inbox>) {
    let (pause, pulse) = (Pause::new(), Pulse::new());
    pulse.deliver(vec![session.ready()]);
    while !alarm::raised() {
        for message in inbox.take() {
            pulse.deliver(session.answer(message));
        }
        if !session.busy() {
            inbox.filled().await;
            continue;
        }
        let events = pulse.beside(session.advance(now)).await;
        pulse.deliver(events);
        pulse.beat();
        pause.macrotask().await;
    }
}

/// When the page last heard from this worker.
struct Pulse(Cell<f64>);

impl Pulse {
    fn new() -> Pulse {
        Pulse(Cell::new(now()))
    }

    /// Posts the events, unless the engine has failed: results of a broken engine are none.
    fn deliver(&self, events: Vec<Event>) {
        if !alarm::raised() {
            events.iter().for_each(post::event);
        }
        if !events.is_empty() {
            self.0.set(now());
        }
    }

    /// Shows life after a long silence.
    fn beat(&self) {
        if now() - self.0.get() > HEARTBEAT {
            post::heartbeat();
            self.0.set(now());
        }
    }

    /// Beats each time the work moves on, which a GPU that hangs never lets it.
    async fn beside<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        poll_fn(|context| {
            self.beat();
            work.as_mut().poll(context)
        })
        .await
    }
}
