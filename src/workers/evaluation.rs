//! Evaluations on workers of their own, one a core: the scheduler that cuts them into shares for a [`Pool`].
//!
//! Each worker gets share after share of the inputs, an independent
//! [`EvaluationJob`](foolproof_core::protocol::EvaluationJob) each. Nothing is shared between workers, so no special headers
//! are needed. A share whose worker died is tried once more, and lost if that kills a worker again; results that are in
//! stay. The share of a worker that cannot be kept alive goes to the others.

mod share;
#[cfg(test)]
mod stories;

use super::{
    machine::{Action, Input, Machine},
    pool::{self, MOST_WORKERS, Model, Pool, Task, Work},
};
use crate::i18n::tr_with;
use foolproof_core::protocol::{Event, Fault, FaultKind, Part, Radii, Votes};
use share::Share;
use std::{collections::VecDeque, mem};

pub use share::CostedJob;

/// Deaths of workers over a share after which it is lost.
const MOST_DEATHS: u32 = 2;

/// News of an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// What one attack made of a few inputs, of the job at this place.
    Part(usize, Part),
    /// Smallest radii of a few inputs, of the job at this place.
    Radii(usize, Radii),
    /// Votes on noisy copies of a few inputs, of the job at this place.
    Votes(usize, Votes),
    /// More is done; see [`Evaluation::progress`].
    Progress,
    /// A share killed two workers: so many inputs of a job are missing from its results.
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
    /// Milliseconds left, guessed from the pace since the first piece was done; `None` before there is one.
    pub left: Option<f64>,
    /// Whether no new share is handed out.
    pub paused: bool,
    /// Workers at work on a share.
    pub busy: usize,
}

/// An evaluation under way.
pub struct Evaluation {
    jobs: Vec<CostedJob>,
    models: Vec<Model>,
    pool: Pool,
    /// By worker: its share, and how much of it is done, 0 to 1.
    handed: Vec<Option<(Share, f64)>>,
    queue: VecDeque<Share>,
    /// Work in all, and of shares that are over.
    total: f64,
    done: f64,
    paused: bool,
    over: bool,
    /// Time with a worker at work, and since when the present stretch of it lasts.
    spent: f64,
    since: Option<f64>,
    /// Time spent and share done when the first piece was: before it workers start, which says nothing of the pace.
    begun: Option<(f64, f64)>,
    actions: Vec<Action<Notice>>,
}

impl Machine for Evaluation {
    type Place = usize;
    type Notice = Notice;

    fn hear(&mut self, now: f64, input: Input) {
        if !self.over {
            self.pool.hear(now, input);
            self.settle(now);
        }
    }

    fn take(&mut self) -> Vec<Action<Notice>> {
        mem::take(&mut self.actions)
    }

    fn due(&self) -> Option<f64> {
        self.pool.due()
    }
}

impl Evaluation {
    /// Starts as many workers as there are shares for, at most `workers`.
    pub fn new(now: f64, workers: usize, models: Vec<Model>, jobs: Vec<CostedJob>) -> Evaluation {
        let workers = workers.clamp(1, MOST_WORKERS);
        let queue: VecDeque<Share> =
            jobs.iter().enumerate().flat_map(|(place, job)| share::of_job(place, job, workers)).collect();
        let pool = Pool::new(workers.min(queue.len()), MOST_DEATHS, Vec::new());
        let mut evaluation = Evaluation {
            total: jobs.iter().map(CostedJob::work).sum(),
            jobs,
            models,
            handed: vec![None; pool.size()],
            pool,
            queue,
            done: 0.0,
            paused: false,
            over: false,
            spent: 0.0,
            since: None,
            begun: None,
            actions: Vec::new(),
        };
        evaluation.settle(now);
        evaluation
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
        let under_way: f64 = self.handed.iter().flatten().map(|(share, part)| share.work(&self.jobs) * part).sum();
        let share = if self.total > 0.0 { ((self.done + under_way) / self.total).min(1.0) } else { 1.0 };
        let spent = self.spent + self.since.map_or(0.0, |since| now - since);
        let pace = self.begun.map(|(before, first)| (spent - before, share - first)).filter(|(_, done)| *done > 0.005);
        let left = pace.map(|(time, done)| time * (1.0 - share) / done);
        Progress { share, spent, left, paused: self.paused, busy: self.at_work() }
    }

