//! `run("evaluate")`, `run("train")`, `getResult` on their pages, and their keys. The lab alone knows them, so they are
//! asked of it through the bridge, and its answers are passed on to the host.

use super::{Queue, Waiting, Want, post, reply};
use crate::{
    bridge::{channel, lab_loader},
    host::message::{Refusal, event},
    shell::state::State,
    web::{browser_json, reactive::effect},
};
use gloo_timers::callback::Timeout;
use js_sys::{Array, Reflect};
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};

/// Passes on what the lab says from now on.
pub fn start(state: State, waiting: Queue) {
    effect(move || {
        if state.lab.get() {
            // Other effects tell it settings and catalog; it learns them before.
            Timeout::new(0, move || run_if_asked(state, waiting)).forget();
        }
    });
    let heard = move |word: &str, value: JsValue| {
        let part = |at: u32| value.dyn_ref::<Array>().map_or(JsValue::NULL, |parts| parts.get(at));
        let text = |at: u32| part(at).as_string().unwrap_or_default();
        match word {
            "progress" | "answer" => pass(event(word, Value::Null), &value),
            "report" => {
                pass(event("result", Value::Null), &part(1));
                for id in ours(waiting, &text(0), false) {
                    pass(reply(&id, Ok(Value::Null)), &part(1));
                }
            }
            // What it made earlier is no news to anybody else.
            "made" => {
                for id in ours(waiting, &text(0), true) {
                    pass(reply(&id, Ok(Value::Null)), &part(1));
                }
            }
            "fault" => {
                for id in ours(waiting, &text(2), false) {
                    post(&reply(&id, Err(Refusal::new(&text(0), text(1)))));
                }
                // What the page itself found is all that can be said.
                check(state, waiting);
            }
            _ => return,
        }
        super::hold(waiting);
    };
    channel::listen(channel::LAB, Box::new(heard));
}

/// Loads the lab if need be, and has it do its job, or tell what it made of it.
pub fn ask(state: State, waiting: Queue) {
    super::hold(waiting);
    lab_loader::open();
    run_if_asked(state, waiting);
}

/// Cancels its jobs.
pub fn stop() {
    channel::say(channel::PAGE, "stop", &JsValue::NULL);
}

/// The keys of the lab's pages among these; nothing if there are none.
pub fn own(pairs: &[(String, String)]) -> Option<String> {
    let own = |(key, _): &&(String, String)| key.starts_with("measure.") || key.starts_with("train.");
    let keys: Vec<&str> = pairs.iter().filter(own).map(|(key, _)| key.as_str()).collect();
    (!keys.is_empty()).then(|| keys.join(","))
}

fn run_if_asked(state: State, waiting: Queue) {
    if !state.lab.get_untracked() {
        return;
    }
    check(state, waiting);
    for want in unsaid(waiting) {
        match want {
            Want::Lab(job) => channel::say(channel::PAGE, "run", &job.into()),
            Want::Made(job) => channel::say(channel::PAGE, "made", &Array::of2(&job.into(), &fragment(state))),
            _ => {}
        }
    }
}

/// What the lab has not been asked yet. Each request is said once: said again, a run would go on that the visitor has
/// paused since, and an evaluation would begin anew for settings that have moved since.
fn unsaid(waiting: Queue) -> Vec<Want> {
    let mut wants = Vec::new();
    waiting.update_value(|all| {
        for one in all.iter_mut().filter(|one| !one.said) {
            one.said = true;
            wants.push(one.want);
        }
    });
    wants
}

fn fragment(state: State) -> JsValue {
    state.settings.with_untracked(|settings| settings.fragment()).into()
}

/// Answers those who have set keys of the lab's pages, with what it says of them; it puts its word beside the question,
/// or, where it is not there, nothing.
fn check(state: State, waiting: Queue) {
    let all = waiting.try_update_value(std::mem::take).unwrap_or_default();
    let (asked, left): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.want == Want::Checked);
    waiting.update_value(|waiting| waiting.extend(left));
    for Waiting { id, answer, .. } in asked {
        let mut value = answer[0].clone();
        let said = Array::of2(&fragment(state), &answer[1].as_str().unwrap_or_default().into());
        channel::say(channel::PAGE, "check", &said);
        let part = |at: u32| said.get(at).as_string().unwrap_or_default();
        for (at, list) in [(2, "ignored"), (3, "clamped")] {
            let more = part(at);
            let more = more.split(',').filter(|key| !key.is_empty()).map(Value::from);
            value[list].as_array_mut().into_iter().for_each(|all| all.extend(more.clone()));
        }
        let right = part(4);
        if !right.is_empty() {
            value["fragment"] = super::set(state, &mut |settings| settings.update_fragment(&right))["fragment"].take();
        }
        post(&reply(&id, Ok(value)));
    }
}

/// Those who wait for a job of the lab (for any, if it has no name), and wait no more; or those only who wait for what
/// it has made.
fn ours(waiting: Queue, job: &str, made: bool) -> Vec<Value> {
    let mut ours = Vec::new();
    waiting.update_value(|all| {
        all.retain(|one| {
            let is_ours = match one.want {
                Want::Lab(own) => !made && (job.is_empty() || own == job),
                Want::Made(own) => job.is_empty() || own == job,
                _ => false,
            };
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
    let message = browser_json::js(&message);
    // Setting a plain property of a fresh object cannot fail.
    let _ = Reflect::set(&message, &"value".into(), value);
    super::deliver(&message);
}
