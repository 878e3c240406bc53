//! A round under way: where each replica's part of it is.

use crate::protocol::{Learner, Lesson, Round};
use crate::training::checkpoint::Checkpoint;
use crate::training::mean::mean;

/// A round of all replicas.
#[derive(Clone, Debug)]
pub struct RoundInFlight {
    first: u64,
    /// Batches of each replica.
    pub steps: u32,
    from: f64,
    /// Share of the run that is done after it.
    pub to: f64,
    /// Milliseconds at its start.
    pub began: f64,
    slots: Vec<Slot>,
}

#[derive(Clone, Debug)]
enum Slot {
    Unsent,
    Sent,
    Done(Box<(Learner, Lesson)>),
}

impl RoundInFlight {
    /// The next round of a run whose rounds take so many seconds; `None` for not known yet.
    pub fn plan(state: &Checkpoint, seconds: Option<f64>, now: f64) -> RoundInFlight {
        let settings = &state.settings;
        let (total, limit) = (settings.steps(), settings.budget.seconds);
        let wanted = u64::from(settings.round.max(1));
        let steps = total.map_or(wanted, |total| wanted.min(total.saturating_sub(state.batch)).max(1));
        let by_steps = total.map_or(0.0, |total| (state.batch + steps) as f64 / total as f64);
        let by_clock = match (limit > 0.0, seconds) {
            (false, _) => 0.0,
            (true, None) => state.seconds / limit,
            // Less than half a round left over is no round: this one is the last, and the schedule ends with it.
            (true, Some(round)) if state.seconds + 1.5 * round >= limit => 1.0,
            (true, Some(round)) => (state.seconds + round) / limit,
        };
        // Without any limit there is one round, so that a mistake ends.
        let to = if total.is_none() && limit <= 0.0 { 1.0 } else { by_steps.max(by_clock) };
        let slots = vec![Slot::Unsent; settings.replicas.max(1) as usize];
        let to = to.clamp(state.share, 1.0);
        RoundInFlight { first: state.batch, steps: steps as u32, from: state.share, to, began: now, slots }
    }

    /// Parts that no worker has, which are now sent.
    pub fn unsent(&mut self) -> Vec<Round> {
        let replicas = self.slots.len() as u32;
        let mut rounds = Vec::new();
        for (slot, replica) in self.slots.iter_mut().zip(0..) {
            if matches!(slot, Slot::Unsent) {
                *slot = Slot::Sent;
                let RoundInFlight { first, steps, from, to, .. } = *self;
                rounds.push(Round { replica, replicas, first, steps, from, to });
            }
        }
        rounds
    }

    /// A part that is to be sent again.
    pub fn lose(&mut self, replica: u32) {
        if let Some(slot @ Slot::Sent) = self.slots.get_mut(replica as usize) {
            *slot = Slot::Unsent;
        }
    }

    /// A part that is done; the mean of all once the last one is.
    pub fn land(&mut self, replica: u32, learner: Learner, lesson: Lesson) -> Option<(Learner, Lesson)> {
        if let Some(slot @ Slot::Sent) = self.slots.get_mut(replica as usize) {
            *slot = Slot::Done(Box::new((learner, lesson)));
        }
        let done = |slot: &Slot| match slot {
            Slot::Done(part) => Some((**part).clone()),
            _ => None,
        };
        let parts: Vec<(Learner, Lesson)> = self.slots.iter().map(done).collect::<Option<_>>()?;
        let (learners, lessons): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
        Some((mean(&learners), together(&lessons)))
    }
}

/// What all replicas showed: means, the sum of the pictures, the time of the slowest.
fn together(lessons: &[Lesson]) -> Lesson {
    let count = lessons.len().max(1) as f32;
    let mean = |pick: fn(&Lesson) -> f32| lessons.iter().map(pick).sum::<f32>() / count;
    Lesson {
        loss: mean(|lesson| lesson.loss),
        right: mean(|lesson| lesson.right),
        gradient: mean(|lesson| lesson.gradient),
        images: lessons.iter().map(|lesson| lesson.images).sum(),
        millis: lessons.iter().map(|lesson| lesson.millis).fold(0.0, f64::max),
        ..lessons.first().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
