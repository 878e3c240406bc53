//! Collects the parts of an evaluation: an entry for each input, model and attack, filled as results come.

use super::detection::{Scores, by_input};
use super::{ALPHA, Certificate, Smoothed};
use crate::catalog::Aim;
use crate::defence::DefenceSpec;
use crate::protocol::{AttackSpec, Fault, FaultKind, Part, Prediction, Radii, Sample, Smoothing, Timeline, Votes};
use serde::{Deserialize, Serialize};

/// An attack of the evaluation and how its result is to be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// The attack.
    pub spec: AttackSpec,
    /// What it is after; the nearest input counts where it lies within the radius.
    pub aim: Aim,
}

impl Trial {
    /// Whether the input is wrong under this attack, within the radius, where it was right before.
    pub fn broke(&self, sample: &Sample) -> bool {
        sample.clean.label == sample.truth && sample.success && self.is_within(sample)
    }

    /// Whether what the attack made of the input is an attack of the radius at all: the nearest input may lie beyond.
    pub fn is_within(&self, sample: &Sample) -> bool {
        self.aim != Aim::Nearest || sample.distance.of(self.spec.norm) <= self.spec.eps
    }
}

/// Everything told about an evaluation.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// The models, in the job's order.
    pub models: Vec<String>,
    /// The attacks, in the job's order.
    pub trials: Vec<Trial>,
    /// True classes of the inputs.
    pub labels: Vec<u32>,
    /// Number of classes.
    pub classes: usize,
    /// The largest radius that is searched, if one is told: where the curves end.
    pub most: Option<f32>,
    /// By model, attack and input.
    samples: Vec<Vec<Vec<Option<Entry>>>>,
    /// By model and input: the smallest radius, `None` where it held up to the largest tried.
    radii: Vec<Vec<Option<Option<f32>>>>,
    /// By model and input: the radius within which no attack can succeed, where that was proven.
    certified: Vec<Vec<Option<f32>>>,
    /// The votes by which inputs are certified, if they are asked for.
    pub smoothing: Option<Smoothing>,
    /// By model and input: those that were counted.
    votes: Vec<Vec<Option<(u32, u32)>>>,
    /// Milliseconds by model and attack.
    millis: Vec<Vec<f64>>,
    /// How each attack goes; empty until a part of it has come.
    courses: Vec<Timeline>,
    /// By model: the most looks that one of its answers was judged by.
    draws: Vec<u32>,
    /// The detectors that look on, and the share of clean inputs that they may flag, if there are any.
    pub detection: Option<(Vec<DefenceSpec>, f32)>,
    /// By model and detector: the score above which it flags; empty until a part has come.
    pub(super) thresholds: Vec<Vec<f32>>,
}

/// One input under one attack.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What the attack made of it.
    pub sample: Sample,
    /// What each model answers on the result.
    pub transfer: Vec<u32>,
    /// What detectors say of it; empty where none look on.
    pub scores: Scores,
}

impl Ledger {
    /// An empty one for these inputs, the first of which has the number 0.
    pub fn new(models: Vec<String>, trials: Vec<Trial>, labels: Vec<u32>, classes: usize) -> Ledger {
        let samples = vec![vec![vec![None; labels.len()]; trials.len()]; models.len()];
        let radii = vec![vec![None; labels.len()]; models.len()];
        let millis = vec![vec![0.0; trials.len()]; models.len()];
        let certified = vec![vec![None; labels.len()]; models.len()];
        let courses = vec![Timeline::default(); trials.len()];
        let draws = vec![1; models.len()];
        let votes = vec![vec![None; labels.len()]; models.len()];
        let (most, smoothing, detection) = (None, None, None);
        let thresholds = vec![Vec::new(); models.len()];
        Ledger {
            models,
            trials,
            labels,
            classes,
            most,
            samples,
            radii,
            certified,
            smoothing,
            votes,
            millis,
            courses,
            draws,
            detection,
            thresholds,
        }
    }

    /// Notes a part; the same part again changes nothing but the time.
    ///
    /// # Errors
    /// A [`Fault`] if the part is of another evaluation.
    pub fn add(&mut self, part: Part) -> Result<(), Fault> {
        let model = self.place(&part.model)?;
        let first = self.range(part.first, part.samples.len())?;
        if part.attack >= self.trials.len() || part.transfer.iter().any(|row| row.len() != part.samples.len()) {
            return Err(stranger());
        }
        let mut scores = by_input(&part.detected, part.samples.len()).ok_or_else(stranger)?;
        let row = &mut self.samples[model][part.attack];
        for (index, sample) in part.samples.into_iter().enumerate() {
            let transfer = part.transfer.iter().map(|labels| labels[index]).collect();
            row[first + index] = Some(Entry { sample, transfer, scores: std::mem::take(&mut scores[index]) });
        }
        self.millis[model][part.attack] += part.millis;
        self.courses[part.attack] = part.timeline;
        self.draws[model] = self.draws[model].max(part.draws);
        self.thresholds[model] = part.detected.iter().map(|one| one.threshold).collect();
        Ok(())
    }

