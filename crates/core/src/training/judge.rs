//! What examinations say about a run: whether it gets better, whether it has collapsed, when it ends.

use super::settings::Settings;
use crate::report::Accuracy;
use serde::{Deserialize, Serialize};

/// Fall of the robust accuracy from its best that counts as catastrophic overfitting, unless a run says otherwise.
pub const FALL: f64 = 0.2;
/// What the last examination may be below the best one and still count as noise.
const NOISE: f64 = 0.05;
/// Rounding must not decide whether a fall of exactly a fifth is one, or one of a twentieth noise.
const ROUNDING: f64 = 1e-9;

/// Held-out pictures answered right: as they are, under PGD-10, and under FGSM, which a model may have learnt to resist
/// alone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Examination {
    /// Clean accuracy.
    pub clean: Accuracy,
    /// Robust accuracy.
    pub robust: Accuracy,
    /// Accuracy under one step from the clean picture.
    pub single: Accuracy,
}

/// Why a run is over. Each but `Cancelled` also says which model is kept: the last, or the best of the examinations.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// The budget is spent; the last model.
    Finished,
    /// Nothing better came for as many examinations as patience allows; the best model.
    Early,
    /// Robust accuracy fell by [`FALL`], or as much as the run allows, while training went on: catastrophic overfitting
    /// (Wong et al. 2020, <https://arxiv.org/abs/2001.03994>); the best model.
    Overfitting {
        /// The best robust accuracy.
        best: f64,
        /// What it fell to.
        fell: f64,
        /// Accuracy under one step then.
        single: f64,
    },
    /// Ended by hand; the last model.
    Cancelled,
    /// The budget is spent, or the loss was not a number again and again, and the best model is better than the last.
    Restored,
    /// The budget is spent, and the model reads no more than guessing would: nothing was learnt. The last model.
    Stuck {
        /// Its clean accuracy.
        clean: f64,
    },
    /// The budget is spent, and the last model reads less than half of what the one did that the run began with; the best
    /// model that does not, or that one.
    Ruined {
        /// The highest learning rate that the run was given.
        rate: f64,
        /// Clean accuracy before the first step.
        before: f64,
        /// And after the last.
        after: f64,
    },
}

impl Ending {
    /// The word of the host API.
    pub fn word(self) -> &'static str {
        match self {
            Ending::Finished => "finished",
            Ending::Early => "early",
            Ending::Overfitting { .. } => "overfitting",
            Ending::Cancelled => "cancelled",
            Ending::Stuck { .. } => "stuck",
            Ending::Restored | Ending::Ruined { .. } => "restored",
        }
    }

    /// Whether the best model is kept instead of the last.
    pub fn keeps_best(self) -> bool {
        !matches!(self, Ending::Finished | Ending::Stuck { .. } | Ending::Cancelled)
    }
}

/// Whether a model reads less than half of what it read `before` the run, whichever pictures it was examined on.
pub fn ruined(found: &Examination, before: &Examination) -> bool {
    found.clean.high < 0.5 * before.clean.value
}

/// Whether a model of so many classes may as well guess.
pub fn guesses(found: &Examination, classes: usize) -> bool {
    found.clean.low <= 1.0 / classes.max(1) as f64
}

/// The end of a run whose model holds less than half of what it held `before` the first step, and less by `fall`. A
/// smaller loss is the price of a high rate.
pub fn lost(found: &Examination, before: f64, fall: f64) -> Option<Ending> {
    let now = found.robust.value;
    (now < 0.5 * before && fell(before, now, fall)).then(|| overfitting(found, before))
}

/// Whether an examination ends the run. `best` is the best robust accuracy before it, `since` counts the examinations
/// in a row, this one included, that were no better; `spent` says that the budget is.
pub fn verdict(found: &Examination, best: Option<f64>, since: u32, settings: &Settings, spent: bool) -> Option<Ending> {
    let (now, best, patience) = (found.robust.value, best.unwrap_or(0.0), settings.patience);
    if fell(best, now, settings.fall) {
        return Some(overfitting(found, best));
    }
    if patience > 0 && since >= patience {
        return Some(Ending::Early);
    }
    match (spent, best - now > NOISE + ROUNDING) {
        (false, _) => None,
        (true, false) => Some(Ending::Finished),
        (true, true) => Some(Ending::Restored),
    }
}

fn fell(best: f64, now: f64, fall: f64) -> bool {
    best - now >= fall - ROUNDING
}

fn overfitting(found: &Examination, best: f64) -> Ending {
    Ending::Overfitting { best, fell: found.robust.value, single: found.single.value }
}

#[cfg(test)]
mod tests;
