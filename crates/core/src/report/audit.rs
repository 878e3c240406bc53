//! The auditor: the checks of an honest evaluation, each with the figures behind its verdict.
//!
//! After Athalye et al. 2018 (<https://arxiv.org/abs/1802.00420>), Carlini et al. 2019
//! (<https://arxiv.org/abs/1902.06705>) and Croce and Hein 2020 (<https://arxiv.org/abs/2003.01690>): a defence that
//! only hides its gradients betrays itself where a weaker attack does better than a stronger one.

mod answers;

use super::ledger::{Entry, Ledger};
use crate::catalog::Norm;
use crate::protocol::{AttackSpec, ThreatModel};
use serde::{Deserialize, Serialize};

/// What an attack of the audit is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Random noise of the radius.
    Noise,
    /// One step.
    Fgsm,
    /// Many steps.
    Pgd,
    /// Twice as many.
    Longer,
    /// Many steps, from several starts.
    Restarts,
    /// No gradient at all.
    Blackbox,
    /// Many steps with a radius at which every picture can become every other one's neighbour.
    Boundless,
    /// An attack of the evaluation with twice its steps.
    Twin,
    /// An attack of the evaluation at a smaller radius.
    Nearer,
}

/// A check and how it went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// A word that programs may test.
    pub check: String,
    /// How it went.
    pub verdict: Verdict,
    /// The figures, in one sentence.
    pub evidence: String,
    /// Number of an input that shows it.
    pub sample: Option<usize>,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As in an honest evaluation.
    Pass,
    /// To be looked at.
    Warn,
    /// The robust accuracy is not to be trusted.
    Fail,
}

/// Share of the inputs by which a weaker attack may do better than a stronger one: two inputs of a hundred are chance.
const ORDER: f64 = 0.02;
/// Share by which an attack without gradients may do better than the gradients' best.
const BLACKBOX: f64 = 0.002;
/// The same for gradients that are worth something still: adversarially trained networks of MNIST lie here, Square ahead
/// of PGD by a few points (Andriushchenko et al. 2020), and are to be judged by the worst case.
const MISLED: f64 = 0.1;

/// How many of so many inputs may fall to twice the steps: one of a hundred, or one where there are fewer.
pub fn slack(n: usize) -> usize {
    (n / 100).max(1)
}

/// A radius within which almost every picture of so many pixels can be made plain grey.
pub fn boundless(norm: Norm, pixels: usize) -> f32 {
    // As shares of what separates black from white; few digits are all white or all black.
    match norm {
        Norm::Linf => 0.5,
        Norm::L2 => 12.0 * (pixels as f32).sqrt() / 28.0,
        Norm::L1 => 300.0 * pixels as f32 / 784.0,
    }
}

/// The attacks of an audit of inputs of so many pixels, in order. Where a feature stays as it is, no radius makes all inputs
/// neighbours, and none is tried.
pub fn plan(threat: &ThreatModel, pixels: usize) -> Vec<(Role, AttackSpec)> {
    let mut plan = vec![
        (Role::Noise, threat.attack("noise", &[])),
        (Role::Fgsm, threat.attack("fgsm", &[])),
        (Role::Pgd, threat.attack("pgd", &[("steps", 40.0)])),
        (Role::Longer, threat.attack("pgd", &[("steps", 80.0)])),
        (Role::Restarts, threat.attack("pgd", &[("steps", 40.0), ("restarts", 5.0)])),
    ];
    if threat.norm != Norm::L1 {
        plan.push((Role::Blackbox, threat.attack("square", &[("queries", 1000.0)])));
    }
    if let Some(slowest) = threat.slowest() {
        let far = threat.within(threat.eps.max(slowest * boundless(threat.norm, pixels)));
        plan.push((Role::Boundless, far.attack("pgd", &[("steps", 40.0)])));
    }
    plan
}

/// Judges one model by what the attacks of [`plan`] made of it; `roles` are those of the ledger's trials.
pub fn audit(ledger: &Ledger, model: usize, roles: &[Role]) -> Vec<Check> {
    let audit = Audit { ledger, model, roles };
    let order = [Role::Noise, Role::Fgsm, Role::Pgd, Role::Restarts];
    let mut checks: Vec<Check> =
        order.windows(2).filter_map(|pair| audit.order(pair[0], pair[1], [ORDER; 2], "order")).collect();
    checks.extend(audit.order(Role::Blackbox, Role::Restarts, [BLACKBOX, MISLED], "black-box"));
    let alone = [audit.converged(), audit.boundless(), audit.blind(), audit.steady(), audit.saturated()];
    checks.extend(alone.into_iter().flatten());
    checks
}

struct Audit<'a> {
    ledger: &'a Ledger,
    model: usize,
    roles: &'a [Role],
}

