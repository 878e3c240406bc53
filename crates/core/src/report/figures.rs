//! One model's figures.

use super::ledger::{Entry, Ledger};
use super::means::{average, entropy, mean_loss, variation};
use super::{
    Accuracy, Classes, DetectorReport, Fooling, Nearer, SampleRow, Smoothed, Spread, Twice, Weak,
    accuracy_by_budget::falls, timeline, transfer,
};
use crate::catalog::{Aim, Norm};
use crate::protocol::{Prediction, Sample, SampleOutcome};
use serde::{Deserialize, Serialize};

/// An input's clean answer, and the one in its worst case.
type Answers<'a> = (&'a Prediction, &'a Prediction);

/// Points of the curve of accuracy against radius.
const CURVE: usize = 32;

/// Everything measured of one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelReport {
    /// The model.
    pub id: String,
    /// Right on the clean input.
    pub clean: Accuracy,
    /// Right under each attack, in the job's order.
    pub attacks: Vec<AttackFigures>,
    /// Right under every attack, each input by its worst case: the auditor's attacks within the radius count.
    pub worst: Accuracy,
    /// What the chosen attacks alone leave, where the auditor breaks more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<Accuracy>,
    /// What the auditor breaks of it; `None` if that is nothing, or was not looked at.
    #[serde(default)]
    pub weak: Option<Weak>,
    /// `w · worst + (1 - w) · clean`.
    pub score: f64,
    /// Smallest distance that changes the answer: the best of the minimum-norm attacks, with its norm.
    pub margin: Option<(Norm, Spread)>,
    /// Smallest radius at which the search's attack succeeds: an upper bound of the true one.
    pub radius: Spread,
    /// Radius within which interval bounds prove that no attack can succeed: a lower bound.
    #[serde(default)]
    pub certified: Spread,
    /// What votes on noisy copies prove; `None` where they were not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smoothed: Option<Smoothed>,
    /// What each detector makes of it; empty where none looked on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub detectors: Vec<DetectorReport>,
    /// Mean Shannon entropy of the answers, bits: clean, attacked.
    pub entropy: (f64, f64),
    /// Mean total-variation distance between the answers with and without attack, 0 to 1.
    pub defensive_margin: f64,
    /// By class: clean, attacked.
    pub classes: (Classes, Classes),
    /// Accuracy that is left at each radius up to the largest that was searched, from the radii: one grid for all
    /// models.
    pub curve: Vec<(f32, Accuracy)>,
    /// How often an attack's successes carry over, by attack and model: of the inputs that fooled this model, and that
    /// the other one answers right when clean, the share that fools it too. An `n` of 0 is one that was not told.
    #[serde(deserialize_with = "transfer::read")]
    pub transfer: transfer::Transfer,
    /// Looks that each answer is judged by: 1 unless the model draws at random.
    #[serde(default = "one")]
    pub draws: u32,
    /// Every input that is done.
    pub samples: Vec<SampleRow>,
}

fn one() -> u32 {
    1
}

/// One attack on one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttackFigures {
    /// Place of the attack in the job.
    pub attack: usize,
    /// Right before and after it.
    pub accuracy: Accuracy,
    /// Mean queries until an input fell, over those that did.
    pub queries: Option<f64>,
    /// Accuracy that is left after so many queries; empty if nothing fell, and where an input's first success does not
    /// count by itself: it may lie beyond the radius of an attack that seeks the nearest input, or be of another
    /// perturbation than the one that a batch shares in the end.
    #[serde(default)]
    pub by_queries: Vec<(u32, Accuracy)>,
    /// The same after so many steps, runs one after another. The first is before the attack, and a second one at 0
    /// steps is at its start.
    #[serde(default)]
    pub by_steps: Vec<(u32, Accuracy)>,
    /// Accuracy that is left after each member of an ensemble, in order.
    #[serde(default)]
    pub members: Vec<(String, Accuracy)>,
    /// Mean distance of the inputs that fell, in the attack's norm.
    pub distance: Option<f64>,
    /// How many of the inputs that fell are still wrong once their pixels are rounded to 8 bits, and how many fell;
    /// `None` in reports from before this was asked.
    #[serde(default)]
    pub eight_bit: Option<(usize, usize)>,
    /// Fooling rates of a perturbation shared by all inputs.
    #[serde(default)]
    pub fooling: Option<Fooling>,
    /// Inputs whose first gradients were all zero; not those where nothing was to be done.
    pub blind: usize,
    /// Inputs that the model reads right and on which the attack had nothing to do.
    #[serde(default)]
    pub idle: usize,
    /// Inputs for which it found no start.
    #[serde(default)]
    pub unstarted: usize,
    /// Mean loss from the first to the last iterate.
    pub loss: Vec<f32>,
    /// Steps done at each of these losses, runs one after another; empty in older reports.
    #[serde(default)]
    pub loss_at: Vec<u32>,
    /// Time in the workers, milliseconds.
    pub millis: f64,
    /// What twice the steps leave; `None` where that was not looked at.
    #[serde(default)]
    pub twice: Option<Twice>,
    /// What smaller radii leave; `None` where that was not looked at.
    #[serde(default)]
    pub nearer: Option<Nearer>,
}

