//! What detectors make of a model, as JSON.

use super::report::Report;
use crate::attack::scale::widen;
use foolproof_core::{
    protocol::AttackSpec,
    report::{DetectorReport, Flagged, ModelReport},
};
use serde_json::{Value, json};

/// One entry a detector; `auc` and `roc` are of the first attack that knows of no detector and fooled something, those of each
/// attack stand with it.
pub fn detectors(report: &Report, figures: &ModelReport) -> Vec<Value> {
    figures.detectors.iter().map(|one| detector(report, one)).collect()
}

fn detector(report: &Report, one: &DetectorReport) -> Value {
    let named = || report.trials.iter().map(|trial| &trial.spec).zip(&one.attacks);
    let first = named().find(|(spec, found)| !is_adaptive(&spec.id) && found.area.is_some()).map(|(_, found)| found);
    let adaptive =
        named().filter(|(spec, found)| is_adaptive(&spec.id) && found.passed.n > 0).map(|(_, found)| found.passed);
    let strongest = adaptive.max_by(|one, other| one.value.total_cmp(&other.value));
    json!({
        "id": one.detector.text(), "threshold": widen(one.threshold), "asked": widen(one.asked),
        "fpr": one.false_alarms, "mistakes": one.mistakes,
        "auc": first.map(|found| found.area), "roc": first.map(roc),
        "attacks": named().map(|(spec, found)| attack(spec, found)).collect::<Vec<_>>(),
        "adaptive": strongest.map(|passed| json!({ "wrongAndUnflagged": passed })),
    })
}

fn attack(spec: &AttackSpec, found: &Flagged) -> Value {
    json!({
        "id": spec.id, "flagged": found.flagged, "wrongAndUnflagged": found.passed, "rightOrFlagged": found.system,
        "auc": found.area, "roc": roc(found),
    })
}

fn roc(found: &Flagged) -> Vec<[f64; 2]> {
    found.roc.iter().map(|(clean, fell)| [widen(*clean), widen(*fell)]).collect()
}

/// Whether an attack knows of detectors.
pub fn is_adaptive(id: &str) -> bool {
    matches!(id, "pgd-adaptive" | "pgd-orthogonal")
}
