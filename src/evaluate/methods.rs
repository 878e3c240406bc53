//! What the methods paragraph says beyond the attacks' own settings: what the engine derives, and the auditor's attacks.

use super::{
    ensemble,
    plan::{AUDITED, Plan},
};
use crate::link::defence::MODIFIERS;
use foolproof_core::{
    catalog::Catalog,
    defence::{DefenceSpec, bare},
    report::setting,
};

/// How the sentence about the auditor's attacks begins.
const AUDITOR: &str = "The auditor ran";

/// Whether a sentence of [`asides`] is about the auditor's attacks.
pub fn is_of_auditor(aside: &str) -> bool {
    aside.starts_with(AUDITOR)
}

/// What a model of the report stands behind, as a sentence; nothing for a bare one.
pub fn defended(id: &str) -> Option<String> {
    let list = ensemble::defence(id);
    if list.is_empty() {
        return None;
    }
    let said = |defence: &DefenceSpec| {
        let knobs: Vec<String> = defence.knobs.iter().map(|(key, value)| format!("{key} {value}")).collect();
        if knobs.is_empty() { defence.id.clone() } else { format!("{} ({})", defence.id, knobs.join(", ")) }
    };
    let all: Vec<String> = list.iter().map(said).collect();
    Some(format!(" An input of {} meets {}, before the network.", bare(id), all.join(", then ")))
}

/// Sentences for the methods paragraph of a plan.
pub fn asides(plan: &Plan, catalog: &Catalog) -> Vec<String> {
    let mut said = Vec::new();
    let bare_all = plan.request.models.iter().all(|id| bare(id) == id);
    let means = |key: &str| !(bare_all && MODIFIERS.contains(&key));
    for trial in plan.trials.iter().chain(&plan.audit) {
        let card = catalog.attacks.iter().find(|card| card.id == trial.spec.id);
        for knob in card.iter().flat_map(|card| &card.knobs).filter(|knob| means(&knob.key)) {
            if trial.spec.knobs.contains_key(&knob.key) {
                continue;
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_says_what_a_model_stands_behind() {
        let said = defended("natural~bits:bits:1~median").unwrap();
        assert_eq!(said, " An input of natural meets bits (bits 1), then median, before the network.");
        assert_eq!((defended("natural"), defended("natural+robust~bits")), (None, None));
    }
}
