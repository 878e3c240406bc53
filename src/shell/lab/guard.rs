//! Has the browser ask before the page is left or loaded anew over work that would be lost: another language, chosen or
//! walked back to, loads the page anew too.

use crate::{
    evaluate::view::state::{EvaluationState, Phase},
    train::view::state::TrainingState,
};
use leptos::prelude::*;
use std::sync::Arc;

/// Looks whenever the page is about to go.
pub fn start(evaluation: EvaluationState, trainer: TrainingState) {
    // In a frame the page around it decides.
    if window().top().ok().flatten().is_none_or(|top| top != window()) {
        return;
    }
    let options = gloo_events::EventListenerOptions::enable_prevent_default();
    gloo_events::EventListener::new_with_options(&window(), "beforeunload", options, move |event| {
        if untrack(|| {
            measured(evaluation) || unkept(evaluation) || trainer.is_busy() && !trainer.unkept.with(String::is_empty)
        }) {
            event.prevent_default();
        }
    })
    .forget();
}

/// Whether a report is being made, or is of this visit and in no file yet.
fn measured(evaluation: EvaluationState) -> bool {
    let made = evaluation.phase.with(|phase| matches!(phase, Phase::Done | Phase::Cancelled | Phase::Failed(_)));
    let report = evaluation.report.get();
    let saved = evaluation.saved.with_value(|saved| {
        let both = saved.as_ref().zip(report.as_ref());
        both.is_some_and(|(saved, report)| Arc::ptr_eq(saved, report))
    });
    evaluation.is_busy() || made && report.is_some() && !saved
}

/// Whether a model is in memory alone.
fn unkept(evaluation: EvaluationState) -> bool {
    let store = evaluation.model_store.get_value();
    let own = evaluation.own.get().unwrap_or_default();
    store.is_some_and(|store| own.iter().any(|kept| !store.keeps(&kept.name)))
}
