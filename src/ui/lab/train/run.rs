//! A run from its start to its end: files, rounds, looks at how it does, the scoreboard, the shelf.

mod finish;
mod look;
mod rounds;
mod saved;
mod start;

use super::drill::{Drill, Phase};
use crate::{
    manifest::Dataset,
    protocol::{Fault, Inputs},
    ui::{
        lab::listen,
        pool::Model,
        train::{course::Course, sheet::Stopped},
    },
};
use leptos::prelude::*;

pub use saved::{find, forget};

/// What a run needs beside its course.
pub struct Set {
    turn: u32,
    /// The dataset.
    data: Dataset,
    /// The model it began with; `None` for random weights.
    before: Option<Model>,
    /// Id of that model, or `random`.
    from: String,
    /// Name that the new model is to have.
    name: String,
    /// The link that asked for it.
    fragment: String,
    /// The first of the test split: those of the strip first, all of them for the scoreboard.
    tests: Inputs,
    /// Held-out training images.
    held: Inputs,
    /// Whether to rest after the round under way.
    rest: bool,
    /// When the round under way began, milliseconds.
    since: f64,
    /// Training time when the last look was taken, and the last save.
    looked: f64,
    kept: f64,
    /// When the run was asked for.
    asked: f64,
}

thread_local! {
    /// The run under way. Signals hold only what is shown.
    static UNDER_WAY: std::cell::RefCell<Option<(Set, Course)>> = const { std::cell::RefCell::new(None) };
}

/// Reads or changes the run under way; nothing if there is none of this turn.
fn with<T>(turn: u32, run: impl FnOnce(&mut Set, &mut Course) -> T) -> Option<T> {
    UNDER_WAY
        .with_borrow_mut(|both| both.as_mut().filter(|(set, _)| set.turn == turn).map(|(set, course)| run(set, course)))
}

/// Starts, unless a run is under way.
pub fn start(drill: Drill) {
    if !untrack(|| drill.is_busy()) {
        start::begin(drill, false);
    }
}

/// Starts for the host: a run that is under way goes on.
pub fn start_for_host(drill: Drill) {
    if !untrack(|| drill.is_busy()) {
        start::begin(drill, false);
    } else if drill.phase.with_untracked(|phase| *phase == Phase::Paused) {
        pause(drill, false);
    }
}

/// Trains one round and rests; begins a run for that if there is none.
pub fn step(drill: Drill) {
    match drill.phase.get_untracked() {
        Phase::Paused => {
            let turn = drill.turn.get_value();
            with(turn, |set, _| set.rest = true);
            drill.phase.set(Phase::Running);
            rounds::next(drill, turn);
        }
        Phase::Empty | Phase::Done | Phase::Failed(_) => start::begin(drill, true),
        _ => {}
    }
}

/// Goes on with the run that an earlier visit left behind.
pub fn resume(drill: Drill) {
    if !untrack(|| drill.is_busy()) {
        saved::resume(drill);
    }
}

/// Pauses after the round under way, or goes on.
pub fn pause(drill: Drill, paused: bool) {
    let turn = drill.turn.get_value();
    if with(turn, |set, _| set.rest = paused).is_none() {
        return;
    }
    if !paused && drill.phase.with_untracked(|phase| *phase == Phase::Paused) {
        drill.phase.set(Phase::Running);
        rounds::next(drill, turn);
    }
}

/// Ends the run; what was learnt until now is kept.
pub fn cancel(drill: Drill) {
    match drill.phase.get_untracked() {
        Phase::Loading(..) => {
            drill.next_turn();
            drill.phase.set(Phase::Empty);
            listen::tell_end("train", "stopped", "The job was stopped.");
        }
        Phase::Running | Phase::Paused | Phase::Scoring => finish::cancelled(drill),
        Phase::Empty | Phase::Done | Phase::Failed(_) => {}
    }
}

/// Ends the run with a fault; its last checkpoint stays.
fn fail(drill: Drill, fault: &Fault) {
    drill.next_turn();
    UNDER_WAY.set(None);
    drill.phase.set(Phase::Failed(fault.clone()));
    listen::tell_fault("train", fault);
    wasm_bindgen_futures::spawn_local(saved::look(drill));
}

/// Ends the training part of a run.
fn over(drill: Drill, turn: u32, stopped: Stopped) {
    finish::score(drill, turn, stopped);
}
