//! A visitor's browser with two cores, and with one; [`failures`] when not all goes well.

mod failures;

use super::{Action, Half, Input, Machine, Notice, Pair, Place};
use crate::{
    link::EnginePreference,
    workers::supervisor::sent::{self, attacked},
};
use EngineKind::{Cpu, Gpu};
use Half::{First, Second};
use foolproof_core::{
    architecture::Architecture,
    catalog::Catalog,
    protocol::{AttackJob, Engine, EngineKind, Event, Fault, FaultKind, ParityCheck, Request, Ticket, VERSION},
};
use std::rc::Rc;

struct Visit {
    pair: Pair,
    now: f64,
    done: Vec<Action>,
}

impl Visit {
    /// The page is open, and an attack on two networks is done.
    fn warm(cores: usize) -> Visit {
        let pair = Pair::new(EnginePreference::Auto, cores, 0.0);
        let mut visit = Visit { pair, now: 0.0, done: Vec::new() };
        visit.ready(First, Cpu);
        for id in ["natural", "robust"] {
            let architecture = Architecture::new([1, 2, 2], 2, Vec::new());
            visit.pair.add_model(0.0, id.into(), architecture, Rc::from([1, 2, 3].as_slice()));
        }
        let ticket = visit.attack(0.1);
        let own = visit.sent(First).expect("handed to the first engine");
        assert_eq!(own.1.models, ["natural", "robust"]);
        assert_eq!(visit.count(&Action::Spawn(Place(Second, Cpu))), 0, "a page that is looked at has one engine");
        visit.says(First, |ticket| Event::Done { ticket, millis: 2.0 });
        assert_eq!(visit.told_done(), [(ticket, 2.0)]);
        visit
    }

    /// As `warm`, with both engines up.
    fn paired() -> Visit {
        let mut visit = Visit::warm(2);
        let ticket = visit.attack(0.2);
        assert_eq!(visit.count(&Action::Spawn(Place(Second, Cpu))), 1);
        assert_eq!(visit.sent(First).map(|(_, job)| job.models.len()), Some(2), "nothing waits for the second");
        visit.ready(Second, Cpu);
        visit.says(First, |ticket| Event::Done { ticket, millis: 2.0 });
        assert_eq!(visit.told_done().last(), Some(&(ticket, 2.0)));
        visit
    }

    fn hear(&mut self, input: Input) {
        self.pair.hear(self.now, input);
        self.catch_up();
    }

    fn catch_up(&mut self) {
        self.done.extend(self.pair.take());
    }

    fn ready(&mut self, half: Half, kind: EngineKind) {
        let engine = Engine { kind, name: format!("{kind:?} name") };
        self.hear(Input::Said(
            Place(half, kind),
            Event::Ready { version: VERSION, engine, catalog: Catalog::default() },
        ));
    }

    fn attack(&mut self, eps: f32) -> Ticket {
        self.submit(eps, false)
    }

    fn submit(&mut self, eps: f32, search: bool) -> Ticket {
        let ticket = self.pair.submit(self.now, job(eps), search);
        self.catch_up();
        ticket
    }

    /// The last job that this CPU engine got.
    fn sent(&self, half: Half) -> Option<(Ticket, AttackJob)> {
        self.done.iter().rev().find_map(|action| match action {
            Action::Send(Place(to, Cpu), Request::Attack { ticket, job } | Request::Radius { ticket, job })
                if *to == half =>
            {
                Some((*ticket, job.clone()))
            }
            _ => None,
        })
    }

    /// This engine says something of the last job that it got.
    fn says(&mut self, half: Half, event: impl FnOnce(Ticket) -> Event) {
        let (ticket, _) = self.sent(half).expect("a job");
        self.hear(Input::Said(Place(half, Cpu), event(ticket)));
    }

    fn breaks(&mut self, half: Half, message: &str) {
        let fault = Fault::new(FaultKind::Crash, message);
        self.hear(Input::Said(Place(half, Cpu), Event::Fault { ticket: None, fault }));
    }

    fn count(&self, wanted: &Action) -> usize {
        self.done.iter().filter(|action| *action == wanted).count()
    }

    fn told(&self) -> Vec<&Event> {
        let notices = self.done.iter().filter_map(|action| match action {
            Action::Notify(Notice::Event(event)) => Some(event),
            _ => None,
        });
        notices.collect()
    }

    /// Whether the last status says that two networks are attacked at once.
    fn says_at_once(&self) -> bool {
        let status = self.done.iter().rev().find_map(|action| match action {
            Action::Notify(Notice::Status(status)) => Some(status),
            _ => None,
        });
        status.is_some_and(|status| status.details.iter().any(|line| line.contains("two networks at once")))
    }

    fn told_done(&self) -> Vec<(Ticket, f64)> {
        let done = self.told().into_iter().filter_map(|event| match event {
            Event::Done { ticket, millis } => Some((*ticket, *millis)),
            _ => None,
        });
        done.collect()
    }

    fn wait(&mut self, millis: f64) {
        let end = self.now + millis;
        while let Some(due) = self.pair.due().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.hear(Input::Tick);
        }
        self.now = end;
    }
}

