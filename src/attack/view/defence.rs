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
        when::{When, list},
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
    let shown = state.setting(|settings| settings.shows("defence"));
    let chosen = state.setting(|settings| settings.defence.iter().map(|one| one.id.clone()).collect::<Vec<_>>());
    let rows = move || {
        let cards = cards(state);
        let card = |id: &String| cards.iter().find(|card| card.id == *id).cloned();
        let ids = chosen.get();
        ids.iter().enumerate().filter_map(|(place, id)| Some(row(state, place, card(id)?))).collect()
    };
    let modifiers = memo(move || {
        let card = state.card().filter(|_| state.is_defended());
        let own = |card: Card| {
            let knobs = card.knobs.clone().into_iter().filter(|knob| MODIFIERS.contains(&knob.key.as_str()));
            knobs.map(|knob| (card.clone(), knob)).collect::<Vec<_>>()
        };
        card.map(own).unwrap_or_default()
    });
    let fields = move || {
        let field = |(card, knob)| view! { <KnobField card knob /> }.into_any();
        modifiers.get().into_iter().map(field).collect()
    };
    view! {
        <When on=live(move || shown.get() && chosen.with(|all| !all.is_empty()))>
            <ol class="defences" aria-label=tr("Defences, in the order in which an input meets them")>
                {list(rows)}
            </ol>
        </When>
        <When on=live(move || modifiers.with(|all| !all.is_empty()))>
            <div class="choices">{list(fields)}</div>
        </When>
    }
    .into_any()
}

fn cards(state: State) -> Vec<Card> {
    state.catalog.get().map(|catalog| catalog.defences.clone()).unwrap_or_default()
}

/// A list of which each choice is one more defence.
pub fn picker(state: State) -> AnyView {
    let any = state.setting(|settings| !settings.defence.is_empty());
    let full = state.setting(|settings| settings.defence.len() >= MOST);
    let locked = locked(state, "defence");
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
        <select aria-label=tr("Add a defence") disabled=live(move || locked.get() || full.get()) on:change=add>
            <option value="">{text(move || if any.get() { tr("add another") } else { tr("none") })}</option>
            {list(fitting)}
        </select>
    }
    .into_any()
}

/// A defence with its knobs, and the way to be rid of it.
fn row(state: State, place: usize, card: Card) -> AnyView {
    let knobs = card.knobs.iter().map(|knob| stepper(state, place, card.clone(), knob.clone())).collect::<Vec<_>>();
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
