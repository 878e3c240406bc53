//! An evaluation from its start to its end: files, workers, results as they come.

use super::{
    album,
    state::{EvaluationState, Phase},
    turns,
};
use crate::evaluate::plan::{OWN, Plan};
use crate::evaluate::report::{About, Report};
use crate::evaluate::study::Study;
use crate::evaluate::{ensemble, items::Item, methods, report_json};
use crate::workers::{
    evaluation::{Evaluation, Notice},
    worker_host::{self, WorkerHost},
};
use crate::{
    bridge::lab_listener,
    files::job_files::{self, Brought},
    i18n::tr,
    link::{Job, Settings},
};
use foolproof_core::protocol::{Fault, FaultKind};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use serde_json::json;
use std::{cell::RefCell, rc::Rc, sync::Arc};
use wasm_bindgen_futures::spawn_local;

/// Milliseconds between two looks at the figures while results come in.
const PACE: u32 = 500;

/// How much is to be done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    /// The evaluation, and the audit if it is wished for.
    Whole,
    /// The audit alone, beside the results that are there.
    Audit,
}

/// Starts, unless an evaluation is under way.
pub fn start(evaluation: EvaluationState, mode: Mode) {
    if !untrack(|| evaluation.is_busy()) {
        begin(evaluation, mode);
    }
}

/// Starts for the host: an evaluation of what the link asks for goes on, another one is given up for this one.
pub fn start_for_host(evaluation: EvaluationState, mode: Mode) {
    let wanted = evaluation.settings.with_untracked(|settings| evaluation.plan_of(settings));
    let under_way = evaluation.about.with_value(|about| evaluation.plan_of(&Settings::read(&about.fragment).0));
    let drawn = evaluation.study.with_value(|study| study.as_ref().is_some_and(|study| study.plan.data.id == OWN));
    if !untrack(|| evaluation.is_busy()) || drawn || under_way != wanted {
        // The host asks for what the link says, and that holds no drawings.
        evaluation.uses_drawings.set(false);
        begin(evaluation, mode);
    }
}

/// Cancels; what was found stays.
pub fn cancel(evaluation: EvaluationState) {
    if !untrack(|| evaluation.is_busy()) {
        return;
    }
    let workers = evaluation.workers.try_update_value(Option::take).flatten();
    workers.iter().for_each(|workers| evaluation.progress.set(workers.ask(Evaluation::progress)));
    drop(workers);
    next_turn(evaluation);
    refresh(evaluation);
    evaluation.phase.set(Phase::Cancelled);
    lab_listener::tell_stopped(Job::Evaluate);
}

/// Pauses, or goes on.
pub fn pause(evaluation: EvaluationState, paused: bool) {
    evaluation.workers.with_value(|workers| {
        workers.iter().for_each(|workers| workers.decide(|machine, now| machine.pause(now, paused)))
    });
    evaluation.phase.set(if paused { Phase::Paused } else { Phase::Running });
    look(evaluation);
}

fn next_turn(evaluation: EvaluationState) -> u32 {
    evaluation.turn.update_value(|turn| *turn += 1);
    evaluation.turn.get_value()
}

fn begin(evaluation: EvaluationState, mode: Mode) {
    let Some(plan) = evaluation.plan() else { return };
    evaluation.refused.set(String::new());
    let plan = match mode {
        Mode::Whole => plan,
        Mode::Audit => match audit_of(evaluation, plan) {
            Some(plan) => plan,
            None => return evaluation.refused.set(other_inputs().into()),
        },
    };
    let refusal = match () {
        _ if plan.request.models.is_empty() => Some(tr("Choose at least one model.")),
        _ if plan.trials.is_empty() && mode == Mode::Whole => Some(tr("Choose at least one attack.")),
        _ => None,
    };
    evaluation.workers.set_value(None);
    let turn = next_turn(evaluation);
    if let Some(why) = refusal {
        return fail(evaluation, &Fault::new(FaultKind::Input, why));
    }
    evaluation.phase.set(Phase::Loading(0, 0));
    spawn_local(async move {
        let brought = job_files::bring(evaluation, turn, &plan).await;
        if evaluation.turn.get_value() != turn {
            return;
        }
        match brought {
            Ok(brought) => go(evaluation, turn, mode, plan, brought),
            Err(fault) => fail(evaluation, &fault),
        }
    });
}

