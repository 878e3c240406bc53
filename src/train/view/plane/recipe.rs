//! What is trained on, and for points the recipe as a sentence with a button for each way to train.

use crate::i18n::{tr, tr_with};
use crate::train::view::{
    recipe::{Method, Tools},
    settings::{Norms, reset},
    state::TrainingState,
};
use crate::{
    attack::words::figure,
    controls::{
        choice::{Choice, OneOf},
        number::{NumberInput, Range},
    },
    link::default_eps,
    train::request::{POINTS, TrainingRequest, WIDTH},
    web::{
        reactive::{live, memo, text},
        when::{When, list},
    },
};
use foolproof_core::{
    catalog::Norm,
    plane::{Figure, MOST_NOISE},
};
use leptos::prelude::*;

/// Largest radius of the slider: above it, balls of different classes lie in one another.
const LARGEST: f64 = 0.3;

/// The images of a dataset, or points. Where the choice is hidden or fixed, only the chosen one is shown.
#[component]
pub fn TrainOn() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let evaluation = trainer.evaluation;
    let free = move |key: &str| evaluation.settings.with(|settings| settings.lets(key) && settings.shows(key));
    let chosen = memo(move || {
        let figure = trainer
            .request
            .with(|request| request.as_ref().and_then(|(request, _)| request.points).map(|points| points.figure));
        figure
            .map_or_else(|| evaluation.settings.with(|settings| settings.data.clone()), |figure| figure.id().to_owned())
    });
    let choices = memo(move || {
        let (data, plane, chosen) = (free("data"), free("train.plane"), chosen.get());
        let known = evaluation.known.get();
        let datasets = known.iter().flat_map(|known| &known.manifest.datasets);
        let datasets = datasets.map(|data| (data.id.clone(), data.name.clone()));
        let figures = Figure::ALL.map(|figure| (figure.id().to_owned(), tr(figure.name()).to_owned()));
        let points = Figure::from_id(&chosen).is_some();
        let may = |id: &String| match Figure::from_id(id) {
            Some(_) => plane,
            None if points => plane && (data || evaluation.settings.with(|settings| settings.data == *id)),
            None => data,
        };
        let all = datasets.chain(figures).filter(|(id, _)| may(id) || *id == chosen);
        all.map(|(id, name)| Choice::new(id, name)).collect::<Vec<_>>()
    });
    let several =
        live(move || choices.with(|all| all.len() > 1) && evaluation.settings.with(|now| now.shows("train.plane")));
    view! {
        <When on=several>
            <div class="train-on">
                <OneOf
                    label=tr("Train on")
                    choices=live(move || choices.get())
                    chosen=live(move || chosen.get())
                    set=move |id: String| train_on(trainer, id)
                    locked=live(|| false)
                />
            </div>
        </When>
    }
}

/// Turns to a dataset's images or to points; radius, budget and rate of the one mean nothing to the other.
fn train_on(trainer: TrainingState, id: String) {
    let evaluation = trainer.evaluation;
    let figure = Figure::from_id(&id).is_some();
    let points = untrack(|| {
        trainer.request.with(|request| request.as_ref().is_some_and(|(request, _)| request.points.is_some()))
    });
    if figure || points {
        trainer.stop();
        trainer.plane_view.clear();
        reset(trainer, &[], "train.plane", if figure { id.clone() } else { String::new() });
    }
    let known = evaluation.known.get_untracked();
    let data = known.iter().flat_map(|known| &known.manifest.datasets).find(|data| data.id == id);
    let (now, norm) = evaluation.settings.with_untracked(|settings| (settings.data.clone(), settings.norm));
    let Some(data) = data.filter(|data| data.id != now) else { return };
    let eps = default_eps(data, norm).to_string();
    let own = ["train.from", "train.eps", "train.sources", "train.beside"].map(|key| (key, String::new()));
    evaluation.set(&[[("data", id), ("eps", eps), ("input", "test:0".into())].as_slice(), &own].concat());
}

