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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{part, sample, trial};

    #[test]
    fn a_universal_perturbation_is_judged_apart_on_what_it_was_not_crafted_on() {
        let mut universal = trial("universal", Aim::Shared, 0.1);
        universal.spec.knobs.insert("crafted".into(), 3.0);
        let mut ledger = Ledger::new(vec!["one".into(), "two".into()], vec![universal], vec![0; 5], 4);
        // Shares come in any order; the fifth input is not done, the third is wrong already and becomes right.
        ledger.add(part("one", 0, 3, vec![sample(0, 0, 1, 0.1)])).unwrap();
        let seen = vec![sample(0, 0, 1, 0.1), sample(0, 0, 0, 0.1), sample(0, 1, 0, 0.1)];
        ledger.add(part("one", 0, 0, seen)).unwrap();
        let rate = ledger.figures(0, 0.5).attacks[0].fooling.unwrap();
        assert_eq!((rate.crafted, rate.held_out), (Accuracy::of(2, 3), Accuracy::of(1, 1)));
        let each_its_own = Ledger::new(vec!["one".into()], vec![trial("pgd", Aim::Within, 0.1)], vec![0], 4);
        assert_eq!(each_its_own.figures(0, 0.5).attacks[0].fooling, None);
    }
}
