//! How often one perturbation for all inputs changes the answer, and whether that carries over to inputs that it has not
//! seen (Moosavi-Dezfooli et al. 2017, <https://arxiv.org/abs/1610.08401>).

use super::{Accuracy, Ledger};
use crate::catalog::Aim;
use serde::{Deserialize, Serialize};

/// Fooling rates of a universal perturbation: shares of inputs whose answer it changes, whatever that was.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fooling {
    /// Of the inputs that it was crafted on.
    pub crafted: Accuracy,
    /// Of all others.
    pub held_out: Accuracy,
}

impl Ledger {
    /// The fooling rates of an attack so far; `None` if it makes each input its own perturbation.
    pub(super) fn fooling(&self, model: usize, attack: usize) -> Option<Fooling> {
        let trial = &self.trials[attack];
        if trial.aim != Aim::Shared {
            return None;
        }
        let rate = |seen: bool| {
            let these = self.done(model, attack).filter(|(place, _)| (*place < trial.spec.crafted()) == seen);
            let changed = |(_, entry): (usize, &super::ledger::Entry)| {
                usize::from(entry.sample.adversarial.label != entry.sample.clean.label)
            };
            let (count, sum) = these.map(changed).fold((0, 0), |(count, sum), one| (count + 1, sum + one));
            Accuracy::of(sum, count)
        };
        Some(Fooling { crafted: rate(true), held_out: rate(false) })
    }
}
