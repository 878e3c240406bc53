//! Two networks at once: a second CPU engine beside the engines of a [`Policy`].
//!
//! A job with two networks is cut into halves where the CPU engine computes it and there is a core for another one. The
//! second engine is a policy of its own that never looks for a GPU; it starts with the visitor's second attack, since a
//! page that is only looked at does not need it. Where it fails for good, the first does everything, as on one core.

#[cfg(test)]
mod stories;

use super::policy::{EngineStatus, Notice, Policy};
use crate::{
    i18n::tr,
    link::EnginePreference,
    workers::machine::{self, Machine},
};
use foolproof_core::{
    architecture::Architecture,
    protocol::{AttackJob, EngineKind, Event, Ticket},
};
use std::{mem, rc::Rc};

/// A worker: which of the two policies it belongs to, and what it runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub Half, pub EngineKind);

/// A half of a job, and the policy that has it done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Half {
    /// The first network, or the whole job.
    First,
    /// The other networks.
    Second,
}
use Half::{First, Second};

type Action = machine::Action<Notice, Place>;
type Input = machine::Input<Place>;

/// A job that is not done.
struct Held {
    ticket: Ticket,
    job: AttackJob,
    search: bool,
    /// The tickets of its halves that are not done.
    halves: [Option<Ticket>; 2],
    /// Time of the slower half that is done.
    millis: f64,
}

/// Both policies, and the jobs that they share.
pub struct Pair {
    first: Policy,
    second: Option<Policy>,
    /// Whether there may be a second engine: a core for it, and no failure that it was given up for.
    may_pair: bool,
    /// Whether an attack on two networks was done, after which the next one wants both engines.
    warm: bool,
    held: Vec<Held>,
    /// Who has not yet answered a stop.
    stopping: [bool; 2],
    status: Option<EngineStatus>,
    tickets: u64,
    actions: Vec<Action>,
}

impl Pair {
    /// Starts the first CPU engine.
    pub fn new(preference: EnginePreference, cores: usize, now: f64) -> Pair {
        let mut pair = Pair {
            first: Policy::new(preference, now),
            second: None,
            may_pair: cores > 1,
            warm: false,
            held: Vec::new(),
            stopping: [false; 2],
            status: None,
            tickets: 0,
            actions: Vec::new(),
        };
        pair.settle(now);
        pair
    }

    /// As [`Policy::prefer`].
    pub fn prefer(&mut self, now: f64, preference: EnginePreference) {
        self.first.prefer(now, preference);
        self.settle(now);
    }

    /// As [`Policy::add_model`].
    pub fn add_model(&mut self, now: f64, id: String, architecture: Architecture, weights: Rc<[u8]>) {
        if let Some(second) = &mut self.second {
            second.add_model(now, id.clone(), architecture.clone(), weights.clone());
        }
        self.first.add_model(now, id, architecture, weights);
        self.settle(now);
    }

    /// As [`Policy::submit`].
    pub fn submit(&mut self, now: f64, job: AttackJob, search: bool) -> Ticket {
        if self.may_pair && self.warm && !search && job.models.len() > 1 && self.second.is_none() {
            self.second = Some(self.first.beside(now));
        }
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.held.retain(|held| held.search != search);
        let halves = self.hand_out(now, &job, search);
        self.held.push(Held { ticket, job, search, halves, millis: 0.0 });
        self.settle(now);
        ticket
    }

    /// As [`Policy::stop`].
    pub fn stop(&mut self, now: f64) {
        self.held.clear();
        self.stopping = [true, self.second.is_some()];
        self.first.stop(now);
        self.second.iter_mut().for_each(|second| second.stop(now));
        self.settle(now);
    }

    /// As [`Policy::probed`].
    pub fn probed(&mut self, now: f64, answer: Result<String, String>) {
        self.first.probed(now, answer);
        self.settle(now);
    }

    /// Gives the job to both policies, or to the first alone.
    fn hand_out(&mut self, now: f64, job: &AttackJob, search: bool) -> [Option<Ticket>; 2] {
        let second = self.second.as_mut().filter(|second| job.models.len() > 1 && second.is_for_cpu(job));
        let Some(second) = second.filter(|_| self.first.is_for_cpu(job)) else {
            return [Some(self.first.submit(now, job.clone(), search)), None];
        };
        let of = |models: &[String]| AttackJob { models: models.to_vec(), ..job.clone() };
        let (first, others) = job.models.split_at(1);
        [Some(self.first.submit(now, of(first), search)), Some(second.submit(now, of(others), search))]
    }

    /// Takes in what both policies have decided, until they have nothing more to say. Ends every verb.
    fn settle(&mut self, now: f64) {
        loop {
            let mut decided: Vec<_> = self.first.take().into_iter().map(|action| (First, action)).collect();
            decided.extend(self.second.iter_mut().flat_map(Policy::take).map(|action| (Second, action)));
            if decided.is_empty() {
                return;
            }
            for (half, action) in decided {
                match action.or_notice(|kind| Place(half, kind)) {
                    Ok(action) => self.actions.push(action),
                    Err(notice) => self.noticed(now, half, notice),
                }
            }
        }
    }

