//! The workers of a training run: a state machine without browser or clock.
//!
//! Each slot has one task at a time; the pool's owner gives it the next one. A task carries all that it needs but the
//! pictures, which every worker gets when it comes up. So a worker that dies is started again and gets the same task,
//! and nothing of the run is lost.

#[cfg(test)]
mod stories;

use super::pool::{Action, Machine, Model};
use crate::i18n::{tr, tr_with};
use foolproof_core::protocol::{EvaluationJob, Event, Fault, FaultKind, Request, Ticket, TrainingJob, VERSION};
use std::{mem, rc::Rc};

/// Longest silence of a worker that should be at work, milliseconds. A busy one shows life each second.
const SILENCE: f64 = 60_000.0;
/// Deaths in a row after which a worker is given up.
const MOST_DEATHS: u32 = 3;

/// What one worker is to do.
#[derive(Clone)]
pub struct Task {
    /// Models that it needs, sent before it.
    pub models: Vec<Model>,
    /// The work itself.
    pub work: Work,
}

/// The work of a task.
#[derive(Clone)]
pub enum Work {
    /// A round of training.
    Train(Box<TrainingJob>),
    /// An evaluation.
    Evaluate(Box<EvaluationJob>),
    /// A question: an `ExplainJob`, packed.
    Ask(Vec<u8>),
}

/// News of the pool.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// What came of the task of this worker, piece by piece: a round, parts of an evaluation, an answer. After a
    /// restart, a part may come twice.
    Said(usize, Event),
    /// The task of this worker is done.
    Done(usize),
    /// The worker could not do it, and would not the next time: the method refused, or a number was not finite.
    Refused(usize, Fault),
    /// A worker died and was started again.
    Restarted(usize),
    /// It cannot go on.
    Failed(Fault),
}

#[derive(Clone)]
enum Phase {
    Starting,
    Idle,
    Working(Ticket),
}

struct Slot {
    phase: Phase,
    heard: f64,
    deaths: u32,
    task: Option<Task>,
}

/// Workers with a task each.
pub struct TrainingPool {
    slots: Vec<Slot>,
    /// What every worker is told when it comes up.
    kept: Vec<Rc<Request>>,
    tickets: u64,
    over: bool,
    actions: Vec<Action<Notice>>,
}

impl TrainingPool {
    /// Starts so many workers, each of which is told `kept` first.
    pub fn new(now: f64, workers: usize, kept: Vec<Request>) -> TrainingPool {
        let slot = |_| Slot { phase: Phase::Starting, heard: now, deaths: 0, task: None };
        let slots: Vec<Slot> = (0..workers.max(1)).map(slot).collect();
        let actions = (0..slots.len()).map(Action::Spawn).collect();
        let kept = kept.into_iter().map(Rc::new).collect();
        TrainingPool { slots, kept, tickets: 0, over: false, actions }
    }

    /// How many workers there are.
    pub fn size(&self) -> usize {
        self.slots.len()
    }

    /// Whether a worker has a task.
    pub fn is_busy(&self, place: usize) -> bool {
        self.slots.get(place).is_some_and(|slot| slot.task.is_some())
    }

    /// Gives a worker a task, in place of the one before.
    pub fn give(&mut self, now: f64, place: usize, task: Task) {
        if self.over || place >= self.slots.len() {
            return;
        }
        self.slots[place].task = Some(task);
        if !matches!(self.slots[place].phase, Phase::Starting) {
            self.send(now, place);
        }
    }

    /// Ends every worker at once.
    pub fn end(&mut self) {
        self.over = true;
        self.actions.extend((0..self.slots.len()).map(Action::Terminate));
    }

    fn send(&mut self, now: f64, place: usize) {
        let Some(Task { models, work }) = self.slots[place].task.clone() else { return };
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        for Model { id, architecture, weights } in models {
            let weights = weights.to_vec();
            self.actions.push(Action::Send(place, Request::Model { id, architecture, weights }));
        }
        let request = match work {
            Work::Train(job) => Request::Train { ticket, job },
            Work::Evaluate(job) => Request::Evaluate { ticket, job: *job },
            Work::Ask(job) => Request::Explain { ticket, job },
        };
        self.actions.push(Action::Send(place, request));
        (self.slots[place].phase, self.slots[place].heard) = (Phase::Working(ticket), now);
    }

    fn said(&mut self, now: f64, place: usize, event: Event) {
        let own = |ticket: Ticket| matches!(self.slots[place].phase, Phase::Working(own) if own == ticket);
        match event {
            Event::Ready { version, .. } if version != VERSION => {
                let why = tr("The engine is of another build than the page; please load the page again.");
                self.fail(Fault::new(FaultKind::Version, why));
            }
            Event::Ready { .. } => {
                let kept = self.kept.iter().cloned().map(|request| Action::Share(place, request));
                self.actions.extend(kept);
                self.slots[place].phase = Phase::Idle;
                self.send(now, place);
            }
            Event::Trained { ticket, .. }
            | Event::Evaluated { ticket, .. }
            | Event::Explained { ticket, .. }
            | Event::Progress { ticket, .. }
                if own(ticket) =>
            {
                self.actions.push(Action::Notify(Notice::Said(place, event)));
            }
            Event::Done { ticket, .. } if own(ticket) => {
                let slot = &mut self.slots[place];
                (slot.phase, slot.task, slot.deaths) = (Phase::Idle, None, 0);
                self.actions.push(Action::Notify(Notice::Done(place)));
            }
            Event::Fault { fault, .. } if fault.kind == FaultKind::Crash => self.broke(now, place, &fault.message),
            Event::Fault { ticket: Some(ticket), fault } if own(ticket) => {
                (self.slots[place].phase, self.slots[place].task) = (Phase::Idle, None);
                self.actions.push(Action::Notify(Notice::Refused(place, fault)));
            }
            // Pictures or a model that a worker does not take, every other one would not take either.
            Event::Fault { ticket: None, fault } => self.fail(fault),
            _ => {}
        }
    }

    fn broke(&mut self, now: f64, place: usize, why: &str) {
        self.actions.push(Action::Terminate(place));
        let slot = &mut self.slots[place];
        slot.deaths += 1;
        if slot.deaths >= MOST_DEATHS {
            let why = why.trim_end_matches('.');
            return self.fail(Fault::new(FaultKind::Crash, tr_with("A worker could not be kept alive: {0}.", &[&why])));
        }
        (slot.phase, slot.heard) = (Phase::Starting, now);
        self.actions.push(Action::Spawn(place));
        self.actions.push(Action::Notify(Notice::Restarted(place)));
    }

    fn fail(&mut self, fault: Fault) {
        self.end();
        self.actions.push(Action::Notify(Notice::Failed(fault)));
    }
}

impl Machine for TrainingPool {
    type Notice = Notice;

    fn take(&mut self) -> Vec<Action<Notice>> {
        mem::take(&mut self.actions)
    }

    fn places(&self) -> usize {
        if self.over { 0 } else { self.slots.len() }
    }

    fn due_at(&self, place: usize) -> Option<f64> {
        let slot = &self.slots[place];
        (!self.over && !matches!(slot.phase, Phase::Idle)).then_some(slot.heard + SILENCE)
    }

    fn lives(&mut self, now: f64, place: usize) {
        self.slots[place].heard = now;
    }

    fn event(&mut self, now: f64, place: usize, event: Event) {
        self.said(now, place, event);
    }

    fn lost(&mut self, now: f64, place: usize, why: &str) {
        self.broke(now, place, why);
    }
}
