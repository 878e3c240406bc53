//! An evaluation: every attack on every model, a few inputs at a time, so that results come as they are made and what
//! is there stays when it is stopped.

mod crafted;
mod radii;

use super::assault::Pace;
use super::models::Models;
use crate::attack::Attack;
use crate::attacks;
use crate::certify::HALVINGS;
use crate::drive::{Drive, answers};
use crafted::{laid, shares};
use foolproof_core::protocol::{
    AttackSpec, EvaluationJob, Event, Fault, Inputs, Part, Radii, Sample, Ticket, Timeline,
};
use radii::{Bisection, Proof};
use std::collections::VecDeque;

pub use crafted::Crafted;

/// Inputs attacked at once: enough for the kernels, few enough that a step stays far below a second.
const CHUNK: usize = 50;
/// Losses kept of each sample, about.
const TRACE: u32 = 100;

/// An evaluation under way.
pub struct Evaluation {
    job: EvaluationJob,
    /// What is left to do.
    left: VecDeque<Unit>,
    current: Option<Work>,
    pace: Pace,
    /// Steps of units that are done, and of all of them.
    steps: (u32, u32),
    spent: f64,
    total: f64,
}

/// One attack, or the search for radii, on one model and one chunk.
#[derive(Clone, Copy)]
struct Unit {
    /// First input of the chunk.
    from: usize,
    model: usize,
    /// Place of the attack; one past the last stands for the radii.
    attack: usize,
    steps: u32,
}

enum Work {
    Attack(Box<Drive>),
    /// An attack on what a perturbation shared by all is crafted on.
    Craft(Box<Drive>),
    /// Such a perturbation, to be laid over the chunk.
    Lay(Vec<f32>),
    Radii(Box<Bisection>),
    Proof(Box<Proof>),
}

impl Evaluation {
    /// A checked job, not yet begun.
    pub fn new(job: EvaluationJob) -> Evaluation {
        let steps = |spec: &AttackSpec| attacks::make(spec).map_or(1, |(attack, _)| effort(&*attack));
        let mut kinds: Vec<(usize, u32)> = job.attacks.iter().map(steps).enumerate().collect();
        let searched = |spec: &AttackSpec| (job.attacks.len(), radii::rounds(spec.norm) * steps(spec) + HALVINGS);
        kinds.extend(job.radius.iter().map(searched));
        let chunks = (0..job.inputs.shape[0]).step_by(CHUNK);
        let left: VecDeque<Unit> = chunks
            .flat_map(|from| (0..job.models.len()).map(move |model| (from, model)))
            .flat_map(|(from, model)| kinds.iter().map(move |&(attack, steps)| Unit { from, model, attack, steps }))
            .collect();
        let all = left.iter().map(|unit| unit.steps).sum();
        Evaluation { job, left, current: None, pace: Pace::new(), steps: (0, all), spent: 0.0, total: 0.0 }
    }

    /// One piece of work.
    pub async fn advance(
        &mut self,
        ticket: Ticket,
        models: &Models,
        crafted: &mut Crafted,
        now: &impl Fn() -> f64,
    ) -> Result<Vec<Event>, Fault> {
        let Some(&unit) = self.left.front() else {
            return Ok(vec![Event::Done { ticket, millis: self.total }]);
        };
        let start = now();
        let model = self.job.models[unit.model].clone();
        let inputs = chunk(&self.job.inputs, unit.from);
        let work = match self.current.take() {
            Some(work) => work,
            None => self.begin(unit, models, crafted, &inputs)?,
        };
        // A halving is no step of an attack, whose pace it says nothing of.
        let halves = matches!(work, Work::Proof(_));
        let (event, within) = self.piece(ticket, unit, work, models, crafted, &inputs).await?;
        let millis = now() - start;
        if !halves {
            self.pace.learn(millis);
        }
        self.total += millis;
        self.spent += millis;
        let (before, total) = self.steps;
        let mut events = vec![Event::Progress { ticket, model, done: before + within, total }];
        if let Some(mut event) = event {
            let spent = std::mem::take(&mut self.spent);
            if let Event::Evaluated { part, .. } = &mut event {
                part.millis = spent;
            }
            events.push(event);
            self.steps.0 += unit.steps;
            self.left.pop_front();
        }
        if self.left.is_empty() {
            events.push(Event::Done { ticket, millis: self.total });
        }
        Ok(events)
    }

