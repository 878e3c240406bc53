//! Carries out the run's orders one after another: sends rounds to the workers, tells the run their answers, and shows
//! how far it is.

use super::{RunContext, fail, finish, look, saved, with};
use crate::i18n::tr;
use crate::{
    bridge::lab_listener,
    train::view::state::{Phase, TrainingState},
    workers::{
        pool::{Notice, Task, Work, not_kept_alive},
        rest::now,
    },
};
use foolproof_core::{
    protocol::{Event, FaultKind},
    training::{Answer, Order, Run},
};
use leptos::prelude::*;
use serde_json::json;

/// Milliseconds between two drawings of the curve.
const PACE: f64 = 400.0;

/// Has done what the run orders next, and sees whether it rests or is over.
pub fn next(trainer: TrainingState, turn: u32) {
    let decided = with(turn, |set, run| {
        let orders = run.next(now());
        show(trainer, set, run, false);
        (orders, run.ending(), run.fault().cloned(), run.progress().paused)
    });
    let Some((orders, ending, fault, paused)) = decided else { return };
    match (ending, fault) {
        (_, Some(fault)) => return fail(trainer, &fault),
        (Some(ending), None) => return finish::score(trainer, turn, ending),
        (None, None) => {}
    }
    let phase = if paused { Phase::Paused } else { Phase::Running };
    if trainer.phase.get_untracked() != phase {
        trainer.phase.set(phase);
        if paused {
            with(turn, |set, run| show(trainer, set, run, true));
            saved::save(trainer, turn);
        }
    }
    orders.into_iter().for_each(|order| carry_out(trainer, turn, order));
}

fn carry_out(trainer: TrainingState, turn: u32, order: Order) {
    match order {
        Order::Round { tag, job } => {
            with(turn, |set, _| set.tag = tag);
            let place = job.round.replica as usize;
            let task = Task { models: Vec::new(), work: Work::Train(job) };
            if let Some(workers) = trainer.workers.get_value() {
                workers.decide(|pool, now| pool.give(now, place, task));
            }
        }
        Order::Examine { tag, weights } => {
            with(turn, |set, _| set.tag = tag);
            look::take(trainer, turn, &weights);
        }
    }
}

/// Tells the run what came of an order, and has done what follows from that.
pub fn answer(trainer: TrainingState, turn: u32, answer: Answer) {
    with(turn, |set, run| {
        run.hear(set.tag, answer, now());
        if set.points.is_some() {
            trainer.plane_view.look(trainer, run.checkpoint().last());
        }
    });
    saved::save_if_due(trainer, turn);
    // At once: this is a worker's message, so clicks have had their turn, and timers of a hidden tab hardly run.
    next(trainer, turn);
}

/// Takes what the pool says.
pub fn heard(trainer: TrainingState, turn: u32, notice: Notice) {
    if !trainer.is_turn(turn) {
        return;
    }
    match notice {
        Notice::Said(_, Event::Trained { replica, learner, lesson, .. }) => {
            let took = Answer::Trained { replica, learner, lesson };
            answer(trainer, turn, took);
        }
        Notice::Said(_, Event::Evaluated { part, .. }) => look::part(trainer, turn, part),
        Notice::Said(..) | Notice::Done(_) => {}
        Notice::Refused(place, fault) if fault.kind == FaultKind::NotFinite => {
            trainer.said.set(
                tr("The numbers ran out of range; the run goes on from its last good weights with half the rate.")
                    .into(),
            );
            answer(trainer, turn, Answer::Failed { replica: place as u32, fault });
        }
        Notice::Refused(_, fault) | Notice::Failed(fault) => fail(trainer, &fault),
        Notice::Lost(_, why) => fail(trainer, &not_kept_alive(&why)),
        Notice::Restarted(_) => {
            trainer.said.set(tr("A worker was lost and started again; nothing of the run is.").into())
        }
    }
}

/// Shows how far a run is, and tells the host; the curve only now and then unless `all` is to be shown.
pub fn show(trainer: TrainingState, set: &mut RunContext, run: &Run, all: bool) {
    let progress = run.progress();
    trainer.progress.set(progress);
    if !all && now() - set.shown < PACE {
        return;
    }
    set.shown = now();
    let curve = run.checkpoint().curve();
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
