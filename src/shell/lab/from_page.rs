//! What the page tells the lab and asks of it, handed to the features.

use crate::{
    bridge::{
        lab_listener,
        messages::{LabAnswer, LabQuestion, ToLab, ToPage},
    },
    datasets::view::storage as own_data,
    evaluate::{
        known::Known,
        plan::OWN,
        report::Report,
        report_json,
        verdict::judge,
        view::{
            run::{self, Mode},
            state::{EvaluationState, Phase},
        },
    },
    explain::view::ExplanationState,
    host::message::Refusal,
    link::{Job, Remark, Settings, join},
    models::{PREFIX, view::storage},
    train::view::state::TrainingState,
    web::reactive::effect,
};
use leptos::prelude::*;
use serde_json::Value;
use std::sync::Arc;
use wasm_bindgen_futures::spawn_local;

/// Listens from now on; where there are explanations, also to attacks.
pub fn start(evaluation: EvaluationState, trainer: TrainingState, explanations: Option<ExplanationState>) {
    lab_listener::start(move |message| hear(evaluation, trainer, explanations, message));
    if explanations.is_some() {
        lab_listener::tell(&ToPage::Explains);
    }
    name_strangers(evaluation.request);
    name_strangers(trainer.request);
    effect(move || {
        if evaluation.asked.get() && evaluation.known.with(Option::is_some) && has_data(evaluation) {
            evaluation.asked.set(false);
            run::start_for_host(evaluation, Mode::Whole);
        }
    });
    effect(move || {
        let counted = evaluation.known.with(Option::is_some) && evaluation.own.with(Option::is_some);
        if trainer.asked.get() && counted && has_data(evaluation) {
            trainer.asked.set(false);
            trainer.start_for_host();
        }
    });
}

/// Whether the dataset of the settings is known. The page learns of own ones from the lab, and tells them it with all others.
fn has_data(evaluation: EvaluationState) -> bool {
    evaluation.settings.with(|settings| !settings.data.starts_with(PREFIX)) || evaluation.dataset().is_some()
}

/// Tells the page of keys that nobody knows, which it then drops.
fn name_strangers<T: Send + Sync + 'static>(request: Memo<Option<(T, Vec<Remark>)>>) {
    effect(move || {
        let key = |remark: &Remark| match remark {
            Remark::Ignored { key } => Some(key.clone()),
            Remark::Clamped { .. } | Remark::TooLong { .. } => None,
        };
        let keys =
            request.with(|request| request.as_ref().map(|(_, remarks)| remarks.iter().filter_map(key).collect()));
        if let Some(keys) = keys.filter(|keys: &Vec<String>| !keys.is_empty()) {
            lab_listener::tell(&ToPage::Ignored { keys });
        }
    });
}

fn hear(evaluation: EvaluationState, trainer: TrainingState, explanations: Option<ExplanationState>, message: ToLab) {
    match message {
        ToLab::Ask { id, question } => asked(evaluation, trainer, id, question),
        // The bridge has handed it to whoever asked.
        ToLab::Answer { .. } => {}
        ToLab::Settings(settings) => evaluation.settings.set(*settings),
        ToLab::Catalog { json } => match Known::read(&json) {
            Ok(known) => evaluation.known.set(Some(Arc::new(known))),
            Err(why) => web_sys::console::error_1(&format!("The catalog cannot be read: {why}.").into()),
        },
        ToLab::Attack(attack) => {
            if let Some(explanations) = explanations {
                explanations.take_attack(*attack);
            }
        }
        ToLab::Stop => {
            run::cancel(evaluation);
            trainer.stop();
        }
    }
}

fn asked(evaluation: EvaluationState, trainer: TrainingState, id: u32, question: LabQuestion) {
    match question {
        LabQuestion::Run { job } => {
            lab_listener::wait(id, job);
            // Begun as soon as all it needs is known.
            match job {
                Job::Evaluate => evaluation.asked.set(true),
                Job::Train => trainer.asked.set(true),
            }
        }
        LabQuestion::Made { job, settings } => tell_made(evaluation, trainer, id, job, &settings),
        LabQuestion::Check { settings, keys } => lab_listener::answer(id, check(evaluation, &settings, &keys)),
        LabQuestion::Weights { model } => spawn_local(async move {
            let found = storage::own_model(evaluation, model).await;
            lab_listener::answer(
                id,
                found.map_or_else(|fault| LabAnswer::Refused(Refusal::from(&fault)), LabAnswer::Weights),
            );
        }),
        LabQuestion::File { path } => spawn_local(async move {
            let found = own_data::file(evaluation, &path).await;
            let refused = |fault| LabAnswer::Refused(Refusal::from(&fault));
            lab_listener::answer(id, found.map_or_else(refused, |bytes| LabAnswer::File { bytes }));
        }),
    }
}

/// What cannot be taken of keys.
fn check(evaluation: EvaluationState, settings: &Settings, keys: &[String]) -> LabAnswer {
    let Some(known) = evaluation.known.get_untracked() else {
        return LabAnswer::Refused(Refusal::new("file", "The list of models or of attacks could not be loaded."));
    };
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let verdict = judge(settings, &known.manifest, &known.catalog, &keys);
    LabAnswer::Checked { ignored: verdict.ignored, clamped: verdict.clamped, right: join(&verdict.right) }
}

/// Answers with what was made, if that is what these settings ask for. While it is being made, the question waits for that.
fn tell_made(evaluation: EvaluationState, trainer: TrainingState, id: u32, job: Job, settings: &Settings) {
    let busy = untrack(|| match job {
        Job::Evaluate => evaluation.is_busy() || evaluation.asked.get(),
        Job::Train => trainer.is_busy() || trainer.asked.get(),
    });
    if busy {
        return lab_listener::wait(id, job);
    }
    let (made, none) = match job {
        Job::Evaluate => {
            (report_of(evaluation, settings), "No evaluation with these settings has been finished; run one.")
        }
        Job::Train => (trainer.made_of(settings), "No training with these settings has been finished; run one."),
    };
    lab_listener::answer(
        id,
        match made {
            Some(made) => LabAnswer::Made { json: made.to_string() },
            None => LabAnswer::Refused(Refusal::new("input", none)),
        },
    );
}

/// The report that is there, if it is what these settings ask for.
fn report_of(evaluation: EvaluationState, settings: &Settings) -> Option<Value> {
    let wanted = evaluation.plan_of(settings);
    let done = evaluation.phase.with_untracked(|phase| matches!(phase, Phase::Done | Phase::Loaded));
    // What a link asks for holds no drawings.
    let meant = |report: &Arc<Report>| {
        report.data != OWN && evaluation.plan_of(&Settings::read(&report.about.fragment).0) == wanted
    };
    evaluation.report.get_untracked().filter(|report| done && meant(report)).map(|report| report_json::json(&report))
}
