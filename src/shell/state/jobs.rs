//! From settings to engines and back: which attack is sent when, and what its events do.

use super::State;
use crate::i18n;
use crate::web::reactive::{effect, memo};
use crate::{
    attack::{pace::Advice, plan, results::Phase},
    link::EnginePreference,
    workers::{
        supervisor::{Notice, Supervisor, pair::Pair},
        worker_host::cores,
    },
};
use foolproof_browser::adapter;
use foolproof_core::{
    manifest::Model,
    protocol::{AttackJob, Event, Ticket},
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use std::{rc::Rc, sync::Arc};
use wasm_bindgen_futures::spawn_local;

/// Quiet time after an attack before the search for the smallest radius begins, in milliseconds.
const REST: u32 = 300;

/// Milliseconds since the page was opened.
fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

/// Starts the engines and keeps them busy with what the settings ask for.
pub fn start(state: State) {
    let preference = preference(state);
    let pair = |now| Pair::new(preference.get_untracked(), cores(), now);
    state.supervisor.set_value(Some(Supervisor::start(pair, move |notice| state.notice(notice))));
    let mut before = preference.get_untracked();
    effect(move || {
        if std::mem::replace(&mut before, preference.get()) != before {
            state.supervise(|pair, now| pair.prefer(now, before));
        }
    });
    follow(state);
    search_when_quiet(state);
    super::rise::start(state);
    super::waiting::start(state);
}

/// The engine that the settings prefer. One of many pages inside another one starts cheap: no GPU engine before a hand
/// is on it.
fn preference(state: State) -> Memo<EnginePreference> {
    let touched = RwSignal::new(false);
    for event in ["pointerdown", "keydown"] {
        gloo_events::EventListener::once(&window(), event, move |_| touched.set(true)).forget();
    }
    memo(move || {
        let (engine, embed) = state.settings.with(|settings| (settings.engine, settings.embed));
        if embed && engine == EnginePreference::Auto && !touched.get() { EnginePreference::Cpu } else { engine }
    })
}

/// Sends an attack whenever the settings ask for another one.
fn follow(state: State) {
    effect(move || match state.job.get() {
        Some(_) => state.wish(),
        None if state.subject.with(|subject| subject.as_ref().is_some_and(plan::Subject::is_blank)) => {
            state.results.update(|results| results.clear());
        }
        None => {}
    });
}

/// Sends the search for the smallest radius when an attack is done and the hand rests.
fn search_when_quiet(state: State) {
    let timer = StoredValue::new_local(None::<Timeout>);
    effect(move || {
        let settled = state.settled.get();
        let job = state.job.get();
        timer.set_value(None);
        if settled && job.is_some() {
            timer.set_value(Some(Timeout::new(REST, move || state.search())));
        }
    });
}

impl State {
    /// Registers a model with the engines.
    pub fn add_model(self, model: &Model, weights: Rc<[u8]>) {
        let (id, architecture) = (model.id.clone(), model.architecture.clone());
        self.supervise(|pair, now| pair.add_model(now, id, architecture, weights));
    }

    /// Sends the attack that the settings ask for, whether it has been done or not.
    pub fn attack(self) -> Option<Ticket> {
        let job = self.job.get_untracked()?;
        let ticket = self.supervise(|pair, now| pair.submit(now, (*job).clone(), false))?;
        self.pace.update_value(|pace| pace.sent(ticket, now()));
        let settings = self.settings.get_untracked();
        self.results.update(|results| results.sent(ticket, job, settings));
        Some(ticket)
    }

    /// Stops all jobs.
    pub fn stop(self) {
        self.supervise(|pair, now| pair.stop(now));
    }

    /// Sends the attack that the settings ask for, unless it is under way or done; a short one may finish first.
    fn wish(self) {
        if self.is_answered() {
            return;
        }
        match self.pace.try_update_value(|pace| pace.wish(now())) {
            Some(Advice::Wait(millis)) => {
                let late = move || {
                    if self.pace.try_update_value(|pace| pace.due(now())).unwrap_or(false) && !self.is_answered() {
                        self.attack();
                    }
                };
                Timeout::new(millis.ceil() as u32, late).forget();
            }
            Some(Advice::Send) => drop(self.attack()),
            None => {}
        }
    }

    /// Whether the newest attack is the one that the settings ask for, and runs or has ended.
    fn is_answered(self) -> bool {
        let wanted = self.job.get_untracked();
        self.results.with_untracked(|results| results.run.as_ref().map(|run| &run.job) == wanted.as_ref())
    }

    fn search(self) {
        let Some(job) = self.radius_job() else { return };
        if self.results.with_untracked(|results| results.searched() == Some(&job)) {
            return;
        }
        if let Some(ticket) = self.supervise(|pair, now| pair.submit(now, job.clone(), true)) {
            self.results.update(|results| results.searching(ticket, Arc::new(job)));
        }
    }

    /// The search that goes with the attack in force.
    pub fn radius_job(self) -> Option<AttackJob> {
        let job = self.job.get_untracked()?;
        let settings = self.settings.get_untracked();
        self.with_facts(|facts| plan::radius(&job, &settings, facts)).flatten()
    }

    /// Takes what the supervisor says.
    fn notice(self, notice: Notice) {
        match notice {
            Notice::Probe => self.probe(),
            Notice::Event(event) => self.event(event),
            Notice::Status(status) => self.engine.set(Some(status)),
            Notice::Fault(fault) => {
                self.dead.set(self.catalog.with_untracked(Option::is_none));
                self.fault(&fault);
            }
            Notice::Stopped => {
                self.results.update(|results| results.stopped());
                self.stops.update(|stops| *stops += 1);
            }
        }
    }

    fn event(self, event: Event) {
        let ended = match &event {
            Event::Done { ticket, .. } | Event::Fault { ticket: Some(ticket), .. } => Some(*ticket),
            _ => None,
        };
        match &event {
            Event::Ready { catalog, .. } if self.catalog.with_untracked(|known| known.as_deref() != Some(catalog)) => {
                self.catalog.set(Some(Arc::new(i18n::catalog(catalog.clone()))));
                self.check();
            }
            Event::Fault { fault, .. } => self.fault(fault),
            _ => {}
        }
        self.results.update(|results| results.apply(event));
        let waits = ended.and_then(|ticket| self.pace.try_update_value(|pace| pace.ended(ticket))).unwrap_or(false);
        if waits && !self.is_answered() {
            self.attack();
        }
    }

    fn supervise<T>(self, verb: impl FnOnce(&mut Pair, f64) -> T) -> Option<T> {
        self.supervisor.with_value(|supervisor| supervisor.as_ref().map(|supervisor| supervisor.decide(verb)))
    }

    /// Looks for a GPU.
    fn probe(self) {
        spawn_local(async move {
            let answer = adapter::probe().await;
            let answer = answer.map(|adapter| adapter.name).map_err(|fault| fault.message);
            self.supervise(|pair, now| pair.probed(now, answer));
        });
    }

    /// Whether an attack is under way.
    pub fn is_running(self) -> bool {
        self.results.with(|results| results.run.as_ref().is_some_and(|run| run.phase == Phase::Running))
    }
}
