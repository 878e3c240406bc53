//! The session as a visitor's worker lives it.

use crate::toy::*;
use burn::tensor::Device;
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::*;
use foolproof_engine::session::Session;
use std::cell::Cell;

/// A worker with two models.
pub fn session() -> Session {
    let mut session = Session::new(Device::flex(), Engine { kind: EngineKind::Cpu, name: "test".into() });
    for (id, weights) in [("one", trained_file()), ("two", file(2))] {
        let request = Request::Model { id: id.into(), architecture: architecture(), weights };
        assert_eq!(session.accept(request), [Event::ModelReady { id: id.into() }]);
    }
    session
}

/// PGD on both models.
pub fn job(eps: f32, knobs: &[(&str, f64)]) -> AttackJob {
    let clean = pixels(1, 1);
    let labels = Some(answers(&trained(), &clean));
    let [channels, rows, columns] = SHAPE;
    AttackJob {
        models: vec!["one".into(), "two".into()],
        inputs: Inputs { shape: [1, channels, rows, columns], pixels: clean, labels },
        attack: spec("pgd", Norm::Linf, eps, knobs),
        company: None,
        detection: None,
        seed: 1,
    }
}

/// Runs until nothing is left to do; a second passes at every look at the clock.
pub fn work(session: &mut Session) -> Vec<Event> {
    let time = Cell::new(0.0);
    let clock = || time.replace(time.get() + 1000.0);
    let mut events = Vec::new();
    while session.busy() {
        events.extend(pollster::block_on(session.advance(clock)));
    }
    events
}

