//! `run("evaluate")`: the lab does it, behind its door; what it says is passed on to the host.

use super::{Queue, Want, post, reply};
use crate::ui::{
    annex::{self, Lab},
    door,
    host::message::{Refusal, event},
    plain,
    state::State,
};
use js_sys::{Array, Reflect};
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};

/// Passes on what the lab says from now on.
pub fn start(state: State, waiting: Queue) {
    door::listen(door::LAB, move |word, value| match word {
        // It has learnt the settings by now.
        "hello" => run_if_asked(state, waiting),
        "progress" => pass(event("progress", Value::Null), &value),
        "report" => {
            pass(event("result", Value::Null), &value);
            answer(waiting, |id| pass(reply(id, Ok(Value::Null)), &value));
        }
        "fault" => {
            let text = |at: u32| value.dyn_ref::<Array>().and_then(|pair| pair.get(at).as_string()).unwrap_or_default();
            let refusal = Refusal::new(&text(0), text(1));
            answer(waiting, |id| post(&reply(id, Err(refusal.clone()))));
        }
        "stopped" => answer(waiting, |id| post(&reply(id, Err(Refusal::new("stopped", "The job was stopped."))))),
        _ => {}
    });
}

/// Loads the lab if need be, and has it evaluate.
pub fn ask(state: State, waiting: Queue) {
    annex::open(state);
    run_if_asked(state, waiting);
}

/// Cancels an evaluation.
pub fn stop() {
    door::say(door::PAGE, "stop", &JsValue::NULL);
}

fn run_if_asked(state: State, waiting: Queue) {
    let asked = waiting.with_value(|all| all.iter().any(|one| one.want == Want::Evaluated));
    if asked && state.lab.get_untracked() == Lab::Up {
        door::say(door::PAGE, "run", &JsValue::NULL);
    }
}

/// Answers those who wait for an evaluation.
fn answer(waiting: Queue, tell: impl Fn(&Value)) {
    let all = waiting.try_update_value(std::mem::take).unwrap_or_default();
    let (ours, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.want == Want::Evaluated);
    waiting.update_value(|all| all.extend(others));
    ours.iter().for_each(|one| tell(&one.id));
}

/// Posts a message whose value is plain data already.
fn pass(message: Value, value: &JsValue) {
    let message = plain::js(&message);
    // Setting a plain property of a fresh object cannot fail.
    let _ = Reflect::set(&message, &"value".into(), value);
    super::deliver(&message);
}
