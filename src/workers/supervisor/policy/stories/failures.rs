//! What a visitor meets when an engine breaks: nothing lost, one sentence.

use super::{Visit, attacked, fault};
use crate::link::EnginePreference;
use crate::workers::supervisor::policy::{Action, Cpu, Gpu, Input, Notice};
use foolproof_core::{
    catalog::Catalog,
    protocol::{Engine, Event, Fault, FaultKind, Request, VERSION},
};

#[test]
fn a_panic_loses_neither_models_nor_job() {
    let mut visit = Visit::open();
    let ticket = visit.attack(1);
    visit.done.clear();
    visit.say(Cpu, fault(FaultKind::Crash, "The engine panicked: index out of bounds."));
    assert_eq!(visit.done[..2], [Action::Terminate(Cpu), Action::Spawn(Cpu)]);
    visit.ready(Cpu);
    let first = visit.done.iter().find(|action| matches!(action, Action::Send(..)));
    assert!(matches!(first, Some(Action::Send(Cpu, Request::Model { .. }))), "the model comes before the job");
    assert!(visit.has_attack(Cpu, ticket));
    visit.say(Cpu, attacked(ticket));
    assert!(visit.notices().any(|notice| *notice == Notice::Event(attacked(ticket))));
}

#[test]
fn a_job_that_kills_two_engines_is_dropped_with_a_sentence() {
    let mut visit = Visit::open();
    let ticket = visit.attack(1);
    for _ in 0..2 {
        visit.say(Cpu, fault(FaultKind::Crash, "The engine panicked: boom."));
        visit.wait(1000.0);
        visit.ready(Cpu);
    }
    let dropped = visit.notices().any(
        |notice| matches!(notice, Notice::Event(Event::Fault { ticket: Some(t), fault }) if *t == ticket && fault.message.contains("boom")),
    );
    assert!(dropped);
    let next = visit.attack(1);
    assert!(visit.has_attack(Cpu, next), "the next job is served");
}

#[test]
fn a_gpu_lost_in_a_job_costs_the_visitor_nothing() {
    let mut visit = Visit::with_gpu(5.0, 1.0);
    let ticket = visit.attack(1);
    visit.say(Gpu, fault(FaultKind::Crash, "The GPU device was lost (Destroyed)."));
    assert!(visit.has_attack(Cpu, ticket));
    visit.say(Cpu, Event::Done { ticket, millis: 1.0 });
    assert_eq!(visit.count(&Action::Spawn(Gpu)), 2);
    for round in 3.. {
        visit.ready(Gpu);
        visit.parity(true);
        let ticket = visit.attack(1);
        assert!(visit.has_attack(Gpu, ticket), "tested again, it is trusted again");
        visit.say(Gpu, fault(FaultKind::Crash, "The GPU device was lost (Destroyed)."));
        visit.say(Cpu, Event::Done { ticket, millis: 1.0 });
        visit.wait(5000.0);
        if visit.policy.slots[1].retired() {
            assert_eq!(round, 5, "after three new starts");
            break;
        }
        assert_eq!(visit.count(&Action::Spawn(Gpu)), round);
    }
    assert!(visit.policy.status().reason.contains("The GPU device was lost"));
}

#[test]
fn a_refused_shader_ends_the_gpu_engine_and_its_job_is_done_on_the_cpu() {
    let mut visit = Visit::with_gpu(5.0, 1.0);
    let ticket = visit.attack(1);
    visit.say(Gpu, fault(FaultKind::Gpu, "The GPU refused a part of the computation."));
    assert!(visit.has_attack(Cpu, ticket));
    visit.say(Gpu, attacked(ticket));
    assert!(!visit.notices().any(|notice| *notice == Notice::Event(attacked(ticket))), "its results are none");
    visit.wait(60_000.0);
    assert_eq!(visit.count(&Action::Spawn(Gpu)), 1);
}

#[test]
fn numbers_that_are_not_finite_are_computed_again_on_the_cpu() {
    let mut visit = Visit::with_gpu(5.0, 1.0);
    let ticket = visit.attack(1);
    let event = Event::Fault { ticket: Some(ticket), fault: Fault::new(FaultKind::NotFinite, "No number.") };
    visit.say(Gpu, event.clone());
    assert!(visit.has_attack(Cpu, ticket));
    visit.say(Cpu, event.clone());
    assert!(
        visit.notices().any(|notice| *notice == Notice::Event(event.clone())),
        "where it is the visitor's business"
    );
}

