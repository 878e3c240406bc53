//! Checks of a model's answers on clean inputs, which need no attack.

use super::{Audit, Check, Verdict, share};

/// Largest difference of a probability between two looks at the same clean input, by rounding alone.
pub(super) const STEADY: f32 = 1e-3;
/// Share of the answers that may be surer than 32 bits can tell.
const SUREST: f64 = 0.1;

impl Audit<'_> {
    /// The same input must get the same answer. What draws at random is judged by many draws, which agree with themselves.
    pub(super) fn steady(&self) -> Option<Check> {
        let mut looked = 0;
        let mut moved = None;
        for place in 0..self.ledger.labels.len() {
            let answers: Vec<&[f32]> = self
                .ledger
                .of_input(self.model, place)
                .map(|(_, entry)| entry.sample.clean.probabilities.as_slice())
                .collect();
            looked += usize::from(answers.len() > 1);
            let differs = |pair: &[&[f32]]| pair[0].iter().zip(pair[1]).any(|(a, b)| (a - b).abs() > STEADY);
            moved = moved.or_else(|| answers.windows(2).any(differs).then_some(place));
        }
        let draws = self.ledger.draws(self.model);
        let verdict = if moved.is_some() || draws > 1 { Verdict::Fail } else { Verdict::Pass };
        let evidence = match moved {
            None if draws > 1 => {
                format!("It draws at random, and each answer is that of {draws} looks: attacks must average over it.")
            }
            Some(place) => format!("Input {place} gets another answer at a second look: attacks must average over it."),
            None => format!("{looked} clean inputs were looked at more than once and always got the same answer."),
        };
        (looked > 0).then_some(Check { check: "deterministic".into(), verdict, evidence, sample: moved })
    }

    /// Where every class but one has a probability of exactly 0, logits lie so far apart (more than a hundred) that a loss on
    /// probabilities is blind: an attack that takes one seems to fail (Carlini and Wagner 2017,
    /// <https://arxiv.org/abs/1608.04644>).
    pub(super) fn saturated(&self) -> Option<Check> {
        let first = |place: usize| Some((place, &self.ledger.of_input(self.model, place).next()?.1.sample.clean));
        let answers: Vec<_> = (0..self.ledger.labels.len()).filter_map(first).collect();
        // One that draws at random answers in shares of draws.
        if answers.is_empty() || self.ledger.draws(self.model) > 1 {
            return None;
        }
        let nothing_else = |shares: &[f32]| shares.iter().filter(|share| **share > 0.0).count() == 1;
        let sure =
            || answers.iter().filter(|(_, clean)| clean.probabilities.len() > 1 && nothing_else(&clean.probabilities));
        let verdict = if share(sure().count(), answers.len()) > SUREST { Verdict::Fail } else { Verdict::Pass };
        let evidence = format!(
            "{} of {} clean answers are surer than 32 bits can tell: a loss on probabilities would see nothing there. The attacks \
             here take logits.",
            sure().count(),
            answers.len()
        );
        let sample = sure().next().map(|(place, _)| *place).filter(|_| verdict != Verdict::Pass);
        Some(Check { check: "saturated".into(), verdict, evidence, sample })
    }
}
