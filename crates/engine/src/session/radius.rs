//! The smallest radius at which an attack succeeds, by halving: a model's mark on the epsilon slider.
//!
//! What is found is an upper bound of the true margin, since a stronger attack may succeed with less.

use super::assault::Pace;
use super::models::Models;
use crate::drive::Drive;
use foolproof_core::catalog::Aim;
use foolproof_core::protocol::{AttackJob, Event, Fault, Sample, Ticket};

/// Halvings of the interval; the result is exact to the largest radius / 2^7.
const HALVINGS: u32 = 7;

/// A search under way.
pub struct Search {
    job: AttackJob,
    /// The largest radius tried.
    most: f32,
    done: usize,
    low: f32,
    /// The smallest radius that succeeded, once one did.
    high: Option<f32>,
    halvings: u32,
    current: Option<Drive>,
    pace: Pace,
    total: f64,
}

impl Search {
    /// A checked job whose `eps` is the largest radius to try.
    pub fn new(job: AttackJob) -> Search {
        let most = job.attack.eps;
        Search { job, most, done: 0, low: 0.0, high: None, halvings: 0, current: None, pace: Pace::new(), total: 0.0 }
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
        let more = drive.advance(self.pace.steps());
        if drive.aim() == Aim::Nearest {
            return self.nearest(ticket, model, drive, more, now() - start).await;
        }
        let fooled = drive.all_succeeded().await?;
        let wrong_already = fooled && drive.clean_succeeded().await?;
        self.pace.learn(now() - start);
        self.total += now() - start;
        if more && !fooled {
            self.current = Some(drive);
            return Ok(Vec::new());
        }
        let found = if wrong_already { Some(Some(0.0)) } else { self.narrow(fooled) };
        Ok(found.map_or_else(Vec::new, |radius| self.found(ticket, model, radius)))
    }

    /// One piece of an attack that looks for the nearest adversarial input itself: its distance is the radius.
    async fn nearest(
        &mut self,
        ticket: Ticket,
        model: String,
        drive: Drive,
        more: bool,
        millis: f64,
    ) -> Result<Vec<Event>, Fault> {
        if more {
            drive.all_succeeded().await?;
            self.pace.learn(millis);
            self.total += millis;
            self.current = Some(drive);
            return Ok(Vec::new());
        }
        let samples = drive.finish().await?.samples;
        let (fooled, norm) = (|sample: &Sample| sample.queries.is_some(), self.job.attack.norm);
        let distances = samples.iter().filter(|sample| fooled(sample)).map(|sample| sample.distance.of(norm));
        let radius = distances.reduce(f32::max).filter(|&radius| samples.iter().all(fooled) && radius <= self.most);
        Ok(self.found(ticket, model, radius))
    }

    /// Notes one model's radius and goes on to the next one.
    fn found(&mut self, ticket: Ticket, model: String, radius: Option<f32>) -> Vec<Event> {
        (self.low, self.high, self.halvings, self.job.attack.eps) = (0.0, None, 0, self.most);
        self.done += 1;
        let mut events = vec![Event::Radius { ticket, model, radius }];
        if self.done == self.job.models.len() {
            events.push(Event::Done { ticket, millis: self.total });
        }
        events
    }

    /// Notes how the radius in force fared and sets the next one; answers the result when the search is over.
    fn narrow(&mut self, fooled: bool) -> Option<Option<f32>> {
        let tried = self.job.attack.eps;
        match (fooled, self.high) {
            (true, _) => self.high = Some(tried),
            (false, Some(_)) => self.low = tried,
            // Some attacks do worse with more room: what held here may fall at half of it.
            (false, None) => {}
        }
        self.halvings += 1;
        self.job.attack.eps = 0.5 * self.high.map_or(tried, |high| self.low + high);
        (self.halvings > HALVINGS).then_some(self.high)
    }
}
