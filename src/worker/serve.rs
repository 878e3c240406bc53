//! Starting the engine, and the loop that serves the page.

use super::{alarm, inbox::Inbox, now, pause::Pause, post};
use crate::{
    protocol::{Engine, Event, Fault},
    session::Session,
};
use burn::tensor::Device;

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
    super::gpu::open().await
}

#[cfg(not(feature = "gpu"))]
async fn open() -> Result<(Device, Engine), Fault> {
    let name = "WebAssembly SIMD, 1 thread".to_string();
    Ok((Device::flex(), Engine { kind: crate::protocol::EngineKind::Cpu, name }))
}

async fn serve(mut session: Session, inbox: std::rc::Rc<Inbox>) {
    let pause = Pause::new();
    let mut spoke = now();
    post::event(&session.ready());
    while !alarm::raised() {
        for message in inbox.take() {
            match message {
                Ok(request) => deliver(session.accept(request), &mut spoke),
                Err(fault) => deliver(vec![Event::Fault { ticket: None, fault }], &mut spoke),
            }
        }
        if !session.busy() {
            inbox.filled().await;
            continue;
        }
        let events = session.advance(now).await;
        deliver(events, &mut spoke);
        if now() - spoke > HEARTBEAT {
            post::heartbeat();
            spoke = now();
        }
        pause.macrotask().await;
    }
}

/// Posts the events and notes the time, if there are any.
fn deliver(events: Vec<Event>, spoke: &mut f64) {
    if !events.is_empty() {
        *spoke = now();
    }
    events.iter().for_each(post::event);
}
