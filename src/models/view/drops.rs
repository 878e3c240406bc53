//! Models and data that were dropped beside the places for them.

use crate::{
    controls::files::{DROPPED, has_dropped},
    evaluate::view::state::EvaluationState,
};
use leptos::prelude::*;

/// Opens the Train page, where they are brought in, for files that are dropped on any other one.
pub fn follow_drops(evaluation: EvaluationState) {
    let open = move || {
        if has_dropped("model") || has_dropped("data") {
            evaluation.set(&[("page", "train".to_owned())]);
        }
    };
    open();
    gloo_events::EventListener::new(&window(), DROPPED, move |_| open()).forget();
}
