//! An examination of the model: held-out images and the strip's pictures under a short PGD and one step of FGSM, on all
//! workers at once.

use super::{fail, rounds, with};
use crate::{
    train::{
        scoreboard::{Face, STRIP},
        view::state::TrainingState,
    },
    workers::pool::{Model, Task, Work},
};
use foolproof_core::{
    protocol::{AttackSpec, EvaluationJob, Inputs, Part},
    report::Accuracy,
    training::{Answer, Examination},
    weights::{self, Precision},
};
use leptos::prelude::*;
use std::sync::Arc;

/// Sends the workers to look at these weights.
pub fn take(trainer: TrainingState, turn: u32, values: &[f32]) {
    let looked = with(turn, |set, run| {
        set.seen.clear();
        let settings = &run.checkpoint().settings;
        let bytes = weights::write(&settings.architecture, values, Precision::Full)?;
        let model = Model { id: "now".into(), architecture: settings.architecture.clone(), weights: bytes.into() };
        let attacks = vec![settings.examination(), settings.single()];
        Ok((model, attacks, set.watched.clone(), settings.recipe.seed))
    });
    match looked {
        Some(Ok((model, attacks, inputs, seed))) => send(trainer, &model, &attacks, &inputs, seed),
        Some(Err(fault)) => fail(trainer, &fault),
        None => {}
    }
}

fn send(trainer: TrainingState, model: &Model, attacks: &[AttackSpec], inputs: &Inputs, seed: u64) {
    let Some(workers) = trainer.workers.get_value() else { return };
    let size_of_pool = workers.ask(|pool, _| pool.size());
    let [count, channels, rows, columns] = inputs.shape;
    let (size, each) = (channels * rows * columns, count.div_ceil(size_of_pool));
    for place in 0..size_of_pool {
        let (first, end) = ((place * each).min(count), ((place + 1) * each).min(count));
        if first == end {
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
            crafted_on: None,
            attacks: attacks.to_vec(),
            radius: None,
            seed,
        };
        let task = Task { models: vec![model.clone()], work: Work::Evaluate(Box::new(job)) };
        workers.decide(|pool, now| pool.give(now, place, task));
    }
}

/// Takes what one worker saw of a few pictures; once all are seen, the strip is shown and the run learns the figures.
pub fn part(trainer: TrainingState, turn: u32, part: Part) {
    let examination = with(turn, |set, _| {
        // The cast saturates; there are a few hundred pictures.
        let numbered = part.samples.into_iter().enumerate().map(|(at, sample)| (part.first as usize + at, sample));
        set.seen.extend(numbered.map(|(at, sample)| ((part.attack, at), Face::of(&sample))));
        let count = set.watched.shape[0];
        if set.seen.len() < 2 * count {
            return None;
        }
        let strip = STRIP.min(set.tests.shape[0]);
        if set.points.is_none() {
            trainer.strip.set(Some(Arc::new(set.seen.values().take(strip).cloned().collect())));
        }
        let held = |attack: usize| set.seen.range((attack, strip)..(attack, count)).map(|(_, face)| face);
        let share = |attack: usize, right: &dyn Fn(&Face) -> bool| {
            Accuracy::of(held(attack).filter(|face| right(face)).count(), count - strip)
        };
        let clean = share(0, &|face| face.clean == face.truth);
        let examination = Examination { clean, robust: share(0, &Face::held), single: share(1, &Face::held) };
        set.seen.clear();
        Some(examination)
    });
    if let Some(Some(examination)) = examination {
        rounds::answer(trainer, turn, Answer::Examined(examination));
    }
}
