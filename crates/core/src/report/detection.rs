//! What detectors make of clean inputs and of what attacks made of them.
//!
//! A detector that flags everything lets nothing pass, so no figure of it stands without its false alarms; and an input that
//! the model answers wrong when clean is no attack's success (Carlini and Wagner 2017,
//! <https://arxiv.org/abs/1705.07263>).

use super::{Accuracy, Ledger};
use crate::defence::DefenceSpec;
use crate::protocol::Detected;
use serde::{Deserialize, Serialize};

/// Points of a curve of flagged shares, about.
const POINTS: usize = 64;

/// Scores by detector, of one input: clean, attacked.
pub type Scores = Vec<[f32; 2]>;

/// One detector before one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DetectorReport {
    /// The detector with its knobs.
    pub detector: DefenceSpec,
    /// The share of clean training inputs that it was set to flag.
    pub asked: f32,
    /// The score above which it flags.
    pub threshold: f32,
    /// Flagged of the clean inputs that the model answers right: false alarms.
    pub false_alarms: Accuracy,
    /// Flagged of the clean inputs that it answers wrong.
    pub mistakes: Accuracy,
    /// What every attack made, by attack in the job's order.
    pub attacks: Vec<Flagged>,
}

/// What one attack made, as a detector sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flagged {
    /// Flagged, of the inputs that fell.
    pub flagged: Accuracy,
    /// Wrong and unflagged, of the inputs that the model answers right when clean.
    pub passed: Accuracy,
    /// Right or flagged, of all inputs: the accuracy of model and detector as one system.
    pub system: Accuracy,
    /// How well scores tell inputs that fell from clean ones; `None` where there are none of either.
    pub area: Option<Area>,
    /// At each threshold the share of clean inputs that are flagged, and of those that fell.
    pub roc: Vec<(f32, f32)>,
}

/// Area under the curve of flagged shares: the chance that an input that fell has the higher score than a clean one, with the
/// 95 % interval of DeLong et al. 1988 (<https://doi.org/10.2307/2531595>).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// The area, 0 to 1; a half is a guess.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
    /// Number of inputs that fell.
    pub n: usize,
    /// Number of clean ones.
    pub clean: usize,
}

