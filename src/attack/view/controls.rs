//! The attack's controls, drawn from the engine's catalog.

use super::{
    defence::{defences, picker},
    field::{Field, locked},
    knobs::Knobs,
};
use crate::controls::{
    card_line::card_line,
    choice::{Choice, OneOf},
};
use crate::i18n::tr;
use crate::web::reactive::{live, memo, text};
use crate::web::when::When;
use crate::{attack::preset, inputs::history::History, link::Settings, shell::state::State};
use foolproof_core::{
    catalog::{Card, Norm},
    target::Target,
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// All controls below the pictures, once it is known what there is to control.
#[component]
pub fn Controls() -> impl IntoView {
    let state = expect_context::<State>();
    let known = memo(move || state.catalog.with(Option::is_some) && state.manifest().is_some());
    let shows = move |control: &'static str| state.setting(move |settings| settings.shows(control));
    let (about, undo) = (shows("card"), shows("undo"));
    view! {
        <section class="controls" aria-label=tr("Attack")>
            <When on=live(move || known.get())>
                <div class="choices">
                    <Field control="attack" label=tr("Attack")>
                        <AttackPicker />
                    </Field>
                    <Field control="norm" label=tr("Norm") term="norm">
                        <NormPicker />
                    </Field>
                    <Field control="target" label=tr("Target") term="target">
                        <TargetPicker />
                    </Field>
                    <Field control="model" label=tr("Model")>
                        <ModelPicker />
                    </Field>
                    <Field control="defence" label=tr("Defence")>
                        {picker(state)}
                    </Field>
                </div>
                <When on=live(move || about.get())>
                    <CardLine />
                </When>
                {defences(state)}
                <div class="choices">
                    <Knobs />
                    <Presets />
                    <When on=live(move || undo.get())>
                        <Walk />
                    </When>
                </div>
            </When>
        </section>
    }
}

/// Back and forth through the changes of controls.
#[component]
fn Walk() -> impl IntoView {
    let state = expect_context::<State>();
    let tool = move |name: &'static str, can: fn(&History<Settings>) -> bool, run: fn(State)| {
        let can = live(move || state.controls.with(can));
        // Not `disabled`, which would take the focus from under the hand that pressed it.
        let press = move |_| {
            if can.get_untracked() {
                run(state);
            }
        };
        view! {
            <button type="button" aria-disabled=text(move || (!can.get()).to_string()) on:click=press>
                {name}
            </button>
        }
    };
    view! {
        <div class="tools" role="group" aria-label=tr("Controls")>
            {tool(tr("Undo"), History::can_undo, State::undo)} {tool(tr("Redo"), History::can_redo, State::redo)}
        </div>
    }
}

/// Attacks that a first visitor tries, one of each kind.
const AT_HAND: [&str; 5] = ["none", "fgsm", "pgd", "cw", "patch"];

/// A few attacks above the pictures that they change, with the chosen one; the way to all of them.
#[component]
pub fn AtHand() -> impl IntoView {
    let state = expect_context::<State>();
    let shown = state.setting(|settings| settings.shows("attack"));
    let known = live(move || state.catalog.with(Option::is_some) && state.manifest().is_some());
    // All of them stand among the controls.
    let more = move |_| {
        let chosen = document().query_selector(".controls .segments input:checked").ok().flatten();
        if let Some(chosen) = chosen.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            // Focusing can only fail on an element that is gone.
            let _ = chosen.focus();
        }
    };
    view! {
        // The place is kept from the beginning, so that nothing below it jumps.
        <When on=live(move || shown.get())>
            <section class="at-hand" aria-label=tr("Attacks at hand")>
                <When on=known>
                    {attacks(state, tr("Attacks at hand"), |id, chosen| id == chosen || AT_HAND.contains(&id))}
                    <button type="button" class="quiet" on:click=more>
                        {tr("All attacks")}
                    </button>
                </When>
            </section>
        </When>
    }
}

#[component]
fn AttackPicker() -> impl IntoView {
    attacks(expect_context::<State>(), tr("Attack"), |_, _| true)
}

/// A row of the attacks for these inputs that are to be in it, given their id and the chosen one's.
fn attacks(state: State, label: &'static str, has: fn(&str, &str) -> bool) -> AnyView {
    let chosen = state.setting(|settings| settings.attack.clone());
    let choices = Signal::derive(move || {
        let cards = state.catalog.get().map(|catalog| catalog.attacks.clone()).unwrap_or_default();
        let (shape, chosen) = (state.format().shape, chosen.get());
        let cards =
            cards.into_iter().filter(move |card| !card.straw_man && card.takes(shape) && has(&card.id, &chosen));
        cards.map(|card| Choice { id: card.id, name: card.name, title: card.summary }).collect()
    });
    let set = move |id: String| state.change("attack", |settings| (settings.attack, settings.steps) = (id, None));
    view! { <OneOf label choices chosen set locked=locked(state, "attack") /> }.into_any()
}

