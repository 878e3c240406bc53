//! Explanations, in the place that the attack page has for them: attributions, the attack step by step, a map of the
//! answers around the input, and how unusual the input is.

mod animation;
mod attributions;
mod brought;
mod certificate;
mod code;
mod detectors;
mod drawn;
mod map;
mod picture;
mod point;
mod reference_images;
mod state;
mod steps;
mod surface;
mod unusual;
mod views;

use crate::evaluate::view::state::EvaluationState;
use crate::i18n::tr;
use crate::{
    attack::defence::first,
    bridge::messages::Attack,
    controls::choice::{Choice, OneOf},
    web::{
        reactive::{live, memo, text},
        when::When,
    },
};
use attributions::Attributions;
use certificate::Certificate;
use detectors::Detectors;
use leptos::prelude::*;
use map::Map;
use std::sync::Arc;
use steps::Steps;
use unusual::Unusual;
use views::View;
use wasm_bindgen::JsCast;

pub use state::ExplanationState;

/// Fills the place on the attack page; the explanations wait for attacks there. Nothing where there is no such place.
pub fn start(evaluation: EvaluationState) -> Option<ExplanationState> {
    let details = document().get_element_by_id("explain");
    let place = details.as_ref().and_then(|details| details.last_element_child()?.dyn_into().ok());
    let (details, place): (_, web_sys::HtmlElement) = details.zip(place)?;
    let state = ExplanationState::new(evaluation);
    let is_open = {
        let details = details.clone();
        move || details.has_attribute("open")
    };
    state.open.set(is_open());
    gloo_events::EventListener::new(&details, "toggle", move |_| state.open.set(is_open())).forget();
    place.set_text_content(None);
    leptos::mount::mount_to(place, move || view! { <Explain state /> }).forget();
    Some(state)
}

#[component]
fn Explain(state: ExplanationState) -> impl IntoView {
    let models = memo(move || {
        let attack = state.attack.get();
        let named = |attack: &Arc<Attack>| {
            let ids = attack.twins.iter().map(|(id, _)| id.clone());
            ids.map(|id| (state.name(&attack.job, &id), id)).collect::<Vec<_>>()
        };
        attack.as_ref().map(named).unwrap_or_default()
    });
    let chosen =
        move || state.wanted.with(|wanted| wanted.as_ref().and_then(|wanted| first(&wanted.job).map(str::to_owned)));
    let views = || View::ALL.iter().map(|(_, id, name)| Choice::new(*id, tr(name))).collect::<Vec<_>>();
    let view_id = move || View::ALL.iter().find(|(view, ..)| *view == state.view.get()).map(|(_, id, _)| *id);
    let set_view = move |id: String| {
        if let Some((view, ..)) = View::ALL.iter().find(|(_, known, _)| *known == id) {
            state.view.set(*view);
        }
    };
    let shows = move |view: View| live(move || state.view.get() == view && state.attack.with(Option::is_some));
    view! {
        <div class="explain">
            <div class="choices">
                <OneOf label=tr("Explanation") choices=live(views) chosen=text(view_id) set=set_view locked=live(|| false) />
                <OneOf
                    label=tr("Model explained")
                    choices=live(move || models.get().into_iter().map(|(name, id)| Choice::new(id, name)).collect())
                    chosen=text(chosen)
                    set=move |id: String| state.model.set(id)
                    locked=live(|| false)
                />
            </div>
            <p class="dim" role="status">{text(move || status(state))}</p>
            <When on=live(move || state.trouble().is_some())>
                <p class="warning">{text(move || state.trouble())}</p>
                <button type="button" on:click=move |_| state.try_again()>
                    {tr("Try again")}
                </button>
            </When>
            <When on=shows(View::Attributions)>
                <Attributions state />
            </When>
            <When on=shows(View::Steps)>
                <Steps state />
            </When>
            <When on=shows(View::Map)>
                <Map state />
            </When>
            <When on=shows(View::Unusual)>
                <Unusual state />
            </When>
            <When on=shows(View::Detectors)>
                <Detectors state />
            </When>
            <When on=shows(View::Certificate)>
                <Certificate state />
            </When>
        </div>
    }
}

/// What the page waits for; nothing once the chosen view has its answer.
fn status(state: ExplanationState) -> &'static str {
    let wanted = state.wanted.get();
    let answered = state.answer.with(|answer| answer.as_ref().map(|answer| answer.asked.clone()));
    match wanted {
        _ if state.trouble().is_some() => "",
        None if state.attack.with(Option::is_some) && state.view.get() == View::Detectors => {
            tr("Loading the training images.")
        }
        None if state.attack.with(Option::is_some) => tr("Loading the test images."),
        None => tr("There is no finished attack to explain yet."),
        Some(wanted) if answered.as_ref() != Some(&wanted) => tr("Computing."),
        Some(_) => "",
    }
}
