//! `setState`: of all that a busy host sets in a row the newest state is rendered alone; those before it are answered all
//! the same.

use super::{Queue, Waiting, Want, lab, post};
use crate::{
    host::message::{applied, reply},
    shell::state::State,
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use serde_json::Value;

/// Has these keys set after the messages that have come by now.
pub fn soon(state: State, waiting: Queue, id: Value, keys: Vec<(String, String)>) {
    let first = waiting.with_value(|all| all.iter().all(|one| one.want != Want::Set));
    waiting.update_value(|all| all.push(Waiting { keys, ..Waiting::new(id, Want::Set) }));
    if first {
        Timeout::new(0, move || now(state, waiting)).forget();
    }
}

/// Sets all that is to be set, each checked, and says what became of it.
pub fn now(state: State, waiting: Queue) {
    let all = waiting.try_update_value(std::mem::take).unwrap_or_default();
    let (asked, left): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.want == Want::Set);
    waiting.update_value(|all| all.extend(left));
    if asked.is_empty() {
        return;
    }
    let mut settings = state.settings.get_untracked();
    let mut done = Vec::new();
    for Waiting { id, keys, .. } in asked {
        let labs = lab::own(&keys);
        let mut remarks = settings.update(keys);
        remarks.extend(state.with_facts(|facts| settings.check(facts)).unwrap_or_default());
        let answer = applied(&settings.fragment(), &remarks);
        done.push(Waiting { answer, keys: labs, ..Waiting::new(id, Want::Checked) });
    }
    // Checked above.
    drop(state.replace(settings));
    let (checked, done): (Vec<_>, Vec<_>) = done.into_iter().partition(|one| !one.keys.is_empty());
    done.into_iter().for_each(|Waiting { id, answer, .. }| post(&reply(&id, Ok(answer))));
    if !checked.is_empty() {
        waiting.update_value(|all| all.extend(checked));
        lab::ask(state, waiting);
    }
}
