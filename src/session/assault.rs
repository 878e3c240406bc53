//! An attack job: the same inputs attacked on one model after another, in pieces short enough to be stopped.

use super::models::Models;
use crate::engine::drive::Drive;
use crate::protocol::{AttackJob, Event, Fault, Outcome, Ticket};

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
    current: Option<Drive>,
    done: usize,
    pace: Pace,
    spent: f64,
    total: f64,
}

impl Assault {
    /// A checked job, not yet begun.
    pub fn new(job: AttackJob) -> Assault {
        Assault { job, current: None, done: 0, pace: Pace::new(), spent: 0.0, total: 0.0 }
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
            None => models.begin(&model, &self.job.inputs, &self.job.attack, self.job.seed, 0)?,
        };
        if drive.advance(self.pace.steps()) {
            // Either reads back, which a piece must end with.
            match drive.rests() {
                true => drive.keep_survivors().await?,
                false => drive.all_succeeded().await.map(drop)?,
            }
            let (done, total) = drive.progress();
            self.current = Some(drive);
            self.clock(now() - start);
            return Ok(vec![Event::Progress { ticket, model, done, total }]);
        }
        let finished = drive.finish().await?;
        self.clock(now() - start);
        let outcome = Outcome {
            model,
            samples: finished.samples,
            queries: finished.queries,
            millis: std::mem::take(&mut self.spent),
            step: finished.step,
        };
        self.done += 1;
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
