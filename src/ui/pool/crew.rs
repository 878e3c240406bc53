//! The pool's hands: starts and ends workers, and carries what they say to the [`Pool`].

use super::{Action, Input, Model, Notice, Pool, Progress, Task};
use crate::{
    ui::supervisor::thread::{Heard, Thread, build_id},
    worker::now,
};
use gloo_timers::callback::Timeout;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::{Rc, Weak},
};

/// A handle to an evaluation under way; its workers end with the last clone.
#[derive(Clone)]
pub struct Crew(Rc<Inner>);

struct Inner {
    pool: RefCell<Pool>,
    threads: RefCell<BTreeMap<usize, Thread>>,
    acting: Cell<bool>,
    timer: RefCell<Option<Timeout>>,
    on_notice: Box<dyn Fn(Notice)>,
}

/// How many workers this machine is good for: one a core.
pub fn cores() -> usize {
    let cores = web_sys::window().map_or(1.0, |window| window.navigator().hardware_concurrency());
    // The cast saturates.
    (cores as usize).clamp(1, super::MOST_WORKERS)
}

impl Crew {
    /// Starts the workers. Notices come from the browser's event loop, none from within this call.
    pub fn start(workers: usize, models: Vec<Model>, tasks: Vec<Task>, on_notice: impl Fn(Notice) + 'static) -> Crew {
        let inner = Rc::new(Inner {
            pool: RefCell::new(Pool::new(now(), workers, models, tasks)),
            threads: RefCell::default(),
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
        Crew(inner)
    }

    /// Hands out no more shares, or goes on with it.
    pub fn pause(&self, paused: bool) {
        self.0.decide(|pool, now| pool.pause(now, paused));
    }

    /// Ends every worker at once.
    pub fn cancel(&self) {
        self.0.decide(Pool::cancel);
    }

    /// How far the evaluation is.
    pub fn progress(&self) -> Progress {
        self.0.pool.borrow().progress(now())
    }
}

impl Inner {
    fn decide(self: &Rc<Self>, verb: impl FnOnce(&mut Pool, f64)) {
        verb(&mut self.pool.borrow_mut(), now());
        self.act();
    }

    /// Carries out what is decided, and what that decides in turn.
    fn act(self: &Rc<Self>) {
        if self.acting.replace(true) {
            return;
        }
        loop {
            let actions = self.pool.borrow_mut().take();
            if actions.is_empty() {
                break;
            }
            actions.into_iter().for_each(|action| self.perform(action));
        }
        self.acting.set(false);
        let due = self.pool.borrow().due();
        let timer = due.map(|due| {
            let inner = Rc::downgrade(self);
            Timeout::new((due - now()).max(0.0).ceil() as u32, move || feed(&inner, Input::Tick))
        });
        self.timer.replace(timer);
    }

    fn perform(self: &Rc<Self>, action: Action) {
        match action {
            Action::Spawn(place) => {
                let inner = Rc::downgrade(self);
                let heard = move |heard| {
                    let input = match heard {
                        Heard::Event(event) => Input::Said(place, event),
                        Heard::Alive => Input::Alive(place),
                        Heard::Broke(why) => Input::Broke(place, why),
                    };
                    feed(&inner, input);
                };
                match Thread::start(&format!("./engine-cpu_loader.js?build={}", build_id()), heard) {
                    Ok(thread) => drop(self.threads.borrow_mut().insert(place, thread)),
                    Err(why) => self.pool.borrow_mut().hear(now(), Input::Broke(place, why)),
                }
            }
            Action::Terminate(place) => drop(self.threads.borrow_mut().remove(&place)),
            Action::Send(place, request) => {
                if let Some(thread) = self.threads.borrow().get(&place) {
                    thread.send(&request);
                }
            }
            Action::Notify(notice) => (self.on_notice)(notice),
        }
    }
}

fn feed(inner: &Weak<Inner>, input: Input) {
    if let Some(inner) = inner.upgrade() {
        inner.decide(|pool, now| pool.hear(now, input));
    }
}
