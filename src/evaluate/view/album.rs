//! The pictures that fooled the models: of each input the one of the first attack that did.

use super::state::EvaluationState;
use foolproof_core::protocol::Part;
use leptos::prelude::*;

/// Takes the pictures out of a part of this job, and keeps those that fooled its model.
pub fn keep(evaluation: EvaluationState, job: usize, part: &mut Part) {
    let known = evaluation.study.with_value(|study| {
        let study = study.as_ref()?;
        let model = study.ledger.models.iter().position(|id| *id == part.model)?;
        Some((model, study.trial(job, part.attack)?))
    });
    for (place, sample) in part.samples.iter_mut().enumerate() {
        let pixels = std::mem::take(&mut sample.pixels);
        let Some((model, (rank, trial))) = &known else { continue };
        // The cast saturates; indices of the split are small.
        let key = (*model, part.first as usize + place);
        // Of what a chosen attack broke, a loaded report has no picture, and the auditor's would be of another answer.
        let told = || evaluation.report.with_untracked(|report| report.as_ref().is_some_and(|of| of.is_broken(key)));
        if trial.broke(sample) && (job == 0 || !told()) {
            evaluation.album.update_value(|album| {
                if album.get(&key).is_none_or(|(other, _)| other > rank) {
                    album.insert(key, (*rank, pixels.into()));
                }
            });
        }
    }
}
