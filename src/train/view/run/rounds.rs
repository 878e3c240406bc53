//! Has the orders of the run under way carried out one after another: gives tasks to the workers, tells the run their
//! answers, and shows how far it is.

use super::{
    saved,
    training_run::{Next, TrainingRun},
};
use crate::i18n::tr;
use crate::{
    bridge::lab_listener,
    train::{
        scoreboard::{STRIP, Strip},
        view::state::{Phase, TrainingState},
    },
    workers::{
        pool::{Notice, not_kept_alive},
        rest::now,
    },
};
use foolproof_core::{
    protocol::{Event, Fault, FaultKind, Part},
    training::{Answer, Ending, Examination, Why},
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use serde_json::json;
use std::sync::Arc;

/// Milliseconds between two drawings of the curve.
const PACE: f64 = 400.0;

/// Has done what the run orders next, and sees whether it rests or is over.
pub fn next(trainer: TrainingState) {
    let decided = trainer.with_run(|run| {
        let next = run.next(now());
        show(trainer, run, false);
        (next, run.run.progress().paused, run.workers.clone())
    });
    let (tasks, paused, workers) = match decided {
        Some((Next::Work(tasks), paused, workers)) => (tasks, paused, workers),
        Some((Next::Over(ending), ..)) => return over(trainer, Ok(ending)),
        Some((Next::Failed(fault), ..)) => return over(trainer, Err(fault)),
        None => return,
    };
    let phase = if paused { Phase::Paused } else { Phase::Running };
    if trainer.phase.get_untracked() != phase {
        trainer.phase.set(phase);
        if paused {
            trainer.with_run(|run| show(trainer, run, true));
            saved::save(trainer);
        }
    }
    if let Some(workers) = workers {
        for (place, task) in tasks {
            workers.decide(|pool, now| pool.give(now, place, task));
        }
    }
}

/// What follows a run has a turn of its own: taking in the last round's answer takes the page some thirty milliseconds.
fn over(trainer: TrainingState, result: Result<Ending, Fault>) {
    let turn = trainer.turn.get_value();
    if result.is_ok() {
        // Nobody pauses or steps any more.
        trainer.phase.set(Phase::Scoring);
    }
    let then = move || {
        if let Some(over) = trainer.with_run(|run| run.over.clone()).filter(|_| trainer.is_turn(turn)) {
            over(result);
        }
    };
    Timeout::new(0, then).forget();
}

/// Takes what the pool says.
pub fn heard(trainer: TrainingState, notice: Notice) {
    if trainer.with_run(|run| run.engine.is_in_trial()) == Some(true) {
        return heard_of_trial(trainer, notice);
    }
    let answer = match notice {
        Notice::Said(_, Event::Trained { replica, learner, lesson, .. }) => {
            Answer::Trained { replica, learner, lesson }
        }
        Notice::Said(_, Event::Evaluated { part, .. }) => match examined(trainer, part) {
            Some(examination) => Answer::Examined(examination),
            None => return,
        },
        Notice::Refused(place, fault) if fault.kind == FaultKind::NotFinite => {
            let replica = if is_gpu(trainer, place) { 0 } else { place as u32 };
            trainer.said.set(
                tr("The numbers ran out of range; the run goes on from its last good weights with half the rate.")
                    .into(),
            );
            Answer::Failed { replica, fault }
        }
        Notice::Lost(place, why) if is_gpu(trainer, place) => {
            lose_gpu(trainer, &why);
            return next(trainer);
        }
        Notice::Refused(_, fault) | Notice::Failed(fault) => return over(trainer, Err(fault)),
        Notice::Lost(_, why) => return over(trainer, Err(not_kept_alive(&why))),
        Notice::Restarted(_) => {
            trainer.with_run(|run| run.run.lost(now()));
            return trainer.said.set(tr("A worker was lost and started again; nothing of the run is.").into());
        }
        Notice::Said(..) | Notice::Done(_) => return,
    };
    let due = trainer.with_run(|run| {
        run.hear(now(), answer);
        if run.context.points.is_some() {
            trainer.plane_view.look(run.run.checkpoint().last());
        }
        run.is_due()
    });
    if due == Some(true) {
        saved::save(trainer);
    }
    // At once: this is a worker's message, so clicks have had their turn, and timers of a hidden tab hardly run.
    next(trainer);
}

/// The same while GPU and CPU are tried.
fn heard_of_trial(trainer: TrainingState, notice: Notice) {
    match notice {
        Notice::Said(place, Event::Trained { learner, lesson, .. }) => {
            let told = trainer.with_run(|run| {
                let choice = run.tried(place, learner, lesson, now())?;
                Some((run.engine.like.clone(), choice))
            });
            if let Some(told) = told.flatten() {
                // A GPU that was asked for was not timed.
                if told.1.why != Why::Asked {
                    trainer.chosen.set_value(Some(told));
                }
                show_engine(trainer);
            }
        }
        // A recipe that neither engine can follow is the run's own affair.
        Notice::Refused(_, fault) => lose_gpu(trainer, &fault.message),
        Notice::Lost(place, why) if is_gpu(trainer, place) => lose_gpu(trainer, &why),
        Notice::Lost(_, why) => return over(trainer, Err(not_kept_alive(&why))),
        Notice::Failed(fault) => return over(trainer, Err(fault)),
        Notice::Restarted(_) | Notice::Said(..) | Notice::Done(_) => return,
    }
    next(trainer);
}

/// Whether this is the place of the worker with a GPU.
fn is_gpu(trainer: TrainingState, place: usize) -> bool {
    trainer.with_run(|run| place == run.engine.workers()) == Some(true)
}

/// The GPU cannot train, or not any more: the run goes on without it.
fn lose_gpu(trainer: TrainingState, why: &str) {
    trainer.with_run(|run| run.lose_gpu(why, now()));
    show_engine(trainer);
}

/// Says which engine trains.
pub fn show_engine(trainer: TrainingState) {
    if let Some(said) = trainer.with_run(|run| run.engine.said().to_owned()) {
        trainer.engine.set(said);
    }
}

/// Notes a part of an examination; once all is seen, the strip is shown, and the figures are the answer.
fn examined(trainer: TrainingState, part: Part) -> Option<Examination> {
    let found = trainer.with_run(|run| {
        let strip = STRIP.min(run.context.tests.shape[0]);
        let (faces, examination) = run.seen.add(part, run.context.watched.shape[0], strip)?;
        let context = &run.context;
        let strip = context.points.is_none().then(|| Strip::new(&context.data, &context.watched.pixels, faces));
        Some((strip, examination))
    });
    let (strip, examination) = found.flatten()?;
    if let Some(strip) = strip {
        // Sixteen pictures are drawn in a turn of their own.
        let turn = trainer.turn.get_value();
        let show = move || {
            if trainer.is_turn(turn) {
                trainer.strip.set(Some(Arc::new(strip)));
            }
        };
        Timeout::new(0, show).forget();
    }
    Some(examination)
}

/// Shows how far a run is, and tells the host; the curve only now and then unless `all` is to be shown.
pub fn show(trainer: TrainingState, run: &mut TrainingRun, all: bool) {
    let progress = run.run.progress();
    trainer.progress.set(progress);
    if !all && now() - run.shown < PACE {
        return;
    }
    run.shown = now();
    let curve = run.run.checkpoint().curve();
    trainer.curve.set(curve.into());
    let examined = curve.iter().rev().find_map(|point| point.examination);
    let last = curve.last();
    lab_listener::tell_progress(&json!({
        "job": "train",
        "done": (1000.0 * progress.share).round(),
        "total": 1000,
        "etaMillis": progress.left.map(|left| (1000.0 * left).round()),
        "batch": progress.batch,
        "images": progress.images,
        "loss": last.map(|point| point.lesson.loss),
        "lr": last.map(|point| point.lesson.rate),
        "gradient": last.map(|point| point.lesson.gradient),
        "clean": examined.map(|found| found.clean.value),
        "robust": examined.map(|found| found.robust.value),
        "fgsm": examined.map(|found| found.single.value),
    }));
}
