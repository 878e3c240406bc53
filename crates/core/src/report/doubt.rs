//! What the auditor's attacks say of the evaluation's own figures: whether an attack had enough steps, whether it does
//! worse with more room, and whether the chosen set was too kind. Both are read off inputs that both sides are done on, and from a report's rows, so that the
//! report may be one that was loaded.

use super::audit::{Role, slack};
use super::figures::ModelReport;
use super::{Accuracy, Ledger, SampleRow};
use serde::{Deserialize, Serialize};

/// An attack beside its twin of twice the steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Twice {
    /// Steps of the twin.
    pub steps: u32,
    /// Right under the attack itself, on the inputs that both are done on.
    pub own: Accuracy,
    /// Right under the twin.
    pub twin: Accuracy,
    /// Whether the twin takes no more than [`slack`] inputs from the attack's.
    pub converged: bool,
    /// Numbers of the inputs that the twin alone breaks.
    pub fell: Vec<usize>,
}

/// An attack beside itself at smaller radii. What fools within a small radius fools within a large one, so that an accuracy
/// that rises with the radius is the attack's weakness and not the model's strength.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Nearer {
    /// Right under the attack itself, on the inputs that all are done on.
    pub own: Accuracy,
    /// The smaller radius that leaves the fewest, the largest of equals.
    pub eps: f32,
    /// What it leaves.
    pub nearer: Accuracy,
    /// Right at the radius and at all smaller ones that were tried.
    pub worst: Accuracy,
    /// Whether the radius leaves more than the smaller one, by more than [`slack`] inputs.
    pub rises: bool,
    /// Numbers of the inputs that fall at a smaller radius alone.
    pub fell: Vec<usize>,
    /// What each smaller radius leaves by itself, radii ascending.
    pub raw: Vec<(f32, Accuracy)>,
}

/// Inputs that every chosen attack left standing and one of the auditor's breaks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weak {
    /// Their numbers, at least one.
    pub inputs: Vec<usize>,
    /// How many the chosen attacks left standing, of those that the auditor is done on.
    pub of: usize,
}

/// Compares an attack with its twin at this place of the auditor's ledger; `None` where no input went through both.
pub fn twice(report: &ModelReport, attack: usize, audited: &Ledger, twin: usize) -> Option<Twice> {
    let found = compare(report, attack, audited, twin)?;
    let steps = audited.trials.get(twin)?.spec.knobs.get("steps").map_or(0, |&steps| steps as u32);
    let converged = found.own <= found.left + slack(found.n);
    let of = |right: usize| Accuracy::of(right, found.n);
    Some(Twice { steps, own: of(found.own), twin: of(found.left), converged, fell: found.fell })
}

/// Compares an attack with itself at smaller radii, ascending, at these places of the auditor's ledger; `None` where there are
/// none, and before all of them are done on the same inputs.
pub fn nearer(report: &ModelReport, attack: usize, audited: &Ledger, places: &[usize]) -> Option<Nearer> {
    let radius =
        |place: &usize| Some((audited.trials.get(*place)?.spec.eps, compare(report, attack, audited, *place)?));
    let tried: Vec<(f32, Compared)> = places.iter().map(radius).collect::<Option<_>>()?;
    let (eps, least) = tried.iter().rev().min_by_key(|(_, found)| found.left)?;
    if tried.iter().any(|(_, found)| found.n != least.n) {
        return None;
    }
    let mut fell: Vec<usize> = tried.iter().flat_map(|(_, found)| found.fell.iter().copied()).collect();
    fell.sort_unstable();
    fell.dedup();
    let of = |right: usize| Accuracy::of(right, least.n);
    Some(Nearer {
        own: of(least.own),
        eps: *eps,
        nearer: of(least.left),
        worst: of(least.own.saturating_sub(fell.len())),
        rises: least.own > least.left + slack(least.n),
        fell,
        raw: tried.iter().map(|(eps, found)| (*eps, of(found.left))).collect(),
    })
}

/// How many inputs went through both, how many each left right, and which the other alone breaks.
struct Compared {
    n: usize,
    own: usize,
    left: usize,
    fell: Vec<usize>,
}

fn compare(report: &ModelReport, attack: usize, audited: &Ledger, other: usize) -> Option<Compared> {
    let (model, trial) = (place(report, audited)?, audited.trials.get(other)?);
    let done = report.samples.iter().filter(|row| !row.open.contains(&attack)).count();
    // A partial report of an older version does not say which inputs it is of.
    if report.attacks.get(attack)?.accuracy.n != done {
        return None;
    }
    let mut found = Compared { n: 0, own: 0, left: 0, fell: Vec::new() };
    for (index, entry) in audited.done(model, other) {
        let row = report.samples.iter().find(|row| row.index == index && !row.open.contains(&attack));
        let Some(row) = row else { continue };
        let (sample, holds) = (&entry.sample, row.clean == row.truth && !row.broken.contains(&attack));
        found.n += 1;
        found.own += usize::from(holds);
        found.left += usize::from(sample.clean.label == sample.truth && !trial.broke(sample));
        found.fell.extend((holds && trial.broke(sample)).then_some(index));
    }
    (found.n > 0).then_some(found)
}

/// What the auditor's attacks within the radius break beyond the chosen ones; `None` where that is nothing.
pub fn weak(report: &ModelReport, audited: &Ledger, roles: &[Role]) -> Option<Weak> {
    let model = place(report, audited)?;
    let within = |attack: usize| roles.get(attack).is_some_and(|role| *role != Role::Boundless);
    let complete = |row: &&SampleRow| row.open.is_empty();
    if report.samples.iter().filter(complete).count() != report.worst.n {
        return None;
    }
    let all: Vec<usize> = audited.complete(model).collect();
    let stands = |row: &&SampleRow| row.clean == row.truth && row.broken.is_empty() && all.contains(&row.index);
    let standing: Vec<usize> = report.samples.iter().filter(complete).filter(stands).map(|row| row.index).collect();
    let counted = |index: &usize| report.samples.iter().any(|row| row.index == *index && row.found.is_some());
    let broke = |index: &usize| {
        let mut tried = audited.of_input(model, *index).filter(|(attack, _)| within(*attack));
        tried.any(|(attack, entry)| audited.trials[attack].broke(&entry.sample))
    };
    let inputs: Vec<usize> = standing.iter().copied().filter(|index| counted(index) || broke(index)).collect();
    (!inputs.is_empty()).then_some(Weak { inputs, of: standing.len() })
}

fn place(report: &ModelReport, audited: &Ledger) -> Option<usize> {
    audited.models.iter().position(|id| *id == report.id)
}

#[cfg(test)]
mod tests;