fn job(eps: f32) -> AttackJob {
    sent::job(1, &["natural", "robust"], eps)
}

#[test]
fn each_engine_gets_a_network_and_the_page_hears_one_job() {
    let mut visit = Visit::paired();
    for search in [false, true] {
        visit.done.clear();
        let ticket = visit.submit(0.3, search);
        let models = [First, Second].map(|half| visit.sent(half).expect("a half").1.models);
        assert_eq!(models, [["natural"], ["robust"]]);
        visit.says(Second, |ticket| attacked(ticket, "robust"));
        visit.says(Second, |ticket| Event::Done { ticket, millis: 7.0 });
        assert_eq!(visit.told_done(), [], "the other half is under way");
        visit.says(First, |ticket| attacked(ticket, "natural"));
        visit.says(First, |ticket| Event::Done { ticket, millis: 3.0 });
        let expected = [attacked(ticket, "robust"), attacked(ticket, "natural"), Event::Done { ticket, millis: 7.0 }];
        assert_eq!(visit.told(), expected.iter().collect::<Vec<_>>(), "the slower half is the time of both");
    }
}

#[test]
fn progress_never_goes_back_between_the_halves() {
    let mut visit = Visit::paired();
    visit.attack(0.3);
    let progress = |done| move |ticket| Event::Progress { ticket, model: String::new(), done, total: 9 };
    visit.says(First, progress(1));
    visit.says(Second, progress(8));
    visit.says(First, progress(2));
    visit.says(First, |ticket| Event::Done { ticket, millis: 1.0 });
    visit.says(Second, progress(9));
    let steps: Vec<u32> = visit
        .told()
        .into_iter()
        .filter_map(|event| match event {
            Event::Progress { done, .. } => Some(*done),
            _ => None,
        })
        .collect();
    assert_eq!(steps, [1, 2, 9]);
}

#[test]
fn on_one_core_there_is_one_engine() {
    let mut visit = Visit::warm(1);
    for eps in [0.2, 0.3] {
        visit.attack(eps);
        visit.says(First, |ticket| Event::Done { ticket, millis: 1.0 });
    }
    assert_eq!(visit.count(&Action::Spawn(Place(Second, Cpu))), 0);
    assert_eq!(visit.told_done().len(), 3);
}

#[test]
fn a_newer_job_leaves_nothing_of_the_older_one() {
    let mut visit = Visit::paired();
    visit.attack(0.3);
    let old = [First, Second].map(|half| visit.sent(half).expect("a half").0);
    let newer = visit.attack(0.4);
    let before = visit.told().len();
    for (half, ticket) in [First, Second].into_iter().zip(old) {
        visit.hear(Input::Said(Place(half, Cpu), attacked(ticket, "natural")));
        visit.hear(Input::Said(Place(half, Cpu), Event::Done { ticket, millis: 1.0 }));
    }
    assert_eq!(visit.told().len(), before);
    visit.says(First, |ticket| Event::Done { ticket, millis: 1.0 });
    visit.says(Second, |ticket| Event::Done { ticket, millis: 1.0 });
    assert_eq!(visit.told_done().last(), Some(&(newer, 1.0)));
}

#[test]
fn a_gpu_in_force_gets_both_networks() {
    let mut visit = Visit::paired();
    assert!(visit.says_at_once(), "the CPU attacks");
    visit.pair.probed(visit.now, Ok("Radeon".into()));
    visit.catch_up();
    visit.pair.prefer(visit.now, EnginePreference::Gpu);
    visit.ready(First, Gpu);
    let test = visit.done.iter().rev().find_map(|action| match action {
        Action::Send(Place(First, Gpu), Request::SelfTest { ticket }) => Some(*ticket),
        _ => None,
    });
    let check = |model: &str| ParityCheck { model: model.into(), logits: 1e-6, gradient: 0.2, passed: true };
    let checks = vec![check("natural"), check("robust")];
    visit.hear(Input::Said(Place(First, Gpu), Event::Parity { ticket: test.expect("a self-test"), checks }));
    visit.done.clear();
    visit.attack(0.3);
    let sent = visit.done.iter().find_map(|action| match action {
        Action::Send(place, Request::Attack { job, .. }) => Some((*place, job.models.len())),
        _ => None,
    });
    assert_eq!(sent, Some((Place(First, Gpu), 2)));
    assert!(!visit.says_at_once(), "now it does nothing");
}

#[test]
fn models_that_come_later_are_given_to_both() {
    let mut visit = Visit::paired();
    visit.done.clear();
    let architecture = Architecture::new([1, 2, 2], 2, Vec::new());
    visit.pair.add_model(visit.now, "mine:a".into(), architecture, Rc::from([1].as_slice()));
    visit.catch_up();
    let given = |half| {
        visit.done.iter().any(
            |action| matches!(action, Action::Send(Place(to, Cpu), Request::Model { id, .. }) if *to == half && id == "mine:a"),
        )
    };
    assert!(given(First) && given(Second));
    for half in [First, Second] {
        visit.hear(Input::Said(Place(half, Cpu), Event::ModelReady { id: "mine:a".into() }));
    }
    assert_eq!(visit.told(), [&Event::ModelReady { id: "mine:a".into() }]);
}
