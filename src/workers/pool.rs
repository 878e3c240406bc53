//! A pool of workers with a task each, from a worker's start to its end: the one life of workers that evaluations,
//! training, radii, explanations and pictures on paper share. A state machine without browser or clock.
//!
//! A worker is started when it is first given a task. Once its program is up and of this build, it is told what every
//! worker of the pool is told, then gets the models of its task that it does not have, and then the task. A worker that
//! dies, or is silent for too long while it should work, is started again and gets its task again: a task carries all
//! that it needs, so nothing but its time is lost. A task that keeps killing its worker is lost, and a worker that keeps
//! dying before it can work is given up. Whoever owns the pool decides what is done next, and what a loss means.

mod slot;
#[cfg(test)]
mod stories;
mod task;

use super::machine::{Action, Input, Machine};
use crate::i18n::{tr, tr_with};
use foolproof_core::protocol::{EngineKind, Event, Fault, FaultKind, Request, Ticket, VERSION};
pub use slot::SILENCE;
use slot::{Phase, Slot};
use std::{iter, mem, rc::Rc};
pub use task::{Model, Task, Work};

/// Most workers: beyond that, memory counts more than time.
pub const MOST_WORKERS: usize = 8;
/// Gigabytes of a machine's memory for each worker that trains: it holds sixty thousand pictures and their examples, and the
/// page is not the only program there.
const ROOM: f64 = 1.0;
/// Workers that train where nobody tells how much memory there is.
const USUAL_TRAINERS: usize = 4;

/// How many workers may train on a machine with so many gigabytes.
pub fn roomy(gigabytes: Option<f64>) -> usize {
    // The cast saturates.
    gigabytes.map_or(USUAL_TRAINERS, |gigabytes| (gigabytes / ROOM) as usize).clamp(1, MOST_WORKERS)
}

/// Deaths in a row, none of them at work, after which a worker is given up.
const MOST_FAILURES: u32 = 2;

/// News of the pool.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// What came of the task of this worker, piece by piece: a round, an attack, parts of an evaluation, radii, an answer,
    /// how far it is. After a restart, a piece may come twice.
    Said(usize, Event),
    /// The task of this worker is done.
    Done(usize),
    /// The worker could not do its task, and would not the next time: the method refused, or a number was not finite.
    Refused(usize, Fault),
    /// A worker died and is started again, with the same task.
    Restarted(usize),
    /// The task of this worker will not be done, since the worker died too often; why it died the last time.
    Lost(usize, String),
    /// It cannot go on, and every worker has ended.
    Failed(Fault),
}

/// Workers with a task each.
pub struct Pool {
    slots: Vec<Slot>,
    /// Whether the last of them has a GPU.
    gpu: bool,
    most_deaths: u32,
    /// What every worker is told when it comes up.
    first: Vec<Rc<Request>>,
    tickets: u64,
    over: bool,
    actions: Vec<Action<Notice>>,
}

impl Pool {
    /// Places for so many workers, each of which is told `first` when it comes up. A task that has killed `most_deaths`
    /// workers is lost.
    pub fn new(workers: usize, most_deaths: u32, first: Vec<Request>) -> Pool {
        let slots = iter::repeat_with(Slot::default).take(workers.max(1)).collect();
        let first = first.into_iter().map(Rc::new).collect();
        Pool { slots, gpu: false, most_deaths, first, tickets: 0, over: false, actions: Vec::new() }
    }

    /// With a further place, the last one, for a worker with a GPU. It is lost when it first dies or cannot go on: the others
    /// can do the same, and a GPU that failed once fails again.
    pub fn with_gpu(mut self) -> Pool {
        self.slots.push(Slot::default());
        self.gpu = true;
        self
    }

    /// The place of the worker with a GPU.
    pub fn gpu(&self) -> Option<usize> {
        self.gpu.then(|| self.slots.len() - 1)
    }

    /// How many workers there are places for.
    pub fn size(&self) -> usize {
        self.slots.len()
    }

    /// Whether a worker has a task.
    pub fn is_busy(&self, place: usize) -> bool {
        self.slots[place].task.is_some()
    }

    /// Whether a worker is at work: its program is up, and has the models of its task.
    pub fn is_at_work(&self, place: usize) -> bool {
        self.slots[place].is_at_work()
    }

    /// Whether a worker cannot be kept alive; it takes no task any more.
    pub fn is_given_up(&self, place: usize) -> bool {
        self.slots[place].phase == Phase::GivenUp
    }

    /// Gives a worker a task, in place of the one before.
    pub fn give(&mut self, now: f64, place: usize, task: Task) {
        if self.over || self.is_given_up(place) {
            return;
        }
        let slot = &mut self.slots[place];
        (slot.task, slot.deaths) = (Some(task), 0);
        match slot.phase {
            Phase::Off => self.start(now, place),
            Phase::Idle | Phase::Working { .. } => self.send(now, place),
            Phase::Starting | Phase::GivenUp => {}
        }
    }

    /// Ends a worker for good; its task is forgotten.
    pub fn dismiss(&mut self, place: usize) {
        let slot = &mut self.slots[place];
        if slot.runs() {
            self.actions.push(Action::Terminate(place));
        }
        *slot = Slot { phase: Phase::GivenUp, ..Slot::default() };
    }

    /// Ends every worker at once.
    pub fn end(&mut self) {
        self.over = true;
        for (place, slot) in self.slots.iter_mut().enumerate().filter(|(_, slot)| slot.runs()) {
            *slot = Slot::default();
            self.actions.push(Action::Terminate(place));
        }
    }

