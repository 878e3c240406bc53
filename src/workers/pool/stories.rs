//! The pool's life, told as a browser would live it.

use super::*;
use crate::fixture;
use foolproof_core::{
    catalog::Catalog,
    protocol::{Engine, EngineKind, EvaluationJob, Inputs, Learner, Lesson, Round, TrainingJob},
    training::presets,
};

/// How many workers a task may kill.
const MOST_DEATHS: u32 = 3;

fn pictures() -> Request {
    Request::Pictures { id: "mnist".into(), shape: [1, 28, 28], values: vec![0u8; 784].into(), labels: vec![1] }
}

fn ready() -> Input {
    let engine = Engine { kind: EngineKind::Cpu, name: "one thread".into() };
    Input::Said(0, Event::Ready { version: VERSION, engine, catalog: Catalog::default() })
}

fn round(first: u64) -> Task {
    let architecture = fixture::manifest().models[0].architecture.clone();
    let job = TrainingJob {
        architecture: architecture.clone(),
        pictures: "mnist".into(),
        recipe: presets()[0].settings(architecture, "mnist", 0.3, 1, 1).recipe,
        round: Round { replica: 0, replicas: 1, first, steps: 5, from: 0.0, to: 0.1 },
        learner: Learner::default(),
    };
    Task { models: Vec::new(), work: Work::Train(Box::new(job)) }
}

fn model() -> Model {
    let architecture = fixture::manifest().models[0].architecture.clone();
    Model { id: "now".into(), architecture, weights: vec![1].into() }
}

fn question(model: &Model) -> Task {
    Task { models: vec![model.clone()], work: Work::Ask(vec![1]) }
}

fn trained(ticket: u64) -> Input {
    let (learner, lesson) = (Learner::default(), Lesson::default());
    Input::Said(0, Event::Trained { ticket: Ticket(ticket), replica: 0, learner, lesson })
}

fn done(ticket: u64) -> Input {
    Input::Said(0, Event::Done { ticket: Ticket(ticket), millis: 1.0 })
}

/// What was decided, in short.
fn told(pool: &mut Pool) -> Vec<String> {
    let word = |action| match action {
        Action::Spawn(place) => format!("spawn {place}"),
        Action::Terminate(place) => format!("end {place}"),
        Action::Share(_, request) => {
            if matches!(*request, Request::Pictures { .. }) {
                "pictures".into()
            } else {
                "else".to_owned()
            }
        }
        Action::Send(_, Request::Model { id, .. }) => format!("model {id}"),
        Action::Send(_, Request::Train { ticket, job }) => format!("round {} as {}", job.round.first, ticket.0),
        Action::Send(_, Request::Evaluate { ticket, .. }) => format!("evaluate as {}", ticket.0),
        Action::Send(_, Request::Attack { ticket, .. }) => format!("attack as {}", ticket.0),
        Action::Send(_, Request::Explain { ticket, .. }) => format!("question as {}", ticket.0),
        Action::Send(_, other) => format!("{other:?}"),
        Action::Notify(Notice::Said(place, Event::Trained { .. })) => format!("{place} trained"),
        Action::Notify(Notice::Said(place, Event::Attacked { .. })) => format!("{place} attacked"),
        Action::Notify(Notice::Said(place, Event::Explained { .. })) => format!("{place} explained"),
        Action::Notify(Notice::Lost(place, why)) => format!("{place} lost: {}", not_kept_alive(&why).message),
        Action::Notify(other) => format!("{other:?}"),
    };
    pool.take().into_iter().map(word).collect()
}

fn started() -> Pool {
    let mut pool = Pool::new(1, MOST_DEATHS, vec![pictures()]);
    pool.give(0.0, 0, round(0));
    assert_eq!(told(&mut pool), ["spawn 0"], "nothing is sent to a worker that is not up");
    pool.hear(10.0, ready());
    assert_eq!(told(&mut pool), ["pictures", "round 0 as 1"]);
    pool
}

#[test]
fn one_round_follows_the_other_as_they_are_given() {
    let mut pool = started();
    pool.hear(20.0, trained(1));
    pool.hear(20.0, done(1));
    assert_eq!(told(&mut pool), ["0 trained", "Done(0)"]);
    assert!(!pool.is_busy(0));
    pool.give(20.0, 0, round(5));
    pool.hear(21.0, done(1));
    assert_eq!(told(&mut pool), ["round 5 as 2"], "what belongs to an older task is not news");
    pool.hear(30.0, done(2));
    assert_eq!(told(&mut pool), ["Done(0)"]);
}

