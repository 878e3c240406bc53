//! Explanations, in the place that the attack page has for them: attributions, the attack step by step, a map of the
//! answers around the input, and how unusual the input is.

mod attributions;
mod map;
mod picture;
mod point;
mod reference_images;
mod state;
mod steps;
mod surface;
mod table;
mod told;
mod unusual;
mod view;

use crate::evaluate::view::state::Bench;
use crate::i18n::tr;
use crate::{
    bridge::channel,
    controls::choice::{Choice, Segments},
    web::{
        reactive::{live, memo, text},
        when::When,
    },
};
use attributions::Attributions;
use leptos::prelude::*;
use map::Map;
use state::Desk;
use steps::Steps;
use unusual::Unusual;
use view::View;
use wasm_bindgen::{JsCast, JsValue};

/// Fills the place on the attack page, and listens to it from now on.
pub fn start(bench: Bench) {
    let details = document().get_element_by_id("explain");
    let place = details.as_ref().and_then(|details| details.last_element_child()?.dyn_into().ok());
    let Some((details, place)): Option<(_, web_sys::HtmlElement)> = details.zip(place) else { return };
    let desk = Desk::new(bench);
    let is_open = {
        let details = details.clone();
        move || details.has_attribute("open")
    };
    desk.open.set(is_open());
    gloo_events::EventListener::new(&details, "toggle", move |_| desk.open.set(is_open())).forget();
    channel::listen(channel::PAGE, Box::new(move |word, value: JsValue| desk.hear(word, &value)));
    place.set_text_content(None);
    leptos::mount::mount_to(place, move || view! { <Explain desk /> }).forget();
    channel::say(channel::LAB, "explain", &JsValue::NULL);
}

#[component]
fn Explain(desk: Desk) -> impl IntoView {
    let models = memo(move || {
        let attack = desk.attack.get();
        let ids = attack.iter().flat_map(|attack| attack.twins.iter().map(|(id, _)| id.clone()));
        ids.map(|id| (desk.find(&id).map_or_else(|| id.clone(), |model| model.name), id)).collect::<Vec<_>>()
    });
    let chosen = move || desk.wanted.with(|wanted| wanted.as_ref().map(|wanted| wanted.job.models.concat()));
    let views = || View::ALL.iter().map(|(_, id, name)| Choice::new(*id, tr(name))).collect::<Vec<_>>();
    let view_id = move || View::ALL.iter().find(|(view, ..)| *view == desk.view.get()).map(|(_, id, _)| *id);
    let set_view = move |id: String| {
        if let Some((view, ..)) = View::ALL.iter().find(|(_, known, _)| *known == id) {
            desk.view.set(*view);
        }
    };
    let shows = move |view: View| live(move || desk.view.get() == view && desk.attack.with(Option::is_some));
    view! {
        <div class="explain">
            <div class="choices">
                <Segments label=tr("Explanation") choices=live(views) chosen=text(view_id) set=set_view locked=live(|| false) />
                <Segments
                    label=tr("Model explained")
                    choices=live(move || models.get().into_iter().map(|(name, id)| Choice::new(id, name)).collect())
                    chosen=text(chosen)
                    set=move |id: String| desk.model.set(id)
                    locked=live(|| false)
                />
            </div>
            <p class="dim" role="status">{text(move || status(desk))}</p>
            <When on=live(move || desk.trouble().is_some())>
                <p class="warning">{text(move || desk.trouble())}</p>
                <button type="button" on:click=move |_| desk.try_again()>
                    {tr("Try again")}
                </button>
            </When>
            <When on=shows(View::Attributions)>
                <Attributions desk />
            </When>
            <When on=shows(View::Steps)>
                <Steps desk />
            </When>
            <When on=shows(View::Map)>
                <Map desk />
            </When>
            <When on=shows(View::Unusual)>
                <Unusual desk />
            </When>
        </div>
    }
}

/// What is missing; nothing once the answer to what is looked at is there.
fn status(desk: Desk) -> &'static str {
    let wanted = desk.wanted.get();
    let answered = desk.answer.with(|answer| answer.as_ref().map(|answer| answer.asked.clone()));
    match wanted {
        _ if desk.trouble().is_some() => "",
        None if desk.attack.with(Option::is_some) => tr("Loading the test images."),
        None => tr("There is no finished attack to explain yet."),
        Some(wanted) if answered.as_ref() != Some(&wanted) => tr("Computing."),
        Some(_) => "",
    }
}
