//! The lab's end of the bridge: takes what the page asks and tells, and tells and asks the page.

use super::{
    channel,
    messages::{self, LabAnswer, LabQuestion, Lost, PageAnswer, PageQuestion, ToLab, ToPage},
    questions::{Questions, Then},
};
use crate::{
    evaluate::view::{
        run::{self, Mode},
        state::{EvaluationState, Known, Phase},
    },
    host::message::Refusal,
    models::view::storage,
    train::{self, view::state::TrainingState},
};
use crate::{
    evaluate::{plan::OWN, report::Report, report_json, verdict::judge},
    explain::view::ExplanationState,
    link::{Job, Settings, join},
    web::reactive::effect,
};
use foolproof_core::protocol::Fault;
use leptos::prelude::*;
use serde_json::Value;
use std::{cell::RefCell, sync::Arc};
use wasm_bindgen_futures::spawn_local;

thread_local! {
    /// What was asked of the page.
    static ASKED: RefCell<Questions<PageAnswer>> = const { RefCell::new(Questions::new()) };
    /// Numbers of the page's questions that are answered when a job is over.
    static WAITING: RefCell<Vec<(u32, Job)>> = const { RefCell::new(Vec::new()) };
}

/// Listens from now on; where there are explanations, also to attacks.
pub fn start(evaluation: EvaluationState, trainer: TrainingState, explanations: Option<ExplanationState>) {
    let heard = move |bytes: &[u8]| match ToLab::read(bytes) {
        Ok(message) => hear(evaluation, trainer, explanations, message),
        Err(why) => miss(bytes, &why),
    };
    channel::listen(channel::TO_LAB, Box::new(heard));
    if explanations.is_some() {
        tell(&ToPage::Explains);
    }
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

fn hear(evaluation: EvaluationState, trainer: TrainingState, explanations: Option<ExplanationState>, message: ToLab) {
    match message {
        ToLab::Ask { id, question } => asked(evaluation, trainer, id, question),
        ToLab::Answer { id, answer } => answered(id, answer),
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
            train::view::run::cancel(trainer);
        }
    }
}

/// Says what is lost with a message that cannot be read: on the console, and to whoever waits for it.
fn miss(bytes: &[u8], why: &str) {
    channel::complain(why);
    match Lost::of(bytes) {
        Some(Lost::Question(id)) => answer(id, LabAnswer::Refused(messages::unreadable(why))),
        Some(Lost::Answer(id)) => answered(id, PageAnswer::Refused(messages::unreadable(why))),
        None => {}
    }
}

fn asked(evaluation: EvaluationState, trainer: TrainingState, id: u32, question: LabQuestion) {
    match question {
        LabQuestion::Run { job } => {
            wait(id, job);
            // Begun as soon as all it needs is known.
            match job {
                Job::Evaluate => evaluation.asked.set(true),
                Job::Train => trainer.asked.set(true),
            }
        }
        LabQuestion::Made { job, settings } => tell_made(evaluation, trainer, id, job, &settings),
        LabQuestion::Check { settings, keys } => answer(id, check(evaluation, &settings, &keys)),
        LabQuestion::Weights { model } => spawn_local(async move {
            let found = storage::own_model(evaluation, model).await;
            answer(id, found.map_or_else(|fault| LabAnswer::Refused(Refusal::from(&fault)), LabAnswer::Weights));
        }),
    }
}

/// The question is answered when the job is over.
fn wait(id: u32, job: Job) {
    WAITING.with_borrow_mut(|waiting| waiting.push((id, job)));
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
        return wait(id, job);
    }
    let (made, none) = match job {
        Job::Evaluate => {
            (report_of(evaluation, settings), "No evaluation with these settings has been finished; run one.")
        }
        Job::Train => (trainer.made_of(settings), "No training with these settings has been finished; run one."),
    };
    answer(
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

/// Tells the page something.
pub fn tell(message: &ToPage) {
    channel::send(channel::TO_PAGE, message.write());
}

/// Tells the host, through the page, how far a job is.
pub fn tell_progress(value: &Value) {
    tell(&ToPage::Progress { json: value.to_string() });
}

/// Tells the host, through the page, what came of a job, and answers whoever asked for it.
pub fn tell_report(job: Job, value: &Value) {
    let json = value.to_string();
    tell(&ToPage::Result { json: json.clone() });
    over(job, &LabAnswer::Made { json });
}

/// Answers whoever asked for a job that it failed.
pub fn tell_fault(job: Job, fault: &Fault) {
    over(job, &LabAnswer::Refused(Refusal::from(fault)));
}

/// Answers whoever asked for a job that it was stopped without a result.
pub fn tell_stopped(job: Job) {
    over(job, &LabAnswer::Refused(Refusal::new("stopped", "The job was stopped.")));
}

/// Answers every question that waits for a job.
fn over(job: Job, what: &LabAnswer) {
    let asked: Vec<_> = WAITING.with_borrow_mut(|waiting| waiting.extract_if(.., |(_, of)| *of == job).collect());
    asked.into_iter().for_each(|(id, _)| answer(id, what.clone()));
}

fn answer(id: u32, answer: LabAnswer) {
    tell(&ToPage::Answer { id, answer });
}

/// Asks the page something; it answers before this returns.
pub fn ask(question: PageQuestion, then: Then<PageAnswer>) {
    let id = ASKED.with_borrow_mut(|asked| {
        let id = asked.number();
        asked.wait(id, then);
        id
    });
    tell(&ToPage::Ask { id, question });
}

fn answered(id: u32, answer: PageAnswer) {
    if let Some(then) = ASKED.with_borrow_mut(|asked| asked.answered(id)) {
        then(answer);
    }
}
