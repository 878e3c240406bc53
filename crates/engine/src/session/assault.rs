//! An attack job: the same inputs attacked on one model after another, in pieces short enough to be stopped.

use super::models::Models;
use crate::drive::Drive;
use foolproof_core::catalog::Aim;
use foolproof_core::protocol::{AttackJob, Event, Fault, Inputs, Outcome, Sample, Ticket};

/// How long a piece should take, in milliseconds: short enough for Stop, long enough to be worth its readback.
const PIECE: f64 = 20.0;

/// Steps in a piece, grown and shrunk to the time they take.
pub struct Pace(u32);

impl Pace {
    /// A short first piece.
    pub fn new() -> Pace {
        Pace(4)
    }

    /// A first piece of one step, for steps that take long.
    pub fn short() -> Pace {
        Pace(1)
    }

    /// Steps to take next.
    pub fn steps(&self) -> u32 {
        self.0
    }

    /// Learns from a piece that took `millis`.
    pub fn learn(&mut self, millis: f64) {
        if millis < PIECE / 2.0 {
            self.0 = (self.0 * 2).min(64);
        } else if millis > PIECE * 2.0 {
            self.0 = (self.0 / 2).max(1);
        }
    }
}

/// An attack job under way.
pub struct Assault {
    job: AttackJob,
    /// What is attacked: the job's inputs, and their company.
    inputs: Inputs,
    current: Option<Drive>,
    done: usize,
    /// Whether the answer on the clean input of the model under attack was told.
    seen: bool,
    pace: Pace,
    spent: f64,
    total: f64,
}

impl Assault {
    /// A checked job, not yet begun.
    pub fn new(job: AttackJob) -> Assault {
        let inputs = together(&job.inputs, job.company.as_ref());
        let pace = if job.company.is_some() { Pace::short() } else { Pace::new() };
        Assault { job, inputs, current: None, done: 0, seen: false, pace, spent: 0.0, total: 0.0 }
    }

    /// One piece of work.
    pub async fn advance(
        &mut self,
        ticket: Ticket,
        models: &Models,
        now: &impl Fn() -> f64,
    ) -> Result<Vec<Event>, Fault> {
        let start = now();
        let model = self.job.models[self.done].clone();
        let mut drive = match self.current.take() {
            Some(drive) => drive,
            None => models.begin(&model, &self.inputs, &self.job.attack, self.job.seed, 0)?,
        };
        if drive.advance(self.pace.steps()) {
            // Either reads back, which a piece must end with.
            match drive.rests() {
                true => drive.keep_survivors().await?,
                false => drive.all_succeeded().await.map(drop)?,
            }
            let (done, total) = drive.progress();
            let mut events = vec![Event::Progress { ticket, model: model.clone(), done, total }];
            if !std::mem::replace(&mut self.seen, true) {
                events.push(Event::Seen { ticket, model, clean: drive.clean_answer().await? });
            }
            self.current = Some(drive);
            self.clock(now() - start);
            return Ok(events);
        }
        let shares = drive.aim() == Aim::Shared;
        let mut finished = drive.finish().await?;
        let fooled = shares.then(|| fooled(&finished.samples));
        finished.samples.truncate(self.job.inputs.shape[0]);
        self.clock(now() - start);
        let outcome = Outcome {
            model,
            samples: finished.samples,
            queries: finished.queries,
            millis: std::mem::take(&mut self.spent),
            step: finished.step,
            fooled,
            draws: finished.draws,
        };
        self.done += 1;
        self.seen = false;
        let mut events = vec![Event::Attacked { ticket, outcome }];
        if self.done == self.job.models.len() {
            events.push(Event::Done { ticket, millis: self.total });
        }
        Ok(events)
    }

    fn clock(&mut self, millis: f64) {
        self.pace.learn(millis);
        self.spent += millis;
        self.total += millis;
    }
}

/// Inputs with others after them. Where nobody knows the first ones' classes, the model's own answers stand in for all.
fn together(inputs: &Inputs, company: Option<&Inputs>) -> Inputs {
    let mut all = inputs.clone();
    if let Some(company) = company {
        all.shape[0] += company.shape[0];
        all.pixels.extend_from_slice(&company.pixels);
        let labels = all.labels.take().zip(company.labels.as_ref());
        all.labels = labels.map(|(own, others)| own.into_iter().chain(others.iter().copied()).collect());
    }
    all
}

/// How many answers are others than on the clean inputs, of how many.
fn fooled(samples: &[Sample]) -> (u32, u32) {
    let changed = samples.iter().filter(|sample| sample.adversarial.label != sample.clean.label).count();
    (changed as u32, samples.len() as u32)
}
