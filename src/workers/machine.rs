//! A state machine of workers: what it hears and what it decides. `worker_host` carries its decisions out in a browser.

use foolproof_core::protocol::{EngineKind, Event, Request};
use std::rc::Rc;

/// What the browser has to say. A `Place` names a worker.
#[derive(Clone, Debug, PartialEq)]
pub enum Input<Place = usize> {
    /// A worker's event.
    Said(Place, Event),
    /// A worker's heartbeat.
    Alive(Place),
    /// A worker's file is still being built.
    BeingBuilt(Place),
    /// A worker's file or program failed, with a sentence.
    Broke(Place, String),
    /// The time that [`Machine::due`] named has come.
    Tick,
}

/// What the browser is to do.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "there are a few at a time, and each is carried out at once")]
pub enum Action<Notice, Place = usize> {
    /// Start this worker.
    Spawn(Place),
    /// End this worker; nothing it posted is heard any more.
    Terminate(Place),
    /// Post a request to this worker.
    Send(Place, Request),
    /// The same of a request that is kept, since every worker gets it.
    Share(Place, Rc<Request>),
    /// Tell the page.
    Notify(Notice),
}

impl<N, Place> Action<N, Place> {
    /// The same action of a machine that is built on this one, which calls this one's workers by names of its own.
    ///
    /// # Errors
    /// The notice, which that machine takes instead of the page.
    pub fn or_notice<O, P>(self, name: impl FnOnce(Place) -> P) -> Result<Action<O, P>, N> {
        match self {
            Action::Spawn(place) => Ok(Action::Spawn(name(place))),
            Action::Terminate(place) => Ok(Action::Terminate(name(place))),
            Action::Send(place, request) => Ok(Action::Send(name(place), request)),
            Action::Share(place, request) => Ok(Action::Share(name(place), request)),
            Action::Notify(notice) => Err(notice),
        }
    }
}

/// A state machine that keeps workers busy, without browser or clock. Times are milliseconds.
pub trait Machine {
    /// What names a worker.
    type Place: Copy + Ord + 'static;
    /// News for the page.
    type Notice;

    /// The engine that this worker runs.
    fn engine(&self, _place: Self::Place) -> EngineKind {
        EngineKind::Cpu
    }
    /// Takes in what the browser has to say.
    fn hear(&mut self, now: f64, input: Input<Self::Place>);
    /// What is to be done, in order.
    fn take(&mut self) -> Vec<Action<Self::Notice, Self::Place>>;
    /// When [`Input::Tick`] is next needed.
    fn due(&self) -> Option<f64>;
}
