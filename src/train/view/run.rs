//! A run from its start to its end: files, rounds, looks at how it does, the scoreboard, the shelf.

mod finish;
mod look;
mod rounds;
pub mod saved;
mod start;

use super::{
    state::{Drill, Phase},
    sweep,
};
use crate::{
    bridge::lab_listener,
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
pub struct Kit {
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
    static UNDER_WAY: RefCell<Option<(Kit, Run)>> = const { RefCell::new(None) };
}

/// Reads or changes the run under way; nothing if there is none of this turn.
fn with<T>(turn: u32, read: impl FnOnce(&mut Kit, &mut Run) -> T) -> Option<T> {
    UNDER_WAY.with_borrow_mut(|both| both.as_mut().filter(|(set, _)| set.turn == turn).map(|(set, run)| read(set, run)))
}

/// Starts, unless a run is under way.
pub fn start(drill: Drill) {
    if !untrack(|| drill.is_busy()) {
        start::begin(drill, false);
    }
}

/// Starts with these keys set, unless a run is under way.
pub fn start_with(drill: Drill, keys: &[(&str, String)]) {
    if !untrack(|| drill.is_busy()) {
        start::begin_with(drill, keys);
    }
}

/// Starts the run of a link with these keys changed, one of a sweep, at its start or where it was.
pub fn start_one(drill: Drill, fragment: &str, keys: &[(&str, String)], earlier: Option<Checkpoint>) {
    start::one(drill, fragment, keys, earlier);
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
    if untrack(|| drill.is_busy()) {
        order(drill, Run::step);
    } else {
        start::begin(drill, true);
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
    order(drill, if paused { Run::pause } else { Run::go_on });
}

/// Has the run under way do something, and carries out what follows from it.
fn order(drill: Drill, verb: fn(&mut Run)) {
    let turn = drill.turn.get_value();
    let training = drill.phase.with_untracked(|phase| matches!(phase, Phase::Running | Phase::Paused));
    if training && with(turn, |_, run| verb(run)).is_some() {
        rounds::next(drill, turn);
    }
}

/// Ends the run; what was learnt until now is kept.
pub fn cancel(drill: Drill) {
    if drill.asked.get_untracked() {
        drill.asked.set(false);
        lab_listener::tell_end("train", "stopped", "The job was stopped.");
    }
    match drill.phase.get_untracked() {
        Phase::Loading(..) => {
            drill.next_turn();
            drill.phase.set(Phase::Empty);
            if sweep::is_under_way() {
                sweep::over(drill);
            } else {
                // Nothing was written over what an earlier visit left.
                saved::find(drill);
            }
            lab_listener::tell_end("train", "stopped", "The job was stopped.");
        }
        Phase::Running | Phase::Paused | Phase::Scoring => finish::cancelled(drill),
        Phase::Empty | Phase::Done | Phase::Failed(_) => {}
    }
}

/// Ends the run with a fault; its last checkpoint stays, and the sweep that it is one of can be gone on with.
fn fail(drill: Drill, fault: &Fault) {
    drill.next_turn();
    UNDER_WAY.set(None);
    drill.phase.set(Phase::Failed(fault.clone()));
    sweep::end(drill);
    lab_listener::tell_fault("train", fault);
    wasm_bindgen_futures::spawn_local(saved::look(drill));
}
