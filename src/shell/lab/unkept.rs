//! On whichever page is open: that a model could not be kept, with the button that saves it as a file, or that the browser
//! has lost those that were.

use crate::{evaluate::view::state::EvaluationState, models::view::storage, train::view::save_model};
use crate::{
    i18n::tr,
    models::Kept,
    web::{
        reactive::{live, text},
        when::When,
    },
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

/// Puts the place for it beside the page.
pub fn start(evaluation: EvaluationState) {
    let place = document().create_element("div").ok().and_then(|place| place.dyn_into::<HtmlElement>().ok());
    let (Some(place), Some(body)) = (place, document().body()) else { return };
    // Who hears the page hears what comes into a place that was there before.
    let made = place.set_attribute("role", "status").and_then(|()| body.append_child(&place));
    if made.is_ok() {
        leptos::mount::mount_to(place, move || view! { <Unkept evaluation /> }).forget();
    }
}

#[component]
fn Unkept(evaluation: EvaluationState) -> impl IntoView {
    let there = live(move || evaluation.unkept.with(Option::is_some));
    let sentence = move || evaluation.unkept.with(|unkept| unkept.as_ref().map(|(_, sentence)| sentence.clone()));
    let is_left =
        live(move || evaluation.unkept.with(|unkept| unkept.as_ref().is_some_and(|(kept, _)| kept.is_some())));
    let save_it = move |_| {
        let left = evaluation.unkept.get_untracked().and_then(|(kept, _)| kept);
        left.into_iter().for_each(|kept| spawn_local(save(evaluation, kept)));
    };
    view! {
        <When on=there>
            <div class="toast">
                <p>{text(sentence)}</p>
                <button type="button" hidden=move || !is_left.get() on:click=save_it>
                    {tr("Save it as a file")}
                </button>
                <button type="button" class="quiet" aria-label=tr("Close") on:click=move |_| evaluation.unkept.set(None)>
                    "✕"
                </button>
            </div>
        </When>
    }
}

/// Saves it; why that failed takes the sentence's place.
async fn save(evaluation: EvaluationState, kept: Kept) {
    let weights = storage::get(evaluation).await.weights(&kept.name).await;
    if let Err(fault) = weights.and_then(|weights| save_model(&kept, &weights)) {
        evaluation.unkept.set(Some((Some(kept), fault.message)));
    }
}