#[test]
fn a_hang_is_found_and_a_long_piece_of_work_is_none() {
    let mut visit = Visit::open();
    let ticket = visit.attack(1);
    for _ in 0..60 {
        visit.wait(1000.0);
        visit.hear(Input::Alive(Cpu));
    }
    assert_eq!(visit.count(&Action::Terminate(Cpu)), 0);
    visit.wait(13_000.0);
    assert_eq!(visit.count(&Action::Terminate(Cpu)), 1);
    visit.ready(Cpu);
    assert!(visit.has_attack(Cpu, ticket));
}

#[test]
fn an_engine_that_is_still_being_built_is_waited_for_and_said_to_be() {
    let mut visit = Visit::open();
    visit.first_result();
    visit.probed(Ok("a GPU".into()));
    for _ in 0..100 {
        visit.hear(Input::BeingBuilt(Gpu));
        visit.wait(60_000.0);
    }
    assert_eq!(visit.count(&Action::Terminate(Gpu)), 0);
    let loading = || visit.policy.status().loading;
    assert_eq!(loading(), Some("The GPU engine is being built.".into()));
    visit.ready(Gpu);
    assert_eq!(visit.policy.status().loading, None);
}

#[test]
fn an_idle_engine_may_be_silent_for_hours() {
    let mut visit = Visit::open();
    visit.first_result();
    visit.wait(3_600_000.0);
    visit.attack(1);
    visit.wait(9000.0);
    assert_eq!(visit.count(&Action::Terminate(Cpu)), 0);
}

#[test]
fn a_laptop_that_slept_finds_its_engine_alive() {
    let mut visit = Visit::open();
    let ticket = visit.attack(1);
    visit.now += 3_600_000.0;
    visit.hear(Input::Tick);
    visit.say(Cpu, attacked(ticket));
    visit.wait(5000.0);
    assert_eq!(visit.count(&Action::Terminate(Cpu)), 0);
}

#[test]
fn a_gpu_may_compile_its_shaders_for_a_while() {
    let mut visit = Visit::open();
    visit.first_result();
    visit.probed(Ok("Radeon".into()));
    visit.ready(Gpu);
    visit.wait(55_000.0);
    assert_eq!(visit.count(&Action::Terminate(Gpu)), 0);
    visit.wait(10_000.0);
    assert_eq!(visit.count(&Action::Terminate(Gpu)), 1);
}

#[test]
fn an_engine_that_does_not_stop_is_ended_after_two_seconds() {
    let mut visit = Visit::open();
    visit.attack(1);
    visit.stop();
    visit.wait(1900.0);
    assert_eq!(visit.count(&Action::Terminate(Cpu)), 0);
    visit.wait(200.0);
    assert_eq!(visit.count(&Action::Terminate(Cpu)), 1);
    assert_eq!(visit.count(&Action::Spawn(Cpu)), 2);
    assert_eq!(visit.count(&Action::Notify(Notice::Stopped)), 1);
    visit.ready(Cpu);
    let next = visit.attack(1);
    assert!(visit.has_attack(Cpu, next));
    assert_eq!(visit.policy.slots[0].failures, 0, "a hard stop is the visitor's wish, not a failure");
}

#[test]
fn an_engine_file_that_is_missing_ends_in_one_sentence() {
    let mut visit = Visit::begin(EnginePreference::Auto);
    let ticket = visit.attack(1);
    for _ in 0..3 {
        visit.break_down(Cpu);
        visit.wait(5000.0);
    }
    assert_eq!(visit.count(&Action::Spawn(Cpu)), 3);
    assert_eq!(visit.count(&Action::Notify(Notice::Probe)), 1, "the GPU engine is the only hope");
    visit.probed(Err("No WebGPU.".into()));
    let status = visit.policy.status();
    assert!(status.reason.starts_with("The engine could not be started. Please check the connection"));
    assert!(!status.ready && status.loading.is_none());
    let told = |notice: &&Notice| matches!(notice, Notice::Event(Event::Fault { ticket: Some(t), .. }) if *t == ticket);
    assert_eq!(visit.notices().filter(told).count(), 1, "the job is not left waiting");
    assert_eq!(visit.notices().filter(|notice| matches!(notice, Notice::Fault(_))).count(), 1);
}

#[test]
fn an_engine_of_another_build_is_not_talked_to() {
    let mut visit = Visit::begin(EnginePreference::Cpu);
    visit.model("cnn");
    let engine = Engine { kind: Cpu, name: "old".into() };
    visit.say(Cpu, Event::Ready { version: VERSION ^ 1, engine, catalog: Catalog::default() });
    assert_eq!(visit.count(&Action::Spawn(Cpu)), 1);
    assert!(visit.sent(Cpu, |_| Some(())).is_none());
    assert!(visit.policy.status().reason.contains("another version of this page"));
}
