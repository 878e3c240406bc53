//! Round after round: jobs to the workers, their learners back into the course, and a look now and then.

use super::{Set, fail, look, over, saved, with};
use crate::{
    protocol::{Event, Fault, FaultKind, Learner, Lesson},
    ui::{
        lab::{
            listen,
            train::drill::{Drill, Phase, Progress},
        },
        train::{
            course::{Course, Next},
            sheet::Stopped,
        },
        troop::{Errand, Notice, Work},
    },
    worker::now,
};
use leptos::prelude::*;
use serde_json::json;
use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

thread_local! {
    /// What the replicas answered in the round under way.
    static ANSWERS: RefCell<BTreeMap<usize, (Learner, Lesson)>> = const { RefCell::new(BTreeMap::new()) };
}

/// Decides what is next, and has it done.
pub fn next(drill: Drill, turn: u32) {
    let decided = with(turn, |set, course| {
        let due = look::is_due(set, course);
        (if due { None } else { Some(course.next()) }, set.rest && course.steps() > 0)
    });
    let (decided, rest) = match decided {
        Some((Some(Next::Over(stopped)), _)) => return over(drill, turn, stopped),
        Some(decided) => decided,
        None => return,
    };
    if rest && decided.is_some() {
        drill.phase.set(Phase::Paused);
        return saved::save(drill, turn);
    }
    match decided {
        None => look::take(drill, turn),
        Some(Next::Rounds(jobs)) => {
            ANSWERS.take();
            with(turn, |set, _| set.since = now());
            let crew = drill.crew.get_value();
            for (place, job) in jobs.into_iter().enumerate() {
                let errand = Errand { models: Vec::new(), work: Work::Train(Box::new(job)) };
                crew.iter().for_each(|crew| crew.decide(|troop, now| troop.give(now, place, errand.clone())));
            }
        }
        Some(Next::Over(_)) => {}
    }
}

/// Takes what the troop says.
pub fn heard(drill: Drill, turn: u32, notice: Notice) {
    if !drill.is_turn(turn) {
        return;
    }
    match notice {
        Notice::Said(place, Event::Trained { learner, lesson, .. }) => {
            ANSWERS.with_borrow_mut(|answers| drop(answers.insert(place, (learner, lesson))));
        }
        Notice::Said(_, Event::Evaluated { part, .. }) => look::part(part),
        Notice::Said(..) => {}
        Notice::Done(_) => {
            let busy = drill.crew.with_value(|crew| {
                crew.as_ref().is_some_and(|crew| crew.ask(|troop, _| (0..troop.size()).any(|at| troop.is_busy(at))))
            });
            if !busy {
                all_done(drill, turn);
            }
        }
        Notice::Refused(_, fault) if fault.kind == FaultKind::NotFinite => diverged(drill, turn),
        Notice::Refused(_, fault) | Notice::Failed(fault) => fail(drill, &fault),
        Notice::Restarted(_) => {
            drill.said.set("A worker was lost and has been started again; nothing of the run is.".into())
        }
    }
}

fn all_done(drill: Drill, turn: u32) {
    let answers = ANSWERS.take();
    if answers.is_empty() {
        return look::done(drill, turn);
    }
    let taken = with(turn, |set, course| {
        let steps = answers.values().map(|(learner, _)| learner.steps).max().unwrap_or(0);
        let seconds = (now() - set.since) / 1000.0;
        course.take(answers.into_values().collect(), steps, seconds);
        show(drill, course);
        tell(drill, set, course);
    });
    if taken.is_some() {
        saved::save_if_due(drill, turn);
        // From the event loop, so that clicks come between two rounds.
        gloo_timers::callback::Timeout::new(0, move || {
            if drill.is_turn(turn) {
                next(drill, turn);
            }
        })
        .forget();
    }
}

/// A number was not finite: the course goes back to its last good weights, or ends.
fn diverged(drill: Drill, turn: u32) {
    ANSWERS.take();
    with(turn, |_, course| course.diverged());
    over(drill, turn, Stopped::Restored);
}

/// Shows how far a course is.
pub fn show(drill: Drill, course: &Course) {
    drill.progress.set(Progress {
        share: course.share(),
        seconds: course.seconds(),
        left: course.left(),
        batches: course.steps(),
        images: course.trained_images(),
    });
    drill.curve.set(Arc::new(course.curve().to_vec()));
}

/// Tells the host how far a course is.
fn tell(_: Drill, _: &Set, course: &Course) {
    let Some(point) = course.curve().last() else { return };
    let value = json!({
        "job": "train",
        "done": (1000.0 * course.share()).round(),
        "total": 1000,
        "etaMillis": course.left().map(|left| (1000.0 * left).round()),
        "batch": point.batch,
        "images": course.trained_images(),
        "loss": point.loss,
        "lr": point.rate,
        "clean": point.clean,
        "robust": point.robust,
    });
    listen::tell("progress", &value);
}

/// A worker's answer that cannot be.
pub fn odd(what: &str) -> Fault {
    Fault::new(FaultKind::Crash, format!("A worker answered {what}, which cannot be."))
}