#[component]
fn NormPicker() -> impl IntoView {
    let state = expect_context::<State>();
    let card = memo(move || state.card());
    let choices = Signal::derive(move || {
        let norms = card.get().map_or(Norm::ALL.to_vec(), |card| card.norms);
        norms.into_iter().map(|norm| Choice::new(norm.id(), norm.symbol())).collect()
    });
    let chosen = state.setting(|settings| settings.norm.id().to_owned());
    let set = move |id: String| {
        if let Some(norm) = Norm::from_id(&id) {
            state.change("norm", |settings| settings.norm = norm);
        }
    };
    view! { <OneOf label=tr("Norm") choices chosen set locked=locked(state, "norm") /> }
}

#[component]
fn TargetPicker() -> impl IntoView {
    let state = expect_context::<State>();
    let choices = Signal::derive(move || {
        let any = Choice::new("none", tr("any wrong class"));
        let classes = state.classes().into_iter().enumerate();
        let modes = [
            (Target::Least, tr("the least likely class")),
            (Target::Second, tr("the second most likely class")),
            (Target::Random, tr("a class drawn by the seed")),
        ];
        let modes = modes.map(|(mode, name)| Choice::new(mode.to_string(), name));
        let classes = classes.map(|(at, name)| Choice::new(at.to_string(), name));
        std::iter::once(any).chain(modes).chain(classes).collect()
    });
    let chosen = state.setting(|settings| settings.target.map_or("none".into(), |target| target.to_string()));
    let set = move |id: String| state.change("target", |settings| settings.target = Target::from_word(&id));
    view! { <OneOf list=true label=tr("Target") choices chosen set locked=locked(state, "target") /> }
}

#[component]
fn ModelPicker() -> impl IntoView {
    let state = expect_context::<State>();
    let choices = Signal::derive(move || {
        let data = state.settings.with(|settings| settings.data.clone());
        let models = state.manifest().map(|manifest| manifest.models.clone()).unwrap_or_default();
        models.into_iter().filter(|model| model.data == data).map(|model| Choice::new(model.id, model.name)).collect()
    });
    let chosen = state.setting(|settings| settings.model.clone().unwrap_or_default());
    let set = move |id: String| state.change("model", |settings| settings.model = Some(id));
    view! { <OneOf list=true label=tr("Model") choices chosen set locked=locked(state, "model") /> }
}

/// What the chosen attack does, and where it comes from.
#[component]
fn CardLine() -> impl IntoView {
    let state = expect_context::<State>();
    let card = memo(move || state.card());
    view! { <p class="card">{move || card.get().map(card_line)}</p> }
}

#[component]
fn Presets() -> impl IntoView {
    let state = expect_context::<State>();
    let card = memo(move || state.card());
    let choices: Signal<Vec<Choice>> = Signal::derive(move || {
        let norm = state.settings.with(|settings| settings.norm);
        let presets = card.get().map(|card| card.presets).unwrap_or_default();
        let here = presets.into_iter().filter(|preset| preset.norms.contains(&norm));
        let none = Choice::new("", tr("choose"));
        std::iter::once(none).chain(here.map(|preset| Choice::new(preset.name.clone(), preset.name))).collect()
    });
    let chosen = state.setting(move |settings| {
        let in_force = |card: &Card| {
            let preset = card.presets.iter().find(|one| preset::is_in_force(settings, card, one));
            preset.map(|preset| preset.name.clone())
        };
        card.with(|card| card.as_ref().and_then(in_force)).unwrap_or_default()
    });
    let set = move |name: String| {
        let Some(card) = untrack(|| card.get()) else { return };
        let Some(chosen) = card.presets.iter().find(|preset| preset.name == name) else { return };
        state.mark_landmark();
        state.change("preset", |settings| preset::take(settings, &card, chosen));
        state.rest();
    };
    let any = move || choices.with(|choices| choices.len() > 1);
    view! {
        <When on=live(any)>
            <Field control="presets" label=tr("Preset")>
                <OneOf list=true label=tr("Preset") choices chosen set locked=locked(state, "presets") />
            </Field>
        </When>
    }
}
