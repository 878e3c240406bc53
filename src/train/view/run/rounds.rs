//! Order after order: rounds to the workers, their answers back into the run, and what is shown of it.

use super::{Kit, fail, finish, look, saved, with};
use crate::i18n::tr;
use crate::{
    bridge::lab_listener,
    train::view::state::{Drill, Phase},
    workers::{
        rest::now,
        training_pool::{Errand, Notice, Work},
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
pub fn next(drill: Drill, turn: u32) {
    let decided = with(turn, |set, run| {
        let orders = run.next(now());
        show(drill, set, run, false);
        (orders, run.ending(), run.fault().cloned(), run.progress().paused)
    });
    let Some((orders, ending, fault, paused)) = decided else { return };
    match (ending, fault) {
        (_, Some(fault)) => return fail(drill, &fault),
        (Some(ending), None) => return finish::score(drill, turn, ending),
        (None, None) => {}
    }
    let phase = if paused { Phase::Paused } else { Phase::Running };
    if drill.phase.get_untracked() != phase {
        drill.phase.set(phase);
        if paused {
            with(turn, |set, run| show(drill, set, run, true));
            saved::save(drill, turn);
        }
    }
    orders.into_iter().for_each(|order| carry_out(drill, turn, order));
}

fn carry_out(drill: Drill, turn: u32, order: Order) {
    match order {
        Order::Round { tag, job } => {
            with(turn, |set, _| set.tag = tag);
            let place = job.round.replica as usize;
            let errand = Errand { models: Vec::new(), work: Work::Train(job) };
            if let Some(crew) = drill.crew.get_value() {
                crew.decide(|troop, now| troop.give(now, place, errand));
            }
        }
        Order::Examine { tag, weights } => {
            with(turn, |set, _| set.tag = tag);
            look::take(drill, turn, &weights);
        }
    }
}

/// Tells the run what came of an order, and has done what follows from that.
pub fn answer(drill: Drill, turn: u32, answer: Answer) {
    with(turn, |set, run| {
        run.hear(set.tag, answer, now());
        if set.points.is_some() {
            drill.scene.look(drill, run.checkpoint().last());
        }
    });
    saved::save_if_due(drill, turn);
    // At once: this is a worker's message, so clicks have had their turn, and timers of a hidden tab hardly run.
    next(drill, turn);
}

/// Takes what the troop says.
pub fn heard(drill: Drill, turn: u32, notice: Notice) {
    if !drill.is_turn(turn) {
        return;
    }
    match notice {
        Notice::Said(_, Event::Trained { replica, learner, lesson, .. }) => {
            let took = Answer::Trained { replica, learner, lesson };
            answer(drill, turn, took);
        }
        Notice::Said(_, Event::Evaluated { part, .. }) => look::part(drill, turn, part),
        Notice::Said(..) | Notice::Done(_) => {}
        Notice::Refused(place, fault) if fault.kind == FaultKind::NotFinite => {
            drill.said.set(
                tr("The numbers ran out of range; the run goes on from its last good weights with half the rate.")
                    .into(),
            );
            answer(drill, turn, Answer::Failed { replica: place as u32, fault });
        }
        Notice::Refused(_, fault) | Notice::Failed(fault) => fail(drill, &fault),
        Notice::Restarted(_) => {
            drill.said.set(tr("A worker was lost and started again; nothing of the run is.").into())
        }
    }
}

/// Shows how far a run is, and tells the host; the curve only now and then unless `all` is to be shown.
pub fn show(drill: Drill, set: &mut Kit, run: &Run, all: bool) {
    let progress = run.progress();
    drill.progress.set(progress);
    if !all && now() - set.shown < PACE {
        return;
    }
    set.shown = now();
    let curve = run.checkpoint().curve();
    drill.curve.set(curve.into());
    let examined = curve.iter().rev().find_map(|point| point.examination);
    let last = curve.last();
    lab_listener::tell(
        "progress",
        &json!({
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
        }),
    );
}
