//! An evaluation from its start to its end: files, workers, results as they come.

use super::state::{Bench, Phase};
use crate::i18n::tr;
use crate::{bridge::lab_listener, files::job_files};
use crate::{
    evaluate::{
        ensemble,
        items::Item,
        methods,
        plan::{OWN, Plan},
        report::{About, Sheet, Study},
        report_json,
    },
    workers::{
        pool::{Model, Notice, Pool},
        worker_host::{self, Crew},
    },
};
use foolproof_core::protocol::{Fault, FaultKind, Inputs, Part};
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
pub fn start(bench: Bench, mode: Mode) {
    if !untrack(|| bench.is_busy()) {
        begin(bench, mode);
    }
}

/// Starts for the host: an evaluation of the same link goes on, another one is given up for this one.
pub fn start_for_host(bench: Bench, mode: Mode) {
    let same = bench.settings.with_untracked(|settings| settings.fragment());
    let under_way = bench.about.with_value(|about| about.fragment.clone());
    if !untrack(|| bench.is_busy()) || under_way != same {
        // The host asks for what the link says, and that holds no drawings.
        bench.uses_drawings.set(false);
        begin(bench, mode);
    }
}

/// Cancels; what was found stays.
pub fn cancel(bench: Bench) {
    if !untrack(|| bench.is_busy()) {
        return;
    }
    let crew = bench.crew.try_update_value(Option::take).flatten();
    crew.iter().for_each(|crew| bench.progress.set(crew.ask(Pool::progress)));
    drop(crew);
    next_turn(bench);
    refresh(bench);
    bench.phase.set(Phase::Cancelled);
    lab_listener::tell_end("evaluate", "stopped", "The job was stopped.");
}

/// Pauses, or goes on.
pub fn pause(bench: Bench, paused: bool) {
    bench.crew.with_value(|crew| crew.iter().for_each(|crew| crew.decide(|pool, now| pool.pause(now, paused))));
    bench.phase.set(if paused { Phase::Paused } else { Phase::Running });
    look(bench);
}

fn next_turn(bench: Bench) -> u32 {
    bench.turn.update_value(|turn| *turn += 1);
    bench.turn.get_value()
}

fn begin(bench: Bench, mode: Mode) {
    let Some(plan) = bench.plan() else { return };
    bench.refused.set(String::new());
    let plan = match mode {
        Mode::Whole => plan,
        Mode::Audit => match audit_of(bench, plan) {
            Some(plan) => plan,
            None => return bench.refused.set(other_inputs().into()),
        },
    };
    let refusal = match () {
        _ if plan.wish.models.is_empty() => Some(tr("Choose at least one model.")),
        _ if plan.trials.is_empty() && mode == Mode::Whole => Some(tr("Choose at least one attack.")),
        _ => None,
    };
    bench.crew.set_value(None);
    let turn = next_turn(bench);
    if let Some(why) = refusal {
        return fail(bench, &Fault::new(FaultKind::Input, why));
    }
    bench.phase.set(Phase::Loading(0, 0));
    spawn_local(async move {
        let brought = job_files::bring(bench, turn, &plan).await;
        if bench.turn.get_value() != turn {
            return;
        }
        match brought {
            Ok((models, inputs)) => go(bench, turn, mode, plan, models, inputs),
            Err(fault) => fail(bench, &fault),
        }
    });
}

/// The plan of an audit of the report that is there; `None` if the page is set to other models or inputs.
fn audit_of(bench: Bench, plan: Plan) -> Option<Plan> {
    let (sheet, known) = (bench.sheet.get_untracked()?, bench.known.get_untracked()?);
    // A file holds no drawings, and those of the page may have changed.
    let drawn = sheet.data != OWN || bench.measured.with_value(|all| bench.drawings.with_untracked(|now| now == all));
    (drawn && sheet.is_of(&plan)).then(|| plan.only_audit(&sheet.trials, sheet.labels.len(), &known.catalog))
}

fn other_inputs() -> &'static str {
    tr(
        "This report is of other models, inputs or another radius, norm or seed than the page is set to: set them back, or run the evaluation.",
    )
}

/// Makes room for what is to be measured; whether it belongs to the report that is there, where only that is audited.
fn lay_out(bench: Bench, mode: Mode, plan: Plan, labels: &[u32], workers: usize) -> bool {
    let sheet = bench.sheet.get_untracked();
    if mode == Mode::Whole {
        bench.about.set_value(about(bench, &plan, workers));
        bench.study.set_value(Some(Study::new(plan, labels)));
        bench.album.set_value(Default::default());
        bench.measured.set_value(bench.drawings.get_untracked());
        return true;
    }
    let Some(sheet) = sheet.filter(|sheet| sheet.begins_with(labels)) else { return false };
    let asides = bench.known.with_untracked(|known| known.as_ref().map(|known| methods::asides(&plan, &known.catalog)));
    let asides = asides.unwrap_or_default();
    bench.study.update_value(|study| match study {
        Some(study) => study.audit_anew(&plan, labels, asides),
        None => *study = Some(Study::of_report(Sheet::clone(&sheet), plan, labels, asides)),
    });
    true
}

