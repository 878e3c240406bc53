//! Takes a worker's events: results to notify, models to send, a dead worker to start again.

use super::{Action, Notice, Pool, slot::Phase};
use crate::i18n::tr;
use foolproof_core::protocol::{Event, Fault, FaultKind, Request, Ticket, VERSION};

impl Pool {
    pub(super) fn said(&mut self, now: f64, place: usize, event: Event) {
        match event {
            Event::Ready { version, .. } if version != VERSION => {
                let why = tr("The engine is of another build than the page; please load the page again.");
                self.fail(now, Fault::new(FaultKind::Version, why));
            }
            Event::Ready { .. } => self.load(place),
            Event::ModelReady { .. } => self.loaded(place),
            Event::Progress { ticket, done, total, .. } => {
                if let Some(part) = self.part_of(place, ticket) {
                    *part = f64::from(done) / f64::from(total.max(1));
                    self.actions.push(Action::Notify(Notice::Progress));
                }
            }
            Event::Evaluated { ticket, part } => {
                if let Some(task) = self.task_of(place, ticket) {
                    self.actions.push(Action::Notify(Notice::Part(task, part)));
                }
            }
            Event::Radii { ticket, found } => {
                if let Some(task) = self.task_of(place, ticket) {
                    self.actions.push(Action::Notify(Notice::Radii(task, found)));
                }
            }
            Event::Done { ticket, .. } => self.finished(place, ticket),
            Event::Fault { ticket, fault } => self.fault(now, place, ticket, fault),
            _ => {}
        }
    }

    /// Gives a worker that has just come up the models, one message each.
    fn load(&mut self, place: usize) {
        self.slots[place].phase = Phase::Loading(self.models.len());
        for model in &self.models {
            let request = Request::Model {
                id: model.id.clone(),
                architecture: model.architecture.clone(),
                weights: model.weights.to_vec(),
            };
            self.actions.push(Action::Send(place, request));
        }
    }

    fn loaded(&mut self, place: usize) {
        let slot = &mut self.slots[place];
        if let Phase::Loading(left) = &mut slot.phase {
            *left = left.saturating_sub(1);
            if *left == 0 {
                slot.phase = Phase::Idle;
            }
        }
    }

    fn finished(&mut self, place: usize, ticket: Ticket) {
        if self.task_of(place, ticket).is_some()
            && let Phase::Working { share, .. } = std::mem::replace(&mut self.slots[place].phase, Phase::Idle)
        {
            self.slots[place].failures = 0;
            self.done += share.work(&self.tasks);
            self.actions.push(Action::Notify(Notice::Progress));
        }
    }

    /// A crash concerns one worker; what a healthy worker refuses, every other one would refuse too.
    fn fault(&mut self, now: f64, place: usize, ticket: Option<Ticket>, fault: Fault) {
        if fault.kind == FaultKind::Crash {
            self.broke(now, place, &fault.message);
        } else if ticket.is_none_or(|ticket| self.task_of(place, ticket).is_some()) {
            self.fail(now, fault);
        }
    }

    /// The task that a worker is at under this ticket.
    fn task_of(&self, place: usize, ticket: Ticket) -> Option<usize> {
        match &self.slots[place].phase {
            Phase::Working { share, ticket: own, .. } if *own == ticket => Some(share.task),
            _ => None,
        }
    }

    fn part_of(&mut self, place: usize, ticket: Ticket) -> Option<&mut f64> {
        match &mut self.slots[place].phase {
            Phase::Working { ticket: own, part, .. } if *own == ticket => Some(part),
            _ => None,
        }
    }
}
