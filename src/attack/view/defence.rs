//! What stands before the network: defences with their knobs, and how the attack reckons with them.

use super::{field::locked, knobs::KnobField};
use crate::{
    controls::{
        card_line::card_line,
        number::{Range, Stepper},
    },
    i18n::{tr, tr_with},
    link::defence::{MODIFIERS, value},
    shell::state::State,
    web::{
        reactive::{live, memo, text},
        when::list,
    },
};
use foolproof_core::{
    catalog::{Card, Knob, KnobKind},
    defence::{DefenceSpec, MOST},
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// The chosen defences, and under them what the attack makes of them; nothing as long as there are none.
pub fn defences(state: State) -> AnyView {
    // Their ids alone: a knob that moves keeps its row.
    let chosen = state.setting(|settings| {
        let mut ids = String::new();
        settings.defence.iter().for_each(|one| ids = format!("{ids}{} ", one.id));
        ids
    });
    let hidden = state.setting(|settings| settings.defence.is_empty() || !settings.shows("defence"));
    let rows = move || {
        let (cards, mut rows) = (cards(state), Vec::new());
        for (place, id) in chosen.get().split_ascii_whitespace().enumerate() {
            let card = cards.iter().find(|card| card.id == id);
            rows.extend(card.map(|card| row(state, place, card.clone())));
        }
        rows
    };
    let idle = memo(move || !state.is_defended());
    let card = memo(move || state.card());
    let fields = move || {
        let mut fields = Vec::new();
        if let Some(card) = card.get().filter(|_| !idle.get()) {
            for knob in card.knobs.iter().filter(|knob| MODIFIERS.contains(&knob.key.as_str())) {
                fields.push(view! { <KnobField card=card.clone() knob=knob.clone() /> }.into_any());
            }
        }
        fields
    };
    view! {
        <ol
            class="defences"
            aria-label=tr("Defences, in the order in which an input meets them")
            hidden=live(move || hidden.get())
        >
            {list(rows)}
        </ol>
        <div class="choices" hidden=live(move || idle.get())>
            {list(fields)}
        </div>
    }
    .into_any()
}

fn cards(state: State) -> Vec<Card> {
    state.catalog.with(|catalog| catalog.as_ref().map_or_else(Vec::new, |catalog| catalog.defences.clone()))
}

/// A list of which each choice is one more defence.
pub fn picker(state: State) -> AnyView {
    let any = state.setting(|settings| !settings.defence.is_empty());
    let fixed = state.setting(|settings| settings.defence.len() >= MOST || !settings.lets("defence"));
    let add = move |event: leptos::ev::Event| {
        let id = event_target_value(&event);
        // The list goes back to its first line; its value is set as a field's is.
        event.target().into_iter().for_each(|list| list.unchecked_into::<HtmlInputElement>().set_value(""));
        if !id.is_empty() {
            state.mark_landmark();
            state.change("defence", |settings| settings.defence.push(DefenceSpec::new(&id, &[])));
            state.rest();
        }
    };
    let option = move |card: Card| view! { <option value=card.id title=card.summary>{card.name}</option> }.into_any();
    let fitting = move || {
        let shape = state.format().shape;
        cards(state).into_iter().filter(|card| card.takes(shape)).map(option).collect()
    };
    view! {
        <select aria-label=tr("Add a defence") disabled=live(move || fixed.get()) on:change=add>
            <option value="">{text(move || if any.get() { tr("add another") } else { tr("none") })}</option>
            {list(fitting)}
        </select>
    }
    .into_any()
}

/// A defence with its knobs, and the way to be rid of it.
fn row(state: State, place: usize, card: Card) -> AnyView {
    let mut knobs = Vec::new();
    card.knobs.iter().for_each(|knob| knobs.push(stepper(state, place, card.clone(), knob.clone())));
    let label = tr_with("Remove {0}", &[&card.name]);
    let remove = move |_| {
        state.mark_landmark();
        state.change("defence", |settings| {
            if place < settings.defence.len() {
                settings.defence.remove(place);
            }
            // Nothing is left to reckon with, and nobody would see that they are set.
            if settings.defence.is_empty() {
                settings.knobs.retain(|key, _| !MODIFIERS.contains(&key.as_str()));
            }
        });
        state.rest();
    };
    view! {
        <li>
            <div class="choices">
                {knobs}
                <button type="button" class="quiet" aria-label=label disabled=locked(state, "defence") on:click=remove>
                    {tr("Remove")}
                </button>
            </div>
            <p class="card">{card_line(card)}</p>
        </li>
    }
    .into_any()
}

fn stepper(state: State, place: usize, card: Card, knob: Knob) -> AnyView {
    let whole = knob.kind != KnobKind::Real;
    let range = Range { min: knob.min, max: knob.max, step: if whole { 1.0 } else { 0.01 } };
    let (label, name, key) = (format!("{}: {}", card.name, knob.name), knob.name.clone(), knob.key.clone());
    let own = state.setting(move |settings| value(settings.defence.get(place)?, &card, &key));
    let set = Callback::new(move |to: f64| {
        state.change("defence", |settings| {
            if let Some(defence) = settings.defence.get_mut(place) {
                defence.knobs.insert(knob.key.clone(), to);
            }
        });
    });
    view! {
        <div class="field" title=knob.help>
            <span class="label">{name}</span>
            <Stepper
                value=live(move || own.get())
                range=Signal::stored(range)
                label=label
                set
                rest=move |()| state.rest()
                locked=locked(state, "defence")
            />
        </div>
    }
    .into_any()
}
