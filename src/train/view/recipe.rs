//! The recipe as a sentence with controls, and the button that hardens.

use super::state::{Phase, TrainingState};
use crate::i18n::{tr, tr_with};
use crate::{
    attack::words::figure,
    controls::{
        card_line::card_line,
        choice::{Choice, OneOf},
        number::{NumberInput, Range},
    },
    evaluate::view::setting::Reach,
    link::largest_eps,
    train::{
        request::{RANDOM, is_plain},
        wording::{clock, length},
    },
    web::{
        reactive::{live, memo, text},
        when::When,
    },
};
use leptos::prelude::*;

/// Length of the ring, in its own units.
const RING: f64 = 276.46;

/// The sentence.
#[component]
pub fn Recipe() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let evaluation = trainer.evaluation;
    let locked =
        move |control: &'static str| live(move || evaluation.settings.with(|settings| !settings.lets(control)));
    let shows = move |control: &'static str| evaluation.settings.with(|settings| settings.shows(control));
    let eps = trainer.wished(|request| request.eps);
    // Attack and Measure have a radius of their own, which the visitor may take for this one.
    let elsewhere = memo(move || {
        let (here, there) = (eps.get()?, evaluation.settings.with(|settings| settings.eps)?);
        let say =
            || tr_with("This is the radius that it learns to hold; Attack and Measure are at {0}.", &[&figure(there)]);
        (here != there && shows("train.eps")).then(say)
    });
    let ratio = trainer.wished(|request| 100.0 * request.settings.recipe.ratio);
    let plain = trainer.wished(|request| is_plain(&request.settings.recipe.method));
    let natural = move || plain.get() == Some(true);
    let seconds = trainer.wished(|request| request.settings.budget.seconds);
    let timed = live(move || seconds.get().is_some_and(|seconds| seconds > 0.0) && shows("train.seconds"));
    let eps_range = live(move || {
        let pixels = evaluation.dataset().map_or(1, |data| data.shape.iter().product());
        let max = evaluation.settings.with(|settings| largest_eps(settings.norm, pixels));
        Range { min: 0.0, max, step: if max > 1.0 { 0.1 } else { 0.01 } }
    });
    view! {
        <p class="headline">
            {tr("Train ")} <When on=live(move || shows("train.from")) otherwise=move || said(trainer, from_name)>
                <From />
            </When> {tr(" with ")} <When on=live(move || shows("train.method")) otherwise=move || said(trainer, method_name)>
                <Method />
            </When> <When on=live(move || !natural() && shows("train.eps"))>
                {tr(", epsilon ")}
                <NumberInput
                    value=live(move || eps.get())
                    range=eps_range
                    label=tr("Epsilon to hold")
                    set=move |value: f64| evaluation.set(&[("train.eps", value.to_string())])
                    locked=locked("train.eps")
                    drag=true
                />
            </When>
            <When on=live(move || !natural() && shows("train.ratio"))>
                {tr(", on ")}
                <NumberInput
                    value=live(move || ratio.get())
                    range=live(|| Range { min: 0.0, max: 100.0, step: 5.0 })
                    label=tr("Share of each batch that is attacked, percent")
                    set=move |value: f64| evaluation.set(&[("train.ratio", (value / 100.0).to_string())])
                    locked=locked("train.ratio")
                    drag=true
                /> {tr(" % of each batch")}
            </When>
            <When on=timed>
                {tr(", for ")}
                <NumberInput
                    value=live(move || seconds.get())
                    range=live(|| Range { min: 1.0, max: 36_000.0, step: 5.0 })
                    label=tr("Longest training time, seconds")
                    set=move |value: f64| evaluation.set(&[("train.seconds", value.to_string())])
                    locked=locked("train.seconds")
                    drag=true
                /> {tr(" seconds")}
            </When> "."
        </p>
        <Reach />
        <p class="dim" hidden=live(move || natural() || elsewhere.with(Option::is_none))>{text(move || elsewhere.get())}</p>
        <p class="card">{move || card(trainer)}</p>
    }
}

/// The name of what a hidden control would show.
fn said(trainer: TrainingState, name: fn(TrainingState) -> Option<String>) -> AnyView {
    view! { <b>{text(move || name(trainer))}</b> }.into_any()
}

fn from_name(trainer: TrainingState) -> Option<String> {
    let from = trainer.request.with(|request| request.as_ref().map(|(request, _)| request.from.clone()))?;
    Some(trainer.name(&from))
}

fn method_name(trainer: TrainingState) -> Option<String> {
    let method =
        trainer.request.with(|request| request.as_ref().map(|(request, _)| request.settings.recipe.method.clone()))?;
    let known = trainer.evaluation.known.get()?;
    known.catalog.methods.iter().find(|card| card.id == method).map(|card| card.name.clone())
}

/// What the method does, and where it comes from.
fn card(trainer: TrainingState) -> Option<AnyView> {
    let known = trainer.evaluation.known.get()?;
    let method =
        trainer.request.with(|request| request.as_ref().map(|(request, _)| request.settings.recipe.method.clone()))?;
    known.catalog.methods.iter().find(|card| card.id == method).cloned().map(card_line)
}

