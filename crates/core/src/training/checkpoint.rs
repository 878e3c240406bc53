//! All that a run is, as data: kept by the page, so that a reload, a lost worker or a closed tab costs one round.

use super::curve::{Curve, Point};
use super::judge::{Ending, Examination};
use super::settings::Settings;
use crate::protocol::Learner;
use serde::{Deserialize, Serialize};

/// A run between two rounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// What was asked for.
    pub settings: Settings,
    /// Where it stands.
    pub learner: Learner,
    /// Batches of each replica behind it.
    pub batch: u64,
    /// Seconds it has worked; pauses do not count.
    pub seconds: f64,
    /// Share of the budget that is spent, as schedules count it.
    pub share: f64,
    /// Factor on the recipe's rate: halved at every roll-back.
    pub rate: f64,
    /// Roll-backs so far.
    pub falls: u32,
    /// The model before the first step and what it showed; `None` from random weights, or until that is known.
    pub before: Option<Kept>,
    /// Examinations after that.
    pub examined: u32,
    /// How many in a row were no better than the best.
    pub since: u32,
    /// The best model examined.
    pub best: Option<Kept>,
    /// What a roll-back goes back to: the learner of the last examination, its batch and share.
    pub safe: Option<(Learner, u64, f64)>,
    /// The curve so far.
    pub(super) curve: Curve,
    /// Why it is over, if it is.
    pub ending: Option<Ending>,
}

/// A model with what an examination showed of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Its weights, in the architecture's order and PyTorch's shapes.
    #[serde(with = "crate::protocol::floats::list")]
    pub weights: Vec<f32>,
    /// Batches of each replica behind it.
    pub batch: u64,
    /// What was found.
    pub examination: Examination,
}

impl Checkpoint {
    /// A run that has not begun. The learner holds the weights of the model to start from and nothing else, or nothing
    /// at all to start from random ones.
    pub fn new(settings: Settings, learner: Learner) -> Checkpoint {
        Checkpoint {
            settings,
            learner,
            batch: 0,
            seconds: 0.0,
            share: 0.0,
            rate: 1.0,
            falls: 0,
            before: None,
            examined: 0,
            since: 0,
            best: None,
            safe: None,
            curve: Curve::default(),
            ending: None,
        }
    }

    /// The curve so far, at most some hundred points.
    pub fn curve(&self) -> &[Point] {
        &self.curve.points
    }

    /// The weights as they stand: their running average, if the recipe keeps one. Empty before the first round from
    /// random ones.
    pub fn last(&self) -> &[f32] {
        match self.learner.average.is_empty() {
            true => &self.learner.weights,
            false => &self.learner.average,
        }
    }

    /// The weights that the run has to show: the best if it ended badly, else the last.
    pub fn model(&self) -> &[f32] {
        match (&self.best, self.ending) {
            (Some(best), Some(ending)) if ending.keeps_best() => &best.weights,
            _ => self.last(),
        }
    }

    /// The examination of the model that the run has to show, if it was examined.
    pub fn shown(&self) -> Option<Examination> {
        match (&self.best, self.ending) {
            (Some(best), Some(ending)) if ending.keeps_best() => Some(best.examination),
            _ => self
                .curve
                .points
                .last()
                .and_then(|point| point.examination)
                .or(self.before.as_ref().map(|model| model.examination)),
        }
    }

    /// Whether the next examination is due.
    pub(super) fn overdue(&self) -> bool {
        let next = f64::from(self.examined + 1) / f64::from(self.settings.examinations.max(1));
        self.batch > 0 && (self.share >= 1.0 || self.share >= next)
    }

    /// Back to the last examined learner, or the start, with half the rate.
    pub(super) fn roll_back(&mut self, start: &Learner) {
        let (learner, batch, share) = self.safe.clone().unwrap_or_else(|| (start.clone(), 0, 0.0));
        (self.learner, self.batch, self.share) = (learner, batch, share);
        self.rate *= 0.5;
        self.falls += 1;
    }
}

#[cfg(test)]
mod tests;
