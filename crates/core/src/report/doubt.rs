//! What the auditor's attacks say of the evaluation's own figures: whether an attack had enough steps, and whether the
//! chosen set was too kind. Both are read off inputs that both sides are done on, and from a report's rows, so that the
//! report may be one that was loaded.

use super::audit::{Role, slack};
use super::figures::{ModelReport, SampleRow};
use super::{Accuracy, Ledger};
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
    let (model, trial) = (place(report, audited)?, audited.trials.get(twin)?);
    let done = report.samples.iter().filter(|row| !row.open.contains(&attack)).count();
    // A partial report of an older version does not say which inputs it is of.
    if report.attacks.get(attack)?.accuracy.n != done {
        return None;
    }
    let (mut n, mut own, mut left, mut fell) = (0, 0, 0, Vec::new());
    for (index, entry) in audited.done(model, twin) {
        let row = report.samples.iter().find(|row| row.index == index && !row.open.contains(&attack));
        let Some(row) = row else { continue };
        let (sample, holds) = (&entry.sample, row.clean == row.truth && !row.broken.contains(&attack));
        n += 1;
        own += usize::from(holds);
        left += usize::from(sample.clean.label == sample.truth && !trial.broke(sample));
        fell.extend((holds && trial.broke(sample)).then_some(index));
    }
    let steps = trial.spec.knobs.get("steps").map_or(0, |&steps| steps as u32);
    let converged = own <= left + slack(n);
    (n > 0).then(|| Twice { steps, own: Accuracy::of(own, n), twin: Accuracy::of(left, n), converged, fell })
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
    let broke = |index: &usize| {
        let mut tried = audited.of_input(model, *index).filter(|(attack, _)| within(*attack));
        tried.any(|(attack, entry)| audited.trials[attack].broke(&entry.sample))
    };
    let inputs: Vec<usize> = standing.iter().copied().filter(broke).collect();
    (!inputs.is_empty()).then_some(Weak { inputs, of: standing.len() })
}

fn place(report: &ModelReport, audited: &Ledger) -> Option<usize> {
    audited.models.iter().position(|id| *id == report.id)
}