#[test]
fn a_dead_worker_is_started_again_and_sent_on_the_same_errand() {
    let mut pool = started();
    pool.hear(20.0, Input::Broke(0, "It ran out of memory.".into()));
    assert_eq!(told(&mut pool), ["end 0", "spawn 0", "Restarted(0)"]);
    pool.hear(30.0, ready());
    assert_eq!(told(&mut pool), ["pictures", "round 0 as 2"]);
    pool.hear(40.0, done(2));
    assert_eq!(told(&mut pool), ["Done(0)"]);
}

#[test]
fn a_worker_that_dies_again_and_again_ends_the_run_in_a_sentence() {
    let mut pool = started();
    for _ in 0..MOST_DEATHS {
        pool.hear(20.0, Input::Broke(0, "It ran out of memory.".into()));
    }
    let said = told(&mut pool).pop().unwrap();
    assert!(said.contains("could not be kept alive: It ran out of memory."), "{said}");
    pool.hear(30.0, ready());
    assert_eq!(told(&mut pool), [""; 0]);
}

#[test]
fn silence_counts_only_while_something_is_to_be_done() {
    let mut pool = started();
    assert_eq!(pool.due(), Some(10.0 + SILENCE));
    pool.hear(1000.0, Input::Alive(0));
    assert_eq!(pool.due(), Some(1000.0 + SILENCE));
    pool.hear(1000.0 + SILENCE, Input::Tick);
    assert_eq!(told(&mut pool), ["end 0", "spawn 0", "Restarted(0)"]);
    pool.hear(70_000.0, ready());
    pool.hear(70_001.0, done(2));
    assert_eq!(pool.due(), None);
}

#[test]
fn a_round_that_is_refused_is_not_tried_again() {
    let mut pool = started();
    let fault = Fault::new(FaultKind::NotFinite, "A weight is not finite.");
    pool.hear(20.0, Input::Said(0, Event::Fault { ticket: Some(Ticket(1)), fault: fault.clone() }));
    assert_eq!(pool.take(), [Action::Notify(Notice::Refused(0, fault))]);
    assert!(!pool.is_busy(0));
}

#[test]
fn models_go_before_the_evaluation_that_needs_them_and_pictures_nobody_takes_end_the_run() {
    let mut pool = started();
    let inputs = Inputs { shape: [0, 1, 28, 28], pixels: Vec::new(), labels: Some(Vec::new()) };
    let job = EvaluationJob::new(vec!["now".into()], inputs, Vec::new(), 1);
    pool.give(20.0, 0, Task { models: vec![model()], work: Work::Evaluate(Box::new(job)) });
    assert_eq!(told(&mut pool), ["model now", "evaluate as 2"]);
    let fault = Fault::new(FaultKind::Input, "A label is out of range.");
    pool.hear(30.0, Input::Said(0, Event::Fault { ticket: None, fault: fault.clone() }));
    assert_eq!(pool.take(), [Action::Terminate(0), Action::Notify(Notice::Failed(fault))]);
    assert_eq!((pool.size(), pool.due()), (1, None));
}

#[test]
fn an_attack_is_sent_with_its_model_and_what_came_of_it_is_told() {
    let mut pool = Pool::new(1, MOST_DEATHS, Vec::new());
    pool.give(0.0, 0, Task { models: vec![model()], work: Work::Attack(Box::new(fixture::job(&["now"]))) });
    pool.hear(10.0, ready());
    assert_eq!(told(&mut pool), ["spawn 0", "model now", "attack as 1"]);
    for ticket in [7, 1].map(Ticket) {
        pool.hear(20.0, Input::Said(0, Event::Attacked { ticket, outcome: fixture::outcome("now", 7, 3) }));
    }
    pool.hear(20.0, done(1));
    assert_eq!(told(&mut pool), ["0 attacked", "Done(0)"], "another job's is not news");
}

