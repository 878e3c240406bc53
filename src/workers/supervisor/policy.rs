//! Which engine runs which job, and what happens when one fails: a state machine without browser or clock.
//!
//! Every verb takes the time in milliseconds and leaves [actions](machine::Action) to be carried out in order. The rules:
//! the CPU engine starts first and is never waited for by the GPU engine; the GPU engine gets a job only after its
//! self-test passed on the job's models and it was measured faster at that size of job (or was asked for by name); an
//! engine that dies is started again at most three times, its models and its unfinished job with it.

mod events;
mod settle;
mod slot;
#[cfg(test)]
mod stories;
mod wording;

use crate::{
    link::EnginePreference,
    workers::machine::{self, Machine},
};
use EngineKind::{Cpu, Gpu};
use foolproof_core::{
    architecture::Architecture,
    protocol::{AttackJob, EngineKind, Event, Fault, Ticket},
};
use slot::{Phase, Slot};
use std::{mem, rc::Rc};

/// Time in which a worker must answer Stop, in milliseconds.
const STOP: f64 = 2000.0;

/// News for the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// It is time to look for a GPU, and to say by [`Policy::probed`] what there is.
    Probe,
    /// Something an engine had to say about a job, a model or itself.
    Event(Event),
    /// Another engine is in force, or more is known about one.
    Status(EngineStatus),
    /// Something is wrong that belongs to no job.
    Fault(Fault),
    /// Every job is stopped.
    Stopped,
}

/// Which engine is in force and why.
#[derive(Clone, Debug, PartialEq)]
pub struct EngineStatus {
    /// Whether it takes jobs now.
    pub ready: bool,
    /// On which hardware it runs.
    pub kind: EngineKind,
    /// The adapter's name, or how the CPU is used.
    pub name: String,
    /// Why this engine runs: one sentence.
    pub reason: String,
    /// Adapter, self-test, speeds and restarts: a line each.
    pub details: Vec<String>,
    /// What is being loaded, if anything.
    pub loading: Option<String>,
}

type Action = machine::Action<Notice, EngineKind>;
type Input = machine::Input<EngineKind>;

/// A model that every engine gets.
struct Model {
    id: String,
    architecture: Architecture,
    weights: Rc<[u8]>,
    /// Whether the page was told that it is in place.
    announced: bool,
}

/// A job that is not done.
struct Held {
    ticket: Ticket,
    job: AttackJob,
    search: bool,
    /// The engine that works on it.
    on: Option<EngineKind>,
    /// Engine failures it was under way in.
    deaths: u32,
    /// Whether the GPU engine made nonsense of it.
    cpu_only: bool,
}

/// A Stop that engines have not yet answered.
struct Stopping {
    ticket: Ticket,
    engines: Vec<EngineKind>,
    due: f64,
}

/// The state of both engines and of the jobs.
pub struct Policy {
    preference: EnginePreference,
    slots: [Slot; 2],
    /// Whether the first result is there, before which nothing else may cost time.
    warm: bool,
    /// Inputs and models of the last attack: the size that decides.
    last: (usize, Vec<String>),
    models: Vec<Model>,
    held: Vec<Held>,
    stopping: Option<Stopping>,
    greeted: bool,
    given_up: bool,
    /// Whether an engine was of another build.
    misfit: bool,
    told: Option<EngineStatus>,
    tickets: u64,
    actions: Vec<Action>,
}

impl Policy {
    /// Starts the CPU engine.
    pub fn new(preference: EnginePreference, now: f64) -> Policy {
        let mut policy = Policy {
            preference,
            slots: [Slot::new(Cpu), Slot::new(Gpu)],
            warm: false,
            last: (1, Vec::new()),
            models: Vec::new(),
            held: Vec::new(),
            stopping: None,
            greeted: false,
            given_up: false,
            misfit: false,
            told: None,
            tickets: 0,
            actions: Vec::new(),
        };
        policy.spawn(now, Cpu);
        policy.settle(now);
        policy
    }

    /// Prefers another engine from now on; a job under way moves.
    pub fn prefer(&mut self, now: f64, preference: EnginePreference) {
        self.preference = preference;
        if preference == EnginePreference::Cpu && !matches!(self.slots[1].phase, Phase::Off | Phase::Retired(_)) {
            self.release(Gpu);
            self.slots[1].end(Phase::Off);
        }
        for index in 0..self.held.len() {
            let on = self.held[index].on;
            if on.is_some() && on != Some(self.choose(&self.held[index])) {
                self.take_back(index);
            }
        }
        self.settle(now);
    }

