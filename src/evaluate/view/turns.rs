//! The parts of a report take a newer one in turn, each in a task of its own. Drawn all at once they would keep the page
//! from its visitor for up to a tenth of a second, twice a second as long as results come in.

use super::state::EvaluationState;
use crate::{evaluate::report::Report, web::reactive::effect};
use foolproof_browser::pause::Pause;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen_futures::spawn_local;

/// Has the parts that [`of_part`] is called for from now on follow the report.
pub fn follow(evaluation: EvaluationState) {
    evaluation.parts.set_value(Vec::new());
    effect(move || {
        evaluation.report.track();
        spawn_local(seen_by_all(evaluation));
    });
}

/// The state as a part sees it: the report in its view is the one that it last had its turn for.
pub fn of_part(evaluation: EvaluationState) -> EvaluationState {
    let in_view = RwSignal::new(evaluation.report.get_untracked());
    evaluation.parts.update_value(|parts| parts.push(in_view));
    EvaluationState { in_view, ..evaluation }
}

/// Ends once every part on the page shows the newest report.
pub async fn seen_by_all(evaluation: EvaluationState) {
    let turn = Pause::new();
    for part in evaluation.parts.get_value() {
        if is_behind(evaluation, part) {
            turn.macrotask().await;
            // Another way through the parts may have been here meanwhile, or the page has closed.
            if is_behind(evaluation, part) {
                part.set(evaluation.report.get_untracked());
            }
        }
    }
}

fn is_behind(evaluation: EvaluationState, part: RwSignal<Option<Arc<Report>>>) -> bool {
    let Some(seen) = part.try_get_untracked() else { return false };
    seen.as_ref().map(Arc::as_ptr) != evaluation.report.with_untracked(|report| report.as_ref().map(Arc::as_ptr))
}