impl Audit<'_> {
    fn place(&self, role: Role) -> Option<usize> {
        self.roles.iter().position(|&other| other == role)
    }

    /// Inputs that both attacks are done on: whether each of them left the input right.
    fn both(&self, one: Role, other: Role) -> Option<Vec<(usize, bool, bool)>> {
        let (one, other) = (self.place(one)?, self.place(other)?);
        let other_of = |place: usize| self.ledger.of_input(self.model, place).find(|(attack, _)| *attack == other);
        let held = |attack: usize, entry: &Entry| {
            entry.sample.clean.label == entry.sample.truth && !self.ledger.trials[attack].broke(&entry.sample)
        };
        let rows: Vec<(usize, bool, bool)> = self
            .ledger
            .done(self.model, one)
            .filter_map(|(place, entry)| Some((place, held(one, entry), held(other, other_of(place)?.1))))
            .collect();
        (!rows.is_empty()).then_some(rows)
    }

    /// A stronger attack must leave no more inputs right than a weaker one; up to the first share more is chance, up to
    /// the second a warning.
    fn order(&self, weaker: Role, stronger: Role, [chance, grave]: [f64; 2], check: &str) -> Option<Check> {
        let rows = self.both(weaker, stronger)?;
        let (weak, strong) = (count(&rows, |row| row.1), count(&rows, |row| row.2));
        // Of counts: the difference of two shares is rounded, and two of a hundred would be chance here and not there.
        let verdict = match share(strong.saturating_sub(weak), rows.len()) {
            gap if gap > grave => Verdict::Fail,
            gap if gap > chance => Verdict::Warn,
            _ => Verdict::Pass,
        };
        let sample = rows.iter().find(|row| !row.1 && row.2).map(|row| row.0);
        let evidence = format!(
            "{}: {}, {}: {} of {} inputs right. The stronger attack must leave no more.",
            name(weaker),
            percent(share(weak, rows.len())),
            name(stronger),
            percent(share(strong, rows.len())),
            rows.len()
        );
        Some(Check { check: check.into(), verdict, evidence, sample: sample.filter(|_| verdict != Verdict::Pass) })
    }

    /// Twice the steps must change little.
    fn converged(&self) -> Option<Check> {
        let rows = self.both(Role::Pgd, Role::Longer)?;
        let (short, long) = (count(&rows, |row| row.1), count(&rows, |row| row.2));
        // A single input is more than a point of a small number of them.
        let slack = slack(rows.len());
        let verdict = if short > long + slack { Verdict::Warn } else { Verdict::Pass };
        let evidence = format!(
            "PGD with 40 steps: {}, with 80: {} of {} inputs right. Twice the steps should break no more than {} of them.",
            percent(share(short, rows.len())),
            percent(share(long, rows.len())),
            rows.len(),
            slack
        );
        let sample = rows.iter().find(|row| row.1 && !row.2).map(|row| row.0);
        Some(Check {
            check: "convergence".into(),
            verdict,
            evidence,
            sample: sample.filter(|_| verdict != Verdict::Pass),
        })
    }

    /// Without a bound worth the name, accuracy must fall to chance.
    fn boundless(&self) -> Option<Check> {
        let rows = self.both(Role::Boundless, Role::Boundless)?;
        let (left, chance) = (share(count(&rows, |row| row.1), rows.len()), share(1, self.ledger.classes));
        let verdict = if left > chance { Verdict::Fail } else { Verdict::Pass };
        let evidence = format!(
            "With a radius that turns any picture grey, {} of {} inputs stay right; guessing gives {}.",
            percent(left),
            rows.len(),
            percent(chance)
        );
        let sample = rows.iter().find(|row| row.1).map(|row| row.0);
        Some(Check {
            check: "large-radius".into(),
            verdict,
            evidence,
            sample: sample.filter(|_| verdict != Verdict::Pass),
        })
    }

    /// An attack needs a gradient to follow. No sureness of an answer takes it away, so where it is 0 the network itself is
    /// flat, and nothing is known of the input.
    fn blind(&self) -> Option<Check> {
        let place = self.place(Role::Pgd)?;
        let entries: Vec<(usize, &Entry)> = self.ledger.done(self.model, place).collect();
        let blind: Vec<usize> =
            entries.iter().filter(|(_, entry)| entry.sample.zero_gradient).map(|(place, _)| *place).collect();
        if entries.is_empty() {
            return None;
        }
        let verdict = if blind.is_empty() { Verdict::Pass } else { Verdict::Fail };
        let evidence =
            format!("{} of {} inputs have a gradient of zero: nothing to follow.", blind.len(), entries.len());
        Some(Check { check: "zero-gradient".into(), verdict, evidence, sample: blind.first().copied() })
    }
}

fn count(rows: &[(usize, bool, bool)], of: impl Fn(&(usize, bool, bool)) -> bool) -> usize {
    rows.iter().filter(|row| of(row)).count()
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

fn name(role: Role) -> &'static str {
    match role {
        Role::Noise => "random noise",
        Role::Fgsm => "FGSM",
        Role::Pgd => "PGD",
        Role::Longer => "PGD with 80 steps",
        Role::Restarts => "PGD with 5 restarts",
        Role::Blackbox => "Square",
        Role::Boundless => "PGD without a bound",
        Role::Twin => "twin",
        Role::Nearer => "nearer",
    }
}

/// A share as checks tell it.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

#[cfg(test)]
mod tests;
