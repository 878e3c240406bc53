//! A round of training: a few steps of one replica, a few at a time, so that attacks and Stop come through.

use super::assault::Pace;
use super::models::Models;
use crate::pictures::{Batches, Pictures};
use crate::trainer::{self, Trainer};
use foolproof_core::protocol::{Event, Fault, FaultKind, Lesson, Round, Ticket, TrainingJob};
use foolproof_core::values::Values;
use std::collections::BTreeMap;

/// Most replicas of one run.
const MOST_REPLICAS: u32 = 1024;
/// Most steps of one run, so that every picture it sees has a number of its own.
const MOST_STEPS: u64 = 1 << 24;

/// The pictures that rounds name.
pub type PictureStore = BTreeMap<String, Pictures>;

/// A round under way.
pub struct Training {
    job: Box<TrainingJob>,
    /// Set up with the first piece.
    work: Option<(Trainer, Batches)>,
    done: u32,
    pace: Pace,
    lesson: Lesson,
    total: f64,
}

/// Whether a round can be carried out: its recipe, learner, pictures, sources and place in the run.
///
/// # Errors
/// A [`Fault`] that says what does not fit.
pub fn check(job: &TrainingJob, models: &Models, store: &PictureStore) -> Result<(), Fault> {
    trainer::check(&job.architecture, &job.recipe, &job.learner)?;
    pictures(job, store)?.check(&job.architecture)?;
    for id in &job.recipe.sources {
        let source = models.get(id)?;
        if (source.input, source.classes) != (job.architecture.input, job.architecture.classes) {
            let message = format!("Model “{id}” cannot lend examples: it takes other pictures or knows other classes.");
            return Err(Fault::new(FaultKind::Model, message));
        }
    }
    let Round { replica, replicas, first, steps, from, to } = job.round;
    let place = replica < replicas && replicas <= MOST_REPLICAS && steps > 0;
    if !(place && first < MOST_STEPS && 0.0 <= from && from <= to && to <= 1.0) {
        return Err(Fault::new(FaultKind::Input, format!("There is no such round: {:?}.", job.round)));
    }
    Ok(())
}

/// Adds to pictures that are there.
///
/// # Errors
/// A [`Fault`] if there are none of this id, or the lists do not fit each other.
pub fn add(pictures: &mut PictureStore, id: &str, values: &Values, labels: &[u8]) -> Result<(), Fault> {
    let missing = || Fault::new(FaultKind::Input, format!("There are no pictures “{id}” to add to."));
    pictures.get_mut(id).ok_or_else(missing)?.add(values, labels)
}

fn pictures<'a>(job: &TrainingJob, pictures: &'a PictureStore) -> Result<&'a Pictures, Fault> {
    let missing = || Fault::new(FaultKind::Input, format!("There are no pictures “{}” here.", job.pictures));
    pictures.get(&job.pictures).ok_or_else(missing)
}

impl Training {
    /// A checked round, not yet begun.
    pub fn new(job: Box<TrainingJob>) -> Training {
        Training { job, work: None, done: 0, pace: Pace::short(), lesson: Lesson::default(), total: 0.0 }
    }

    /// One piece of work.
    pub async fn advance(
        &mut self,
        ticket: Ticket,
        models: &Models,
        store: &PictureStore,
        now: &impl Fn() -> f64,
    ) -> Result<Vec<Event>, Fault> {
        let start = now();
        let (mut trainer, mut batches) = match self.work.take() {
            Some(work) => work,
            None => self.begin(models)?,
        };
        let (round, pictures) = (self.job.round, pictures(&self.job, store)?);
        let end = round.steps.min(self.done + self.pace.steps());
        let count = end - self.done;
        for step in self.done..end {
            let number = (round.first + u64::from(step)) * u64::from(round.replicas) + u64::from(round.replica);
            let share = f64::from(step) / f64::from(round.steps);
            let batch = batches.take(pictures, number, &models.device);
            trainer.step(&batch, round.from + (round.to - round.from) * share);
        }
        self.done = end;
        let lesson = trainer.lesson().await?;
        self.learnt(lesson, count);
        let learner = if end == round.steps { Some(trainer.learner().await?) } else { None };
        let millis = now() - start;
        self.pace.learn(millis);
        self.total += millis;
        let Some(learner) = learner else {
            self.work = Some((trainer, batches));
            return Ok(Vec::new());
        };
        let lesson = Lesson { millis: self.total, ..self.lesson };
        let trained = Event::Trained { ticket, replica: round.replica, learner, lesson };
        Ok(vec![trained, Event::Done { ticket, millis: self.total }])
    }

    fn begin(&self, models: &Models) -> Result<(Trainer, Batches), Fault> {
        let TrainingJob { architecture, recipe, learner, .. } = &*self.job;
        let network = |id: &String| models.get(id).map(|model| model.network.clone());
        let sources = recipe.sources.iter().map(network).collect::<Result<_, _>>()?;
        let trainer = Trainer::new(architecture, recipe, learner, sources, &models.device)?;
        Ok((trainer, Batches::new(recipe, architecture.classes)))
    }

    /// Brings the means up to date with those of the last `count` steps.
    fn learnt(&mut self, piece: Lesson, count: u32) {
        let share = count as f32 / self.done as f32;
        let mean = |old: f32, new: f32| old + share * (new - old);
        self.lesson = Lesson {
            loss: mean(self.lesson.loss, piece.loss),
            right: mean(self.lesson.right, piece.right),
            gradient: mean(self.lesson.gradient, piece.gradient),
            images: self.lesson.images + piece.images,
            ..piece
        };
    }
}
