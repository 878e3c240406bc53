//! What the auditor breaks counts: in the worst case, the answers, the radii and the margin of the report that it is
//! about. A report that called an input robust which its own auditor had broken would contradict itself.

use super::audit::Role;
use super::figures::{ModelReport, curve};
use super::{Accuracy, Classes, Ledger, SampleRow, Spread};
use crate::catalog::{Aim, Norm};
use serde::{Deserialize, Serialize};

/// How the auditor broke an input that every chosen attack had left standing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Id of the auditor's attack that did it, the nearest of several.
    pub attack: String,
    /// What the model answers then.
    pub label: u32,
}

/// An attack's success on an input, and how far it went in the norm of the radius; `None` where no norm bounds it.
struct Break {
    found: Found,
    distance: Option<f32>,
}

/// Counts what the auditor's attacks within the radius broke, in a report of the same inputs; once or twice is the same.
/// `norm` is that of the report's radius, `most` the largest radius that was searched.
pub fn count_found(report: &mut ModelReport, audited: &Ledger, roles: &[Role], norm: Norm, most: Option<f32>) {
    let Some(model) = audited.models.iter().position(|id| *id == report.id) else { return };
    // A partial report of an older version does not say which inputs it is of.
    if report.samples.iter().filter(|row| row.open.is_empty()).count() != report.worst.n {
        return;
    }
    let margin = report.margin.as_ref().map(|(norm, _)| *norm);
    let mut moved = false;
    for row in report.samples.iter_mut().filter(|row| row.clean == row.truth) {
        let Some(nearest) = nearest(audited, model, row.index, roles, norm) else { continue };
        let before = row.clone();
        lower(&mut row.radius, nearest.distance);
        lower(&mut row.margin, nearest.distance.filter(|_| margin == Some(norm)));
        if row.broken.is_empty() {
            row.attacked = nearest.found.label;
            row.found = Some(nearest.found);
        }
        moved |= before != *row;
    }
    if moved {
        recount(report, most);
    }
}

/// The success that the fewest changes made.
fn nearest(audited: &Ledger, model: usize, index: usize, roles: &[Role], norm: Norm) -> Option<Break> {
    if index >= audited.labels.len() {
        return None;
    }
    let within = |attack: usize| roles.get(attack).is_some_and(|role| *role != Role::Boundless);
    let tried = audited.of_input(model, index).filter(|(attack, _)| within(*attack));
    let broke = tried.filter_map(|(attack, entry)| {
        let (trial, sample) = (&audited.trials[attack], &entry.sample);
        let found = || Found { attack: trial.spec.id.clone(), label: sample.adversarial.label };
        let bounded = trial.aim != Aim::Free && trial.spec.norm == norm;
        // Rounding may leave a hair more than the radius that the attack was allowed.
        let distance = bounded.then(|| sample.distance.of(norm).min(trial.spec.eps));
        trial.broke(sample).then(|| Break { found: found(), distance })
    });
    broke.min_by(|one, other| {
        let far = |of: &Break| of.distance.unwrap_or(f32::MAX);
        far(one).total_cmp(&far(other))
    })
}

/// A distance that was searched for is no longer than one that is known to do.
fn lower(searched: &mut Option<Option<f32>>, known: Option<f32>) {
    if let (Some(least), Some(known)) = (searched.as_mut(), known) {
        *least = Some(least.map_or(known, |least| least.min(known)));
    }
}

/// The figures that are read off the rows, anew.
fn recount(report: &mut ModelReport, most: Option<f32>) {
    let rows = &report.samples;
    let complete = || rows.iter().filter(|row| row.open.is_empty());
    let left = |stands: &dyn Fn(&SampleRow) -> bool| {
        Accuracy::of(complete().filter(|row| row.clean == row.truth && stands(row)).count(), report.worst.n)
    };
    let chosen = left(&|row| row.broken.is_empty());
    report.worst = left(&|row| row.broken.is_empty() && row.found.is_none());
    report.chosen = (report.worst != chosen).then_some(chosen);
    let classes = report.classes.1.confusion.len();
    report.classes.1 = Classes::of(classes, rows.iter().map(|row| (row.truth, row.attacked)));
    if report.radius.n > 0 {
        report.radius = Spread::of(rows.iter().filter_map(|row| row.radius));
        report.curve = curve(&report.radius, most);
    }
    if let Some((_, margin)) = &mut report.margin {
        *margin = Spread::of(rows.iter().filter_map(|row| row.margin));
    }
}

#[cfg(test)]
mod tests;
