//! A run from its start to its end: files, rounds, examinations, the scoreboard, the model store.

mod finish;
mod look;
mod rounds;
pub mod saved;
mod start;

use super::{
    state::{Phase, TrainingState},
    sweep,
};
use crate::{
    bridge::lab_listener,
    link::Job,
    train::{request::Points, scoreboard::Face},
    workers::pool::Model,
};
use foolproof_core::{
    manifest::Dataset,
    protocol::{Fault, Inputs},
    training::{Checkpoint, Run},
};
use leptos::prelude::*;
use std::{cell::RefCell, collections::BTreeMap};

pub use saved::{find, forget};

/// What a run needs beside its state machine.
pub struct RunContext {
    turn: u32,
    /// What the points are, if it is not images.
    points: Option<Points>,
    /// The dataset.
    data: Dataset,
    /// The model it began with; `None` for random weights.
    before: Option<Model>,
    /// Id of that model, or `random`.
    from: String,
    /// Name that the new model is to have.
    name: String,
    /// Radius that it is to hold.
    eps: f32,
    /// The link that asked for it.
    fragment: String,
    /// The first of the test split, for the scoreboard.
    tests: Inputs,
    /// The strip's pictures, and after them the held-out ones.
    watched: Inputs,
    /// What an examination has seen of them, by attack and picture.
    seen: BTreeMap<(usize, usize), Face>,
    /// Names the order under way.
    tag: u64,
    /// Time of the last drawing, and of the last checkpoint.
    shown: f64,
    kept: f64,
    /// When the run was asked for.
    asked: f64,
}

thread_local! {
    /// The run under way. Signals hold only what is shown.
    static UNDER_WAY: RefCell<Option<(RunContext, Run)>> = const { RefCell::new(None) };
}

/// Reads or changes the run under way; nothing if there is none of this turn.
fn with<T>(turn: u32, read: impl FnOnce(&mut RunContext, &mut Run) -> T) -> Option<T> {
    UNDER_WAY.with_borrow_mut(|both| both.as_mut().filter(|(set, _)| set.turn == turn).map(|(set, run)| read(set, run)))
}

/// Starts, unless a run is under way.
pub fn start(trainer: TrainingState) {
    if !untrack(|| trainer.is_busy()) {
        start::begin(trainer, false);
    }
}

/// Starts with these keys set, unless a run is under way.
pub fn start_with(trainer: TrainingState, keys: &[(&str, String)]) {
    if !untrack(|| trainer.is_busy()) {
        start::begin_with(trainer, keys);
    }
}

/// Starts the run of a link with these keys changed, one of a sweep, at its start or where it was.
pub fn start_one(trainer: TrainingState, fragment: &str, keys: &[(&str, String)], earlier: Option<Checkpoint>) {
    start::one(trainer, fragment, keys, earlier);
}

/// Starts for the host: a run that is under way goes on.
pub fn start_for_host(trainer: TrainingState) {
    if !untrack(|| trainer.is_busy()) {
        start::begin(trainer, false);
    } else if trainer.phase.with_untracked(|phase| *phase == Phase::Paused) {
        pause(trainer, false);
    }
}

/// Trains one round and rests; begins a run for that if there is none.
pub fn step(trainer: TrainingState) {
    if untrack(|| trainer.is_busy()) {
        order(trainer, Run::step);
    } else {
        start::begin(trainer, true);
    }
}

/// Goes on with the run that an earlier visit left behind.
pub fn resume(trainer: TrainingState) {
    if !untrack(|| trainer.is_busy()) {
        saved::resume(trainer);
    }
}

/// Pauses after the round under way, or goes on.
pub fn pause(trainer: TrainingState, paused: bool) {
    order(trainer, if paused { Run::pause } else { Run::go_on });
}

/// Has the run under way do something, and carries out what follows from it.
fn order(trainer: TrainingState, verb: fn(&mut Run)) {
    let turn = trainer.turn.get_value();
    let training = trainer.phase.with_untracked(|phase| matches!(phase, Phase::Running | Phase::Paused));
    if training && with(turn, |_, run| verb(run)).is_some() {
        rounds::next(trainer, turn);
    }
}

/// Ends the run; what was learnt until now is kept.
pub fn cancel(trainer: TrainingState) {
    if trainer.asked.get_untracked() {
        trainer.asked.set(false);
        lab_listener::tell_stopped(Job::Train);
    }
    match trainer.phase.get_untracked() {
        Phase::Loading(..) => {
            trainer.next_turn();
            trainer.phase.set(Phase::Empty);
            if sweep::is_under_way() {
                sweep::over(trainer);
            } else {
                // Nothing was written over what an earlier visit left.
                saved::find(trainer);
            }
            lab_listener::tell_stopped(Job::Train);
        }
        Phase::Running | Phase::Paused | Phase::Scoring => finish::cancelled(trainer),
        Phase::Empty | Phase::Done | Phase::Failed(_) => {}
    }
}

/// Ends the run with a fault; its last checkpoint stays, and the sweep that it is one of can be gone on with.
fn fail(trainer: TrainingState, fault: &Fault) {
    trainer.next_turn();
    UNDER_WAY.set(None);
    trainer.phase.set(Phase::Failed(fault.clone()));
    sweep::end(trainer);
    lab_listener::tell_fault(Job::Train, fault);
    wasm_bindgen_futures::spawn_local(saved::look(trainer));
}
