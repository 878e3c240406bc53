//! What a visitor meets when nothing breaks.

use super::{Visit, attacked, job};
use crate::link::EnginePreference;
use crate::workers::supervisor::policy::{Action, Cpu, Gpu, Machine, Notice};
use foolproof_core::protocol::{Event, Request};

#[test]
fn the_first_result_comes_before_the_gpu_engine_is_loaded() {
    let mut visit = Visit::begin(EnginePreference::Auto);
    let ticket = visit.attack(1);
    assert!(!visit.has_attack(Cpu, ticket), "an engine that is not ready gets nothing");
    visit.model("cnn");
    visit.ready(Cpu);
    assert!(visit.has_attack(Cpu, ticket));
    assert_eq!(visit.count(&Action::Notify(Notice::Probe)), 0);
    visit.say(Cpu, attacked(ticket));
    assert_eq!(visit.count(&Action::Notify(Notice::Probe)), 1);
    visit.probed(Ok("Radeon".into()));
    assert_eq!(visit.count(&Action::Spawn(Gpu)), 1);
    assert_eq!(visit.policy.status().loading.as_deref(), Some("Loading the GPU engine."));
}

#[test]
fn a_faster_gpu_takes_over_once_it_is_tested_and_measured() {
    let mut visit = Visit::with_gpu(5.0, 1.0);
    let status = visit.policy.status();
    assert_eq!((status.kind, status.ready), (Gpu, true));
    assert!(status.reason.contains("faster here: a PGD step on one input takes 5.0 ms on the CPU and 1.0 ms"));
    let ticket = visit.attack(1);
    assert!(visit.has_attack(Gpu, ticket) && !visit.has_attack(Cpu, ticket));
}

#[test]
fn a_slower_gpu_gets_no_job_unless_it_is_asked_for() {
    let mut visit = Visit::with_gpu(5.0, 80.0);
    let ticket = visit.attack(1);
    assert!(visit.has_attack(Cpu, ticket));
    assert!(visit.policy.status().reason.contains("The CPU engine runs because it is faster here"));
    visit.prefer(EnginePreference::Gpu);
    assert!(visit.has_attack(Gpu, ticket), "the job under way moves");
    assert!(matches!(visit.sent(Cpu, |request| Some(request.clone())), Some(Request::Stop { .. })));
    assert_eq!(visit.policy.status().reason, "The GPU engine runs because it was chosen.");
}

#[test]
fn each_size_of_job_has_its_own_winner() {
    let mut visit = Visit::with_gpu(5.0, 6.0);
    visit.policy.slots[1].speed.as_mut().expect("measured").batch = 0.1;
    let one = visit.attack(1);
    assert!(visit.has_attack(Cpu, one));
    let many = visit.attack(64);
    assert!(visit.has_attack(Gpu, many));
    assert!(visit.policy.status().reason.contains("16 inputs"));
}

#[test]
fn a_gpu_that_computes_something_else_is_given_up() {
    let mut visit = Visit::open();
    visit.first_result();
    visit.probed(Ok("Radeon".into()));
    visit.ready(Gpu);
    visit.parity(false);
    assert_eq!(visit.done.last().map(|_| visit.count(&Action::Terminate(Gpu))), Some(1));
    visit.prefer(EnginePreference::Gpu);
    let ticket = visit.attack(1);
    assert!(visit.has_attack(Cpu, ticket));
    assert!(visit.policy.status().reason.contains("differ from the CPU's on cnn"));
    assert_eq!(visit.count(&Action::Spawn(Gpu)), 1);
}

#[test]
fn a_model_added_later_is_tested_before_the_gpu_gets_it() {
    let mut visit = Visit::with_gpu(5.0, 1.0);
    visit.model("mlp");
    let mut mixed = job(1);
    mixed.models.push("mlp".into());
    let ticket = visit.policy.submit(visit.now, mixed, false);
    visit.done.extend(visit.policy.take());
    assert!(visit.has_attack(Cpu, ticket));
    let tests = visit.done.iter().filter(|action| matches!(action, Action::Send(Gpu, Request::SelfTest { .. })));
    assert_eq!(tests.count(), 2);
}

#[test]
fn without_a_gpu_the_reason_is_said() {
    let mut visit = Visit::open();
    visit.first_result();
    visit.probed(Err("The GPU engine cannot run: this browser has no WebGPU here.".into()));
    let status = visit.policy.status();
    assert_eq!(status.reason, "The CPU engine runs. The GPU engine cannot run: this browser has no WebGPU here.");
    assert_eq!(visit.count(&Action::Spawn(Gpu)), 0);
}

#[test]
fn a_visitor_who_wants_the_cpu_never_loads_the_gpu_engine() {
    let mut visit = Visit::begin(EnginePreference::Cpu);
    visit.ready(Cpu);
    visit.model("cnn");
    visit.first_result();
    assert_eq!(visit.count(&Action::Notify(Notice::Probe)), 0);
    visit.prefer(EnginePreference::Auto);
    assert_eq!(visit.count(&Action::Notify(Notice::Probe)), 1);
}

#[test]
fn stop_is_told_when_the_engine_has_stopped() {
    let mut visit = Visit::open();
    let ticket = visit.attack(1);
    visit.stop();
    assert!(!visit.notices().any(|notice| *notice == Notice::Stopped));
    let stop = visit.sent(Cpu, |request| match request {
        Request::Stop { ticket } => Some(*ticket),
        _ => None,
    });
    visit.say(Cpu, attacked(ticket));
    assert!(!visit.notices().any(|notice| *notice == Notice::Event(attacked(ticket))), "a stopped job says no more");
    visit.say(Cpu, Event::Stopped { ticket: stop.expect("a stop") });
    assert_eq!(visit.notices().last(), Some(&Notice::Stopped));
}

#[test]
fn stop_without_a_job_is_told_at_once() {
    let mut visit = Visit::open();
    visit.stop();
    assert_eq!(visit.notices().last(), Some(&Notice::Stopped));
}

#[test]
fn a_newer_attack_replaces_the_older_and_a_search_stays() {
    let mut visit = Visit::open();
    let search = visit.policy.submit(0.0, job(1), true);
    let (old, new) = (visit.attack(1), visit.attack(1));
    visit.say(Cpu, attacked(old));
    visit.say(Cpu, attacked(new));
    let radius = Event::Radius { ticket: search, model: "cnn".into(), radius: Some(0.1) };
    visit.say(Cpu, radius.clone());
    let told: Vec<&Notice> =
        visit.notices().filter(|notice| matches!(notice, Notice::Event(_))).rev().take(2).collect();
    assert_eq!(told, [&Notice::Event(radius), &Notice::Event(attacked(new))]);
}

#[test]
fn an_attack_while_the_gpu_is_measured_is_answered_by_the_cpu() {
    let mut visit = Visit::open();
    visit.first_result();
    visit.probed(Ok("Radeon".into()));
    visit.ready(Gpu);
    let ticket = visit.attack(1);
    assert!(visit.has_attack(Cpu, ticket));
    visit.parity(true);
    let measures =
        |visit: &Visit| visit.done.iter().filter(|a| matches!(a, Action::Send(_, Request::Measure { .. }))).count();
    assert_eq!(measures(&visit), 0, "nothing is measured beside a job");
    visit.say(Cpu, Event::Done { ticket, millis: 1.0 });
    assert_eq!(measures(&visit), 1);
}