#[test]
fn both_models_are_attacked_and_then_the_job_is_done() {
    let mut session = session();
    assert!(session.accept(Request::Attack { ticket: Ticket(5), job: job(0.5, &[]) }).is_empty());
    let events = work(&mut session);
    let outcomes: Vec<&Outcome> = events
        .iter()
        .filter_map(|event| match event {
            Event::Attacked { ticket: Ticket(5), outcome } => Some(outcome),
            _ => None,
        })
        .collect();
    assert_eq!(outcomes.iter().map(|outcome| outcome.model.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(outcomes[0].samples[0].loss.len(), 41);
    assert_eq!(outcomes[0].queries, 42);
    assert!(matches!(events.last(), Some(Event::Done { ticket: Ticket(5), .. })));
    assert!(events.iter().any(|event| matches!(event, Event::Progress { done: 4, total: 40, .. })));
    // What each model says of the input as it is was told once, before its attack was done.
    let seen = events.iter().filter_map(|event| match event {
        Event::Seen { ticket: Ticket(5), model, clean } => Some((model, clean)),
        _ => None,
    });
    let clean = outcomes.iter().map(|outcome| (&outcome.model, &outcome.samples[0].clean));
    assert_eq!(seen.collect::<Vec<_>>(), clean.collect::<Vec<_>>());
}

#[test]
fn models_joined_by_plus_are_one_ensemble() {
    let mut session = session();
    let ensemble = AttackJob { models: vec!["one+two".into()], ..job(0.3, &[("steps", 5.0)]) };
    session.accept(Request::Attack { ticket: Ticket(1), job: ensemble.clone() });
    let events = work(&mut session);
    let Some(Event::Attacked { outcome, .. }) = events.iter().find(|event| matches!(event, Event::Attacked { .. }))
    else {
        panic!("no outcome in {events:?}");
    };
    let mean = foolproof_engine::sequential::Sequential::mean_of(vec![trained(), network(2)]);
    let case = case(&mean, &ensemble.inputs.pixels, &ensemble.inputs.labels.clone().unwrap(), None, 1, 0);
    assert_eq!(
        (outcome.model.as_str(), &outcome.samples),
        ("one+two", &attack(&mean, case, &ensemble.attack).unwrap().samples)
    );
    for (id, why) in [("one+one", "distinct"), ("one+three", "three"), ("one+", "no model “”")] {
        let job = AttackJob { models: vec![id.into()], ..ensemble.clone() };
        match &session.accept(Request::Attack { ticket: Ticket(2), job })[..] {
            [Event::Fault { fault, .. }] => assert!(fault.message.contains(why), "{}", fault.message),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn pieces_give_the_same_picture_as_one_run() {
    let mut session = session();
    session.accept(Request::Attack { ticket: Ticket(1), job: job(0.3, &[("restarts", 2.0)]) });
    let events = work(&mut session);
    let Some(Event::Attacked { outcome, .. }) = events.iter().find(|event| matches!(event, Event::Attacked { .. }))
    else {
        panic!("no outcome");
    };
    let job = job(0.3, &[("restarts", 2.0)]);
    let case = case(&trained(), &job.inputs.pixels, &job.inputs.labels.clone().unwrap(), None, 1, 0);
    assert_eq!(outcome.samples, attack(&trained(), case, &job.attack).unwrap().samples);
}

#[test]
fn a_search_by_queries_ends_when_it_has_succeeded() {
    let mut session = session();
    let mut job = job(0.6, &[("queries", 5000.0)]);
    (job.attack.id, job.models) = ("square".into(), vec!["one".into()]);
    session.accept(Request::Attack { ticket: Ticket(1), job });
    let events = work(&mut session);
    let outcome = events.iter().find_map(|event| match event {
        Event::Attacked { outcome, .. } => Some(outcome),
        _ => None,
    });
    let outcome = outcome.expect("an outcome");
    let first = outcome.samples[0].queries.expect("a network that falls");
    assert!(outcome.samples[0].success && outcome.queries < first + 200, "{} after {first}", outcome.queries);
}

#[test]
fn a_newer_attack_replaces_the_older_one() {
    let mut session = session();
    session.accept(Request::Attack { ticket: Ticket(1), job: job(0.5, &[]) });
    pollster::block_on(session.advance(|| 0.0));
    session.accept(Request::Attack { ticket: Ticket(2), job: job(0.4, &[]) });
    assert!(work(&mut session).iter().all(|event| match event {
        Event::Progress { ticket, .. }
        | Event::Seen { ticket, .. }
        | Event::Attacked { ticket, .. }
        | Event::Done { ticket, .. } => *ticket == Ticket(2),
        _ => false,
    }));
}

#[test]
fn stop_drops_everything_at_once() {
    let mut session = session();
    session.accept(Request::Attack { ticket: Ticket(1), job: job(0.5, &[]) });
    session.accept(Request::Radius { ticket: Ticket(2), job: job(0.5, &[]) });
    session.accept(Request::Measure { ticket: Ticket(3) });
    assert_eq!(session.accept(Request::Stop { ticket: Ticket(4) }), [Event::Stopped { ticket: Ticket(4) }]);
    assert!(!session.busy());
}

#[test]
fn a_job_that_cannot_be_done_is_refused_in_one_sentence() {
    let refused = |change: &dyn Fn(&mut AttackJob)| -> String {
        let (mut session, mut job) = (session(), job(0.5, &[]));
        change(&mut job);
        match &session.accept(Request::Attack { ticket: Ticket(1), job })[..] {
            [Event::Fault { ticket: Some(Ticket(1)), fault }] => fault.message.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert!(refused(&|job| job.models[1] = "three".into()).contains("three"));
    assert!(refused(&|job| job.inputs.pixels[7] = f32::NAN).contains("between 0 and 1"));
    assert!(refused(&|job| job.inputs.pixels.truncate(9)).contains("do not fit"));
    assert!(refused(&|job| job.inputs.shape = [usize::MAX; 4]).contains("inputs"));
    assert!(refused(&|job| job.inputs.shape[2] = usize::MAX).contains("takes"));
    assert!(refused(&|job| job.inputs.labels = Some(vec![9])).contains("Class 9"));
    assert!(refused(&|job| job.attack.target = Some(Target::Class(4))).contains("Class 4"));
    assert!(refused(&|job| job.attack.eps = f32::INFINITY).contains("inf"));
    assert!(refused(&|job| job.attack.id = "cheat".into()).contains("cheat"));
}

#[test]
fn a_drawing_leaves_the_models_own_answer() {
    let (mut session, mut job) = (session(), job(0.5, &[]));
    job.inputs.labels = None;
    session.accept(Request::Attack { ticket: Ticket(1), job });
    for event in work(&mut session) {
        if let Event::Attacked { outcome, .. } = event {
            assert_eq!(outcome.samples[0].truth, outcome.samples[0].clean.label);
        }
    }
}

#[test]
fn the_smallest_radius_is_found_between_holding_and_falling() {
    let mut session = session();
    session.accept(Request::Radius { ticket: Ticket(1), job: job(1.0, &[("start", 0.0)]) });
    let events = work(&mut session);
    let radius = events.iter().find_map(|event| match event {
        Event::Radius { model, radius, .. } if model == "one" => Some(*radius),
        _ => None,
    });
    let radius = radius.unwrap().expect("a fresh network falls at some radius");
    let fooled = |eps: f32| {
        let job = job(eps, &[("start", 0.0)]);
        let case = case(&trained(), &job.inputs.pixels, &job.inputs.labels.unwrap(), None, 1, 0);
        attack(&trained(), case, &job.attack).unwrap().samples[0].success
    };
    assert!(radius > 0.0 && fooled(radius) && !fooled(radius - 1.5 / 128.0));
    assert!(matches!(events.last(), Some(Event::Done { .. })));
}

#[test]
fn marks_at_the_ends_of_the_slider() {
    let (mut wrong, mut held) = (job(1.0, &[]), job(1e-6, &[]));
    for job in [&mut wrong, &mut held] {
        job.models.truncate(1);
    }
    wrong.inputs.labels = wrong.inputs.labels.map(|labels| vec![(labels[0] + 1) % 4]);
    for (job, expected) in [(wrong, Some(0.0)), (held, None)] {
        let mut session = session();
        session.accept(Request::Radius { ticket: Ticket(1), job });
        let model = "one".to_string();
        assert_eq!(work(&mut session)[0], Event::Radius { ticket: Ticket(1), model, radius: expected });
    }
}

#[test]
fn a_bad_model_is_refused_and_the_old_one_stays() {
    let mut session = session();
    let request = Request::Model { id: "one".into(), architecture: architecture(), weights: file(1)[..100].to_vec() };
    assert!(
        matches!(&session.accept(request)[..], [Event::Fault { ticket: None, fault }] if fault.kind == FaultKind::Model)
    );
    assert!(session.accept(Request::Attack { ticket: Ticket(1), job: job(0.1, &[]) }).is_empty());
}

#[test]
fn a_worker_at_rest_does_nothing_and_goes_on_where_it_was() {
    let mut session = session();
    let asked = || job(0.3, &[("restarts", 2.0)]);
    session.accept(Request::Attack { ticket: Ticket(1), job: asked() });
    let mut events = pollster::block_on(session.advance(|| 0.0));
    assert!(session.accept(Request::Rest(true)).is_empty());
    assert!(!session.busy(), "nothing is to be done");
    session.accept(Request::Radius { ticket: Ticket(2), job: asked() });
    session.accept(Request::Measure { ticket: Ticket(3) });
    assert!(!session.busy(), "what is asked meanwhile waits too");
    session.accept(Request::Rest(false));
    events.extend(work(&mut session));
    let done = |ticket| events.iter().any(|event| matches!(event, Event::Done { ticket: of, .. } if *of == ticket));
    assert!(done(Ticket(1)) && done(Ticket(2)));
    let Some(Event::Attacked { outcome, .. }) = events.iter().find(|event| matches!(event, Event::Attacked { .. }))
    else {
        panic!("no outcome");
    };
    let job = asked();
    let case = case(&trained(), &job.inputs.pixels, &job.inputs.labels.clone().unwrap(), None, 1, 0);
    assert_eq!(outcome.samples, attack(&trained(), case, &job.attack).unwrap().samples);
}

#[test]
fn a_worker_at_rest_can_be_stopped() {
    let mut session = session();
    session.accept(Request::Attack { ticket: Ticket(1), job: job(0.3, &[]) });
    session.accept(Request::Rest(true));
    assert_eq!(session.accept(Request::Stop { ticket: Ticket(2) }), [Event::Stopped { ticket: Ticket(2) }]);
    session.accept(Request::Rest(false));
    assert!(!session.busy());
}

#[test]
fn every_message_survives_its_journey() {
    let requests = [
        Request::Model { id: "one".into(), architecture: architecture(), weights: file(1) },
        Request::Attack { ticket: Ticket(1), job: job(0.5, &[("steps", 3.0)]) },
        Request::Rest(true),
        Request::Panic,
    ];
    for request in requests {
        let bytes = postcard::to_allocvec(&request).unwrap();
        assert_eq!(postcard::from_bytes::<Request>(&bytes).unwrap(), request);
    }
    assert_eq!(postcard::to_allocvec(&Request::Panic).unwrap(), [6]);
    let ready = session().ready();
    assert_eq!(postcard::from_bytes::<Event>(&postcard::to_allocvec(&ready).unwrap()).unwrap(), ready);
}
