//! The lab's end of the bridge: takes what the page asks and tells, and tells the page of progress, results and faults.

use super::channel;
use crate::{
    evaluate::view::{
        run::{self, Mode},
        state::{EvaluationState, Known, Phase},
    },
    models::view::storage,
    train::{self, view::state::TrainingState},
};
use crate::{
    evaluate::{plan::OWN, report::Report, report_json, verdict::judge},
    link::{Settings, join},
    web::reactive::effect,
};
use foolproof_core::protocol::Fault;
use js_sys::{Array, JSON};
use leptos::prelude::*;
use serde_json::Value;
use std::sync::Arc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

/// Listens from now on.
pub fn start(evaluation: EvaluationState, trainer: TrainingState) {
    let heard = move |word: &str, value: JsValue| match word {
        "fragment" => {
            if let Some(fragment) = value.as_string() {
                // The page has checked it; its remarks are the page's to show.
                evaluation.settings.set(Settings::read(&fragment).0);
            }
        }
        "catalog" => match value.as_string().map(|text| Known::read(&text)) {
            Some(Ok(known)) => evaluation.known.set(Some(Arc::new(known))),
            Some(Err(why)) => web_sys::console::error_1(&format!("The catalog cannot be read: {why}.").into()),
            None => {}
        },
        "check" => check(evaluation, &value),
        "made" => tell_made(evaluation, trainer, &value),
        "run" if value == "train" => trainer.asked.set(true),
        "run" => evaluation.asked.set(true),
        "weights" => {
            if let Some(id) = value.as_string() {
                spawn_local(storage::tell_weights(evaluation, id));
            }
        }
        "stop" => {
            run::cancel(evaluation);
            train::view::run::cancel(trainer);
        }
        _ => {}
    };
    channel::listen(channel::PAGE, Box::new(heard));
    effect(move || {
        if evaluation.asked.get() && evaluation.known.with(Option::is_some) {
            evaluation.asked.set(false);
            run::start_for_host(evaluation, Mode::Whole);
        }
    });
    effect(move || {
        if trainer.asked.get() && evaluation.known.with(Option::is_some) && evaluation.own.with(Option::is_some) {
            trainer.asked.set(false);
            train::view::run::start_for_host(trainer);
        }
    });
}

/// Judges keys that a host sets: adds to `[fragment, keys]` the keys ignored, those clamped, and the values in force.
fn check(evaluation: EvaluationState, asked: &JsValue) {
    let Some((asked, known)) = asked.dyn_ref::<Array>().zip(evaluation.known.get_untracked()) else { return };
    let text = |at: u32| asked.get(at).as_string().unwrap_or_default();
    let (settings, _) = Settings::read(&text(0));
    let verdict = judge(&settings, &known.manifest, &known.catalog, &text(1).split(',').collect::<Vec<_>>());
    for said in [verdict.ignored.join(","), verdict.clamped.join(","), join(&verdict.right)] {
        asked.push(&said.into());
    }
}

/// Tells again what was made, where a host asks for that: `[job, fragment]`. Nothing while it is being made, for then
/// it will be told.
fn tell_made(evaluation: EvaluationState, trainer: TrainingState, asked: &JsValue) {
    let Some(asked) = asked.dyn_ref::<Array>() else { return };
    let text = |at: u32| asked.get(at).as_string().unwrap_or_default();
    let (job, fragment) = (text(0), text(1));
    let trains = job == "train";
    if untrack(|| {
        if trains { trainer.is_busy() || trainer.asked.get() } else { evaluation.is_busy() || evaluation.asked.get() }
    }) {
        return;
    }
    let made = if trains { trainer.made_of(&fragment) } else { report_of(evaluation, &fragment) };
    match made {
        Some(made) => {
            let data = JSON::parse(&made.to_string()).unwrap_or(JsValue::NULL);
            channel::say(channel::LAB, "made", &Array::of2(&job.into(), &data));
        }
        None if trains => tell_end(&job, "input", "No training with these settings has been finished; run one."),
        None => tell_end(&job, "input", "No evaluation with these settings has been finished; run one."),
    }
}

/// The report that is there, if it is what a fragment asks for.
fn report_of(evaluation: EvaluationState, fragment: &str) -> Option<Value> {
    let wanted = evaluation.plan_of(fragment);
    let done = evaluation.phase.with_untracked(|phase| matches!(phase, Phase::Done | Phase::Loaded));
    // What a link asks for holds no drawings.
    let meant = |report: &Arc<Report>| report.data != OWN && evaluation.plan_of(&report.about.fragment) == wanted;
    evaluation.report.get_untracked().filter(|report| done && meant(report)).map(|report| report_json::json(&report))
}

/// Tells the page plain data.
pub fn tell(word: &str, value: &Value) {
    // The lab's numbers are all finite, and plain data is always a JSON text.
    let data = JSON::parse(&value.to_string()).unwrap_or(JsValue::NULL);
    channel::say(channel::LAB, word, &data);
}

/// Tells the page what came of a job.
pub fn tell_report(job: &str, value: &Value) {
    let data = JSON::parse(&value.to_string()).unwrap_or(JsValue::NULL);
    channel::say(channel::LAB, "report", &Array::of2(&job.into(), &data));
}

/// Tells the page that a job failed.
pub fn tell_fault(job: &str, fault: &Fault) {
    let kind = serde_json::to_value(fault.kind).ok();
    tell_end(job, kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or("fault"), &fault.message);
}

/// Tells the page that a job ended without a result.
pub fn tell_end(job: &str, kind: &str, message: &str) {
    channel::say(channel::LAB, "fault", &Array::of3(&kind.into(), &message.into(), &job.into()));
}
