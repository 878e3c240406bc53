//! The radius as a place on a line, with the marks where each model falls.

use super::field::{ignored, locked};
use crate::controls::{
    number::{Range, Stepper},
    term::TermButton,
};
use crate::i18n::{tr, tr_with};
use crate::web::reactive::{live, memo, text};
use crate::web::when::{When, list};
use crate::{
    attack::{
        rise::Rise,
        scale::{Scale, Spacing},
        words::figure,
    },
    link::{default_eps, largest_eps},
    shell::state::State,
};
use foolproof_core::catalog::Aim;
use foolproof_core::manifest::Model;
use leptos::prelude::*;

/// Places of the slider.
const PLACES: f64 = 1000.0;

/// The radius as a number that can be read and set.
#[derive(Clone, Copy)]
pub struct Radius {
    /// Its value.
    pub value: Signal<Option<f64>>,
    /// Its range, in fine steps.
    pub fine: Signal<Range>,
    /// Sets it.
    pub set: Callback<f64>,
    /// Ends a row of changes.
    pub rest: Callback<()>,
}

impl Radius {
    /// The radius of the state.
    pub fn of(state: State) -> Radius {
        Radius {
            value: state.setting(|settings| settings.eps).into(),
            fine: Signal::derive(move || {
                let (usual, largest) = limits(state);
                Range { min: 0.0, max: largest, step: Scale::new(Spacing::Linear, usual, 0.0, largest).grain() }
            }),
            set: Callback::new(move |eps| state.change("eps", |settings| settings.eps = Some(eps))),
            rest: Callback::new(move |()| state.rest()),
        }
    }
}

/// The usual radius and the largest that means anything.
fn limits(state: State) -> (f64, f64) {
    state.settings.with(|settings| {
        state.shipped.with(|shipped| match shipped.dataset(settings) {
            Some(data) => (default_eps(data, settings.norm), largest_eps(settings.norm, data.shape.iter().product())),
            None => (0.3, 1.0),
        })
    })
}

/// What the chosen attack is after.
pub fn aim(state: State) -> Memo<Aim> {
    memo(move || state.card().map_or(Aim::Within, |card| card.aim))
}

/// The slider with its marks, its number, and its scale; nothing of them for an attack that knows no radius.
#[component]
pub fn Epsilon() -> impl IntoView {
    let state = expect_context::<State>();
    let idle = ignored(state, "eps");
    view! {
        <When on=idle otherwise=|| view! { <Slider /> }>{without(state)}</When>
    }
}

/// What stands in the slider's place, as high, so that pictures stay where they are when another attack is chosen.
fn without(state: State) -> AnyView {
    let aim = aim(state);
    let why = move || match aim.get() {
        Aim::Nearest => tr("No radius to set: this attack looks for the nearest input that is read as something else."),
        Aim::Free => tr("No radius to set: no norm measures what this attack does."),
        Aim::Within | Aim::Shared => tr("No radius to set: nothing is attacked."),
    };
    view! {
        <section class="epsilon idle" aria-label=tr("Radius")>
            <p class="dim">{text(why)}</p>
            <p class="marks">
                <MarkText place=0 />
                <MarkText place=1 />
            </p>
        </section>
    }
    .into_any()
}

#[component]
fn Slider() -> impl IntoView {
    let state = expect_context::<State>();
    let spacing = RwSignal::new(Spacing::default());
    let radius = Radius::of(state);
    let scale = memo(move || {
        let (usual, largest) = limits(state);
        Scale::new(spacing.get(), usual, radius.value.get().unwrap_or(usual), largest)
    });
    let place = move || (scale.get().place(radius.value.get().unwrap_or(0.0)) * PLACES).round();
    let slide = move |event| {
        let place: u16 = event_target_value(&event).parse().unwrap_or(0);
        radius.set.run(scale.get_untracked().eps(f64::from(place) / PLACES));
    };
    let flip = move |_| {
        spacing.update(|spacing| *spacing = if *spacing == Spacing::Linear { Spacing::Log } else { Spacing::Linear })
    };
    let norm = state.setting(|settings| settings.norm.symbol());
    let locked = locked(state, "eps");
    let known = memo(move || state.manifest().is_some());
    let ticks = memo(move || if known.get() { scale.get().ticks() } else { Vec::new() });
    view! {
        <section class="epsilon" aria-label=tr("Radius")>
            <label for="eps">
                <TermButton id="eps" word=tr("Epsilon") />
                <span class="dim">" " {norm}</span>
            </label>
            <div class="line">
                <input
                    id="eps"
                    type="range"
                    min="0"
                    max=PLACES.to_string()
                    step="1"
                    prop:value=live(move || place().to_string())
                    aria-valuetext=text(move || radius.value.get().map(figure))
                    disabled=locked
                    on:input=slide
                    on:change=move |_| state.rest()
                />
                <div class="ticks" aria-hidden="true">
                    {list(move || ticks.get().into_iter().map(|eps| view! { <Tick eps scale /> }.into_any()).collect())}
                </div>
                <Mark place=0 scale />
                <Mark place=1 scale />
                <div class="under">
                    <p class="marks" aria-hidden="true">
                        <MarkText place=0 />
                        <MarkText place=1 />
                    </p>
                    <span class="dim" role="status">{text(move || state.radius_said.get())}</span>
                </div>
            </div>
            <Stepper value=radius.value range=radius.fine label=tr("Epsilon") set=radius.set rest=radius.rest locked />
            <button type="button" class="quiet spacing" aria-pressed=text(move || (spacing.get() == Spacing::Log).to_string()) on:click=flip>
                {tr("Log scale")}
            </button>
        </section>
    }
}

