//! How often an attack's successes carry over to other models (Szegedy et al. 2014, <https://arxiv.org/abs/1312.6199>).

use super::{Accuracy, Ledger};
use serde::{Deserialize, Deserializer};

/// Shares by attack and model, each with its number of inputs.
pub type Transfer = Vec<Vec<Option<Accuracy>>>;

impl Ledger {
    /// Of the inputs that fooled `model` under an attack, and that the other one answers right when clean, the share that
    /// fools that one too, model by model; `None` where there are no such inputs.
    pub(super) fn transfer(&self, model: usize, attack: usize) -> Vec<Option<Accuracy>> {
        let judge = |other: usize| {
            let (mut right, mut turned) = (0usize, 0usize);
            for (place, entry) in self.done(model, attack).filter(|(_, entry)| self.trials[attack].broke(&entry.sample))
            {
                let Some((_, clean)) = self.of_input(other, place).next() else { continue };
                if clean.sample.clean.label == self.labels[place] {
                    right += 1;
                    turned += usize::from(entry.transfer.get(other).is_some_and(|&label| label != self.labels[place]));
                }
            }
            (right > 0).then(|| Accuracy::of(turned, right))
        };
        (0..self.models.len()).map(judge).collect()
    }
}

/// Reads the shares of any version: those of older ones are bare numbers, and become shares of `n = 0` inputs.
pub fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Transfer, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Known {
        Share(Accuracy),
        Bare(f64),
    }
    let known = |known: Known| match known {
        Known::Share(share) => share,
        Known::Bare(value) => Accuracy { value, low: 0.0, high: 1.0, n: 0 },
    };
    let rows: Vec<Vec<Option<Known>>> = Vec::deserialize(from)?;
    Ok(rows.into_iter().map(|row| row.into_iter().map(|share| share.map(known)).collect()).collect())
}
