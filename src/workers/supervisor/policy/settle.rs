//! Actions that follow from the state: engines to start, jobs to hand out, tasks to run, a status to tell.

use super::{
    Action, Cpu, Gpu, Held, Notice, Policy, Stopping,
    slot::{Phase, Task},
    wording,
};
use crate::link::EnginePreference;
use foolproof_core::protocol::{EngineKind, Event, Request, Ticket};

impl Policy {
    /// Does everything that the state asks for by now. Ends every verb.
    pub(super) fn settle(&mut self, now: f64) {
        for kind in [Cpu, Gpu] {
            if matches!(self.slot(kind).phase, Phase::Waiting(until) if now >= until) {
                self.spawn(now, kind);
            }
        }
        self.want_gpu();
        self.give_up();
        self.hand_out(now);
        self.run_tasks(now);
        if self.stopping.as_ref().is_some_and(|stopping| stopping.engines.is_empty()) {
            self.stopping = None;
            self.notify(Notice::Stopped);
        }
        let status = self.status();
        if self.told.as_ref() != Some(&status) {
            self.told = Some(status.clone());
            self.notify(Notice::Status(status));
        }
    }

    /// The GPU engine is megabytes that no visitor waits for, so the first result goes before it.
    fn want_gpu(&mut self) {
        let asked = self.preference == EnginePreference::Gpu;
        let time = self.warm || asked || self.slot(Cpu).retired();
        if self.preference != EnginePreference::Cpu && self.slot(Gpu).phase == Phase::Off && time {
            self.slot_mut(Gpu).phase = Phase::Probing;
            self.notify(Notice::Probe);
        }
    }

    /// Says once that no engine is left, and leaves no job waiting for one.
    fn give_up(&mut self) {
        let dead = self.dead();
        let before = std::mem::replace(&mut self.given_up, dead);
        if !self.given_up {
            return;
        }
        let fault = wording::dead(self);
        if !before {
            self.notify(Notice::Fault(fault.clone()));
        }
        for held in std::mem::take(&mut self.held) {
            self.notify(Notice::Event(Event::Fault { ticket: Some(held.ticket), fault: fault.clone() }));
        }
    }

    fn hand_out(&mut self, now: f64) {
        for index in 0..self.held.len() {
            let held = &self.held[index];
            let kind = self.choose(held);
            if held.on.is_some() || !self.takes(kind, held) {
                continue;
            }
            let (ticket, job) = (held.ticket, held.job.clone());
            let request = match held.search {
                true => Request::Radius { ticket, job },
                false => Request::Attack { ticket, job },
            };
            self.send(now, kind, request);
            self.held[index].on = Some(kind);
        }
    }

    /// Whether an engine can take the job now.
    fn takes(&self, kind: EngineKind, held: &Held) -> bool {
        let slot = self.slot(kind);
        // With no other engine left, a model that no test covers is sent too: the engine says what is wrong with it.
        let tested = slot.passed(&held.job.models) || (!slot.untested && slot.task.is_none());
        slot.up() && (kind == Cpu || tested)
    }

    /// Runs self-tests and measurements while no job waits.
    fn run_tasks(&mut self, now: f64) {
        let gpu = self.slot(Gpu);
        if !gpu.up() || self.stopping.is_some() || self.busy(Gpu) {
            return;
        }
        if gpu.untested {
            return self.run_task(now, Gpu, Task::SelfTest);
        }
        let tested = !gpu.parity.is_empty();
        if !tested || !self.held.is_empty() || self.busy(Cpu) {
            return;
        }
        if self.slot(Cpu).up() && !self.slot(Cpu).measured {
            self.run_task(now, Cpu, Task::Measure);
        } else if !self.slot(Gpu).measured {
            self.run_task(now, Gpu, Task::Measure);
        }
    }

    fn run_task(&mut self, now: f64, kind: EngineKind, task: Task) {
        let ticket = self.ticket();
        let request = match task {
            Task::SelfTest => Request::SelfTest { ticket },
            Task::Measure => Request::Measure { ticket },
        };
        self.send(now, kind, request);
        self.slot_mut(kind).begin(task, ticket);
    }

