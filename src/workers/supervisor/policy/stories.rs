//! The policy told as what happens to a visitor: [`life`] when all goes well, [`failures`] when it does not. Here is
//! the visitor's browser.

mod failures;
mod life;

use super::{Action, Cpu, Gpu, Input, Machine, Notice, Policy};
use crate::{link::EnginePreference, workers::supervisor::sent};
use foolproof_core::{
    architecture::Architecture,
    catalog::Catalog,
    protocol::{AttackJob, Engine, EngineKind, Event, Fault, FaultKind, ParityCheck, Request, Ticket, VERSION},
};
use std::rc::Rc;

/// A visitor's browser: the policy, a clock, and everything that was done.
struct Visit {
    policy: Policy,
    now: f64,
    done: Vec<Action>,
}

impl Visit {
    fn begin(preference: EnginePreference) -> Visit {
        Visit { policy: Policy::new(preference, 0.0), now: 0.0, done: Vec::new() }.caught_up()
    }

    /// The page is open, the CPU engine up, one model in place.
    fn open() -> Visit {
        let mut visit = Visit::begin(EnginePreference::Auto);
        visit.ready(Cpu);
        visit.model("cnn");
        visit
    }

    /// As `open`, with a first result and the GPU engine up, tested and measured.
    fn with_gpu(cpu: f64, gpu: f64) -> Visit {
        let mut visit = Visit::open();
        visit.first_result();
        visit.probed(Ok("Radeon".into()));
        visit.ready(Gpu);
        visit.parity(true);
        visit.measured(Cpu, cpu);
        visit.measured(Gpu, gpu);
        visit
    }

    fn caught_up(mut self) -> Visit {
        self.done.extend(self.policy.take());
        self
    }

    fn hear(&mut self, input: Input) {
        self.policy.hear(self.now, input);
        self.done.extend(self.policy.take());
    }

    fn probed(&mut self, answer: Result<String, String>) {
        self.policy.probed(self.now, answer);
        self.done.extend(self.policy.take());
    }

    fn say(&mut self, kind: EngineKind, event: Event) {
        self.hear(Input::Said(kind, event));
    }

    fn ready(&mut self, kind: EngineKind) {
        let engine = Engine { kind, name: format!("{kind:?} name") };
        self.say(kind, Event::Ready { version: VERSION, engine, catalog: Catalog::default() });
    }

    fn model(&mut self, id: &str) {
        let architecture = Architecture::new([1, 2, 2], 2, Vec::new());
        self.policy.add_model(self.now, id.into(), architecture, Rc::from([1, 2, 3].as_slice()));
        self.done.extend(self.policy.take());
    }

    fn attack(&mut self, inputs: usize) -> Ticket {
        let ticket = self.policy.submit(self.now, job(inputs), false);
        self.done.extend(self.policy.take());
        ticket
    }

    fn stop(&mut self) {
        self.policy.stop(self.now);
        self.done.extend(self.policy.take());
    }

    fn prefer(&mut self, preference: EnginePreference) {
        self.policy.prefer(self.now, preference);
        self.done.extend(self.policy.take());
    }

    fn first_result(&mut self) {
        let ticket = self.attack(1);
        self.say(Cpu, attacked(ticket));
        self.say(Cpu, Event::Done { ticket, millis: 1.0 });
    }

    /// Answers the GPU's self-test.
    fn parity(&mut self, passed: bool) {
        let ticket = self.sent(Gpu, |request| match request {
            Request::SelfTest { ticket } => Some(*ticket),
            _ => None,
        });
        let checks = vec![ParityCheck { model: "cnn".into(), logits: 1e-6, gradient: 0.25, passed }];
        self.say(Gpu, Event::Parity { ticket: ticket.expect("a self-test"), checks });
    }

    /// Answers a measurement.
    fn measured(&mut self, kind: EngineKind, millis: f64) {
        let ticket = self.sent(kind, |request| match request {
            Request::Measure { ticket } => Some(*ticket),
            _ => None,
        });
        let ticket = ticket.expect("a measurement");
        self.say(kind, Event::Measured { ticket, single: millis, batch: millis / 10.0 });
    }

    /// The last request of a sort that an engine got.
    fn sent<T>(&self, kind: EngineKind, pick: impl Fn(&Request) -> Option<T>) -> Option<T> {
        self.done.iter().rev().find_map(|action| match action {
            Action::Send(to, request) if *to == kind => pick(request),
            _ => None,
        })
    }

    fn has_attack(&self, kind: EngineKind, wanted: Ticket) -> bool {
        let found = self.sent(kind, |request| match request {
            Request::Attack { ticket, .. } if *ticket == wanted => Some(()),
            _ => None,
        });
        found.is_some()
    }

    fn count(&self, wanted: &Action) -> usize {
        self.done.iter().filter(|action| *action == wanted).count()
    }

    fn notices(&self) -> impl DoubleEndedIterator<Item = &Notice> {
        self.done.iter().filter_map(|action| match action {
            Action::Notify(notice) => Some(notice),
            _ => None,
        })
    }

    /// Lets time pass, with every timer on the way.
    fn wait(&mut self, millis: f64) {
        let end = self.now + millis;
        while let Some(due) = self.policy.due().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.hear(Input::Tick);
        }
        self.now = end;
    }

    fn break_down(&mut self, kind: EngineKind) {
        self.hear(Input::Broke(kind, "The engine's file could not be loaded.".into()));
    }
}

fn job(inputs: usize) -> AttackJob {
    sent::job(inputs, &["cnn"], 0.1)
}

fn attacked(ticket: Ticket) -> Event {
    sent::attacked(ticket, "cnn")
}

fn fault(kind: FaultKind, message: &str) -> Event {
    Event::Fault { ticket: None, fault: Fault::new(kind, message) }
}