    fn noticed(&mut self, now: f64, half: Half, notice: Notice) {
        match (half, notice) {
            (_, Notice::Event(event)) => self.said(half, event),
            (_, Notice::Stopped) => self.stopped(half),
            (First, Notice::Status(status)) => self.tell(status),
            (First, notice @ (Notice::Probe | Notice::Fault(_))) => self.notify(notice),
            (Second, Notice::Status(_)) => {
                if let Some(status) = self.status.clone() {
                    self.tell(status);
                }
            }
            // What is wrong with a model the first says too.
            (Second, Notice::Fault(_)) if self.second.as_ref().is_some_and(Policy::dead) => self.lose_second(now),
            (Second, Notice::Probe | Notice::Fault(_)) => {}
        }
    }

    /// Passes on what belongs to a job that is still wanted, under the job's own ticket.
    fn said(&mut self, half: Half, mut event: Event) {
        let Some(ticket) = ticket(&mut event) else {
            if half == First {
                self.notify(Notice::Event(event));
            }
            return;
        };
        let Some(index) = self.held.iter().position(|held| held.halves[half as usize] == Some(*ticket)) else { return };
        let held = &mut self.held[index];
        *ticket = held.ticket;
        match &mut event {
            // One half's progress at a time, so that it never goes back.
            Event::Progress { .. } if half == Second && held.halves[0].is_some() => return,
            Event::Done { millis, .. } => {
                held.halves[half as usize] = None;
                held.millis = held.millis.max(*millis);
                if held.halves.iter().any(Option::is_some) {
                    return;
                }
                *millis = held.millis;
                self.warm |= held.job.models.len() > 1;
                self.held.remove(index);
            }
            Event::Fault { .. } => drop(self.held.remove(index)),
            _ => {}
        }
        self.notify(Notice::Event(event));
    }

    fn stopped(&mut self, half: Half) {
        if mem::take(&mut self.stopping[half as usize]) && self.stopping == [false; 2] {
            self.notify(Notice::Stopped);
        }
    }

    /// The second engine is given up; what it had to do the first does.
    fn lose_second(&mut self, now: f64) {
        (self.second, self.may_pair) = (None, false);
        self.stopped(Second);
        for held in self.held.iter_mut().filter(|held| held.halves[1].is_some()) {
            held.halves = [Some(self.first.submit(now, held.job.clone(), held.search)), None];
        }
        if let Some(status) = self.status.clone() {
            self.tell(status);
        }
    }

    /// Tells the first policy's status, and whether there is a second engine.
    fn tell(&mut self, status: EngineStatus) {
        let mut told = status.clone();
        let ready = self.second.as_ref().is_some_and(|second| second.status().ready);
        if ready && status.kind == EngineKind::Cpu {
            let line = tr("The CPU attacks two networks at once, each with an engine of its own.");
            told.details.push(line.to_owned());
        }
        self.status = Some(status);
        self.notify(Notice::Status(told));
    }

    fn notify(&mut self, notice: Notice) {
        self.actions.push(Action::Notify(notice));
    }
}

impl Machine for Pair {
    type Place = Place;
    type Notice = Notice;

    fn engine(&self, Place(_, kind): Place) -> EngineKind {
        kind
    }

    fn hear(&mut self, now: f64, input: Input) {
        let (half, input) = of_policy(input);
        if half != Some(Second) {
            self.first.hear(now, input.clone());
        }
        if let Some(second) = self.second.as_mut().filter(|_| half != Some(First)) {
            second.hear(now, input);
        }
        self.settle(now);
    }

    fn due(&self) -> Option<f64> {
        let second = self.second.as_ref().and_then(Policy::due);
        self.first.due().into_iter().chain(second).reduce(f64::min)
    }

    fn take(&mut self) -> Vec<Action> {
        mem::take(&mut self.actions)
    }
}

/// The job that an event belongs to.
fn ticket(event: &mut Event) -> Option<&mut Ticket> {
    match event {
        Event::Progress { ticket, .. }
        | Event::Seen { ticket, .. }
        | Event::Attacked { ticket, .. }
        | Event::Radius { ticket, .. }
        | Event::Done { ticket, .. } => Some(ticket),
        Event::Fault { ticket, .. } => ticket.as_mut(),
        _ => None,
    }
}

/// What the browser says, as a policy hears it; a tick is for both.
fn of_policy(input: Input) -> (Option<Half>, machine::Input<EngineKind>) {
    use machine::Input::*;
    match input {
        Said(Place(half, kind), event) => (Some(half), Said(kind, event)),
        Alive(Place(half, kind)) => (Some(half), Alive(kind)),
        BeingBuilt(Place(half, kind)) => (Some(half), BeingBuilt(kind)),
        Broke(Place(half, kind), why) => (Some(half), Broke(kind, why)),
        Tick => (None, Tick),
    }
}