/// The plan of an audit of the report that is there; `None` if the page is set to other models or inputs.
fn audit_of(evaluation: EvaluationState, plan: Plan) -> Option<Plan> {
    let (report, known) = (evaluation.report.get_untracked()?, evaluation.known.get_untracked()?);
    // A file holds no drawings, and those of the page may have changed.
    let drawn = report.data != OWN
        || evaluation.measured.with_value(|all| evaluation.drawings.with_untracked(|now| now == all));
    (drawn && report.is_of(&plan)).then(|| plan.only_audit(&report.trials, report.labels.len(), &known.catalog))
}

fn other_inputs() -> &'static str {
    tr(
        "This report is of other models, inputs or another radius, norm or seed than the page is set to: set them back, or run the evaluation.",
    )
}

/// Sets up the study of a plan. Where only an audit is asked for: whether the plan is about the report that is there.
fn lay_out(evaluation: EvaluationState, mode: Mode, plan: Plan, labels: &[u32], workers: usize) -> bool {
    let report = evaluation.report.get_untracked();
    if mode == Mode::Whole {
        evaluation.about.set_value(about(evaluation, &plan, workers));
        evaluation.study.set_value(Some(Study::new(plan, labels)));
        evaluation.album.set_value(Default::default());
        evaluation.measured.set_value(evaluation.drawings.get_untracked());
        return true;
    }
    let Some(report) = report.filter(|report| report.begins_with(labels)) else { return false };
    let asides =
        evaluation.known.with_untracked(|known| known.as_ref().map(|known| methods::asides(&plan, &known.catalog)));
    let asides = asides.unwrap_or_default();
    evaluation.study.update_value(|study| match study {
        Some(study) => study.audit_anew(&plan, labels, asides),
        None => *study = Some(Study::of_report(Report::clone(&report), plan, labels, asides)),
    });
    true
}

fn go(evaluation: EvaluationState, turn: u32, mode: Mode, plan: Plan, brought: Brought) {
    let Brought { models, inputs, references } = brought;
    let labels = inputs.labels.clone().unwrap_or_default();
    let workers = plan.request.workers.unwrap_or_else(worker_host::cores);
    let jobs = plan.jobs(&inputs, references).to_vec();
    if !lay_out(evaluation, mode, plan, &labels, workers) {
        return fail(evaluation, &Fault::new(FaultKind::Input, other_inputs()));
    }
    let stale = Rc::new(RefCell::new(None::<Timeout>));
    let later = move || {
        if stale.borrow().is_none() {
            let inner = stale.clone();
            let timer = Timeout::new(PACE, move || {
                inner.replace(None);
                // After its end the report is final: the visitor may have saved it already.
                if evaluation.turn.get_value() == turn && evaluation.workers.with_value(Option::is_some) {
                    refresh(evaluation);
                    look(evaluation);
                }
            });
            stale.replace(Some(timer));
        }
    };
    let on_notice = move |notice| {
        if evaluation.turn.get_value() != turn {
            return;
        }
        match notice {
            Notice::Part(job, mut part) => {
                album::keep(evaluation, job, &mut part);
                note(evaluation, |study| study.add(job, part));
            }
            Notice::Radii(_, radii) => note(evaluation, |study| study.add_radii(radii)),
            Notice::Votes(_, votes) => note(evaluation, |study| study.add_votes(votes)),
            Notice::Progress => {}
            Notice::Lost(job, count) => note(evaluation, |study| {
                study.lost += if job == 0 { count } else { 0 };
                Ok(())
            }),
            Notice::Done => return done(evaluation),
            Notice::Failed(fault) => return fail(evaluation, &fault),
        }
        later();
    };
    let machine = move |now| Evaluation::new(now, workers, models, jobs);
    evaluation.workers.set_value(Some(WorkerHost::start(machine, on_notice)));
    evaluation.phase.set(Phase::Running);
    refresh(evaluation);
    look(evaluation);
}

