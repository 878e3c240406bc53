//! A report's file: what is read can be shown, and written and read again it is the same.

use crate::alike::alike;
use foolproof::evaluate::{report::Report, report_file::load, report_json};
use serde_json::json;

/// Most inputs that are named as extremes.
const MOST: usize = 5;

/// A text.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(mut report) = load(text) else { return };
    shown(&report);
    let file = report_json::file(&report);
    let again = load(&file).unwrap_or_else(|why| panic!("{why}: {file}"));
    assert!(alike(&json!(again), &json!(report)), "{file}");
    report.reweigh(0.5);
    shown(&report);
}

/// What the page asks a report for.
fn shown(report: &Report) {
    assert!(!report.methods().is_empty() && !report.inputs().is_empty());
    (0..report.trials.len()).for_each(|attack| drop(report.attack(attack)));
    for model in 0..report.models.len() {
        let _ = report.name(model);
        for hardest in [false, true] {
            assert!(report.extremes(model, hardest, MOST).len() <= MOST);
        }
    }
}