    /// Takes a piece of a unit's work: what has come of it, if it is over, and how far the unit is.
    async fn piece(
        &mut self,
        ticket: Ticket,
        unit: Unit,
        work: Work,
        models: &Models,
        crafted: &mut Crafted,
        inputs: &Inputs,
    ) -> Result<(Option<Event>, u32), Fault> {
        let model = self.job.models[unit.model].as_str();
        Ok(match work {
            Work::Attack(mut drive) => {
                let more = drive.advance(self.pace.steps());
                drive.keep_survivors().await?;
                let done = drive.work().0;
                // Survivors may be none, which ends the attack before its last step.
                if more && drive.advance(0) {
                    drive.all_succeeded().await?;
                    self.current = Some(Work::Attack(drive));
                    (None, done)
                } else {
                    let timeline = drive.timeline();
                    let samples = drive.finish().await?.samples;
                    let part = self.part(unit, models, inputs, samples, timeline).await?;
                    (Some(Event::Evaluated { ticket, part }), unit.steps)
                }
            }
            Work::Craft(mut drive) => {
                let (more, done) = (drive.advance(self.pace.steps()), drive.work().0);
                if more {
                    drive.all_succeeded().await?;
                    self.current = Some(Work::Craft(drive));
                } else {
                    crafted.keep(model, &self.job.attacks[unit.attack], &drive).await?;
                }
                (None, done)
            }
            Work::Lay(delta) => {
                let drawn = (self.job.seed, self.job.first + unit.from as u64);
                let samples = laid(models, model, &self.job.attacks[unit.attack], inputs, drawn, &delta).await?;
                let part = self.part(unit, models, inputs, samples, crafted::timeline()).await?;
                (Some(Event::Evaluated { ticket, part }), unit.steps)
            }
            Work::Radii(mut search) => match search.advance(models, self.pace.steps()).await? {
                Some(radii) => {
                    self.current = Some(Work::Proof(Box::new(search.prove(models, radii)?)));
                    (None, unit.steps - HALVINGS)
                }
                None => {
                    let done = search.progress(unit.steps - HALVINGS);
                    self.current = Some(Work::Radii(search));
                    (None, done)
                }
            },
            Work::Proof(mut proof) => match proof.advance().await? {
                Some((radii, certified)) => {
                    let first = self.job.first + unit.from as u64;
                    let found = Radii { model: model.into(), first, radii, certified };
                    (Some(Event::Radii { ticket, found }), unit.steps)
                }
                None => {
                    let done = unit.steps - proof.left();
                    self.current = Some(Work::Proof(proof));
                    (None, done)
                }
            },
        })
    }

    fn begin(&self, unit: Unit, models: &Models, crafted: &mut Crafted, inputs: &Inputs) -> Result<Work, Fault> {
        let model = &self.job.models[unit.model];
        let first = self.job.first + unit.from as u64;
        if let Some(spec) = self.job.radius.as_ref().filter(|_| unit.attack == self.job.attacks.len()) {
            return Ok(Work::Radii(Box::new(Bisection::new(model, inputs, spec, self.job.seed, first))));
        }
        let spec = &self.job.attacks[unit.attack];
        if shares(spec) {
            crafted.turn_to(&self.job);
            return Ok(match crafted.of(model, spec) {
                Some(delta) => Work::Lay(delta.to_vec()),
                None => Work::Craft(Box::new(crafted.begin(models, model, spec, &self.job)?)),
            });
        }
        Ok(Work::Attack(Box::new(models.begin(model, inputs, spec, self.job.seed, first)?)))
    }

    async fn part(
        &self,
        unit: Unit,
        models: &Models,
        inputs: &Inputs,
        mut samples: Vec<Sample>,
        mut timeline: Timeline,
    ) -> Result<Part, Fault> {
        thin(&mut samples, &mut timeline);
        let pixels = samples.iter().flat_map(|sample| sample.pixels.iter().copied()).collect();
        let attacked = Inputs { shape: inputs.shape, pixels, labels: None };
        let mut transfer = Vec::new();
        for other in &self.job.models {
            transfer.push(answers(models.answer(other, &attacked)?).await?);
        }
        let first = self.job.first + unit.from as u64;
        Ok(Part {
            model: self.job.models[unit.model].clone(),
            attack: unit.attack,
            first,
            samples,
            timeline,
            transfer,
            draws: models.get(&self.job.models[unit.model])?.network.draws(),
            millis: 0.0,
        })
    }
}

/// What an attack takes, each step by its effort.
fn effort(attack: &dyn Attack) -> u32 {
    attack.plan().iter().enumerate().map(|(run, steps)| attack.effort(run) * steps).sum()
}

/// At most [`CHUNK`] inputs from one on.
fn chunk(inputs: &Inputs, from: usize) -> Inputs {
    let [batch, channels, rows, columns] = inputs.shape;
    let to = batch.min(from + CHUNK);
    let all: Vec<usize> = (from..to).collect();
    pick(inputs, &all, [channels, rows, columns])
}

/// At most so many inputs, from the first.
fn first(inputs: &Inputs, most: usize) -> Inputs {
    let [batch, channels, rows, columns] = inputs.shape;
    pick(inputs, &(0..batch.min(most)).collect::<Vec<_>>(), [channels, rows, columns])
}

/// These inputs.
fn pick(inputs: &Inputs, places: &[usize], [channels, rows, columns]: [usize; 3]) -> Inputs {
    let size = channels * rows * columns;
    let pixels = places.iter().flat_map(|&place| inputs.pixels[place * size..(place + 1) * size].iter().copied());
    let labels = inputs.labels.as_ref().map(|labels| places.iter().map(|&place| labels[place]).collect());
    Inputs { shape: [places.len(), channels, rows, columns], pixels: pixels.collect(), labels }
}

/// Keeps about [`TRACE`] losses of each sample, its first and its last among them. They are thinned alike, by the length of
/// the whole attack, so that a sample which left early can be set beside one that stayed.
fn thin(samples: &mut [Sample], timeline: &mut Timeline) {
    let iterates: u32 = timeline.runs.iter().map(|steps| steps + 1).sum();
    let apart = iterates.div_ceil(timeline.every).div_ceil(TRACE);
    timeline.every *= apart;
    for sample in samples {
        let last = sample.loss.len().saturating_sub(1);
        let mut place = 0..;
        sample.loss.retain(|_| place.next().is_some_and(|place| place % apart as usize == 0 || place == last));
    }
}
