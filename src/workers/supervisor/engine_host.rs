//! [`Supervisor`]: carries out what the policy decides, in order, one action at a time.

use super::{
    Notice,
    policy::{Action, EngineStatus, Input, Policy},
};
use crate::workers::client::{Heard, Thread, build_id};
use crate::{link::EnginePreference, workers::rest::now};
use foolproof_browser::adapter;
use foolproof_core::{
    architecture::Architecture,
    protocol::{AttackJob, EngineKind, Ticket},
};
use gloo_timers::callback::Timeout;
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::{Rc, Weak},
};

/// A handle to the engines; clones are the same engines. They end with the last of them.
#[derive(Clone)]
pub struct Supervisor(Rc<EngineHost>);

struct EngineHost {
    policy: RefCell<Policy>,
    threads: RefCell<[Option<Thread>; 2]>,
    actions: RefCell<VecDeque<Action>>,
    acting: Cell<bool>,
    timer: RefCell<Option<Timeout>>,
    on_notice: Box<dyn Fn(Notice)>,
}

impl Supervisor {
    /// Starts the CPU engine now and the GPU engine in the background, as the preference allows. Notices come from
    /// the browser's event loop and from within the calls below, never from within this one.
    pub fn start(preference: EnginePreference, on_notice: impl Fn(Notice) + 'static) -> Supervisor {
        let host = Rc::new(EngineHost {
            policy: RefCell::new(Policy::new(preference, now())),
            threads: RefCell::default(),
            actions: RefCell::default(),
            acting: Cell::new(false),
            timer: RefCell::default(),
            on_notice: Box::new(on_notice),
        });
        let first = Rc::downgrade(&host);
        wasm_bindgen_futures::spawn_local(async move {
            if let Some(host) = first.upgrade() {
                host.act();
            }
        });
        Supervisor(host)
    }

    /// Prefers another engine from now on.
    pub fn prefer(&self, preference: EnginePreference) {
        self.0.decide(|policy, now| policy.prefer(now, preference));
    }

    /// Registers a model on every engine, now and whenever one is started again. Replaces one of the same id.
    pub fn add_model(&self, id: String, architecture: Architecture, weights: Rc<[u8]>) {
        self.0.decide(|policy, now| policy.add_model(now, id, architecture, weights));
    }

    /// Sends an attack to the engine in force, in place of the one before. If an engine dies over it, it is run
    /// again, so an outcome may come twice.
    pub fn attack(&self, job: AttackJob) -> Ticket {
        self.0.decide(|policy, now| policy.submit(now, job, false))
    }

    /// Sends a search for the smallest radius, in place of the one before.
    pub fn radius(&self, job: AttackJob) -> Ticket {
        self.0.decide(|policy, now| policy.submit(now, job, true))
    }

    /// Stops all jobs; [`Notice::Stopped`] follows, after two seconds at the latest.
    pub fn stop(&self) {
        self.0.decide(|policy, now| policy.stop(now));
    }

    /// Which engine is in force and why.
    pub fn status(&self) -> EngineStatus {
        self.0.policy.borrow().status()
    }
}

impl EngineHost {
    fn decide<T>(self: &Rc<Self>, verb: impl FnOnce(&mut Policy, f64) -> T) -> T {
        let answer = verb(&mut self.policy.borrow_mut(), now());
        self.act();
        answer
    }

    /// Carries out everything that is decided. A notice may call back into the supervisor; what that decides is
    /// carried out here too, after what was decided before.
    fn act(self: &Rc<Self>) {
        self.actions.borrow_mut().extend(self.policy.borrow_mut().take());
        if self.acting.replace(true) {
            return;
        }
        loop {
            let next = self.actions.borrow_mut().pop_front();
            match next {
                Some(action) => self.perform(action),
                None => break,
            }
        }
        self.acting.set(false);
        self.set_timer();
    }

    fn perform(self: &Rc<Self>, action: Action) {
        match action {
            Action::Probe => self.probe(),
            Action::Spawn(kind) => {
                let started = Thread::start(&address(kind), self.listener(kind));
                match started {
                    Ok(thread) => self.threads.borrow_mut()[kind as usize] = Some(thread),
                    Err(why) => self.decide(|policy, now| policy.hear(now, Input::Broke(kind, why))),
                }
            }
            Action::Terminate(kind) => self.threads.borrow_mut()[kind as usize] = None,
            Action::Send(kind, request) => {
                if let Some(thread) = &self.threads.borrow()[kind as usize] {
                    thread.send(&request);
                }
            }
            Action::Notify(notice) => (self.on_notice)(notice),
        }
    }

    fn listener(self: &Rc<Self>, kind: EngineKind) -> impl Fn(Heard) + 'static {
        let host = Rc::downgrade(self);
        move |heard| {
            let input = match heard {
                Heard::Event(event) => Input::Said(kind, event),
                Heard::Alive => Input::Alive(kind),
                Heard::BeingBuilt => Input::BeingBuilt(kind),
                Heard::Broke(why) => Input::Broke(kind, why),
            };
            feed(&host, input);
        }
    }

    fn probe(self: &Rc<Self>) {
        let host = Rc::downgrade(self);
        wasm_bindgen_futures::spawn_local(async move {
            let answer = adapter::probe().await;
            feed(&host, Input::Probed(answer.map(|adapter| adapter.name).map_err(|fault| fault.message)));
        });
    }

    /// One timer, for whatever is due first; at once if that is past.
    fn set_timer(self: &Rc<Self>) {
        let due = self.policy.borrow().due();
        let timer = due.map(|due| {
            let host = Rc::downgrade(self);
            let wait = (due - now()).max(0.0).ceil() as u32;
            Timeout::new(wait, move || feed(&host, Input::Tick))
        });
        self.timer.replace(timer);
    }
}

fn feed(host: &Weak<EngineHost>, input: Input) {
    if let Some(host) = host.upgrade() {
        host.decide(|policy, now| policy.hear(now, input));
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
