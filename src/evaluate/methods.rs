//! What the methods paragraph says beyond the attacks' own settings: what the engine derives, and the auditor's attacks.

use super::plan::{AUDITED, Plan};
use foolproof_core::{catalog::Catalog, report::setting};

/// How the sentence about the auditor's attacks begins.
const AUDITOR: &str = "The auditor ran";

/// Whether a sentence of [`asides`] is about the auditor's attacks.
pub fn is_of_auditor(aside: &str) -> bool {
    aside.starts_with(AUDITOR)
}

/// Sentences for the methods paragraph of a plan.
pub fn asides(plan: &Plan, catalog: &Catalog) -> Vec<String> {
    let mut said = Vec::new();
    for trial in plan.trials.iter().chain(&plan.audit) {
        let card = catalog.attacks.iter().find(|card| card.id == trial.spec.id);
        for knob in card.iter().flat_map(|card| &card.knobs).filter(|knob| !trial.spec.knobs.contains_key(&knob.key)) {
            let rule = match (&knob.auto, knob.default) {
                (Some(formula), _) => formula.clone(),
                (None, Some(value)) => value.to_string(),
                (None, None) => continue,
            };
            let sentence = format!("Where {} names no {}, it is {rule}.", trial.spec.id, knob.key);
            if !said.contains(&sentence) {
                said.push(sentence);
            }
        }
    }
    if !plan.audit.is_empty() {
        let attacks: Vec<String> = plan.audit.iter().map(|trial| setting(&trial.spec)).collect();
        said.push(format!("{AUDITOR} {} on at most the first {AUDITED} inputs.", attacks.join("; ")));
    }
    said
}
