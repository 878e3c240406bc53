//! Takes an engine's events, and what follows when it falls silent.

use super::{
    Cpu, Gpu, Input, Notice, Policy,
    slot::{Phase, Speed, Task},
    wording,
};
use crate::{
    i18n::{tr, tr_with},
    workers::machine::Machine,
};
use foolproof_core::protocol::{EngineKind, Event, Fault, FaultKind, ParityCheck, Ticket, VERSION};

/// A job that was under way in this many engine failures is dropped.
const DEADLY: u32 = 2;

impl Policy {
    pub(super) fn said(&mut self, now: f64, kind: EngineKind, event: Event) {
        match event {
            Event::Ready { version, .. } if version != VERSION => self.refuse(now, kind),
            Event::Ready { ref engine, .. } => {
                self.slot_mut(kind).rise(engine.name.clone());
                for index in 0..self.models.len() {
                    self.send_model(now, kind, index);
                }
                if !std::mem::replace(&mut self.greeted, true) {
                    self.notify(Notice::Event(event));
                }
            }
            Event::ModelReady { ref id } => self.placed(id.clone()),
            Event::Progress { ticket, .. }
            | Event::Seen { ticket, .. }
            | Event::Attacked { ticket, .. }
            | Event::Radius { ticket, .. } => {
                if self.holds(kind, ticket).is_some() {
                    self.warm |= matches!(event, Event::Attacked { .. });
                    self.notify(Notice::Event(event));
                }
            }
            Event::Done { ticket, .. } => {
                if let Some(index) = self.holds(kind, ticket) {
                    self.held.remove(index);
                    self.slot_mut(kind).prove();
                    self.notify(Notice::Event(event));
                }
            }
            Event::Parity { ticket, checks } => self.tested(now, kind, ticket, checks),
            Event::Measured { ticket, single, batch } => {
                if self.slot_mut(kind).complete(ticket) == Some(Task::Measure) {
                    self.slot_mut(kind).speed = Some(Speed { single, batch });
                }
            }
            Event::Stopped { ticket } => {
                if let Some(stopping) = self.stopping.as_mut().filter(|stopping| stopping.ticket == ticket) {
                    stopping.engines.retain(|&other| other != kind);
                }
            }
            // Evaluations and training have workers of their own.
            Event::Evaluated { .. }
            | Event::Radii { .. }
            | Event::Votes { .. }
            | Event::Trained { .. }
            | Event::Explained { .. } => {}
            Event::Fault { ticket, fault } => self.faulted(now, kind, ticket, fault),
        }
    }

    /// An engine of another build: trying again would load the same file.
    fn refuse(&mut self, now: f64, kind: EngineKind) {
        self.misfit = true;
        self.fail(now, kind, tr("The engine's file belongs to another version of this page.").into(), false);
    }

    fn placed(&mut self, id: String) {
        let model = self.models.iter_mut().find(|model| model.id == id && !model.announced);
        if let Some(model) = model {
            model.announced = true;
            self.notify(Notice::Event(Event::ModelReady { id }));
        }
    }

    fn holds(&self, kind: EngineKind, ticket: Ticket) -> Option<usize> {
        self.held.iter().position(|held| held.on == Some(kind) && held.ticket == ticket)
    }

    fn tested(&mut self, now: f64, kind: EngineKind, ticket: Ticket, checks: Vec<ParityCheck>) {
        let slot = self.slot_mut(kind);
        if slot.complete(ticket) != Some(Task::SelfTest) {
            return;
        }
        slot.prove();
        let failed = checks.iter().find(|check| !check.passed).map(wording::parity_failed);
        slot.parity.extend(checks.into_iter().map(|check| (check.model.clone(), check)));
        if let Some(why) = failed {
            self.fail(now, kind, why, false);
        }
    }

    fn faulted(&mut self, now: f64, kind: EngineKind, ticket: Option<Ticket>, fault: Fault) {
        match fault.kind {
            FaultKind::Crash => return self.fail(now, kind, fault.message, true),
            FaultKind::Gpu => return self.fail(now, kind, fault.message, false),
            _ => {}
        }
        let Some(ticket) = ticket else {
            // Both engines say the same about a model; once is enough.
            if kind == self.in_force() {
                self.notify(Notice::Fault(fault));
            }
            return;
        };
        if self.slot_mut(kind).complete(ticket).is_some() {
            if kind == Gpu {
                self.fail(now, kind, tr_with("The GPU engine could not be tested: {0}", &[&fault.message]), false);
            }
        } else if let Some(index) = self.holds(kind, ticket) {
            if kind == Gpu && fault.kind == FaultKind::NotFinite && !self.slot(Cpu).retired() {
                self.held[index].cpu_only = true;
                self.take_back(index);
            } else {
                self.held.remove(index);
                self.notify(Notice::Event(Event::Fault { ticket: Some(ticket), fault }));
            }
        }
    }

    /// An engine died or must be taken for dead. Its jobs go on elsewhere, or there again.
    pub(super) fn fail(&mut self, now: f64, kind: EngineKind, why: String, again: bool) {
        if !matches!(self.slot(kind).phase, Phase::Loading(_) | Phase::Up) {
            return;
        }
        // A reason is one sentence; what follows on further lines is for the console.
        let why = why.lines().next().unwrap_or_default().to_string();
        for index in (0..self.held.len()).rev().filter(|&index| self.held[index].on == Some(kind)).collect::<Vec<_>>() {
            self.held[index].deaths += 1;
            if self.held[index].deaths >= DEADLY {
                let ticket = Some(self.held.remove(index).ticket);
                let fault = Fault::new(FaultKind::Crash, wording::deadly(&why));
                self.notify(Notice::Event(Event::Fault { ticket, fault }));
            }
        }
        self.release(kind);
        self.slot_mut(kind).fail(now, why, again);
    }

    pub(super) fn tick(&mut self, now: f64) {
        if let Some(stopping) = self.stopping.take_if(|stopping| now >= stopping.due) {
            for kind in stopping.engines {
                self.release(kind);
                self.slot_mut(kind).end(Phase::Waiting(now));
            }
            self.notify(Notice::Stopped);
        }
        for kind in [Cpu, Gpu] {
            let busy = self.busy(kind);
            if self.slot_mut(kind).silent(now, busy) {
                let why = wording::silent(self.slot(kind));
                self.hear(now, Input::Broke(kind, why));
            }
        }
    }
}