    fn start(&mut self, now: f64, place: usize) {
        let slot = &mut self.slots[place];
        (slot.phase, slot.heard) = (Phase::Starting, now);
        self.actions.push(Action::Spawn(place));
    }

    /// Sends a worker that is up its task, and before it the models that it lacks.
    fn send(&mut self, now: f64, place: usize) {
        let slot = &mut self.slots[place];
        let Some(Task { models, work }) = slot.task.clone() else { return };
        let mut sent = 0;
        for Model { id, architecture, weights } in models {
            let known = slot.models.insert(id.clone(), weights.clone());
            if known.is_none_or(|known| !Rc::ptr_eq(&known, &weights)) {
                sent += 1;
                let weights = weights.to_vec();
                self.actions.push(Action::Send(place, Request::Model { id, architecture, weights }));
            }
        }
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let request = match work {
            Work::Attack(job) => Request::Attack { ticket, job: *job },
            Work::Train(job) => Request::Train { ticket, job },
            Work::Evaluate(job) => Request::Evaluate { ticket, job: *job },
            Work::Ask(job) => Request::Explain { ticket, job },
        };
        self.actions.push(Action::Send(place, request));
        (slot.phase, slot.heard) = (Phase::Working { ticket, models: sent }, now);
    }

    fn said(&mut self, now: f64, place: usize, event: Event) {
        let slot = &mut self.slots[place];
        if !slot.runs() {
            return;
        }
        slot.heard = now;
        match event {
            Event::Ready { version, .. } if version != VERSION => {
                let why = tr("The engine is of another build than the page; please load the page again.");
                self.fail(Fault::new(FaultKind::Version, why));
            }
            Event::Ready { .. } => {
                slot.phase = Phase::Idle;
                self.actions.extend(self.first.iter().cloned().map(|request| Action::Share(place, request)));
                self.send(now, place);
            }
            Event::ModelReady { .. } => slot.took_model(),
            Event::Trained { ticket, .. }
            | Event::Evaluated { ticket, .. }
            | Event::Radii { ticket, .. }
            | Event::Votes { ticket, .. }
            | Event::Explained { ticket, .. }
            | Event::Attacked { ticket, .. }
            | Event::Progress { ticket, .. }
                if slot.has(ticket) =>
            {
                self.actions.push(Action::Notify(Notice::Said(place, event)));
            }
            Event::Done { ticket, .. } if slot.has(ticket) => {
                slot.rest();
                slot.failures = 0;
                self.actions.push(Action::Notify(Notice::Done(place)));
            }
            Event::Fault { fault, .. } if fault.kind == FaultKind::Crash => self.broke(now, place, &fault.message),
            Event::Fault { ticket: Some(ticket), fault } if slot.has(ticket) => {
                slot.rest();
                self.actions.push(Action::Notify(Notice::Refused(place, fault)));
            }
            Event::Fault { ticket: None, fault } if self.gpu() == Some(place) => self.broke(now, place, &fault.message),
            // Pictures or a model that a worker does not take, every other one would not take either.
            Event::Fault { ticket: None, fault } => self.fail(fault),
            _ => {}
        }
    }

    fn broke(&mut self, now: f64, place: usize, why: &str) {
        let gpu = self.gpu() == Some(place);
        let slot = &mut self.slots[place];
        if !slot.runs() {
            return;
        }
        self.actions.push(Action::Terminate(place));
        slot.dies();
        let given_up = slot.failures >= MOST_FAILURES || gpu;
        if given_up {
            slot.phase = Phase::GivenUp;
        }
        if given_up || slot.deaths >= self.most_deaths {
            slot.task = None;
            self.actions.push(Action::Notify(Notice::Lost(place, why.to_owned())));
        } else if slot.task.is_some() {
            self.start(now, place);
            self.actions.push(Action::Notify(Notice::Restarted(place)));
        }
    }

    fn fail(&mut self, fault: Fault) {
        self.end();
        self.actions.push(Action::Notify(Notice::Failed(fault)));
    }
}

impl Machine for Pool {
    type Place = usize;
    type Notice = Notice;

    fn engine(&self, place: usize) -> EngineKind {
        if self.gpu() == Some(place) { EngineKind::Gpu } else { EngineKind::Cpu }
    }

    fn hear(&mut self, now: f64, input: Input) {
        if self.over {
            return;
        }
        match input {
            Input::Said(place, event) => self.said(now, place, event),
            // The others need not wait for it.
            Input::BeingBuilt(place) if self.gpu() == Some(place) => {
                self.broke(now, place, tr("The GPU engine is being built."));
            }
            Input::Alive(place) | Input::BeingBuilt(place) => self.slots[place].heard = now,
            Input::Broke(place, why) => self.broke(now, place, &why),
            Input::Tick => {
                for place in 0..self.slots.len() {
                    if self.slots[place].due().is_some_and(|due| due <= now) {
                        self.broke(now, place, tr("it has not answered for a minute"));
                    }
                }
            }
        }
    }

    fn take(&mut self) -> Vec<Action<Notice>> {
        mem::take(&mut self.actions)
    }

    fn due(&self) -> Option<f64> {
        self.slots.iter().filter_map(Slot::due).reduce(f64::min)
    }
}

/// The fault of a use that cannot do without the task that [`Notice::Lost`] tells of.
pub fn not_kept_alive(why: &str) -> Fault {
    let why = why.trim_end_matches('.');
    Fault::new(FaultKind::Crash, tr_with("A worker could not be kept alive: {0}.", &[&why]))
}
