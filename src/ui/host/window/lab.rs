//! `run("evaluate")`, `run("train")`, and `getResult` on their pages: the lab does them, behind its door; what it says
//! is passed on to the host.

use super::{Queue, Want, post, reply};
use crate::ui::{
    annex, door,
    host::message::{Refusal, event},
    plain,
    react::effect,
    state::State,
};
use js_sys::{Array, Reflect};
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};

/// Passes on what the lab says from now on.
pub fn start(state: State, waiting: Queue) {
    effect(move || {
        if state.lab.get() {
            // It has learnt the settings before, by an effect that was there earlier.
            run_if_asked(state, waiting);
        }
    });
    let heard = move |word: &str, value: JsValue| {
        let part = |at: u32| value.dyn_ref::<Array>().map_or(JsValue::NULL, |parts| parts.get(at));
        let text = |at: u32| part(at).as_string().unwrap_or_default();
        match word {
            "progress" => pass(event("progress", Value::Null), &value),
            "report" => {
                pass(event("result", Value::Null), &part(1));
                for id in ours(waiting, &text(0)) {
                    pass(reply(&id, Ok(Value::Null)), &part(1));
                }
            }
            // What it made earlier is no news to anybody else.
            "made" => {
                for id in ours(waiting, &text(0)) {
                    pass(reply(&id, Ok(Value::Null)), &part(1));
                }
            }
            "fault" => {
                for id in ours(waiting, &text(2)) {
                    post(&reply(&id, Err(Refusal::new(&text(0), text(1)))));
                }
            }
            _ => {}
        }
    };
    door::listen(door::LAB, Box::new(heard));
}

/// Loads the lab if need be, and has it do its job, or tell what it made of it.
pub fn ask(state: State, waiting: Queue) {
    annex::open();
    run_if_asked(state, waiting);
}

/// Cancels its jobs.
pub fn stop() {
    door::say(door::PAGE, "stop", &JsValue::NULL);
}

fn run_if_asked(state: State, waiting: Queue) {
    for job in ["evaluate", "train"] {
        let asked = waiting.with_value(|all| all.iter().any(|one| one.want == Want::Lab(job)));
        if asked && state.lab.get_untracked() {
            door::say(door::PAGE, "run", &job.into());
        }
        let asked = waiting.with_value(|all| all.iter().any(|one| one.want == Want::Made(job)));
        if asked && state.lab.get_untracked() {
            door::say(door::PAGE, "result", &job.into());
        }
    }
}

/// Those who wait for a job of the lab (for any, if it has no name), and wait no more.
fn ours(waiting: Queue, job: &str) -> Vec<Value> {
    let mut ours = Vec::new();
    waiting.update_value(|all| {
        all.retain(|one| {
            let is_ours = matches!(one.want, Want::Lab(own) | Want::Made(own) if job.is_empty() || own == job);
            if is_ours {
                ours.push(one.id.clone());
            }
            !is_ours
        });
    });
    ours
}

/// Posts a message whose value is plain data already.
fn pass(message: Value, value: &JsValue) {
    let message = plain::js(&message);
    // Setting a plain property of a fresh object cannot fail.
    let _ = Reflect::set(&message, &"value".into(), value);
    super::deliver(&message);
}