#[component]
fn Tick(eps: f64, scale: Memo<Scale>) -> impl IntoView {
    view! { <span class="tick" style:left=text(move || percent(scale.get().place(eps)))>{figure(eps)}</span> }
}

fn percent(place: f64) -> String {
    format!("{:.2}%", place * 100.0)
}

/// A model, and the smallest radius found for it: nothing while none is known for this input and attack, nor while a
/// challenge has still to show it.
fn found(state: State, place: usize) -> Memo<Option<(Model, Option<f32>)>> {
    memo(move || {
        let model = state.pair().into_iter().nth(place)?;
        let job = state.job.get();
        let awaited = state.rise.with(|rise| matches!(rise, Rise::Waiting | Rise::Rising { .. }));
        if awaited && state.settings.with(|settings| settings.challenge.is_some()) {
            return None;
        }
        // Marks of another input or attack say nothing about this one.
        let current = untrack(|| state.radius_job());
        state.results.with(|results| {
            let valid = job.is_some() && results.searched() == current.as_ref();
            results.marks.get(&model.id).copied().filter(|_| valid).map(|radius| (model, radius))
        })
    })
}

/// Where a model falls: a letter on the line, and a sentence for those who ask.
#[component]
fn Mark(place: usize, scale: Memo<Scale>) -> impl IntoView {
    let state = expect_context::<State>();
    let found = found(state, place);
    let robust = move || found.with(|found| found.as_ref().is_some_and(|(model, _)| model.robust));
    let letter = move || if robust() { "R" } else { "N" };
    let said = move || found.get().map(|(model, radius)| smallest(&model.name, radius));
    let at = move || found.get().map(|(_, eps)| percent(eps.map_or(1.0, |eps| scale.get().place(eps.into()))));
    let beyond = move || found.get().is_some_and(|(_, eps)| eps.is_none_or(|eps| f64::from(eps) > scale.get().most));
    view! {
        <span
            class="mark"
            class:robust=live(robust)
            class:beyond=live(beyond)
            hidden=live(move || found.with(Option::is_none))
            style:left=text(at)
            title=text(said)
            role="img"
            aria-label=text(said)
        >
            <span class="letter">{text(letter)}{text(move || beyond().then_some(" →"))}</span>
        </span>
    }
}

/// A mark in words.
fn smallest(name: &str, radius: Option<f32>) -> String {
    match radius {
        Some(eps) if eps > 0.0 => {
            tr_with("{0} first falls at {1} on this input, under this attack.", &[&name, &figure(eps.into())])
        }
        Some(_) => tr_with("{0} needs no attack on this input: it is there already.", &[&name]),
        None => tr_with("{0} held up to the largest radius tried on this input.", &[&name]),
    }
}

/// The same below the line, for those who see it.
#[component]
fn MarkText(place: usize) -> impl IntoView {
    let state = expect_context::<State>();
    let (found, idle) = (found(state, place), ignored(state, "eps"));
    let said = move || {
        // Where there is no radius to set, no line has an end to hold to.
        let (model, radius) = found.get().filter(|(_, radius)| radius.is_some() || !idle.get())?;
        let (letter, kind) = if model.robust { ("R", tr("robust")) } else { ("N", tr("natural")) };
        Some(match radius {
            Some(eps) if eps > 0.0 => {
                tr_with("{0}: {1} falls at {2}", &[&letter, &kind, &figure((f64::from(eps) * 1e4).round() / 1e4)])
            }
            Some(_) => tr_with("{0}: {1} needs no attack", &[&letter, &kind]),
            None => tr_with("{0}: {1} held to the end", &[&letter, &kind]),
        })
    };
    view! { <span>{text(said)}</span> }
}