    /// Notes radii.
    ///
    /// # Errors
    /// As [`Ledger::add`].
    pub fn add_radii(&mut self, found: Radii) -> Result<(), Fault> {
        let model = self.place(&found.model)?;
        let first = self.range(found.first, found.radii.len())?;
        for (index, radius) in found.radii.into_iter().enumerate() {
            self.radii[model][first + index] = Some(radius);
        }
        let certified = self.certified[model][first..].iter_mut().zip(found.certified);
        certified.for_each(|(place, radius)| *place = Some(radius));
        Ok(())
    }

    /// Notes votes.
    ///
    /// # Errors
    /// As [`Ledger::add`].
    pub fn add_votes(&mut self, found: Votes) -> Result<(), Fault> {
        let model = self.place(&found.model)?;
        let first = self.range(found.first, found.votes.len())?;
        let places = self.votes[model][first..].iter_mut().zip(found.votes);
        places.for_each(|(place, votes)| *place = Some(votes));
        Ok(())
    }

    /// What the votes on a model prove; `None` where none were asked for.
    pub fn smoothed(&self, model: usize) -> Option<Smoothed> {
        let smoothing = self.smoothing?;
        let known = self.votes[model].iter().enumerate().filter_map(|(place, votes)| Some((place, (*votes)?)));
        let samples = known.map(|(place, votes)| Certificate::of(place, self.labels[place], votes, &smoothing));
        Some(Smoothed { smoothing, alpha: ALPHA, samples: samples.collect() })
    }

    fn place(&self, model: &str) -> Result<usize, Fault> {
        self.models.iter().position(|id| id == model).ok_or_else(stranger)
    }

    fn range(&self, first: u64, count: usize) -> Result<usize, Fault> {
        let first = usize::try_from(first).map_err(|_| stranger())?;
        let end = first.checked_add(count).filter(|&end| end <= self.labels.len());
        end.map(|_| first).ok_or_else(stranger)
    }

    /// The inputs done of one attack, with their places.
    pub fn done(&self, model: usize, attack: usize) -> impl Iterator<Item = (usize, &Entry)> {
        self.samples[model][attack].iter().enumerate().filter_map(|(place, entry)| Some((place, entry.as_ref()?)))
    }

    /// Whether an attack has been done on an input.
    pub fn is_done(&self, model: usize, attack: usize, place: usize) -> bool {
        self.samples[model][attack][place].is_some()
    }

    /// One input under every attack that has been done on it.
    pub fn of_input(&self, model: usize, place: usize) -> impl Iterator<Item = (usize, &Entry)> {
        let entries = self.samples[model].iter().enumerate();
        entries.filter_map(move |(attack, row)| Some((attack, row[place].as_ref()?)))
    }

    /// The inputs that every attack has been done on.
    pub fn complete(&self, model: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.labels.len()).filter(move |&place| self.samples[model].iter().all(|row| row[place].is_some()))
    }

    /// The clean answer and the one in the worst case of an input: under the first attack that broke it, or else under
    /// the one that left its class the least probable. Where nothing was tried within the radius it is the clean one.
    pub fn worst(&self, model: usize, place: usize) -> Option<(&Prediction, &Prediction)> {
        let samples = || self.of_input(model, place).map(|(attack, entry)| (&self.trials[attack], &entry.sample));
        let (_, any) = samples().next()?;
        let sure = |sample: &Sample| {
            let class = usize::try_from(sample.truth).ok();
            class.and_then(|class| sample.adversarial.probabilities.get(class)).copied().unwrap_or(0.0)
        };
        let weakest = || {
            let within = samples().filter(|(trial, sample)| trial.is_within(sample));
            within.min_by(|(_, a), (_, b)| sure(a).total_cmp(&sure(b)))
        };
        let found = samples().find(|(trial, sample)| trial.broke(sample)).or_else(weakest);
        Some((&any.clean, found.map_or(&any.clean, |(_, sample)| &sample.adversarial)))
    }

    /// The smallest radii found so far, with their places.
    pub fn radii(&self, model: usize) -> impl Iterator<Item = (usize, Option<f32>)> {
        self.radii[model].iter().enumerate().filter_map(|(place, radius)| Some((place, (*radius)?)))
    }

    /// One input's smallest radius, once it is found.
    pub fn radius_of(&self, model: usize, place: usize) -> Option<Option<f32>> {
        self.radii[model][place]
    }

    /// The proven radii found so far.
    pub fn certified(&self, model: usize) -> impl Iterator<Item = f32> {
        self.certified[model].iter().filter_map(|radius| *radius)
    }

    /// One input's proven radius, once it is found.
    pub fn certified_of(&self, model: usize, place: usize) -> Option<f32> {
        self.certified[model][place]
    }

    /// How an attack goes.
    pub fn timeline(&self, attack: usize) -> &Timeline {
        &self.courses[attack]
    }

    /// Looks at the model that each of its answers is judged by: 1 unless it draws at random.
    pub fn draws(&self, model: usize) -> u32 {
        self.draws[model]
    }

    /// Time spent on an attack, milliseconds.
    pub fn millis(&self, model: usize, attack: usize) -> f64 {
        self.millis[model][attack]
    }
}

fn stranger() -> Fault {
    Fault::new(FaultKind::Input, "A part of another evaluation came in; it was left out.")
}

#[cfg(test)]
mod tests;
