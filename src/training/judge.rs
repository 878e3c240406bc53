//! What examinations say about a run: whether it gets better, whether it has collapsed, when it ends.

use crate::report::Accuracy;
use serde::{Deserialize, Serialize};

/// Fall of the robust accuracy from its best that counts as catastrophic overfitting.
pub const FALL: f64 = 0.2;
/// What the last examination may be below the best one and still count as noise.
const NOISE: f64 = 0.05;

/// Held-out pictures answered right, as they are and under PGD-10.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Examination {
    /// Clean accuracy.
    pub clean: Accuracy,
    /// Robust accuracy.
    pub robust: Accuracy,
}

/// Why a run is over. Each but `Cancelled` also says which model is kept: the last, or the best of the examinations.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// The budget is spent; the last model.
    Finished,
    /// Nothing better came for as many examinations as patience allows; the best model.
    Early,
    /// Robust accuracy fell by [`FALL`] or more while training went on: catastrophic overfitting (Wong et al. 2020,
    /// <https://arxiv.org/abs/2001.03994>); the best model.
    Overfitting {
        /// The best robust accuracy.
        best: f64,
        /// What it fell to.
        fell: f64,
    },
    /// Ended by hand; the last model.
    Cancelled,
    /// The budget is spent, or the loss was not a number again and again, and the best model is better than the last.
    Restored,
}

impl Ending {
    /// The word of the host API.
    pub fn word(self) -> &'static str {
        match self {
            Ending::Finished => "finished",
            Ending::Early => "early",
            Ending::Overfitting { .. } => "overfitting",
            Ending::Cancelled => "cancelled",
            Ending::Restored => "restored",
        }
    }

    /// Whether the best model is kept instead of the last.
    pub fn keeps_best(self) -> bool {
        !matches!(self, Ending::Finished | Ending::Cancelled)
    }
}

/// The end of a run whose model holds less than half of what it held `before` the first step. A smaller loss is the price
/// of a high rate.
pub fn lost(found: &Examination, before: f64) -> Option<Ending> {
    let now = found.robust.value;
    (before >= FALL && now < 0.5 * before).then_some(Ending::Overfitting { best: before, fell: now })
}

/// Whether an examination ends the run. `best` is the best robust accuracy before it, `since` counts the examinations
/// in a row, this one included, that were no better; `spent` says that the budget is.
pub fn verdict(found: &Examination, best: Option<f64>, since: u32, patience: u32, spent: bool) -> Option<Ending> {
    let (now, best) = (found.robust.value, best.unwrap_or(0.0));
    // Rounding must not decide whether a fall of exactly a fifth is one.
    if best - now >= FALL - 1e-9 {
        return Some(Ending::Overfitting { best, fell: now });
    }
    if patience > 0 && since >= patience {
        return Some(Ending::Early);
    }
    match (spent, best - now > NOISE) {
        (false, _) => None,
        (true, false) => Some(Ending::Finished),
        (true, true) => Some(Ending::Restored),
    }
}
