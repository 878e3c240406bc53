//! `run("evaluate")`, `run("train")`, `getResult` on their pages, and their keys. The lab alone knows them, so they are
//! asked of it through the bridge, and its answers are passed on to the host.

use super::{Queue, Waiting, Want, post, reply, stranger};
use crate::{
    bridge::{
        channel, lab_loader,
        messages::{LabAnswer, LabQuestion, ToLab},
    },
    host::message::{Refusal, event},
    link::Job,
    shell::{from_lab, state::State},
    web::{browser_json, reactive::effect},
};
use gloo_timers::callback::Timeout;
use js_sys::{JSON, Reflect};
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::JsValue;

/// Asks the lab once it is there, and answers those who wait where it cannot be had.
pub fn start(state: State, waiting: Queue) {
    effect(move || {
        if state.lab.get() {
            // Other effects tell it settings and catalog; it learns them before.
            Timeout::new(0, move || ask_if_there(state, waiting)).forget();
        }
    });
    channel::listen_for_missing(Box::new(move |sentence| missing(waiting, &sentence)));
}

/// Loads the lab if need be, and asks it what has not been asked yet.
pub fn ask(state: State, waiting: Queue) {
    super::hold(waiting);
    lab_loader::open();
    ask_if_there(state, waiting);
}

/// Cancels its jobs.
pub fn stop() {
    lab_loader::tell(&ToLab::Stop);
}

/// The keys of the lab's pages among these, and those that name its controls.
pub fn own(pairs: &[(String, String)]) -> Vec<(String, String)> {
    let labs = |text: &str| text.contains("measure.") || text.contains("train.");
    let own = |(key, value): &&(String, String)| {
        labs(key) || matches!(&**key, "hide" | "lock" | "lesson.uses") && labs(value)
    };
    pairs.iter().filter(own).cloned().collect()
}

/// Asks what has not been asked yet. Each request is said once: said again, a run would go on that the visitor has paused
/// since, and an evaluation would begin anew for settings that have moved since.
fn ask_if_there(state: State, waiting: Queue) {
    if !state.lab.get_untracked() {
        return;
    }
    // A host need not wait for the pen.
    state.lift();
    // What is in force is settled before anything is done for it.
    for checks in [true, false] {
        while let Some((id, question)) = next(state, waiting, checks) {
            lab_loader::ask(id, question, Box::new(move |answer| answered(state, waiting, id, answer)));
        }
    }
}

/// The next question for the lab, of keys or of a job, with its number, by which the answer finds who waits for it.
fn next(state: State, waiting: Queue, checks: bool) -> Option<(u32, LabQuestion)> {
    let settings = Box::new(state.settings.get_untracked());
    let next = move |all: &mut Vec<Waiting>| {
        let open =
            |one: &&mut Waiting| one.said.is_none() && one.want.is_for_lab() && (one.want == Want::Checked) == checks;
        let one = all.iter_mut().find(open)?;
        let question = match one.want {
            Want::Lab(job) => LabQuestion::Run { job },
            Want::Made(job) => LabQuestion::Made { job, settings },
            _ => {
                let mut settings = settings;
                // The lab may have had unknown ones dropped since.
                settings.remember(&one.keys);
                LabQuestion::Check { settings, keys: one.keys.iter().map(|(key, _)| key.clone()).collect() }
            }
        };
        let id = lab_loader::number();
        one.said = Some(id);
        Some((id, question))
    };
    waiting.try_update_value(next).flatten()
}

/// Passes the lab's answer on to the host that waits for it. A host that has been told meanwhile that all is stopped
/// waits no more.
fn answered(state: State, waiting: Queue, id: u32, said: LabAnswer) {
    let asker = |all: &mut Vec<Waiting>| Some(all.remove(all.iter().position(|one| one.said == Some(id))?));
    let Some(Waiting { id, want, answer, .. }) = waiting.try_update_value(asker).flatten() else { return };
    match said {
        _ if want == Want::Checked => post(&reply(&id, Ok(checked(state, answer, said)))),
        LabAnswer::Made { json } => {
            if want == Want::Lab(Job::Train) {
                stranger::made(state, &json);
            }
            pass(reply(&id, Ok(Value::Null)), &json);
        }
        LabAnswer::Refused(refusal) => post(&reply(&id, Err(refusal))),
        LabAnswer::Checked { .. } | LabAnswer::Weights(_) | LabAnswer::File { .. } => {
            post(&reply(&id, Err(Refusal::new("version", "The answer is none to this question."))));
        }
    }
    super::hold(waiting);
}

/// The page's own answer to `setState`, and what the lab says of its keys. Where it says nothing, what the page itself
/// found is all that can be said.
fn checked(state: State, mut answer: Value, said: LabAnswer) -> Value {
    if let LabAnswer::Checked { ignored, clamped, right } = said {
        if !ignored.is_empty() {
            answer["fragment"] = from_lab::forget(state, &ignored)["fragment"].take();
        }
        for (list, keys) in [("ignored", ignored), ("clamped", clamped)] {
            answer[list]
                .as_array_mut()
                .into_iter()
                .for_each(|all| all.extend(keys.iter().map(|key| key.as_str().into())));
        }
        if !right.is_empty() {
            answer["fragment"] = super::set(state, &mut |settings| settings.update_fragment(&right))["fragment"].take();
        }
    }
    answer
}

/// Answers all who wait for the lab, which cannot be had.
fn missing(waiting: Queue, sentence: &str) {
    let all = waiting.try_update_value(std::mem::take).unwrap_or_default();
    let (asked, left): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.want.is_for_lab());
    waiting.update_value(|waiting| waiting.extend(left));
    for Waiting { id, want, answer, .. } in asked {
        let answer = if want == Want::Checked { Ok(answer) } else { Err(Refusal::new("file", sentence)) };
        post(&reply(&id, answer));
    }
    super::hold(waiting);
}

/// Tells the host what the lab tells it: an event of this name.
pub fn pass_on(name: &str, json: &str) {
    pass(event(name, Value::Null), json);
}

/// Posts a message whose value is a JSON text already.
fn pass(message: Value, json: &str) {
    let message = browser_json::js(&message);
    // The lab's numbers are all finite, and plain data is always a JSON text.
    let value = JSON::parse(json).unwrap_or(JsValue::NULL);
    // Setting a plain property of a fresh object cannot fail.
    let _ = Reflect::set(&message, &"value".into(), &value);
    super::deliver(&message);
}