    /// The engine for a job, whether or not it can take it yet.
    pub(super) fn choose(&self, held: &Held) -> EngineKind {
        if held.cpu_only && !self.slot(Cpu).retired() {
            return Cpu;
        }
        self.best(held.job.inputs.shape[0], &held.job.models)
    }

    pub(super) fn best(&self, inputs: usize, models: &[String]) -> EngineKind {
        let gpu = self.slot(Gpu);
        if self.slot(Cpu).retired() {
            let hope = self.preference != EnginePreference::Cpu && !gpu.retired();
            return if hope { Gpu } else { Cpu };
        }
        let trusted = gpu.up() && !gpu.parity.is_empty() && gpu.passed(models);
        let wanted = self.preference == EnginePreference::Gpu || self.gpu_faster(inputs) == Some(true);
        if trusted && wanted { Gpu } else { Cpu }
    }

    /// Whether the GPU engine is the faster one for this many inputs, if both are measured.
    pub(super) fn gpu_faster(&self, inputs: usize) -> Option<bool> {
        let (cpu, gpu) = (self.slot(Cpu).speed?, self.slot(Gpu).speed?);
        Some(if inputs <= 1 { gpu.single < cpu.single } else { gpu.batch < cpu.batch })
    }

    /// The engine of the attack under way, or of one like the last.
    pub(super) fn in_force(&self) -> EngineKind {
        let running = self.held.iter().find(|held| !held.search).and_then(|held| held.on);
        running.unwrap_or_else(|| self.best(self.last.0, &self.last.1))
    }

    /// Whether no engine is left.
    pub fn dead(&self) -> bool {
        self.slot(Cpu).retired() && self.best(1, &[]) == Cpu
    }

    pub(super) fn spawn(&mut self, now: f64, kind: EngineKind) {
        self.slot_mut(kind).load(now);
        self.actions.push(Action::Spawn(kind));
    }

    /// Sends a request; the engine's silence counts from now if it was idle.
    pub(super) fn send(&mut self, now: f64, kind: EngineKind, request: Request) {
        if !self.busy(kind) {
            self.slot_mut(kind).hear(now);
        }
        self.actions.push(Action::Send(kind, request));
    }

    pub(super) fn send_model(&mut self, now: f64, kind: EngineKind, index: usize) {
        let model = &self.models[index];
        let request = Request::Model {
            id: model.id.clone(),
            architecture: model.architecture.clone(),
            weights: model.weights.to_vec(),
        };
        let id = model.id.clone();
        self.send(now, kind, request);
        let slot = self.slot_mut(kind);
        slot.parity.remove(&id);
        slot.untested = true;
    }

    /// Makes an engine drop its jobs and task.
    pub(super) fn halt(&mut self, kind: EngineKind, ticket: Ticket) {
        self.slot_mut(kind).drop_task();
        self.actions.push(Action::Send(kind, Request::Stop { ticket }));
    }

    /// Takes a job, and whatever its engine would drop with it, back to be handed out anew.
    pub(super) fn take_back(&mut self, index: usize) {
        if let Some(kind) = self.held[index].on {
            let ticket = self.ticket();
            self.halt(kind, ticket);
            self.unhand(kind);
        }
    }

    fn unhand(&mut self, kind: EngineKind) {
        self.held.iter_mut().filter(|held| held.on == Some(kind)).for_each(|held| held.on = None);
    }

    /// Ends a worker. Its jobs are to be handed out anew.
    pub(super) fn release(&mut self, kind: EngineKind) {
        self.actions.push(Action::Terminate(kind));
        self.unhand(kind);
        if let Some(Stopping { engines, .. }) = &mut self.stopping {
            engines.retain(|&other| other != kind);
        }
    }

    pub(super) fn notify(&mut self, notice: Notice) {
        self.actions.push(Action::Notify(notice));
    }
}
