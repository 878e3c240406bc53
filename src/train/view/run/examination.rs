//! An examination of the model: held-out images and the strip's pictures under a short PGD and one step of FGSM, on all
//! workers at once.

use crate::{
    train::scoreboard::Face,
    workers::pool::{Model, Task, Work},
};
use foolproof_core::{
    protocol::{EvaluationJob, Fault, Inputs, Part},
    report::Accuracy,
    training::{Examination, Settings},
    weights::{self, Precision},
};
use std::collections::BTreeMap;

/// What every worker is to do: a part of the pictures each, on the model of these weights.
///
/// # Errors
/// A [`Fault`] if the weights do not fit the architecture.
pub fn tasks(
    settings: &Settings,
    workers: usize,
    values: &[f32],
    watched: &Inputs,
) -> Result<Vec<(usize, Task)>, Fault> {
    let bytes = weights::write(&settings.architecture, values, Precision::Full)?;
    let model = Model { id: "now".into(), architecture: settings.architecture.clone(), weights: bytes.into() };
    let [count, channels, rows, columns] = watched.shape;
    let (size, each) = (channels * rows * columns, count.div_ceil(workers.max(1)));
    let ends = (0..workers).map(|place| (place, (place * each).min(count), ((place + 1) * each).min(count)));
    let task = |(place, first, end): (usize, usize, usize)| {
        let inputs = Inputs {
            shape: [end - first, channels, rows, columns],
            pixels: watched.pixels[first * size..end * size].to_vec(),
            labels: watched.labels.as_ref().map(|labels| labels[first..end].to_vec()),
        };
        let job = EvaluationJob {
            first: first as u64,
            ..EvaluationJob::new(
                vec![model.id.clone()],
                inputs,
                vec![settings.examination(), settings.single()],
                settings.recipe.seed,
            )
        };
        (place, Task { models: vec![model.clone()], work: Work::Evaluate(Box::new(job)) })
    };
    Ok(ends.filter(|(_, first, end)| first < end).map(task).collect())
}

/// What an examination has seen so far, by attack and picture.
#[derive(Default)]
pub struct Examined(BTreeMap<(usize, usize), Face>);

impl Examined {
    /// Takes what one worker saw of a few pictures. Once all `count` are seen under both attacks: the strip's pictures,
    /// which are the first, and the figures of the others.
    pub fn add(&mut self, part: Part, count: usize, strip: usize) -> Option<(Vec<Face>, Examination)> {
        // The cast saturates; there are a few hundred pictures.
        let numbered = part.samples.into_iter().enumerate().map(|(at, sample)| (part.first as usize + at, sample));
        self.0.extend(numbered.map(|(at, sample)| ((part.attack, at), Face::of(&sample))));
        if self.0.len() < 2 * count {
            return None;
        }
        let seen = std::mem::take(&mut self.0);
        let held = |attack: usize| seen.range((attack, strip)..(attack, count)).map(|(_, face)| face);
        let share = |attack: usize, right: &dyn Fn(&Face) -> bool| {
            Accuracy::of(held(attack).filter(|face| right(face)).count(), count - strip)
        };
        let clean = share(0, &|face| face.clean == face.truth);
        let examination = Examination { clean, robust: share(0, &Face::held), single: share(1, &Face::held) };
        Some((seen.values().take(strip).cloned().collect(), examination))
    }
}
