//! The window's side of the host API. Messages are taken from the parent or from this window itself, nobody else.

mod attack;
mod lab;
mod set;
pub mod stranger;
mod tell;

use super::{
    answer,
    message::{self, Call, Refusal, Verb, reply},
};
use crate::web::reactive::effect;
use crate::{
    attack::defence,
    bridge::lab_loader,
    files::library,
    link::{Job, Settings},
    shell::state::State,
    web::browser_json,
};
use foolproof_core::protocol::AttackJob;
use leptos::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::MessageEvent;

pub use attack::newest;
pub use lab::pass_on;

/// Longest message that is read, as a JSON text: a link is far shorter.
const LONGEST: u32 = 1 << 20;

/// A request that is answered later.
struct Waiting {
    id: Value,
    want: Want,
    /// The answer so far.
    answer: Value,
    /// The keys to set, or those of them that the lab is to check, with what was given.
    keys: Vec<(String, String)>,
    /// The attack that was sent for it.
    sent: Option<Arc<AttackJob>>,
    /// The number of the question to the lab, once it was asked.
    said: Option<u32>,
}

impl Waiting {
    fn new(id: Value, want: Want) -> Waiting {
        Waiting { id, want, answer: Value::Null, keys: Vec::new(), sent: None, said: None }
    }
}

/// What a waiting request waits for.
#[derive(Clone, Copy, PartialEq)]
enum Want {
    /// These keys to be in force.
    Set,
    /// What the lab makes of this job.
    Lab(Job),
    /// What the lab has made of this job for the state, or is about to.
    Made(Job),
    /// What the lab says of keys of its pages.
    Checked,
    /// An attack of its own, to be sent as soon as everything is there.
    Fresh,
    /// The newest attack for the state.
    Newest,
    /// The end of all jobs.
    Stopped,
}

impl Want {
    /// Whether it is the lab that has it.
    fn is_for_lab(self) -> bool {
        matches!(self, Want::Lab(_) | Want::Made(_) | Want::Checked)
    }
}

/// Listens for requests and answers them.
pub fn start(state: State) {
    let waiting = StoredValue::new_local(Vec::<Waiting>::new());
    let early = StoredValue::new_local(Vec::<Call>::new());
    let listener = window_event_listener(leptos::ev::message, move |event| {
        match read(&event) {
            Some(Ok(call)) if untrack(|| state.is_up()) => take(state, waiting, call),
            // Before models and attacks are known nothing can be checked; the call is taken when they are.
            Some(Ok(call)) => early.update_value(|calls| calls.push(call)),
            Some(Err((id, refusal))) => post(&reply(&id, Err(refusal))),
            None => {}
        }
    });
    on_cleanup(move || listener.remove());
    effect(move || {
        if state.is_up() {
            let calls = early.try_update_value(std::mem::take).unwrap_or_default();
            calls.into_iter().for_each(|call| take(state, waiting, call));
        }
    });
    effect(move || {
        state.results.track();
        state.job.track();
        state.shipped.track();
        state.dead.track();
        settle(state, waiting);
    });
    effect(move || {
        if state.stops.get() > 0 {
            stopped(state, waiting);
        }
    });
    tell::start(state);
    lab::start(state, waiting);
    hear_early();
}

/// Has the page told what hosts have asked before its program was there; `www/boot.js` has kept it.
fn hear_early() {
    let hears = js_sys::Reflect::get(&js_sys::global(), &"foolproofHears".into());
    if let Some(hears) = hears.ok().and_then(|hears| hears.dyn_into::<js_sys::Function>().ok()) {
        // What it dispatches is answered by the listener, faults too.
        let _ = hears.call0(&JsValue::NULL);
    }
}

/// Our message in an event, if it is one and from somebody who may send it.
fn read(event: &MessageEvent) -> Option<Result<Call, (Value, Refusal)>> {
    let window = web_sys::window()?;
    let source = JsValue::from(event.source()?);
    let parent = window.parent().ok().flatten();
    if source != JsValue::from(&window) && parent.is_none_or(|parent| source != JsValue::from(parent)) {
        return None;
    }
    let data = event.data();
    if !data.is_object() {
        return None;
    }
    plain(&data).map_or_else(|| unreadable(&data), |message| message::read(&message))
}

/// A value through text and back, since not all that can be posted is plain: circles, dates and whole numbers without end.
fn plain(value: &JsValue) -> Option<Value> {
    let text = js_sys::JSON::stringify(value).ok().filter(|text| text.length() <= LONGEST)?;
    browser_json::parse(&text.as_string()?).ok()
}

/// What is said of a message that is not plain, if what can be read of it says that it is a request.
fn unreadable(data: &JsValue) -> Option<Result<Call, (Value, Refusal)>> {
    let part = |key: &str| js_sys::Reflect::get(data, &key.into()).ok().filter(|part| !part.is_undefined());
    part("foolproof").and_then(|version| plain(&version))?;
    part("verb")?;
    let id = part("id").and_then(|id| plain(&id)).unwrap_or(Value::Null);
    Some(Err((id, Refusal::new("input", "The message is no plain data, is nested too deep or is too long."))))
}

/// Posts a message to the parent, or to this window where it is its own.
pub(super) fn post(message: &Value) {
    deliver(&browser_json::js(message));
}

fn deliver(message: &JsValue) {
    let parent = web_sys::window().and_then(|window| window.parent().ok().flatten());
    if let Some(parent) = parent {
        // A parent that is going away takes no messages; nobody is left to tell.
        let _ = parent.post_message(message, "*");
    }
}

