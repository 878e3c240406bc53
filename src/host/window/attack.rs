//! `run("attack")`, and `getResult` on the attack page.

use super::{Waiting, Want, stranger};
use crate::{
    attack::{
        defence,
        results::{Phase, Run},
    },
    host::{answer, message::Refusal},
    shell::state::State,
    web::browser_json,
};
use leptos::prelude::*;
use serde_json::Value;

/// Sends the attack that somebody waits for, once all it needs is there.
pub fn send(state: State, one: &mut Waiting) {
    if one.want == Want::Fresh && one.sent.is_none() && has_all(state) {
        one.sent = state.job.get_untracked().filter(|_| state.attack().is_some());
    }
}

/// The answer to somebody who waits for an attack, if there is one by now.
pub fn answer(state: State, one: &Waiting) -> Option<Result<Value, Refusal>> {
    if !matches!(one.want, Want::Fresh | Want::Newest) {
        return None;
    }
    let run = state.results.with_untracked(|results| results.run.clone());
    let wanted = match &one.sent {
        // The page sends the same again when the model beside is there, and may do so for other reasons of its own: to whoever
        // waits the newest of them is as good as the one that was sent for it.
        Some(sent) if run.as_ref().is_some_and(|run| !run.is_of(sent)) => {
            return Some(Err(Refusal::new("replaced", "A newer attack has replaced this one.")));
        }
        Some(_) => run,
        None if has_all(state) => run.filter(|run| state.job.get_untracked().as_ref() == Some(&run.job)),
        None => return nothing(state).map(Err),
    };
    match wanted {
        Some(run) => ended(state, &run),
        None => nothing(state).map(Err),
    }
}

/// Whether there is an attack to send, and the chosen model is in it: its counterpart may be loaded before it.
fn has_all(state: State) -> bool {
    state.job.get_untracked().is_some_and(|job| defence::first(&job) == chosen(state).as_deref())
}

fn chosen(state: State) -> Option<String> {
    untrack(|| state.pair()).into_iter().next().map(|model| model.id)
}

/// Why there is nothing to attack; `None` as long as it may still come.
fn nothing(state: State) -> Option<Refusal> {
    if state.dead.get_untracked() {
        return Some(Refusal::new("file", "No engine could be started."));
    }
    if untrack(|| state.lacks_model()) {
        return Some(Refusal::new("model", "There is no model for these data yet; train one first."));
    }
    let blank = state.subject.with_untracked(|subject| subject.as_ref().is_some_and(|subject| subject.is_blank()));
    if blank {
        return Some(Refusal::new("input", "There is nothing drawn to attack."));
    }
    let stuck = state.shipped.with_untracked(|shipped| !shipped.failed.is_empty() && shipped.loading.is_empty());
    stuck.then(|| Refusal::new("file", "A file that this attack needs could not be loaded."))
}

/// The newest attack's result as a JSON text, `null` while there is none.
pub fn newest(state: State) -> String {
    let run = state.results.with_untracked(|results| results.run.clone());
    let value = run.and_then(|run| result(state, &run)?.ok());
    browser_json::text(&value.unwrap_or(Value::Null))
}

/// The result of an attack that has ended, on the chosen model; nothing if that was not there yet.
pub(super) fn result(state: State, run: &Run) -> Option<Result<Value, Refusal>> {
    chosen(state).filter(|model| defence::first(&run.job) == Some(model.as_str())).and_then(|_| ended(state, run))
}

/// The result of an attack that has ended, on the model that was chosen for it.
fn ended(state: State, run: &Run) -> Option<Result<Value, Refusal>> {
    match &run.phase {
        Phase::Running => None,
        Phase::Stopped => Some(Err(Refusal::new("stopped", "The job was stopped."))),
        Phase::Failed(fault) => Some(Err(Refusal::from(fault))),
        // A result has the input's pixels, and a stranger may have named the data.
        Phase::Done(_) if !stranger::may_have(state, &run.settings.data) => Some(Err(stranger::refusal())),
        Phase::Done(_) => {
            let value = defence::first(&run.job).and_then(|model| answer::attack(run, model, engine(state)));
            Some(value.ok_or_else(|| Refusal::new("model", "The model gave no answer.")))
        }
    }
}

/// The engine in force, as results name it.
pub(super) fn engine(state: State) -> Value {
    let status = state.engine.get_untracked();
    status.map_or(Value::Null, |status| answer::engine(status.kind, &status.name, &status.reason))
}