impl Area {
    /// Of scores, each list sorted; `None` where one is empty.
    fn of(clean: &[f32], fell: &[f32]) -> Option<Area> {
        if clean.is_empty() || fell.is_empty() {
            return None;
        }
        // The share of `others` below each of `these`, equals counting half.
        let shares = |these: &[f32], others: &[f32]| -> Vec<f64> {
            let below = |score: f32| {
                let less = others.partition_point(|other| *other < score);
                let equal = others.partition_point(|other| *other <= score) - less;
                (less as f64 + 0.5 * equal as f64) / others.len() as f64
            };
            these.iter().map(|score| below(*score)).collect()
        };
        let value = mean(&shares(fell, clean));
        let spread =
            variance(&shares(fell, clean)) / fell.len() as f64 + variance(&shares(clean, fell)) / clean.len() as f64;
        const Z: f64 = 1.959_963_984_540_054;
        let half = Z * spread.sqrt();
        Some(Area {
            value,
            low: (value - half).max(0.0),
            high: (value + half).min(1.0),
            n: fell.len(),
            clean: clean.len(),
        })
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn variance(values: &[f64]) -> f64 {
    let middle = mean(values);
    values.iter().map(|value| (value - middle).powi(2)).sum::<f64>() / (values.len().max(2) - 1) as f64
}

/// Shares that are flagged at thresholds from the highest clean score to below the lowest; both lists sorted.
fn roc(clean: &[f32], fell: &[f32]) -> Vec<(f32, f32)> {
    if clean.is_empty() || fell.is_empty() {
        return Vec::new();
    }
    let above = |scores: &[f32], threshold: f32| {
        (scores.len() - scores.partition_point(|score| *score <= threshold)) as f32 / scores.len() as f32
    };
    let stride = clean.len().div_ceil(POINTS);
    let thresholds = clean.iter().rev().step_by(stride);
    let mut points = vec![(0.0, 0.0)];
    points.extend(thresholds.map(|threshold| (above(clean, *threshold), above(fell, *threshold))));
    points.push((1.0, 1.0));
    points.dedup();
    points
}

impl Ledger {
    /// What each detector makes of one model's inputs, as far as they are told.
    pub fn detectors(&self, model: usize) -> Vec<DetectorReport> {
        let Some((list, asked)) = &self.detection else { return Vec::new() };
        let of = |(place, detector): (usize, &DefenceSpec)| {
            let threshold = *self.thresholds[model].get(place)?;
            Some(self.detector(model, place, detector, *asked, threshold))
        };
        list.iter().enumerate().filter_map(of).collect()
    }

    /// By detector: its score of a clean input, then of what each attack made of it; none until every attack is done.
    pub(super) fn scores(&self, model: usize, place: usize) -> Vec<Vec<f32>> {
        let known: Vec<&Scores> = self.of_input(model, place).map(|(_, entry)| &entry.scores).collect();
        let count = known.iter().map(|scores| scores.len()).min().filter(|_| known.len() == self.trials.len());
        let of = |detector: usize| {
            let clean = known.iter().take(1).map(|scores| scores[detector][0]);
            clean.chain(known.iter().map(|scores| scores[detector][1])).collect()
        };
        (0..count.unwrap_or_default()).map(of).collect()
    }

    fn detector(
        &self,
        model: usize,
        place: usize,
        detector: &DefenceSpec,
        asked: f32,
        threshold: f32,
    ) -> DetectorReport {
        // Every attack tells of an input's clean score, and always the same.
        let clean = |wanted: bool| -> Vec<f32> {
            let first = |input: usize| {
                let (_, entry) = self.of_input(model, input).find(|(_, entry)| place < entry.scores.len())?;
                let right = entry.sample.clean.label == entry.sample.truth;
                (right == wanted).then(|| entry.scores[place][0])
            };
            let mut all: Vec<f32> = (0..self.labels.len()).filter_map(first).collect();
            all.sort_by(f32::total_cmp);
            all
        };
        let flags = |scores: &[f32]| scores.iter().filter(|score| **score > threshold).count();
        let (right, wrong) = (clean(true), clean(false));
        let attacks = (0..self.trials.len()).map(|attack| self.flagged(model, attack, (place, threshold), &right));
        DetectorReport {
            detector: detector.clone(),
            asked,
            threshold,
            false_alarms: Accuracy::of(flags(&right), right.len()),
            mistakes: Accuracy::of(flags(&wrong), wrong.len()),
            attacks: attacks.collect(),
        }
    }

    fn flagged(&self, model: usize, attack: usize, (place, threshold): (usize, f32), clean: &[f32]) -> Flagged {
        let trial = &self.trials[attack];
        let known: Vec<_> = self.done(model, attack).filter(|(_, entry)| place < entry.scores.len()).collect();
        let mut fell: Vec<f32> = Vec::new();
        let (mut right, mut system) = (0, 0);
        for (_, entry) in &known {
            let (sample, [before, after]) = (&entry.sample, entry.scores[place]);
            let was_right = sample.clean.label == sample.truth;
            right += usize::from(was_right);
            match trial.broke(sample) {
                true => fell.push(after),
                // What no attack changes is judged as it came.
                false => system += usize::from(was_right || before > threshold),
            }
        }
        fell.sort_by(f32::total_cmp);
        let flagged = fell.iter().filter(|score| **score > threshold).count();
        Flagged {
            flagged: Accuracy::of(flagged, fell.len()),
            passed: Accuracy::of(fell.len() - flagged, right),
            system: Accuracy::of(system + flagged, known.len()),
            area: Area::of(clean, &fell),
            roc: roc(clean, &fell),
        }
    }
}

/// What detectors say, by input; `None` if it is not of so many.
pub(super) fn by_input(detected: &[Detected], count: usize) -> Option<Vec<Scores>> {
    let fits = |one: &Detected| one.clean.len() == count && one.attacked.len() == count;
    let of = |input: usize| detected.iter().map(|one| [one.clean[input], one.attacked[input]]).collect();
    detected.iter().all(fits).then(|| (0..count).map(of).collect())
}

#[cfg(test)]
mod tests;