    fn at_work(&self) -> usize {
        (0..self.pool.size()).filter(|&place| self.pool.is_at_work(place)).count()
    }

    /// Takes in what the pool says, hands shares to workers without one, and sees whether all is done.
    fn settle(&mut self, now: f64) {
        self.gather(now);
        if self.over {
            return;
        }
        for place in 0..self.pool.size() {
            if !self.paused && self.handed[place].is_none() && !self.pool.is_given_up(place) {
                self.hand(now, place);
            }
        }
        self.gather(now);
        self.count_time(now);
        if self.begun.is_none() {
            let Progress { share, spent, .. } = self.progress(now);
            self.begun = (share > 0.0).then_some((spent, share));
        }
        if self.queue.is_empty() && self.handed.iter().all(Option::is_none) {
            self.end(now);
            self.actions.push(Action::Notify(Notice::Done));
        }
    }

    /// Passes on what the pool has decided, and takes in its news.
    fn gather(&mut self, now: f64) {
        for action in self.pool.take() {
            match action.or_notice(|place| place) {
                _ if self.over => return,
                Ok(action) => self.actions.push(action),
                Err(notice) => self.heard(now, notice),
            }
        }
    }

    fn hand(&mut self, now: f64, place: usize) {
        let Some(share) = self.queue.pop_front() else { return };
        let work = Work::Evaluate(Box::new(share.cut_out(&self.jobs)));
        self.handed[place] = Some((share, 0.0));
        self.pool.give(now, place, Task { models: self.models.clone(), work });
    }

    fn heard(&mut self, now: f64, notice: pool::Notice) {
        match notice {
            pool::Notice::Said(place, event) => self.said(place, event),
            pool::Notice::Restarted(place) => self.handed[place].iter_mut().for_each(|(_, part)| *part = 0.0),
            pool::Notice::Done(place) => {
                self.finished(place);
                self.actions.push(Action::Notify(Notice::Progress));
            }
            pool::Notice::Lost(place, why) => self.lost(now, place, &why),
            // What a healthy worker refuses, every other one would refuse too.
            pool::Notice::Refused(_, fault) | pool::Notice::Failed(fault) => self.fail(now, fault),
        }
    }

    fn said(&mut self, place: usize, event: Event) {
        let Some((share, part)) = &mut self.handed[place] else { return };
        let notice = match event {
            Event::Progress { done, total, .. } => {
                *part = f64::from(done) / f64::from(total.max(1));
                Notice::Progress
            }
            Event::Evaluated { part, .. } => Notice::Part(share.job, part),
            Event::Radii { found, .. } => Notice::Radii(share.job, found),
            Event::Votes { found, .. } => Notice::Votes(share.job, found),
            _ => return,
        };
        self.actions.push(Action::Notify(notice));
    }

    /// Takes a worker's share as over.
    fn finished(&mut self, place: usize) -> Option<Share> {
        let (share, _) = self.handed[place].take()?;
        self.done += share.work(&self.jobs);
        Some(share)
    }

    /// A share has killed workers enough, or a worker that cannot be kept alive leaves its share to the others.
    fn lost(&mut self, now: f64, place: usize, why: &str) {
        if !self.pool.is_given_up(place) {
            let lost = self.finished(place).map(|share| Action::Notify(Notice::Lost(share.job, share.count)));
            return self.actions.extend(lost);
        }
        if let Some((share, _)) = self.handed[place].take() {
            self.queue.push_front(share);
        }
        let all = (0..self.pool.size()).all(|place| self.pool.is_given_up(place));
        if all && !self.queue.is_empty() {
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
        self.handed.fill(None);
        self.pool.end();
        self.actions.extend(self.pool.take().into_iter().filter_map(|action| action.or_notice(|place| place).ok()));
        self.count_time(now);
    }

    fn count_time(&mut self, now: f64) {
        match (self.at_work() > 0, self.since) {
            (true, None) => self.since = Some(now),
            (false, Some(since)) => {
                self.spent += now - since;
                self.since = None;
            }
            _ => {}
        }
    }
}