type Queue = StoredValue<Vec<Waiting>, LocalStorage>;

fn take(state: State, waiting: Queue, call: Call) {
    let Call { id, verb } = call;
    if !matches!(verb, Verb::SetState(_)) {
        set::now(state, waiting);
    }
    let later = |want: Want| waiting.update_value(|all| all.push(Waiting::new(id.clone(), want)));
    let answer = match verb {
        Verb::GetState => Ok(state.settings.with_untracked(answer::state)),
        Verb::SetState(pairs) => return set::soon(state, waiting, id, pairs),
        Verb::RunAttack => {
            later(Want::Fresh);
            return settle(state, waiting);
        }
        Verb::RunLab(job) => {
            later(Want::Lab(job));
            return lab::ask(state, waiting);
        }
        Verb::Stop => {
            later(Want::Stopped);
            lab::stop();
            return state.stop();
        }
        Verb::GetResult => {
            if let Some(job) = state.settings.with_untracked(|settings| settings.page.job()) {
                later(Want::Made(job));
                return lab::ask(state, waiting);
            }
            later(Want::Newest);
            return settle(state, waiting);
        }
        Verb::GetCatalog => known(state, |model| stranger::may_have(state, model)),
        Verb::ExportModel => return export(state, id),
    };
    post(&reply(&id, answer));
}

/// Takes keys over, checked, and says what became of them.
pub fn set(state: State, change: &mut dyn FnMut(&mut Settings) -> Vec<crate::link::Remark>) -> Value {
    let mut settings = state.settings.get_untracked();
    let mut remarks = change(&mut settings);
    remarks.extend(state.replace(settings));
    message::applied(&state.settings.with_untracked(|settings| settings.fragment()), &remarks)
}

/// What there is to choose from.
pub fn catalog(state: State) -> Result<Value, Refusal> {
    known(state, |_| true)
}

/// The same with these models and datasets alone.
fn known(state: State, shows: impl Fn(&str) -> bool) -> Result<Value, Refusal> {
    let known = state.catalog.get_untracked().zip(state.shipped.with_untracked(|shipped| shipped.manifest.clone()));
    let (catalog, mut manifest) =
        known.ok_or_else(|| Refusal::new("file", "The list of models or of attacks could not be loaded."))?;
    let listed = Arc::make_mut(&mut manifest);
    listed.models.retain(|model| shows(&model.id));
    listed.datasets.retain(|data| shows(&data.id));
    for data in &mut listed.datasets {
        // Nor are own models named by the data that they are for.
        [&mut data.natural, &mut data.robust].into_iter().filter(|id| !shows(id)).for_each(String::clear);
    }
    Ok(answer::catalog(&catalog, &manifest))
}

fn export(state: State, id: Value) {
    let model = untrack(|| state.pair()).into_iter().next();
    let weights = model.as_ref().and_then(|model| state.weights.with_value(|all| all.get(&model.id).cloned()));
    let Some((model, weights)) = model.zip(weights) else {
        return post(&reply(&id, Err(Refusal::new("model", "The model is not loaded."))));
    };
    if !stranger::may_have(state, &model.id) {
        return post(&reply(&id, Err(stranger::refusal())));
    }
    let catalog = state.catalog.get_untracked();
    let whole = |settings: &Settings| defence::exported(settings, &model.architecture, catalog.as_deref());
    let architecture = state.settings.with_untracked(whole);
    spawn_local(async move {
        let card = library::card(state, &model).await;
        let value = card.map(|card| answer::model(&architecture, &weights, card));
        post(&reply(&id, value.map_err(|fault| Refusal::from(&fault))));
    });
}

/// Answers those who waited for the end of all jobs, and those whose job that was.
fn stopped(state: State, waiting: Queue) {
    let all = waiting.try_update_value(std::mem::take).unwrap_or_default();
    // A run that is stopped has a result, which the lab tells. States are no jobs.
    let goes_on =
        |one: &Waiting| one.want == Want::Set || state.lab.get_untracked() && one.want == Want::Lab(Job::Train);
    let (left, all): (Vec<_>, Vec<_>) = all.into_iter().partition(goes_on);
    waiting.update_value(|waiting| waiting.extend(left));
    for Waiting { id, want, answer, .. } in all {
        post(&match want {
            Want::Stopped => reply(&id, Ok(json!({ "stopped": true }))),
            Want::Checked | Want::Set => reply(&id, Ok(answer)),
            Want::Fresh | Want::Newest | Want::Lab(_) | Want::Made(_) => {
                reply(&id, Err(Refusal::new("stopped", "The job was stopped.")))
            }
        });
    }
    hold(waiting);
}

/// Answers whoever can be answered now.
fn settle(state: State, waiting: Queue) {
    let all = waiting.try_update_value(std::mem::take).unwrap_or_default();
    let mut left = Vec::new();
    for mut one in all {
        attack::send(state, &mut one);
        match attack::answer(state, &one) {
            Some(answer) => post(&reply(&one.id, answer)),
            None => left.push(one),
        }
    }
    waiting.update_value(|all| all.extend(left));
    hold(waiting);
}

/// Keeps a frame that nobody sees from resting for as long as its host waits for an answer.
fn hold(waiting: Queue) {
    lab_loader::awaited(waiting.with_value(|all| !all.is_empty()));
}
