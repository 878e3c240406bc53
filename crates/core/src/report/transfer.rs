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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{ledger, part, sample};

    #[test]
    fn a_transfer_counts_what_the_other_model_had_right() {
        let mut ledger = ledger();
        // One example fools the first model; the second one is right on that input when clean, and is fooled too.
        let clean = vec![sample(0, 0, 0, 0.0), sample(1, 1, 1, 0.0), sample(2, 0, 0, 0.0), sample(3, 0, 0, 0.0)];
        ledger.add(part("two", 0, 0, clean)).unwrap();
        assert_eq!(ledger.figures(0, 0.5).transfer[0], [None, None]);
        assert_eq!(ledger.figures(0, 0.5).transfer[1], [Some(Accuracy::of(1, 1)); 2]);
    }

    #[test]
    fn a_success_on_an_input_that_the_other_model_reads_wrong_or_was_not_tried_on_carries_nowhere() {
        let mut ledger = ledger();
        // Of the two inputs that fool the first model, the second one reads one wrong when clean.
        let own = vec![sample(0, 0, 1, 0.1), sample(1, 1, 2, 0.1), sample(2, 2, 3, 0.1)];
        ledger.add(part("one", 0, 0, own)).unwrap();
        ledger.add(part("two", 0, 0, vec![sample(0, 0, 0, 0.0), sample(1, 3, 3, 0.0)])).unwrap();
        assert_eq!(ledger.figures(0, 0.5).transfer[0][1], Some(Accuracy::of(1, 1)));
        // It may see through what fooled the first one.
        let mut seen_through = part("one", 0, 0, vec![sample(0, 0, 1, 0.1)]);
        seen_through.transfer[1] = vec![0];
        ledger.add(seen_through).unwrap();
        assert_eq!(ledger.figures(0, 0.5).transfer[0][1], Some(Accuracy::of(0, 1)));
    }

    #[test]
    fn shares_of_older_reports_are_bare_numbers_of_no_inputs() {
        let read = |text: &str| read(&mut serde_json::Deserializer::from_str(text)).unwrap();
        let bare = Accuracy { value: 0.25, low: 0.0, high: 1.0, n: 0 };
        let known = Accuracy { value: 0.5, low: 0.25, high: 0.75, n: 4 };
        let text = r#"[[0.25, null], [{"value": 0.5, "low": 0.25, "high": 0.75, "n": 4}]]"#;
        assert_eq!(read(text), [vec![Some(bare), None], vec![Some(known)]]);
    }
}
