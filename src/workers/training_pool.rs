//! The workers of a training run: a state machine without browser or clock.
//!
//! Each seat has one errand at a time and is told what to do next by whoever started the troop. An errand carries all
//! that it needs but the pictures, which every worker gets when it comes up. So a worker that dies is started again and
//! sent on the same errand, and nothing of the run is lost.

#[cfg(test)]
mod stories;

use super::pool::{Action, Input, Machine, Model};
use crate::i18n::{tr, tr_with};
use foolproof_core::protocol::{EvaluationJob, Event, Fault, FaultKind, Request, Ticket, TrainingJob, VERSION};
use std::{mem, rc::Rc};

/// Longest silence of a worker that should be at work, milliseconds. A busy one shows life each second.
const SILENCE: f64 = 60_000.0;
/// Deaths in a row after which a worker is given up.
const MOST_DEATHS: u32 = 3;

/// What one worker is to do.
#[derive(Clone)]
pub struct Errand {
    /// Models that it needs, sent before it.
    pub models: Vec<Model>,
    /// The work itself.
    pub work: Work,
}

/// The work of an errand.
#[derive(Clone)]
pub enum Work {
    /// A round of training.
    Train(Box<TrainingJob>),
    /// An evaluation.
    Evaluate(Box<EvaluationJob>),
    /// A question: an `ExplainJob`, packed.
    Ask(Vec<u8>),
}

/// News of the troop.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// What came of the errand of this worker, piece by piece: a round, parts of an evaluation, an answer. After a restart, a
    /// part may come twice.
    Said(usize, Event),
    /// The errand of this worker is done.
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

struct Seat {
    phase: Phase,
    heard: f64,
    deaths: u32,
    errand: Option<Errand>,
}

/// Workers with an errand each.
pub struct Troop {
    seats: Vec<Seat>,
    /// What every worker is told when it comes up.
    kept: Vec<Rc<Request>>,
    tickets: u64,
    over: bool,
    actions: Vec<Action<Notice>>,
}

impl Troop {
    /// Starts so many workers, each of which is told `kept` first.
    pub fn new(now: f64, workers: usize, kept: Vec<Request>) -> Troop {
        let seat = |_| Seat { phase: Phase::Starting, heard: now, deaths: 0, errand: None };
        let seats: Vec<Seat> = (0..workers.max(1)).map(seat).collect();
        let actions = (0..seats.len()).map(Action::Spawn).collect();
        let kept = kept.into_iter().map(Rc::new).collect();
        Troop { seats, kept, tickets: 0, over: false, actions }
    }

    /// How many workers there are.
    pub fn size(&self) -> usize {
        self.seats.len()
    }

    /// Whether a worker has an errand.
    pub fn is_busy(&self, place: usize) -> bool {
        self.seats.get(place).is_some_and(|seat| seat.errand.is_some())
    }

    /// Sends a worker on an errand, in place of the one before.
    pub fn give(&mut self, now: f64, place: usize, errand: Errand) {
        if self.over || place >= self.seats.len() {
            return;
        }
        self.seats[place].errand = Some(errand);
        if !matches!(self.seats[place].phase, Phase::Starting) {
            self.send(now, place);
        }
    }

    /// Ends every worker at once.
    pub fn end(&mut self) {
        self.over = true;
        self.actions.extend((0..self.seats.len()).map(Action::Terminate));
    }

    fn send(&mut self, now: f64, place: usize) {
        let Some(Errand { models, work }) = self.seats[place].errand.clone() else { return };
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
        (self.seats[place].phase, self.seats[place].heard) = (Phase::Working(ticket), now);
    }

    fn said(&mut self, now: f64, place: usize, event: Event) {
        let own = |ticket: Ticket| matches!(self.seats[place].phase, Phase::Working(own) if own == ticket);
        match event {
            Event::Ready { version, .. } if version != VERSION => {
                let why = tr("The engine is of another build than the page; please load the page again.");
                self.fail(Fault::new(FaultKind::Version, why));
            }
            Event::Ready { .. } => {
                let kept = self.kept.iter().cloned().map(|request| Action::Share(place, request));
                self.actions.extend(kept);
                self.seats[place].phase = Phase::Idle;
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
                let seat = &mut self.seats[place];
                (seat.phase, seat.errand, seat.deaths) = (Phase::Idle, None, 0);
                self.actions.push(Action::Notify(Notice::Done(place)));
            }
            Event::Fault { fault, .. } if fault.kind == FaultKind::Crash => self.broke(now, place, &fault.message),
            Event::Fault { ticket: Some(ticket), fault } if own(ticket) => {
                (self.seats[place].phase, self.seats[place].errand) = (Phase::Idle, None);
                self.actions.push(Action::Notify(Notice::Refused(place, fault)));
            }
            // Pictures or a model that a worker does not take, every other one would not take either.
            Event::Fault { ticket: None, fault } => self.fail(fault),
            _ => {}
        }
    }

    fn broke(&mut self, now: f64, place: usize, why: &str) {
        self.actions.push(Action::Terminate(place));
        let seat = &mut self.seats[place];
        seat.deaths += 1;
        if seat.deaths >= MOST_DEATHS {
            let why = why.trim_end_matches('.');
            return self.fail(Fault::new(FaultKind::Crash, tr_with("A worker could not be kept alive: {0}.", &[&why])));
        }
        (seat.phase, seat.heard) = (Phase::Starting, now);
        self.actions.push(Action::Spawn(place));
        self.actions.push(Action::Notify(Notice::Restarted(place)));
    }

    fn fail(&mut self, fault: Fault) {
        self.end();
        self.actions.push(Action::Notify(Notice::Failed(fault)));
    }
}

impl Machine for Troop {
    type Notice = Notice;

    fn hear(&mut self, now: f64, input: Input) {
        if self.over {
            return;
        }
        match input {
            Input::Said(place, event) => {
                self.seats[place].heard = now;
                self.said(now, place, event);
            }
            Input::Alive(place) => self.seats[place].heard = now,
            Input::Broke(place, why) => self.broke(now, place, &why),
            Input::Tick => {
                for place in 0..self.seats.len() {
                    if !self.over && due(&self.seats[place]).is_some_and(|due| due <= now) {
                        self.broke(now, place, tr("it has not answered for a minute"));
                    }
                }
            }
        }
    }

    fn due(&self) -> Option<f64> {
        if self.over { None } else { self.seats.iter().filter_map(due).reduce(f64::min) }
    }

    fn take(&mut self) -> Vec<Action<Notice>> {
        mem::take(&mut self.actions)
    }
}

/// When a worker's silence has been too long.
fn due(seat: &Seat) -> Option<f64> {
    (!matches!(seat.phase, Phase::Idle)).then_some(seat.heard + SILENCE)
}