fn note(evaluation: EvaluationState, add: impl FnOnce(&mut Study) -> Result<(), Fault>) {
    let done = evaluation.study.try_update_value(|study| study.as_mut().map(add)).flatten();
    if let Some(Err(fault)) = done {
        web_sys::console::error_1(&fault.message.into());
    }
}

/// Computes the report anew from the parts so far.
pub fn refresh(evaluation: EvaluationState) {
    let progress =
        evaluation.workers.with_value(|workers| workers.as_ref().map(|workers| workers.ask(Evaluation::progress)));
    let millis = progress.unwrap_or_else(|| evaluation.progress.get_untracked()).spent.round();
    let about = About { millis, ..evaluation.about.get_value() };
    let report = evaluation.study.with_value(|study| study.as_ref().map(|study| study.report(about)));
    if let Some(report) = report {
        evaluation.report.set(Some(Arc::new(report)));
    }
}

/// Weighs the worst case anew in the score.
pub fn reweigh(evaluation: EvaluationState, weight: f64) {
    evaluation.study.update_value(|study| study.iter_mut().for_each(|study| study.plan.request.weight = weight));
    match evaluation.study.with_value(Option::is_some) {
        true => refresh(evaluation),
        false => evaluation
            .report
            .update(|report| report.iter_mut().for_each(|report| Arc::make_mut(report).reweigh(weight))),
    }
}

/// How the evaluation of a plan comes about.
fn about(evaluation: EvaluationState, plan: &Plan, workers: usize) -> About {
    let (settings, known) = (evaluation.settings.get_untracked(), evaluation.known.get_untracked());
    let model = |id: &String| {
        known.as_ref().map_or_else(|| id.clone(), |known| ensemble::name(id, &known.manifest, &known.catalog))
    };
    let attack = |item: &Item| {
        let card = item.card(&known.as_ref()?.catalog)?;
        Some(item.name(&settings, card))
    };
    About {
        fragment: settings.fragment(),
        names: plan.request.models.iter().map(model).collect(),
        attacks: plan.request.attacks.iter().filter_map(attack).collect(),
        workers,
        millis: 0.0,
        asides: known.as_ref().map_or(Vec::new(), |known| methods::asides(plan, &known.catalog)),
    }
}

/// Looks how far it is, and tells the host.
fn look(evaluation: EvaluationState) {
    let Some(progress) =
        evaluation.workers.with_value(|workers| workers.as_ref().map(|workers| workers.ask(Evaluation::progress)))
    else {
        return;
    };
    evaluation.progress.set(progress);
    let total = evaluation.report.with_untracked(|report| report.as_ref().map_or(0, |report| report.labels.len()));
    let done = (progress.share * total as f64).floor();
    lab_listener::tell_progress(&json!({ "done": done, "total": total, "etaMillis": progress.left.map(f64::round) }));
}

fn done(evaluation: EvaluationState) {
    look(evaluation);
    refresh(evaluation);
    evaluation.workers.set_value(None);
    let turn = evaluation.turn.get_value();
    spawn_local(async move {
        turns::seen_by_all(evaluation).await;
        if evaluation.turn.get_value() != turn {
            return;
        }
        evaluation.phase.set(Phase::Done);
        if let Some(report) = evaluation.report.get_untracked() {
            lab_listener::tell_report(Job::Evaluate, &report_json::json(&report));
        }
    });
}

fn fail(evaluation: EvaluationState, fault: &Fault) {
    look(evaluation);
    refresh(evaluation);
    evaluation.workers.set_value(None);
    evaluation.phase.set(Phase::Failed(fault.clone()));
    lab_listener::tell_fault(Job::Evaluate, fault);
}