    /// Gives every engine a model, now and whenever one starts.
    pub fn add_model(&mut self, now: f64, id: String, architecture: Architecture, weights: Rc<[u8]>) {
        self.models.retain(|model| model.id != id);
        self.models.push(Model { id, architecture, weights, announced: false });
        for kind in [Cpu, Gpu] {
            if self.slot(kind).up() {
                self.send_model(now, kind, self.models.len() - 1);
            }
        }
        self.settle(now);
    }

    /// Takes an attack (or, with `search`, a search for the radius), which replaces the one before.
    pub fn submit(&mut self, now: f64, job: AttackJob, search: bool) -> Ticket {
        let ticket = self.ticket();
        if !search {
            self.last = (job.inputs.shape[0], job.models.clone());
        }
        let held = Held { ticket, job, search, on: None, deaths: 0, cpu_only: false };
        if let Some(old) = self.held.iter().position(|held| held.search == search) {
            // On the same engine the newer job replaces the older by itself.
            if self.held[old].on.is_some_and(|kind| kind != self.choose(&held)) {
                self.take_back(old);
            }
            self.held.remove(old);
        }
        self.held.push(held);
        self.settle(now);
        ticket
    }

    /// Drops every job. `Notice::Stopped` follows when no engine works any more.
    pub fn stop(&mut self, now: f64) {
        let ticket = self.ticket();
        // An engine that only tests or measures itself holds nobody up.
        let works = |kind: &EngineKind| self.held.iter().any(|held| held.on == Some(*kind));
        let engines: Vec<EngineKind> = [Cpu, Gpu].into_iter().filter(works).collect();
        self.held.clear();
        for &kind in &engines {
            self.halt(kind, ticket);
        }
        self.stopping = Some(Stopping { ticket, engines, due: now + STOP });
        self.settle(now);
    }

    /// Takes what was found where a GPU was looked for: the adapter's name, or the sentence why there is none.
    pub fn probed(&mut self, now: f64, answer: Result<String, String>) {
        if self.slot(Gpu).phase == Phase::Probing {
            match answer {
                Ok(name) => {
                    self.slot_mut(Gpu).name = name;
                    self.spawn(now, Gpu);
                }
                Err(why) => self.slot_mut(Gpu).phase = Phase::Retired(why),
            }
        }
        self.settle(now);
    }

    /// A policy for the CPU alone, with the same models.
    pub fn beside(&self, now: f64) -> Policy {
        let mut policy = Policy::new(EnginePreference::Cpu, now);
        for Model { id, architecture, weights, .. } in &self.models {
            policy.add_model(now, id.clone(), architecture.clone(), weights.clone());
        }
        policy
    }

    /// Whether the CPU engine is up and the one for this job.
    pub fn is_for_cpu(&self, job: &AttackJob) -> bool {
        self.slot(Cpu).up() && self.best(job.inputs.shape[0], &job.models) == Cpu
    }

    /// Which engine is in force and why.
    pub fn status(&self) -> EngineStatus {
        wording::status(self, self.in_force())
    }

    fn slot(&self, kind: EngineKind) -> &Slot {
        &self.slots[(kind == Gpu) as usize]
    }

    fn slot_mut(&mut self, kind: EngineKind) -> &mut Slot {
        &mut self.slots[(kind == Gpu) as usize]
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    fn busy(&self, kind: EngineKind) -> bool {
        self.slot(kind).task.is_some() || self.held.iter().any(|held| held.on == Some(kind))
    }
}

impl Machine for Policy {
    type Place = EngineKind;
    type Notice = Notice;

    fn engine(&self, kind: EngineKind) -> EngineKind {
        kind
    }

    fn hear(&mut self, now: f64, input: Input) {
        match input {
            Input::Broke(kind, why) => self.fail(now, kind, why, true),
            Input::Alive(kind) => self.slot_mut(kind).hear(now),
            Input::BeingBuilt(kind) => self.slot_mut(kind).wait_for_build(now),
            Input::Said(kind, event) => {
                self.slot_mut(kind).hear(now);
                self.said(now, kind, event);
            }
            Input::Tick => self.tick(now),
        }
        self.settle(now);
    }

    fn due(&self) -> Option<f64> {
        let engines = [Cpu, Gpu].into_iter().filter_map(|kind| self.slot(kind).due(self.busy(kind)));
        engines.chain(self.stopping.iter().map(|stopping| stopping.due)).reduce(f64::min)
    }

    fn take(&mut self) -> Vec<Action> {
        mem::take(&mut self.actions)
    }
}