impl Ledger {
    /// The figures of one model, from the parts that have come. `weight` is the worst case's share of the score.
    pub fn figures(&self, model: usize, weight: f64) -> ModelReport {
        let attacks: Vec<AttackFigures> = (0..self.trials.len()).map(|attack| self.attack(model, attack)).collect();
        let known: Vec<(usize, Answers)> =
            (0..self.labels.len()).filter_map(|place| Some((place, self.worst(model, place)?))).collect();
        let right = |answer: &Prediction, place: usize| answer.label == self.labels[place];
        let clean = known.iter().filter(|(place, (clean, _))| right(clean, *place)).count();
        let clean = Accuracy::of(clean, known.len());
        let complete: Vec<usize> = self.complete(model).collect();
        let worst = Accuracy::of(complete.iter().filter(|&&place| self.holds(model, place)).count(), complete.len());
        let classes = |of: for<'a> fn(Answers<'a>) -> &'a Prediction| {
            Classes::of(self.classes, known.iter().map(|(place, both)| (self.labels[*place], of(*both).label)))
        };
        let mean = |of: &dyn Fn(Answers) -> f64| average(known.iter().map(|(_, both)| of(*both)));
        let radius = Spread::of(self.radii(model).map(|(_, radius)| radius));
        ModelReport {
            id: self.models[model].clone(),
            score: weight * worst.value + (1.0 - weight) * clean.value,
            clean,
            worst,
            chosen: None,
            weak: None,
            margin: self.margin(model),
            entropy: (
                mean(&|(clean, _)| entropy(&clean.probabilities)),
                mean(&|(_, attacked)| entropy(&attacked.probabilities)),
            ),
            defensive_margin: mean(&|(clean, attacked)| variation(&clean.probabilities, &attacked.probabilities)),
            classes: (classes(|(clean, _)| clean), classes(|(_, attacked)| attacked)),
            curve: curve(&radius, self.most),
            certified: Spread::of(self.certified(model).map(Some)),
            smoothed: self.smoothed(model),
            detectors: self.detectors(model),
            radius,
            transfer: (0..attacks.len()).map(|attack| self.transfer(model, attack)).collect(),
            attacks,
            draws: self.draws(model),
            samples: known.iter().map(|(place, both)| self.row(model, *place, *both)).collect(),
        }
    }

    fn attack(&self, model: usize, attack: usize) -> AttackFigures {
        let trial = &self.trials[attack];
        let samples: Vec<&Sample> = self.done(model, attack).map(|(_, entry)| &entry.sample).collect();
        let right = samples.iter().filter(|sample| sample.clean.label == sample.truth && !trial.broke(sample));
        let fell = || samples.iter().filter(|sample| trial.broke(sample));
        let some = |mean: f64| (fell().count() > 0).then_some(mean);
        let clean = samples.iter().filter(|sample| sample.clean.label == sample.truth).count();
        let counted = || fell().filter(|_| matches!(trial.aim, Aim::Within | Aim::Free));
        let iterates: Vec<u32> = counted().filter_map(|sample| sample.iterate).collect();
        let left = |until: u32| clean.saturating_sub(iterates.iter().filter(|&&iterate| iterate < until).count());
        let timeline = self.timeline(attack);
        let loss = mean_loss(samples.iter().map(|sample| sample.loss.as_slice()));
        let members = timeline::members(timeline).into_iter();
        let met = || fell().filter_map(|sample| sample.queries).map(f64::from);
        let came = |to: SampleOutcome| {
            let right = samples.iter().filter(|sample| sample.clean.label == sample.truth);
            right.filter(|sample| sample.outcome == to).count()
        };
        let blind = |sample: &&&Sample| sample.zero_gradient && sample.outcome != SampleOutcome::NothingToDo;
        let survive = fell().filter(|sample| sample.eight_bit.success).count();
        AttackFigures {
            attack,
            accuracy: Accuracy::of(right.count(), samples.len()),
            // A perturbation that was crafted on others asks nothing of an input.
            queries: (met().count() > 0).then(|| average(met())),
            by_queries: falls(clean, samples.len(), counted().filter_map(|sample| sample.queries)),
            by_steps: falls(
                clean,
                samples.len(),
                iterates.iter().map(|&iterate| timeline::steps_at(timeline, iterate)),
            ),
            members: members.map(|(name, until)| (name.into(), Accuracy::of(left(until), samples.len()))).collect(),
            distance: some(average(fell().map(|sample| f64::from(sample.distance.of(trial.spec.norm))))),
            eight_bit: Some((survive, fell().count())),
            fooling: self.fooling(model, attack),
            blind: samples.iter().filter(blind).count(),
            idle: came(SampleOutcome::NothingToDo),
            unstarted: came(SampleOutcome::NoStart),
            loss_at: timeline::steps_of_losses(timeline, loss.len()),
            loss,
            millis: self.millis(model, attack),
            twice: None,
            nearer: None,
        }
    }

    /// Whether the model is right on the input and no attack broke it.
    fn holds(&self, model: usize, place: usize) -> bool {
        self.of_input(model, place).all(|(attack, entry)| {
            let sample = &entry.sample;
            sample.clean.label == sample.truth && !self.trials[attack].broke(sample)
        })
    }

    /// The norm of the minimum-norm attacks, that of the first where they differ.
    fn margin_norm(&self) -> Option<Norm> {
        Some(self.trials.iter().find(|trial| trial.aim == Aim::Nearest)?.spec.norm)
    }

    fn margin(&self, model: usize) -> Option<(Norm, Spread)> {
        let margins = (0..self.labels.len()).filter_map(|place| self.margin_of(model, place));
        Some((self.margin_norm()?, Spread::of(margins)))
    }

    /// An input's smallest distance over the minimum-norm attacks, once one of them is done on it.
    fn margin_of(&self, model: usize, place: usize) -> Option<Option<f32>> {
        let norm = self.margin_norm()?;
        let nearest = |attack: usize| self.trials[attack].aim == Aim::Nearest && self.trials[attack].spec.norm == norm;
        let tried: Vec<&Entry> =
            self.of_input(model, place).filter(|(attack, _)| nearest(*attack)).map(|(_, entry)| entry).collect();
        let wrong = tried.first()?.sample.clean.label != self.labels[place];
        let found = tried.iter().filter(|entry| entry.sample.success);
        let least = found.map(|entry| entry.sample.distance.of(norm)).reduce(f32::min);
        Some(if wrong { Some(0.0) } else { least })
    }

    fn row(&self, model: usize, place: usize, (clean, attacked): Answers) -> SampleRow {
        let broke = |&(attack, entry): &(usize, &Entry)| self.trials[attack].broke(&entry.sample);
        let untried = |&(attack, entry): &(usize, &Entry)| {
            let open = clean.label == self.labels[place] && !entry.sample.outcome.is_tried();
            open.then_some((attack, entry.sample.outcome))
        };
        SampleRow {
            untried: self.of_input(model, place).filter_map(|one| untried(&one)).collect(),
            index: place,
            truth: self.labels[place],
            clean: clean.label,
            attacked: attacked.label,
            broken: self.of_input(model, place).filter(broke).map(|(attack, _)| attack).collect(),
            found: None,
            radius: self.radius_of(model, place),
            certified: self.certified_of(model, place),
            open: (0..self.trials.len()).filter(|&attack| !self.is_done(model, attack, place)).collect(),
            margin: self.margin_of(model, place),
            scores: self.scores(model, place),
        }
    }
}

/// Accuracy left at each radius up to the largest one that was searched, or else that an input fell at.
pub(super) fn curve(radius: &Spread, most: Option<f32>) -> Vec<(f32, Accuracy)> {
    let most = most.unwrap_or_else(|| radius.values.iter().flatten().copied().fold(0.0, f32::max));
    if most == 0.0 || radius.n == 0 {
        return Vec::new();
    }
    let at = |point: usize| most * point as f32 / CURVE as f32;
    (0..=CURVE).map(|point| (at(point), Accuracy::of(radius.above(at(point)), radius.n))).collect()
}

#[cfg(test)]
mod tests;
