//! The knobs of the chosen attack, and the seed.

use super::field::{Field, locked};
use crate::controls::check::Toggle;
use crate::controls::number::{NumberInput, Range, Stepper};
use crate::i18n::{number::field, tr, tr_with};
use crate::web::reactive::{live, memo, text};
use crate::web::when::list;
use crate::{
    attack::{
        plan, scale,
        sticker::{KEYS, Sticker},
        words::figure,
    },
    link::{defence::MODIFIERS, link_key},
    shell::state::State,
};
use foolproof_core::catalog::{Card, Knob, KnobKind};
use leptos::prelude::*;

/// Largest whole number that the field handles exactly.
const LARGEST_SEED: f64 = 9_007_199_254_740_992.0;

/// Every knob of the chosen attack, then the seed.
#[component]
pub fn Knobs() -> impl IntoView {
    let state = expect_context::<State>();
    let card = memo(move || state.card());
    let knobs = move || {
        let pair = |card: Card| {
            // What reckons with a defence stands beside that.
            let own = card.knobs.iter().filter(|knob| !MODIFIERS.contains(&knob.key.as_str()));
            own.map(|knob| (card.clone(), knob.clone())).collect::<Vec<_>>()
        };
        card.get().map(pair).unwrap_or_default()
    };
    view! {
        {list(move || knobs().into_iter().map(|(card, knob)| view! { <KnobField card knob /> }.into_any()).collect())}
        <Seed />
    }
}

/// A knob of an attack under its name.
#[component]
pub fn KnobField(
    /// The attack.
    card: Card,
    /// The knob.
    knob: Knob,
) -> impl IntoView {
    let link = link_key(&card, &knob);
    let term = match knob.key.as_str() {
        "step" => "step",
        "restarts" => "restarts",
        "bpda" => "bpda",
        "eot" => "eot",
        _ => "",
    };
    let (control, label) = (link.clone(), knob.name.clone());
    let body = move || match knob.kind {
        KnobKind::Toggle => view! { <OnOff card=card.clone() knob=knob.clone() /> }.into_any(),
        KnobKind::Integer | KnobKind::Real => view! { <Number card=card.clone() knob=knob.clone() /> }.into_any(),
    };
    view! {
        <Field control label term>
            {body()}
        </Field>
    }
}

#[component]
fn OnOff(card: Card, knob: Knob) -> impl IntoView {
    let state = expect_context::<State>();
    let link = link_key(&card, &knob);
    let (key, control) = (knob.key.clone(), link.clone());
    let on = state.setting(move |settings| plan::knob_value(settings, &card, &key) == Some(1.0));
    let fixed = state.setting(move |settings| !settings.lets(&control));
    let flip = move |on: bool| {
        let value = f64::from(u8::from(on));
        state.change("knob", |settings| plan::set_knob(settings, &link, Some(value)));
        state.rest();
    };
    view! { <Toggle label=knob.name title=knob.help on locked=fixed set=flip /> }
}

#[component]
fn Number(card: Card, knob: Knob) -> impl IntoView {
    let state = expect_context::<State>();
    let link = link_key(&card, &knob);
    let (key, control, automatic) = (knob.key.clone(), link.clone(), knob.auto.as_deref().map(field));
    let sticker = memo(move || state.job.with(|job| job.as_deref().and_then(Sticker::of)));
    // Where the link names no place for a patch, it has one all the same.
    let place = KEYS.iter().position(|key| *key == link);
    let pixel = knob.key.clone();
    let own = state.setting(move |settings| plan::knob_value(settings, &card, &key));
    let placed = move || Some(sticker.get()?.shares()[place?]);
    let value = live(move || placed().or_else(|| own.get()));
    let fixed = state.setting(move |settings| !settings.lets(&control));
    let whole = knob.kind == KnobKind::Integer;
    let range = Signal::derive(move || {
        let fine = || grain(state.settings.with(|settings| settings.eps.unwrap_or(0.1)));
        let one = sticker.get().and_then(|sticker| sticker.pixel(&pixel));
        let step = if whole { 1.0 } else { one.unwrap_or_else(fine) };
        Range { min: knob.min, max: knob.max, step }
    });
    let stored = StoredValue::new(link);
    let put = move |value: Option<f64>| {
        let value = value.map(|value| if whole { value.round() } else { value });
        stored.with_value(|link| state.change("knob", |settings| plan::set_knob(settings, link, value)));
    };
    let rest = move |()| state.rest();
    // Of steps alone the engine tells what it made of them.
    let is_step = knob.key == "step";
    let in_force = move || if is_step { derived(state) } else { Some(knob.min) };
    let clear = move |_| {
        put(if value.get_untracked().is_some() { None } else { in_force() });
        state.rest();
    };
    let formula = automatic.map(|formula| {
        view! {
            <button type="button" class="quiet auto" disabled=fixed aria-pressed=text(move || value.get().is_none().to_string()) on:click=clear>
                {text(move || match value.get() {
                    None if !is_step => tr_with("auto: {0}", &[&formula]),
                    None => tr_with("auto: {0} = {1}", &[&formula, &in_force().map_or_else(|| "…".into(), figure)]),
                    Some(_) => tr("auto").into(),
                })}
            </button>
        }
    });
    let set = Callback::new(move |value| put(Some(value)));
    view! { <Stepper value range label=knob.name set rest locked=fixed /> {formula} }
}

/// The step size that the engine had in force last.
fn derived(state: State) -> Option<f64> {
    let model = state.pair().into_iter().next()?;
    let step = state.results.with(|results| results.shown.get(&model.id).map(|shown| shown.outcome.step))?;
    Some(scale::round_digits(scale::widen(step), 4))
}

/// A tenth of a size's leading digit.
fn grain(size: f64) -> f64 {
    10f64.powf(size.max(1e-6).log10().floor() - 2.0)
}

#[component]
fn Seed() -> impl IntoView {
    let state = expect_context::<State>();
    let value = state.setting(|settings| Some(settings.seed as f64));
    let set = move |seed: f64| state.change("seed", |settings| settings.seed = seed.round().max(0.0) as u64);
    let range = Signal::stored(Range { min: 0.0, max: LARGEST_SEED, step: 1.0 });
    view! {
        <Field control="seed" label=tr("Seed")>
            <NumberInput value range label=tr("Seed") set=set rest=move |()| state.rest() locked=locked(state, "seed") />
        </Field>
    }
}
