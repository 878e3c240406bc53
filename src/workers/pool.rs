//! Evaluations on CPU workers of their own, one a core: a state machine without browser or clock.
//!
//! Each worker gets the models once and then share after share of the inputs, an independent
//! [`EvaluationJob`](foolproof_core::protocol::EvaluationJob) each. Nothing is shared between workers, so no special headers
//! are needed. A worker that dies is started again and its share tried once more; results that are in stay.

mod said;
mod share;
mod slot;
#[cfg(test)]
mod stories;

use crate::i18n::tr_with;
use foolproof_core::{
    architecture::Architecture,
    protocol::{Event, Fault, FaultKind, Part, Radii, Request, Ticket},
};
use share::Share;
use slot::{Phase, Slot};
use std::{collections::VecDeque, mem, rc::Rc};

pub use super::machine::{Action, Input, Machine};
pub use share::{Task, cut};

/// Most workers: beyond that, memory counts more than time.
pub const MOST_WORKERS: usize = 8;
/// Longest silence of a worker that should be at work, milliseconds. A busy one shows life each second.
const SILENCE: f64 = 60_000.0;

/// A model that every worker gets.
#[derive(Clone)]
pub struct Model {
    /// Id that jobs name.
    pub id: String,
    /// Its layers.
    pub architecture: Architecture,
    /// Its safetensors file.
    pub weights: Rc<[u8]>,
}

/// News of an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// What one attack made of a few inputs, of the task at this place.
    Part(usize, Part),
    /// Smallest radii of a few inputs, of the task at this place.
    Radii(usize, Radii),
    /// More is done; see [`Pool::progress`].
    Progress,
    /// A share killed two workers: so many inputs of a task are missing from its results.
    Lost(usize, usize),
    /// Everything is done that can be.
    Done,
    /// It cannot go on.
    Failed(Fault),
}

/// How far an evaluation is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Share of the work that is done, 0 to 1.
    pub share: f64,
    /// Milliseconds that workers were at work.
    pub spent: f64,
    /// Milliseconds left, guessed from the pace so far; `None` before there is one.
    pub left: Option<f64>,
    /// Whether no new share is handed out.
    pub paused: bool,
    /// Workers at work on a share.
    pub busy: usize,
}

/// An evaluation under way.
pub struct Pool {
    tasks: Vec<Task>,
    models: Vec<Model>,
    slots: Vec<Slot>,
    queue: VecDeque<Share>,
    /// Work in all, and of shares that are over.
    total: f64,
    done: f64,
    paused: bool,
    over: bool,
    /// Time with a share under way, and since when the present stretch of it lasts.
    spent: f64,
    since: Option<f64>,
    tickets: u64,
    actions: Vec<Action<Notice>>,
}

impl Machine for Pool {
    type Notice = Notice;

    fn take(&mut self) -> Vec<Action<Notice>> {
        mem::take(&mut self.actions)
    }

    fn places(&self) -> usize {
        if self.over { 0 } else { self.slots.len() }
    }

    fn due_at(&self, place: usize) -> Option<f64> {
        self.slots[place].due()
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

    fn hand_out(&mut self, now: f64) {
        self.settle(now);
    }
}

impl Pool {
    /// Starts as many workers as there are shares for, at most `workers`.
    pub fn new(now: f64, workers: usize, models: Vec<Model>, tasks: Vec<Task>) -> Pool {
        let workers = workers.clamp(1, MOST_WORKERS);
        let queue: VecDeque<Share> =
            tasks.iter().enumerate().flat_map(|(place, task)| share::of_task(place, task, workers)).collect();
        let total = tasks.iter().map(Task::work).sum();
        let slots = (0..workers.min(queue.len())).map(|_| Slot::new(now)).collect::<Vec<_>>();
        let actions = (0..slots.len()).map(Action::Spawn).collect();
        let mut pool = Pool {
            tasks,
            models,
            slots,
            queue,
            total,
            done: 0.0,
            paused: false,
            over: false,
            spent: 0.0,
            since: None,
            tickets: 0,
            actions,
        };
        pool.settle(now);
        pool
    }

