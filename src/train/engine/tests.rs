//! Engines that are told what a trial would be told.

use super::*;
use crate::fixture;
use foolproof_core::training::preset;

fn settings() -> Settings {
    let architecture = fixture::manifest().models[0].architecture.clone();
    preset("minute").unwrap().settings(architecture, "some", 0.3, 2, 1)
}

fn tried(step: impl Fn(EngineKind) -> f64, timed: bool) -> (TrainingEngine, Option<Choice>) {
    let mut engine = TrainingEngine::tried(&settings(), Learner::default(), "a GPU".into(), timed);
    let mut choice = None;
    while let Some((kind, job)) = engine.order() {
        assert!(engine.order().is_none(), "one at a time");
        assert!(engine.is_in_trial() && choice.is_none());
        let images = u64::from(job.round.steps * job.recipe.batch);
        let lesson = Lesson { images, millis: step(kind) * f64::from(job.round.steps), ..Lesson::default() };
        choice = engine.hear(kind, Learner { moments: vec![vec![1.0]], ..Learner::default() }, lesson);
    }
    (engine, choice)
}

const QUICK: fn(EngineKind) -> f64 = |kind| if kind == EngineKind::Gpu { 2.0 } else { 20.0 };
const SLOW: fn(EngineKind) -> f64 = |kind| if kind == EngineKind::Gpu { 200.0 } else { 20.0 };

#[test]
fn a_faster_gpu_trains_what_all_workers_would_at_each_step() {
    let (engine, choice) = tried(QUICK, true);
    assert_eq!(engine.kind(), EngineKind::Gpu);
    assert_eq!(engine.reason(), "The GPU trains (a GPU): 32000 inputs a second in a trial, and 5500 on the CPU.");
    assert_eq!(engine.gpu(), Some("a GPU"));
    let Seats { replicas, batch, round } = engine.seats();
    assert_eq!((replicas, batch, engine.workers()), (1, 64, 2));
    assert!(round > 100, "{round}");
    let again = TrainingEngine::known(&settings(), "a GPU".into(), &choice.unwrap());
    assert_eq!((again.reason(), again.seats(), again.is_in_trial()), (engine.reason(), engine.seats(), false));
}

#[test]
fn a_slower_gpu_does_not_unless_it_was_chosen() {
    let (engine, _) = tried(SLOW, true);
    assert_eq!((engine.kind(), engine.seats()), (EngineKind::Cpu, settings().seats()));
    assert_eq!(engine.reason(), "The CPU trains: 5500 inputs a second in a trial, and 320 on the GPU (a GPU).");
    assert_eq!(engine.gpu(), None);
    let (engine, _) = tried(SLOW, false);
    assert_eq!((engine.kind(), engine.reason()), (EngineKind::Gpu, "The GPU trains, because it was chosen: a GPU."));
}

#[test]
fn a_gpu_that_is_lost_leaves_its_place_to_the_workers() {
    let (mut engine, _) = tried(QUICK, true);
    engine.lose_gpu("The device was lost.");
    assert_eq!((engine.kind(), engine.seats()), (EngineKind::Cpu, settings().seats()));
    assert_eq!(engine.reason(), "The CPU trains, as the GPU could not go on: The device was lost.");
    let mut early = TrainingEngine::tried(&settings(), Learner::default(), "a GPU".into(), true);
    assert!(early.order().is_some());
    early.lose_gpu("no adapter");
    assert_eq!((early.order().is_none(), early.is_in_trial(), early.kind()), (true, false, EngineKind::Cpu));
    let late = early.hear(EngineKind::Gpu, Learner::default(), Lesson::default());
    assert_eq!(late, None, "what comes too late does not count");
}

#[test]
fn why_an_engine_trains_is_told_where_somebody_would_ask() {
    let cpu = TrainingEngine::cpu(&settings(), "It is usual.".into());
    assert_eq!((cpu.said(), cpu.reason()), ("", "It is usual."));
    let refused = TrainingEngine::refused(&settings(), "There is no GPU.".into());
    assert_eq!((refused.said(), refused.kind(), refused.may_use_gpu()), ("There is no GPU.", EngineKind::Cpu, false));
    let (tried, _) = tried(SLOW, true);
    assert_eq!(tried.said(), tried.reason());
}

#[test]
fn a_choice_holds_for_runs_of_its_kind() {
    let (own, mut other) = (settings(), settings());
    other.recipe.seed = 2;
    other.recipe.eps = 0.1;
    assert_eq!(ChosenFor::like(&own), ChosenFor::like(&other));
    other.recipe.batch = 64;
    assert_ne!(ChosenFor::like(&own), ChosenFor::like(&other));
}
