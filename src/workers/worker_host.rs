//! Carries out what a [`Machine`] decides: starts and ends its workers, sends their requests, and tells it what they
//! say.

use super::{
    client::{Heard, Thread, build_id},
    machine::{Action, Input, Machine},
    pool::{MOST_WORKERS, roomy},
    rest::{lose, now},
};
use foolproof_browser::pause::Pause;
use foolproof_core::protocol::{EngineKind, Request};
use gloo_timers::callback::Timeout;
use js_sys::Reflect;
use std::{
    cell::RefCell,
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
    threads: RefCell<BTreeMap<M::Place, Thread>>,
    /// What is decided and not yet done.
    ahead: RefCell<VecDeque<Action<M::Notice, M::Place>>>,
    timer: RefCell<Option<Timeout>>,
    on_notice: Box<dyn Fn(M::Notice)>,
}

/// How many workers this machine is good for: one a core.
pub fn cores() -> usize {
    let cores = web_sys::window().map_or(1.0, |window| window.navigator().hardware_concurrency());
    // The cast saturates.
    (cores as usize).clamp(1, MOST_WORKERS)
}

/// How many of them this machine has memory for, if each trains.
pub fn trainers() -> usize {
    let navigator = web_sys::window().map(|window| window.navigator());
    let told = navigator.and_then(|navigator| Reflect::get(&navigator, &"deviceMemory".into()).ok());
    cores().min(roomy(told.and_then(|gigabytes| gigabytes.as_f64())))
}

impl<M: Machine + 'static> WorkerHost<M> {
    /// Starts the workers. Notices come from the browser's event loop, never from within a call.
    pub fn start(machine: impl FnOnce(f64) -> M, on_notice: impl Fn(M::Notice) + 'static) -> WorkerHost<M> {
        let inner = Rc::new(Inner {
            machine: RefCell::new(machine(now())),
            threads: RefCell::default(),
            ahead: RefCell::default(),
            timer: RefCell::default(),
            on_notice: Box::new(on_notice),
        });
        inner.act_soon();
        WorkerHost(inner)
    }

    /// Has the machine do something. What it decides is carried out when the caller is done, before the next frame.
    pub fn decide<T>(&self, verb: impl FnOnce(&mut M, f64) -> T) -> T {
        let answer = verb(&mut self.0.machine.borrow_mut(), now());
        self.0.act_soon();
        answer
    }

    /// Asks the machine something.
    pub fn ask<T>(&self, question: impl FnOnce(&M, f64) -> T) -> T {
        question(&self.0.machine.borrow(), now())
    }
}

impl<M: Machine + 'static> Inner<M> {
    fn act_soon(self: &Rc<Self>) {
        let inner = Rc::downgrade(self);
        wasm_bindgen_futures::spawn_local(async move {
            if let Some(inner) = inner.upgrade() {
                inner.act();
            }
        });
    }

    /// Carries out every decision, and those that follow from it.
    fn act(self: &Rc<Self>) {
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
        let due = self.machine.borrow().due();
        let timer = due.map(|due| {
            let inner = Rc::downgrade(self);
            Timeout::new((due - now()).max(0.0).ceil() as u32, move || {
                lose(now() - due);
                feed(&inner, Input::Tick);
            })
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

    fn perform(self: &Rc<Self>, action: Action<M::Notice, M::Place>) {
        match action {
            Action::Spawn(place) => {
                let inner = Rc::downgrade(self);
                let heard = move |heard| {
                    let input = match heard {
                        Heard::Event(event) => Input::Said(place, event),
                        Heard::Alive => Input::Alive(place),
                        Heard::BeingBuilt => Input::BeingBuilt(place),
                        Heard::Broke(why) => Input::Broke(place, why),
                    };
                    feed(&inner, input);
                };
                // Asked before, since a worker that is refused is told to the machine.
                let engine = self.machine.borrow().engine(place);
                match Thread::start(&address(engine), heard) {
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

    fn send(&self, place: M::Place, request: &Request) {
        if let Some(thread) = self.threads.borrow().get(&place) {
            thread.send(request);
        }
    }
}

fn feed<M: Machine + 'static>(inner: &Weak<Inner<M>>, input: Input<M::Place>) {
    if let Some(inner) = inner.upgrade() {
        inner.machine.borrow_mut().hear(now(), input);
        inner.act();
    }
}

/// An engine's loader, next to the page. The build's id keeps the browser from mixing two builds.
fn address(kind: EngineKind) -> String {
    let name = match kind {
        EngineKind::Cpu => "cpu",
        EngineKind::Gpu => "gpu",
    };
    format!("./engine-{name}_loader.js?build={}", build_id())
}
