//! How far an attack is, and how it goes.

use super::Drive;
use foolproof_core::protocol::Timeline;
use std::cmp::Ordering;

impl Drive {
    /// Steps done and steps in all, over every run.
    pub fn progress(&self) -> (u32, u32) {
        let before: u32 = self.plan[..self.place.0].iter().sum();
        (before + self.place.1, self.plan.iter().sum())
    }

    /// As [`Drive::progress`], in time: each step weighs as much as it takes.
    pub fn work(&self) -> (u32, u32) {
        let of_run = |(run, steps): (usize, &u32)| {
            let done = match run.cmp(&self.place.0) {
                Ordering::Less => *steps,
                Ordering::Equal => self.place.1,
                Ordering::Greater => 0,
            };
            (self.attack.effort(run) * done, self.attack.effort(run) * steps)
        };
        self.plan.iter().enumerate().map(of_run).fold((0, 0), |sum, run| (sum.0 + run.0, sum.1 + run.1))
    }

    /// How the attack goes, by which iterates and losses are told.
    pub fn timeline(&self) -> Timeline {
        Timeline { runs: self.plan.clone(), every: self.trace.every(), members: self.attack.members() }
    }
}