    /// Hands out no more shares, or goes on with it. Shares under way are finished.
    pub fn pause(&mut self, now: f64, paused: bool) {
        self.paused = paused;
        self.settle(now);
    }

    /// Ends every worker at once; what has been told stays told.
    pub fn cancel(&mut self, now: f64) {
        self.end(now);
    }

    /// How far it is.
    pub fn progress(&self, now: f64) -> Progress {
        let busy = self.slots.iter().filter(|slot| matches!(slot.phase, Phase::Working { .. })).count();
        let under_way: f64 = self.slots.iter().map(|slot| self.done_of(slot)).sum();
        let share = if self.total > 0.0 { ((self.done + under_way) / self.total).min(1.0) } else { 1.0 };
        let spent = self.spent + self.since.map_or(0.0, |since| now - since);
        let left = (share > 0.005).then(|| spent * (1.0 - share) / share);
        Progress { share, spent, left, paused: self.paused, busy }
    }

    fn done_of(&self, slot: &Slot) -> f64 {
        match &slot.phase {
            Phase::Working { share, part, .. } => share.work(&self.tasks) * part,
            _ => 0.0,
        }
    }

    fn broke(&mut self, now: f64, place: usize, why: &str) {
        if matches!(self.slots[place].phase, Phase::Off) {
            return;
        }
        self.actions.push(Action::Terminate(place));
        let slot = &mut self.slots[place];
        match mem::replace(&mut slot.phase, Phase::Off) {
            Phase::Working { share, .. } if share.tried => {
                self.done += share.work(&self.tasks);
                self.actions.push(Action::Notify(Notice::Lost(share.task, share.count)));
            }
            Phase::Working { share, .. } => self.queue.push_front(Share { tried: true, ..share }),
            Phase::Starting | Phase::Loading(_) => slot.failures += 1,
            Phase::Idle | Phase::Off => {}
        }
        if self.slots[place].failures < 2 && (!self.queue.is_empty() || self.slots.iter().all(Slot::is_off)) {
            self.slots[place].restart(now);
            self.actions.push(Action::Spawn(place));
        } else if self.slots.iter().all(Slot::is_off) && !self.queue.is_empty() {
            let why = why.trim_end_matches('.');
            self.fail(now, Fault::new(FaultKind::Crash, tr_with("No worker could be kept alive: {0}.", &[&why])));
        }
    }

    fn fail(&mut self, now: f64, fault: Fault) {
        self.end(now);
        self.actions.push(Action::Notify(Notice::Failed(fault)));
    }

    fn end(&mut self, now: f64) {
        self.over = true;
        self.queue.clear();
        for place in 0..self.slots.len() {
            if !self.slots[place].is_off() {
                self.slots[place].phase = Phase::Off;
                self.actions.push(Action::Terminate(place));
            }
        }
        self.count_time(now);
    }

    /// Hands shares to those who wait, and sees whether all is done.
    fn settle(&mut self, now: f64) {
        if self.over {
            return;
        }
        for place in 0..self.slots.len() {
            if !self.paused && matches!(self.slots[place].phase, Phase::Idle) {
                self.hand(now, place);
            }
        }
        self.count_time(now);
        let works = self.slots.iter().any(|slot| matches!(slot.phase, Phase::Working { .. }));
        if self.queue.is_empty() && !works {
            self.end(now);
            self.actions.push(Action::Notify(Notice::Done));
        }
    }

    fn hand(&mut self, now: f64, place: usize) {
        let Some(share) = self.queue.pop_front() else { return };
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let job = share.job(&self.tasks);
        self.slots[place].heard = now;
        self.slots[place].phase = Phase::Working { share, ticket, part: 0.0 };
        self.actions.push(Action::Send(place, Request::Evaluate { ticket, job }));
    }

    fn count_time(&mut self, now: f64) {
        let works = self.slots.iter().any(|slot| matches!(slot.phase, Phase::Working { .. }));
        match (works, self.since) {
            (true, None) => self.since = Some(now),
            (false, Some(since)) => {
                self.spent += now - since;
                self.since = None;
            }
            _ => {}
        }
    }
}
