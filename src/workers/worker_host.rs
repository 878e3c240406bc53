//! Carries out what a [`Machine`] decides: starts and ends its workers, sends their requests, and tells it what they
//! say.

use super::{
    client::{Heard, Thread, build_id},
    machine::{Action, Input, Machine},
    pool::MOST_WORKERS,
    rest::now,
};
use foolproof_browser::pause::Pause;
use foolproof_core::protocol::Request;
use gloo_timers::callback::Timeout;
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    rc::{Rc, Weak},
};

/// Longest row of actions without a turn for the browser, milliseconds: clicks and frames wait no longer.
const LONGEST: f64 = 12.0;

/// A handle to a machine and its workers, which end with the last clone.
pub struct WorkerHost<M: Machine>(Rc<Inner<M>>);

impl<M: Machine> Clone for WorkerHost<M> {
    fn clone(&self) -> WorkerHost<M> {
        WorkerHost(self.0.clone())
    }
}

struct Inner<M: Machine> {
    machine: RefCell<M>,
    threads: RefCell<BTreeMap<usize, Thread>>,
    /// What is decided and not yet done.
    ahead: RefCell<VecDeque<Action<M::Notice>>>,
    acting: Cell<bool>,
    timer: RefCell<Option<Timeout>>,
    on_notice: Box<dyn Fn(M::Notice)>,
}

/// How many workers this machine is good for: one a core.
pub fn cores() -> usize {
    let cores = web_sys::window().map_or(1.0, |window| window.navigator().hardware_concurrency());
    // The cast saturates.
    (cores as usize).clamp(1, MOST_WORKERS)
}

impl<M: Machine + 'static> WorkerHost<M> {
    /// Starts the workers. Notices come from the browser's event loop, or from within [`WorkerHost::decide`], none from
    /// within this call.
    pub fn start(machine: impl FnOnce(f64) -> M, on_notice: impl Fn(M::Notice) + 'static) -> WorkerHost<M> {
        let inner = Rc::new(Inner {
            machine: RefCell::new(machine(now())),
            threads: RefCell::default(),
            ahead: RefCell::default(),
            acting: Cell::new(false),
            timer: RefCell::default(),
            on_notice: Box::new(on_notice),
        });
        let first = Rc::downgrade(&inner);
        wasm_bindgen_futures::spawn_local(async move {
            if let Some(inner) = first.upgrade() {
                inner.act();
            }
        });
        WorkerHost(inner)
    }

    /// Has the machine do something, and carries out what it decides.
    pub fn decide<T>(&self, verb: impl FnOnce(&mut M, f64) -> T) -> T {
        self.0.decide(verb)
    }

    /// Asks the machine something.
    pub fn ask<T>(&self, question: impl FnOnce(&M, f64) -> T) -> T {
        question(&self.0.machine.borrow(), now())
    }
}

impl<M: Machine + 'static> Inner<M> {
    fn decide<T>(self: &Rc<Self>, verb: impl FnOnce(&mut M, f64) -> T) -> T {
        let answer = verb(&mut self.machine.borrow_mut(), now());
        self.act();
        answer
    }

    /// Carries out every decision, and those that follow from it.
    fn act(self: &Rc<Self>) {
        if self.acting.replace(true) {
            return;
        }
        let start = now();
        loop {
            let decided = self.machine.borrow_mut().take();
            self.ahead.borrow_mut().extend(decided);
            let Some(action) = self.ahead.borrow_mut().pop_front() else { break };
            self.perform(action);
            if now() - start > LONGEST && !self.ahead.borrow().is_empty() {
                self.go_on_later();
                break;
            }
        }
        self.acting.set(false);
        let due = self.machine.borrow().due();
        let timer = due.map(|due| {
            let inner = Rc::downgrade(self);
            Timeout::new((due - now()).max(0.0).ceil() as u32, move || feed(&inner, Input::Tick))
        });
        self.timer.replace(timer);
    }

    /// Goes on once the browser has had its turn. A message and not a timer, which in a hidden tab comes once a second.
    fn go_on_later(self: &Rc<Self>) {
        let inner = Rc::downgrade(self);
        wasm_bindgen_futures::spawn_local(async move {
            Pause::new().macrotask().await;
            if let Some(inner) = inner.upgrade() {
                inner.act();
            }
        });
    }

    fn perform(self: &Rc<Self>, action: Action<M::Notice>) {
        match action {
            Action::Spawn(place) => {
                let inner = Rc::downgrade(self);
                let heard = move |heard| {
                    let input = match heard {
                        Heard::Event(event) => Input::Said(place, event),
                        Heard::Alive | Heard::BeingBuilt => Input::Alive(place),
                        Heard::Broke(why) => Input::Broke(place, why),
                    };
                    feed(&inner, input);
                };
                match Thread::start(&format!("./engine-cpu_loader.js?build={}", build_id()), heard) {
                    Ok(thread) => drop(self.threads.borrow_mut().insert(place, thread)),
                    Err(why) => self.machine.borrow_mut().hear(now(), Input::Broke(place, why)),
                }
            }
            Action::Terminate(place) => drop(self.threads.borrow_mut().remove(&place)),
            Action::Send(place, request) => self.send(place, &request),
            Action::Share(place, request) => self.send(place, &request),
            Action::Notify(notice) => (self.on_notice)(notice),
        }
    }

    fn send(&self, place: usize, request: &Request) {
        if let Some(thread) = self.threads.borrow().get(&place) {
            thread.send(request);
        }
    }
}

fn feed<M: Machine + 'static>(inner: &Weak<Inner<M>>, input: Input) {
    if let Some(inner) = inner.upgrade() {
        inner.decide(|machine, now| machine.hear(now, input));
    }
}
