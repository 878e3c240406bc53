//! The lab: the Train, Measure and Learn pages, lessons, and the models that this browser keeps. A program of its own,
//! so that a first visit need not wait for it; it knows the page only through the [`bridge`](crate::bridge).

mod from_page;
mod guard;
mod unkept;

use crate::evaluate::view::state::EvaluationState;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Puts the pages into the place that the page has for it, and says that it listens.
pub fn mount() {
    crate::web::stopped::install();
    let place = document().get_element_by_id("lab").and_then(|element| element.dyn_into().ok());
    let Some(place): Option<web_sys::HtmlElement> = place else { return };
    let root = move || {
        let evaluation = EvaluationState::new();
        let trainer = crate::train::view::state::TrainingState::new(evaluation);
        provide_context(evaluation);
        provide_context(trainer);
        provide_context(crate::datasets::view::bring::Bringing::new(evaluation));
        let explanations = crate::explain::view::start(evaluation);
        from_page::start(evaluation, trainer, explanations);
        crate::models::view::storage::start(evaluation);
        crate::models::view::drops::follow_drops(evaluation);
        unkept::start(evaluation);
        guard::start(evaluation, trainer);
        crate::train::view::run::saved::find(trainer);
        crate::share::view::start(evaluation, trainer);
        crate::speed::view::start(evaluation);
        let class = crate::lessons::view::start(evaluation);
        (crate::train::view::TrainPage(), crate::evaluate::view::page::MeasurePage(), crate::lessons::view::page(class))
    };
    leptos::mount::mount_to(place, root).forget();
    crate::bridge::lab_listener::tell(&crate::bridge::messages::ToPage::Hello);
}
