//! An attack job: the same inputs attacked on one model after another, in pieces short enough to be stopped.

use super::models::Models;
use super::watches::Watches;
use crate::drive::Drive;
use foolproof_core::catalog::Aim;
use foolproof_core::protocol::{AttackJob, Event, Fault, Inputs, Outcome, Sample, Ticket};

/// How long a piece should take, in milliseconds: short enough for Stop, long enough to be worth its readback.
const PIECE: f64 = 20.0;

/// Steps in a piece, grown and shrunk to the time they take.
pub struct Pace {
    steps: u32,
    /// Steps and time of the last piece.
    last: Option<(f64, f64)>,
    /// What a piece takes however few its steps are, as far as two pieces of different lengths have told.
    fixed: f64,
}

impl Pace {
    /// A short first piece.
    pub fn new() -> Pace {
        Pace::of(4)
    }

    /// A first piece of one step, for steps that take long.
    pub fn short() -> Pace {
        Pace::of(1)
    }

    fn of(steps: u32) -> Pace {
        Pace { steps, last: None, fixed: 0.0 }
    }

    /// Steps to take next.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// Learns from a piece that took `millis`: it is to take [`PIECE`], or, where reading back takes longer than that,
    /// as long again as reading back.
    pub fn learn(&mut self, millis: f64) {
        let now = f64::from(self.steps);
        if let Some((steps, before)) = self.last.filter(|(steps, _)| *steps != now) {
            let each = ((millis - before) / (now - steps)).max(0.0);
            self.fixed = (millis - each * now).max(0.0);
        }
        self.last = Some((now, millis));
        // Below that, pieces are short enough without looking so closely; above, nobody could stop in time.
        let fixed = if (PIECE * 2.0..PIECE * 10.0).contains(&self.fixed) { self.fixed } else { 0.0 };
        let (work, fair) = (millis - fixed, PIECE.max(fixed));
        if work < fair / 2.0 {
            self.steps = (self.steps * 2).min(64);
        } else if work > fair * 2.0 {
            self.steps = (self.steps / 2).max(1);
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
        watches: &mut Watches,
        now: &impl Fn() -> f64,
    ) -> Result<Vec<Event>, Fault> {
        let start = now();
        let model = self.job.models[self.done].clone();
        let watch = watches.of(models, &model, self.job.detection.as_ref()).await?;
        let mut drive = match self.current.take() {
            Some(drive) => drive,
            None => models.begin(&model, &self.inputs, &self.job.attack, self.job.seed, 0)?.watched(watch.clone()),
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
        let detected = models.detected(watch.as_deref(), &self.job.inputs, &finished.samples).await?;
        self.clock(now() - start);
        let outcome = Outcome {
            model,
            samples: finished.samples,
            queries: finished.queries,
            millis: std::mem::take(&mut self.spent),
            step: finished.step,
            fooled,
            draws: finished.draws,
            detected,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps a piece after twenty pieces on a device on which a piece takes `fixed` and each step `each`, milliseconds.
    fn settled(fixed: f64, each: f64) -> u32 {
        let mut pace = Pace::new();
        for _ in 0..20 {
            pace.learn(fixed + each * f64::from(pace.steps()));
        }
        pace.steps()
    }

    #[test]
    fn a_piece_takes_its_time_whatever_a_step_takes() {
        for (each, fewest, most) in [(0.01, 64, 64), (0.2, 62, 64), (1.0, 13, 50), (8.0, 2, 6), (200.0, 1, 1)] {
            assert!((fewest..=most).contains(&settled(0.0, each)), "{each} ms: {}", settled(0.0, each));
        }
    }

    #[test]
    fn where_reading_back_takes_long_a_piece_is_worth_it() {
        let steps = settled(65.0, 4.5);
        let work = 4.5 * f64::from(steps);
        assert!((32.0..=130.0).contains(&work), "{steps} steps: {work} ms of work for 65 of waiting");
        assert_eq!(settled(1000.0, 4.5), 1, "a Stop waits for a second already");
    }
}