fn go(bench: Bench, turn: u32, mode: Mode, plan: Plan, models: Vec<Model>, inputs: Inputs) {
    let labels = inputs.labels.clone().unwrap_or_default();
    let workers = plan.wish.workers.unwrap_or_else(worker_host::cores);
    let tasks = plan.tasks(&inputs).to_vec();
    if !lay_out(bench, mode, plan, &labels, workers) {
        return fail(bench, &Fault::new(FaultKind::Input, other_inputs()));
    }
    let stale = Rc::new(RefCell::new(None::<Timeout>));
    let later = move || {
        if stale.borrow().is_none() {
            let inner = stale.clone();
            let timer = Timeout::new(PACE, move || {
                inner.replace(None);
                if bench.turn.get_value() == turn {
                    refresh(bench);
                    look(bench);
                }
            });
            stale.replace(Some(timer));
        }
    };
    let on_notice = move |notice| {
        if bench.turn.get_value() != turn {
            return;
        }
        match notice {
            Notice::Part(task, part) => add(bench, task, part),
            Notice::Radii(_, radii) => note(bench, |study| study.add_radii(radii)),
            Notice::Progress => {}
            Notice::Lost(task, count) => note(bench, |study| {
                study.lost += if task == 0 { count } else { 0 };
                Ok(())
            }),
            Notice::Done => return done(bench),
            Notice::Failed(fault) => return fail(bench, &fault),
        }
        later();
    };
    bench.crew.set_value(Some(Crew::start(move |now| Pool::new(now, workers, models, tasks), on_notice)));
    bench.phase.set(Phase::Running);
    refresh(bench);
    look(bench);
}

/// Notes a part: its pictures in the album, and everything else in the study.
fn add(bench: Bench, task: usize, mut part: Part) {
    let model = bench.study.with_value(|study| {
        let models = study.as_ref().map(|study| &study.ledger.models);
        models.and_then(|models| models.iter().position(|id| *id == part.model))
    });
    let trial = bench.study.with_value(|study| study.as_ref()?.ledger.trials.get(part.attack).cloned());
    for (place, sample) in part.samples.iter_mut().enumerate() {
        let pixels = std::mem::take(&mut sample.pixels);
        let Some((model, trial)) = model.zip(trial.as_ref()).filter(|_| task == 0) else { continue };
        // The cast saturates; indices of the split are small.
        let key = (model, part.first as usize + place);
        if trial.broke(sample) {
            bench.album.update_value(|album| {
                if album.get(&key).is_none_or(|(attack, _)| *attack > part.attack) {
                    album.insert(key, (part.attack, pixels.into()));
                }
            });
        }
    }
    note(bench, |study| study.add(task, part));
}

fn note(bench: Bench, add: impl FnOnce(&mut Study) -> Result<(), Fault>) {
    let done = bench.study.try_update_value(|study| study.as_mut().map(add)).flatten();
    if let Some(Err(fault)) = done {
        web_sys::console::error_1(&fault.message.into());
    }
}

/// Computes the report anew from what is there.
pub fn refresh(bench: Bench) {
    let progress = bench.crew.with_value(|crew| crew.as_ref().map(|crew| crew.ask(Pool::progress)));
    let millis = progress.unwrap_or_else(|| bench.progress.get_untracked()).spent.round();
    let about = About { millis, ..bench.about.get_value() };
    let sheet = bench.study.with_value(|study| study.as_ref().map(|study| study.sheet(about)));
    if let Some(sheet) = sheet {
        bench.sheet.set(Some(Arc::new(sheet)));
    }
}

/// Weighs the worst case anew in the score.
pub fn reweigh(bench: Bench, weight: f64) {
    bench.study.update_value(|study| study.iter_mut().for_each(|study| study.plan.wish.weight = weight));
    match bench.study.with_value(Option::is_some) {
        true => refresh(bench),
        false => bench.sheet.update(|sheet| sheet.iter_mut().for_each(|sheet| Arc::make_mut(sheet).reweigh(weight))),
    }
}

/// How the evaluation of a plan comes about.
fn about(bench: Bench, plan: &Plan, workers: usize) -> About {
    let (settings, known) = (bench.settings.get_untracked(), bench.known.get_untracked());
    let model = |id: &String| known.as_ref().map_or_else(|| id.clone(), |known| ensemble::name(id, &known.manifest));
    let attack = |item: &Item| {
        let card = item.card(&known.as_ref()?.catalog)?;
        Some(item.name(&settings, card))
    };
    About {
        fragment: settings.fragment(),
        names: plan.wish.models.iter().map(model).collect(),
        attacks: plan.wish.attacks.iter().filter_map(attack).collect(),
        workers,
        millis: 0.0,
        asides: known.as_ref().map_or(Vec::new(), |known| methods::asides(plan, &known.catalog)),
    }
}

/// Looks how far it is, and tells the host.
fn look(bench: Bench) {
    let Some(progress) = bench.crew.with_value(|crew| crew.as_ref().map(|crew| crew.ask(Pool::progress))) else {
        return;
    };
    bench.progress.set(progress);
    let total = bench.sheet.with_untracked(|sheet| sheet.as_ref().map_or(0, |sheet| sheet.labels.len()));
    let done = (progress.share * total as f64).floor();
    lab_listener::tell(
        "progress",
        &json!({ "done": done, "total": total, "etaMillis": progress.left.map(f64::round) }),
    );
}

fn done(bench: Bench) {
    look(bench);
    refresh(bench);
    bench.phase.set(Phase::Done);
    bench.crew.set_value(None);
    if let Some(sheet) = bench.sheet.get_untracked() {
        lab_listener::tell_report("evaluate", &report_json::json(&sheet));
    }
}

fn fail(bench: Bench, fault: &Fault) {
    look(bench);
    refresh(bench);
    bench.crew.set_value(None);
    bench.phase.set(Phase::Failed(fault.clone()));
    lab_listener::tell_fault("evaluate", fault);
}
