//! A state machine of workers: what it hears and what it decides. `worker_host` carries its decisions out in a browser.

use crate::i18n::tr;
use foolproof_core::protocol::{Event, Request};
use std::rc::Rc;

/// What the browser has to say.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A worker's event.
    Said(usize, Event),
    /// A worker's heartbeat.
    Alive(usize),
    /// A worker's file or program failed, with a sentence.
    Broke(usize, String),
    /// The time that [`Machine::due`] named has come.
    Tick,
}

/// What the browser is to do.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "there are a few at a time, and each is carried out at once")]
pub enum Action<N> {
    /// Start this worker.
    Spawn(usize),
    /// End this worker; nothing it posted is heard any more.
    Terminate(usize),
    /// Post a request to this worker.
    Send(usize, Request),
    /// The same of a request that is kept, since every worker gets it.
    Share(usize, Rc<Request>),
    /// Tell the page.
    Notify(N),
}

/// A state machine that keeps workers busy, without browser or clock. Times are milliseconds.
pub trait Machine {
    /// News for the page.
    type Notice;

    /// What is to be done, in order.
    fn take(&mut self) -> Vec<Action<Self::Notice>>;
    /// How many places for workers are heard; none once it is over.
    fn places(&self) -> usize;
    /// When a worker's silence will have been too long; nothing while it may be silent.
    fn due_at(&self, place: usize) -> Option<f64>;
    /// Notes that a worker lives.
    fn lives(&mut self, now: f64, place: usize);
    /// Takes in a worker's event.
    fn event(&mut self, now: f64, place: usize, event: Event);
    /// Takes in that a worker failed, with a sentence.
    fn lost(&mut self, now: f64, place: usize, why: &str);
    /// Hands out what waits, after each thing heard.
    fn hand_out(&mut self, _now: f64) {}

    /// When [`Input::Tick`] is next needed.
    fn due(&self) -> Option<f64> {
        (0..self.places()).filter_map(|place| self.due_at(place)).reduce(f64::min)
    }

    /// Takes in what the browser has to say.
    fn hear(&mut self, now: f64, input: Input) {
        if self.places() == 0 {
            return;
        }
        match input {
            Input::Said(place, event) => {
                self.lives(now, place);
                self.event(now, place, event);
            }
            Input::Alive(place) => self.lives(now, place),
            Input::Broke(place, why) => self.lost(now, place, &why),
            Input::Tick => {
                for place in 0..self.places() {
                    if self.due_at(place).is_some_and(|due| due <= now) {
                        self.lost(now, place, tr("it has not answered for a minute"));
                    }
                }
            }
        }
        self.hand_out(now);
    }
}
