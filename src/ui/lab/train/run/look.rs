//! A look at how the model does: held-out images and the strip's pictures under a short PGD, on all workers at once.

use super::{Set, fail, rounds, start::watched, with};
use crate::{
    protocol::{AttackSpec, EvaluationJob, Fault, Inputs, Part, Sample},
    ui::{
        lab::train::drill::Drill,
        pool::Model,
        shelf::file,
        train::{
            course::Course,
            sheet::{Face, STRIP},
        },
        troop::{Errand, Work},
    },
};
use leptos::prelude::*;
use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

/// Training time between two looks, seconds.
const EVERY: f64 = 4.0;
/// Steps of the attack.
const STEPS: f64 = 10.0;

thread_local! {
    /// What has been seen: samples by the number of the picture.
    static SEEN: RefCell<BTreeMap<usize, Sample>> = const { RefCell::new(BTreeMap::new()) };
}

/// Whether it is time for a look: before the first round, every few seconds, and at the end.
pub fn is_due(set: &Set, course: &Course) -> bool {
    let done = course.share() >= 1.0 && set.looked < course.seconds();
    done || course.seconds() - set.looked >= EVERY
}

/// Sends the workers to look.
pub fn take(drill: Drill, turn: u32) {
    SEEN.take();
    let looked = with(turn, |set, course| {
        set.looked = course.seconds();
        let weights = match (course.model(), &set.before) {
            ([], Some(before)) => before.weights.clone(),
            ([], None) => return Ok(None),
            (values, _) => file::pack(course.architecture(), values)?.into(),
        };
        let model = Model { id: "now".into(), architecture: course.architecture().clone(), weights };
        let recipe = course.recipe();
        let knobs = BTreeMap::from([("steps".to_owned(), STEPS)]);
        let attack = AttackSpec { id: "pgd".into(), norm: recipe.norm, eps: recipe.eps, target: None, knobs };
        Ok(Some((model, attack, watched(set), recipe.seed)))
    });
    match looked {
        Some(Ok(Some((model, attack, inputs, seed)))) => send(drill, &model, &attack, &inputs, seed),
        // Fresh weights are drawn in the worker; there is nothing to look at before the first round.
        Some(Ok(None)) => rounds::next(drill, turn),
        Some(Err(fault)) => fail(drill, &fault),
        None => {}
    }
}

fn send(drill: Drill, model: &Model, attack: &AttackSpec, inputs: &Inputs, seed: u64) {
    let Some(crew) = drill.crew.get_value() else { return };
    let workers = crew.ask(|troop, _| troop.size());
    let [count, channels, rows, columns] = inputs.shape;
    let (size, each) = (channels * rows * columns, count.div_ceil(workers));
    for place in 0..workers {
        let (first, end) = (place * each, ((place + 1) * each).min(count));
        if first >= end {
            continue;
        }
        let part = Inputs {
            shape: [end - first, channels, rows, columns],
            pixels: inputs.pixels[first * size..end * size].to_vec(),
            labels: inputs.labels.as_ref().map(|labels| labels[first..end].to_vec()),
        };
        let job = EvaluationJob {
            models: vec![model.id.clone()],
            inputs: part,
            first: first as u64,
            attacks: vec![attack.clone()],
            radius: None,
            seed,
        };
        let errand = Errand { models: vec![model.clone()], work: Work::Evaluate(job) };
        crew.decide(|troop, now| troop.give(now, place, errand));
    }
}

/// Takes what one worker saw of a few pictures.
pub fn part(part: Part) {
    SEEN.with_borrow_mut(|seen| {
        // The cast saturates; there are a few hundred pictures.
        let numbered = part.samples.into_iter().enumerate().map(|(at, sample)| (part.first as usize + at, sample));
        seen.extend(numbered);
    });
}

/// Everything has been seen: the strip is shown, and the course learns how the model does.
pub fn done(drill: Drill, turn: u32) {
    let seen = SEEN.take();
    let shown = with(turn, |set, course| -> Result<(), Fault> {
        let strip = STRIP.min(set.tests.shape[0]);
        if seen.len() != strip + set.held.shape[0] {
            return Err(rounds::odd("only for some of the pictures"));
        }
        drill.strip.set(Some(Arc::new(seen.values().take(strip).map(Face::of).collect())));
        let held = || seen.values().skip(strip);
        let count = held().count().max(1) as f64;
        let right = held().filter(|sample| sample.clean.label == sample.truth).count() as f64;
        let robust = held().filter(|sample| Face::of(sample).held()).count() as f64;
        course.examined(right / count, robust / count);
        rounds::show(drill, course);
        Ok(())
    });
    match shown {
        Some(Ok(())) => rounds::next(drill, turn),
        Some(Err(fault)) => fail(drill, &fault),
        None => {}
    }
}