#[component]
fn From() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let choices = memo(move || {
        let (known, data) =
            (trainer.evaluation.known.get(), trainer.evaluation.settings.with(|settings| settings.data.clone()));
        let models = known.iter().flat_map(|known| &known.manifest.models).filter(|model| model.data == data);
        let fresh = Choice::new(RANDOM, tr("random weights"));
        models.map(|model| Choice::new(model.id.clone(), model.name.clone())).chain([fresh]).collect::<Vec<_>>()
    });
    let chosen = trainer.wished(|request| request.from.clone());
    view! {
        <OneOf list=true
            label=tr("Begin with")
            choices=live(move || choices.get())
            chosen=live(move || chosen.get().unwrap_or_default())
            set=move |id: String| trainer.evaluation.set(&[("train.from", id)])
            locked=live(move || trainer.evaluation.settings.with(|settings| !settings.lets("train.from")))
        />
    }
}

/// The training method; of points no other model knows anything, so none can lend its examples.
#[component]
pub fn Method() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let points = trainer.wished(|request| request.points.is_some());
    let choices = memo(move || {
        let known = trainer.evaluation.known.get();
        let points = points.get() == Some(true);
        let cards = known.iter().flat_map(|known| &known.catalog.methods);
        let cards = cards.filter(|card| !points || card.id != "ensemble");
        cards.map(|card| Choice::new(card.id.clone(), card.name.clone())).collect::<Vec<_>>()
    });
    let chosen = trainer.wished(|request| request.settings.recipe.method.clone());
    view! {
        <OneOf list=true
            label=tr("Training method")
            choices=live(move || choices.get())
            chosen=live(move || chosen.get().unwrap_or_default())
            set=move |id: String| trainer.evaluation.set(&[("train.method", id)])
            locked=live(move || trainer.evaluation.settings.with(|settings| !settings.lets("train.method")))
        />
    }
}

/// The button with its ring, and beside it its tools.
#[component]
pub fn Go() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let busy = memo(move || trainer.is_busy());
    let training = memo(move || trainer.phase.with(|phase| matches!(phase, Phase::Running | Phase::Paused)));
    let budget = trainer.wished(|request| (request.settings.budget, is_plain(&request.settings.recipe.method)));
    let sweep = trainer.wished(|request| request.sweep.as_ref().map(|sweep| sweep.count()));
    let name = move || {
        if let Some(Some(runs)) = sweep.get() {
            return Some(tr_with("Run the sweep of {0}", &[&runs]));
        }
        let said = budget.get().map(|(budget, plain)| (if plain { tr("Train") } else { tr("Harden") }, length(budget)));
        said.map(|(verb, length)| tr_with("{0} for {1}", &[&verb, &length]))
    };
    let rest = move || if busy.get() { 1.0 - trainer.progress.with(|progress| progress.share) } else { 1.0 };
    let time = move || {
        let left = trainer.progress.with(|progress| progress.left);
        let whole = budget.get().map(|(budget, _)| budget.seconds).filter(|&seconds| seconds > 0.0);
        if training.get() { left.map(clock) } else { whole.map(clock) }
    };
    let start = move |_| trainer.start();
    view! {
        <div class="go">
            // While it runs it stays in its place, so that the focus of the hand that pressed it stays too.
            <button type="button" class="primary harden" aria-disabled=text(move || busy.get().to_string()) on:click=start>
                <svg class="ring" viewBox="0 0 100 100" width="56" height="56" aria-hidden="true">
                    <circle class="ring-track" cx="50" cy="50" r="44" />
                    <circle
                        class="ring-rest"
                        cx="50"
                        cy="50"
                        r="44"
                        stroke-dasharray=RING.to_string()
                        stroke-dashoffset=text(move || (RING * (1.0 - rest())).to_string())
                    />
                    <text x="50" y="60" text-anchor="middle" class:long=live(move || time().is_some_and(|time| time.len() == 5))
                        class:longer=live(move || time().is_some_and(|time| time.len() > 5))>
                        {text(time)}
                    </text>
                </svg>
                <span>{text(name)}</span>
            </button>
            <Tools />
        </div>
    }
}

/// Pause, step and cancel.
#[component]
pub fn Tools() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let busy = memo(move || trainer.is_busy());
    let paused = memo(move || trainer.phase.with(|phase| *phase == Phase::Paused));
    let training = memo(move || trainer.phase.with(|phase| matches!(phase, Phase::Running | Phase::Paused)));
    let step = move |_| trainer.step();
    view! {
        <div class="tools">
            <When on=live(move || training.get())>
                <button type="button" on:click=move |_| trainer.pause(!paused.get_untracked())>
                    {text(move || if paused.get() { tr("Go on") } else { tr("Pause") })}
                </button>
            </When>
            <When on=live(move || !busy.get() || paused.get())>
                <button type="button" title=tr("Train one round, then rest") on:click=step>
                    {tr("Step")}
                </button>
            </When>
            <When on=live(move || busy.get())>
                <button type="button" on:click=move |_| trainer.stop()>
                    {tr("Cancel")}
                </button>
            </When>
        </div>
    }
}
