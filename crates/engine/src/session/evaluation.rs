//! An evaluation: every attack on every model, a few inputs at a time, so that results come as they are made and what
//! is there stays when it is stopped.

pub mod ballot;
mod chunks;
mod crafted;
mod radii;
mod thin;

use super::assault::Pace;
use super::models::Models;
use super::watches::Watches;
use crate::attack::Attack;
use crate::attacks;
use crate::certify::HALVINGS;
use crate::drive::{Drive, answers};
use crate::watch::Watch;
use ballot::{Ballot, Count};
use chunks::{CHUNK, chunk};
use crafted::{laid, shares};
use foolproof_core::protocol::{
    AttackSpec, EvaluationJob, Event, Fault, Inputs, Part, Radii, Sample, Ticket, Timeline, Votes,
};
use radii::{Bisection, Proof};
use std::collections::VecDeque;
use std::sync::Arc;
use thin::thin;

pub use crafted::Crafted;

/// An evaluation under way.
pub struct Evaluation {
    job: EvaluationJob,
    /// What is left to do.
    left: VecDeque<Unit>,
    current: Option<Work>,
    /// The detectors before the model of the unit at hand, if any look on.
    watch: Option<Arc<Watch>>,
    pace: Pace,
    /// Steps of units that are done, and of all of them.
    steps: (u32, u32),
    spent: f64,
    total: f64,
}

/// One attack, the search for radii or a ballot, on one model and one chunk.
#[derive(Clone, Copy)]
struct Unit {
    /// First input of the chunk.
    from: usize,
    model: usize,
    what: What,
    steps: u32,
}

impl Unit {
    /// Place of its attack; 0 where it is none.
    fn attack(self) -> usize {
        if let What::Attack(place) = self.what { place } else { 0 }
    }
}

/// What is done.
#[derive(Clone, Copy)]
enum What {
    /// The attack at this place.
    Attack(usize),
    Radii,
    Ballot,
}

enum Work {
    Attack(Box<Drive>),
    /// An attack on what a perturbation shared by all is crafted on.
    Craft(Box<Drive>),
    /// Such a perturbation, to be laid over the chunk.
    Lay(Vec<f32>),
    Radii(Box<Bisection>),
    Proof(Box<Proof>),
    Ballot(Box<Ballot>),
}

impl Evaluation {
    /// A checked job, not yet begun.
    pub fn new(job: EvaluationJob) -> Evaluation {
        let steps = |spec: &AttackSpec| attacks::make(spec).map_or(1, |(attack, _)| effort(&*attack));
        let attacks = job.attacks.iter().map(steps).enumerate().map(|(place, steps)| (What::Attack(place), steps));
        let searched = |spec: &AttackSpec| (What::Radii, radii::rounds(spec.norm) * steps(spec) + HALVINGS);
        let kinds: Vec<(What, u32)> = attacks.chain(job.radius.iter().map(searched)).collect();
        let count = job.inputs.shape[0];
        let chunks = (0..count).step_by(CHUNK);
        let left: VecDeque<Unit> = chunks
            .flat_map(|from| (0..job.models.len()).map(move |model| (from, model)))
            .flat_map(|(from, model)| {
                let passes = |own| (What::Ballot, ballot::passes(own, CHUNK.min(count - from)));
                let ballot = job.smoothing.as_ref().map(passes);
                kinds.iter().copied().chain(ballot).map(move |(what, steps)| Unit { from, model, what, steps })
            })
            .collect();
        let all = left.iter().map(|unit| unit.steps).sum();
        Evaluation { job, left, current: None, watch: None, pace: Pace::new(), steps: (0, all), spent: 0.0, total: 0.0 }
    }

    /// One piece of work.
    pub async fn advance(
        &mut self,
        ticket: Ticket,
        models: &Models,
        (crafted, watches): (&mut Crafted, &mut Watches),
        now: &impl Fn() -> f64,
    ) -> Result<Vec<Event>, Fault> {
        let Some(&unit) = self.left.front() else {
            return Ok(vec![Event::Done { ticket, millis: self.total }]);
        };
        let start = now();
        let model = self.job.models[unit.model].clone();
        let inputs = chunk(&self.job.inputs, unit.from);
        self.watch = watches.of(models, &model, self.job.detection.as_ref()).await?;
        let work = match self.current.take() {
            Some(work) => work,
            None => self.begin(unit, models, crafted, &inputs)?,
        };
        // A halving or a count of votes is no step of an attack, whose pace it says nothing of.
        let other = matches!(work, Work::Proof(_) | Work::Ballot(_));
        let (event, within) = self.piece(ticket, unit, work, models, crafted, &inputs).await?;
        let millis = now() - start;
        if !other {
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
                    crafted.keep(model, self.spec(unit), &drive).await?;
                }
                (None, done)
            }
            Work::Lay(delta) => {
                let drawn = (self.job.seed, self.job.first + unit.from as u64);
                let samples = laid(models, model, self.spec(unit), inputs, drawn, &delta).await?;
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
            Work::Ballot(mut ballot) => match ballot.advance().await? {
                Some(votes) => {
                    let first = self.job.first + unit.from as u64;
                    let votes = votes.iter().map(Count::picked_votes).collect();
                    (Some(Event::Votes { ticket, found: Votes { model: model.into(), first, votes } }), unit.steps)
                }
                None => {
                    let done = ballot.done();
                    self.current = Some(Work::Ballot(ballot));
                    (None, done)
                }
            },
        })
    }

    fn begin(&self, unit: Unit, models: &Models, crafted: &mut Crafted, inputs: &Inputs) -> Result<Work, Fault> {
        let model = &self.job.models[unit.model];
        let first = self.job.first + unit.from as u64;
        match (unit.what, &self.job.radius, &self.job.smoothing) {
            (What::Radii, Some(spec), _) => {
                return Ok(Work::Radii(Box::new(Bisection::new(model, inputs, spec, self.job.seed, first))));
            }
            (What::Ballot, _, Some(smoothing)) => {
                let network = models.get(model)?.network;
                return Ok(Work::Ballot(Box::new(Ballot::new(
                    network,
                    &models.device,
                    inputs,
                    *smoothing,
                    (self.job.seed, first),
                ))));
            }
            _ => {}
        }
        let spec = self.spec(unit);
        if shares(spec) {
            crafted.turn_to(&self.job);
            return Ok(match crafted.of(model, spec) {
                Some(delta) => Work::Lay(delta.to_vec()),
                None => Work::Craft(Box::new(crafted.begin(models, model, spec, &self.job)?)),
            });
        }
        Ok(Work::Attack(Box::new(models.begin(model, inputs, spec, self.job.seed, first)?.watched(self.watch.clone()))))
    }

    fn spec(&self, unit: Unit) -> &AttackSpec {
        &self.job.attacks[unit.attack()]
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
        let first = self.job.first + unit.from as u64;
        for other in &self.job.models {
            transfer.push(answers(models.answer(other, &attacked, first)?).await?);
        }
        let detected = models.detected(self.watch.as_deref(), inputs, &samples).await?;
        Ok(Part {
            model: self.job.models[unit.model].clone(),
            attack: unit.attack(),
            first,
            samples,
            timeline,
            transfer,
            draws: models.get(&self.job.models[unit.model])?.network.draws(),
            detected,
            millis: 0.0,
        })
    }
}

/// What an attack takes, each step by its effort.
fn effort(attack: &dyn Attack) -> u32 {
    attack.plan().iter().enumerate().map(|(run, steps)| attack.effort(run) * steps).sum()
}