/// The sentence.
#[component]
pub fn PlaneRecipe() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let number = move |label: &'static str,
                       key: &'static str,
                       range: Range,
                       read: fn(&TrainingRequest) -> Option<f64>| {
        let value = trainer.wished(read);
        let locked = live(move || trainer.evaluation.settings.with(|settings| !settings.lets(key)));
        let set = move |value: f64| trainer.evaluation.set(&[(key, value.to_string())]);
        view! { <NumberInput value=live(move || value.get().flatten()) range=live(move || range) label set locked drag=true /> }
    };
    let whole = |(min, max): (usize, usize), step| Range { min: min as f64, max: max as f64, step };
    let norm = trainer.wished(|request| request.settings.recipe.norm);
    view! {
        <p class="headline">
            {tr("Train two layers of ")}
            {number(tr("Neurons a layer"), "train.width", whole(WIDTH, 1.0), |request| request.points.map(|points| points.width as f64))}
            {tr(" neurons on ")}
            {number(tr("Points"), "train.images", whole(POINTS, 10.0), |request| request.points.map(|points| points.count as f64))}
            {tr(" points, noise ")}
            {number(tr("Noise"), "train.noise", Range { min: 0.0, max: MOST_NOISE, step: 0.005 }, |request| request.points.map(|points| points.noise))}
            {tr(", to hold within ")} {text(move || norm.get().map(Norm::symbol))} " "
            {number(tr("Epsilon to hold"), "train.eps", Range { min: 0.0, max: LARGEST, step: 0.005 }, |request| Some(request.eps))} "."
        </p>
        <div class="choices plane-ball">
            <Norms />
            {slider(trainer, tr("Radius of the balls"), "train.eps", LARGEST, |request| Some(request.eps))}
            {slider(trainer, tr("Noise of the points"), "train.noise", MOST_NOISE, |request| request.points.map(|points| points.noise))}
            <When on=live(move || trainer.evaluation.settings.with(|settings| settings.shows("train.method")))>
                <div class="field">
                    <span class="label">{tr("Method")}</span>
                    <Method />
                </div>
            </When>
        </div>
    }
}

fn slider(
    trainer: TrainingState,
    name: &'static str,
    key: &'static str,
    most: f64,
    read: fn(&TrainingRequest) -> Option<f64>,
) -> impl IntoView {
    let value = trainer.wished(read);
    view! {
        <When on=live(move || trainer.evaluation.settings.with(|settings| settings.shows(key)))>
            <label class="field">
                <span class="label">{name}</span>
                <input
                    type="range"
                    min="0"
                    max=most.to_string()
                    step="0.005"
                    disabled=live(move || trainer.evaluation.settings.with(|settings| !settings.lets(key)))
                    prop:value=text(move || value.get().flatten().map(|value| value.to_string()))
                    aria-valuetext=text(move || value.get().flatten().map(figure))
                    on:input=move |event| trainer.evaluation.set(&[(key, event_target_value(&event))])
                />
            </label>
        </When>
    }
}

/// A button for each way to train, or for the one that is fixed, and beside them pause, step and cancel.
#[component]
pub fn PlaneGo() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let busy = memo(move || trainer.is_busy());
    let method = trainer.wished(|request| request.settings.recipe.method.clone());
    let ways = memo(move || {
        let mut ways = vec![
            ("standard".to_owned(), tr("Train naturally").to_owned()),
            ("pgd".into(), tr("Train with PGD").into()),
        ];
        if let Some(own) = method.get().filter(|own| ways.iter().all(|(id, _)| id != own)) {
            let known = trainer.evaluation.known.get();
            let card = known.iter().flat_map(|known| &known.catalog.methods).find(|card| card.id == own);
            ways.push((own.clone(), tr_with("Train with {0}", &[&card.map_or(own, |card| card.name.clone())])));
        }
        let fixed = trainer.evaluation.settings.with(|settings| !settings.lets("train.method"));
        ways.retain(|(id, _)| !fixed || method.get().as_ref() == Some(id));
        ways
    });
    let button = move |(id, name): (String, String)| {
        let start = move |_| trainer.start_with(&[("train.method", id.clone())]);
        view! {
            <button type="button" class="primary harden" aria-disabled=text(move || busy.get().to_string()) on:click=start>
                {name}
            </button>
        }
        .into_any()
    };
    view! {
        <div class="go plane-go">
            {list(move || ways.get().into_iter().map(button).collect())}
            <Tools />
        </div>
    }
}