#[test]
fn an_explanation_whose_worker_dies_is_asked_again_with_its_model() {
    let (mut pool, model) = (Pool::new(1, MOST_DEATHS, Vec::new()), model());
    pool.give(0.0, 0, question(&model));
    assert_eq!(told(&mut pool), ["spawn 0"]);
    pool.hear(10.0, ready());
    assert_eq!(told(&mut pool), ["model now", "question as 1"]);
    pool.hear(20.0, Input::Broke(0, "It panicked.".into()));
    assert_eq!(told(&mut pool), ["end 0", "spawn 0", "Restarted(0)"]);
    pool.hear(30.0, ready());
    assert_eq!(told(&mut pool), ["model now", "question as 2"]);
    for ticket in [1, 2].map(Ticket) {
        pool.hear(40.0, Input::Said(0, Event::Explained { ticket, answer: Vec::new() }));
    }
    pool.hear(40.0, done(2));
    assert_eq!(told(&mut pool), ["0 explained", "Done(0)"], "what the dead one was asked is not news");
    pool.give(50.0, 0, question(&model));
    assert_eq!(told(&mut pool), ["question as 3"], "it has the model");
    let other = Model { weights: vec![2].into(), ..model };
    pool.give(60.0, 0, question(&other));
    assert_eq!(told(&mut pool), ["model now", "question as 4"], "other weights of the same name");
}

#[test]
fn a_question_that_kills_its_workers_is_lost_and_the_next_one_starts_another() {
    let (mut pool, model) = (Pool::new(1, MOST_DEATHS, Vec::new()), model());
    pool.give(0.0, 0, question(&model));
    for _ in 0..MOST_DEATHS {
        pool.hear(10.0, ready());
        pool.hear(10.0, Input::Said(0, Event::ModelReady { id: "now".into() }));
        assert!(pool.is_at_work(0));
        pool.hear(20.0, Input::Broke(0, "It panicked.".into()));
    }
    assert_eq!(told(&mut pool)[13..], ["end 0", "0 lost: A worker could not be kept alive: It panicked."]);
    assert_eq!((pool.is_busy(0), pool.due()), (false, None));
    pool.give(30.0, 0, question(&model));
    assert_eq!(told(&mut pool), ["spawn 0"]);
}

#[test]
fn a_gpu_that_fails_is_lost_at_once_and_its_neighbour_goes_on() {
    let mut early = Pool::new(1, MOST_DEATHS, Vec::new()).with_gpu();
    early.give(0.0, 1, round(0));
    early.hear(10.0, Input::BeingBuilt(1));
    assert_eq!(
        told(&mut early)[1..],
        ["end 1", "1 lost: A worker could not be kept alive: The GPU engine is being built."]
    );
    let failures = [
        Input::Broke(1, "The GPU device was lost.".into()),
        Input::Said(1, Event::Fault { ticket: None, fault: Fault::new(FaultKind::Gpu, "The GPU device was lost.") }),
    ];
    for failure in failures {
        let mut pool = Pool::new(1, MOST_DEATHS, vec![pictures()]).with_gpu();
        assert_eq!((pool.gpu(), pool.engine(0), pool.engine(1)), (Some(1), EngineKind::Cpu, EngineKind::Gpu));
        pool.give(0.0, 0, round(0));
        pool.give(0.0, 1, round(5));
        pool.hear(10.0, ready());
        pool.hear(20.0, failure);
        let told = told(&mut pool);
        let lost = "1 lost: A worker could not be kept alive: The GPU device was lost.";
        assert_eq!(told, ["spawn 0", "spawn 1", "pictures", "round 0 as 1", "end 1", lost]);
        pool.give(30.0, 1, round(5));
        pool.hear(40.0, trained(1));
        assert_eq!(self::told(&mut pool), ["0 trained"], "it takes no task any more, and the other goes on");
    }
}

#[test]
fn a_worker_that_is_dismissed_ends_and_takes_no_task() {
    let mut pool = started();
    pool.dismiss(0);
    pool.give(20.0, 0, round(5));
    assert_eq!((told(&mut pool), pool.is_busy(0), pool.due()), (vec!["end 0".into()], false, None));
}

#[test]
fn workers_train_where_there_is_room_for_them() {
    let roomy = |gigabytes: f64| super::roomy(Some(gigabytes));
    assert_eq!([0.25, 1.0, 2.0, 8.0, 32.0, f64::NAN].map(roomy), [1, 1, 2, 8, 8, 1]);
    assert_eq!(super::roomy(None), USUAL_TRAINERS);
}
