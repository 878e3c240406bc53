//! What is trained on, and for points the recipe as a sentence with a button for each way to train.

use super::super::{
    drill::Drill,
    recipe::Tools,
    run,
    settings::{Norms, reset},
};
use crate::ui::texts::{tr, tr_with};
use crate::{
    catalog::Norm,
    plane::{Figure, MOST_NOISE},
    ui::{
        react::{live, memo, text},
        train::wish::{POINTS, WIDTH, Wish},
        widgets::{
            choice::{Choice, Segments},
            number::{NumberInput, Range},
            when::list,
        },
    },
};
use leptos::prelude::*;

/// What the key says where the dataset's images are trained on.
const IMAGES: &str = "none";
/// Largest radius of the slider: above it, balls of different classes lie in one another.
const LARGEST: f64 = 0.3;

/// Images, or points.
#[component]
pub fn TrainOn() -> impl IntoView {
    let drill = expect_context::<Drill>();
    let images = memo(move || {
        drill.bench.dataset().map_or_else(|| tr("Images").to_owned(), |data| tr_with("{0} images", &[&data.name]))
    });
    let choices = memo(move || {
        let figures = Figure::ALL.map(|figure| Choice::new(figure.id(), tr(figure.name())));
        [Choice::new(IMAGES, images.get())].into_iter().chain(figures).collect::<Vec<_>>()
    });
    let chosen = drill.wished(|wish| wish.points.map_or(IMAGES, |points| points.figure.id()).to_owned());
    // Radius, budget and rate of the one mean nothing to the other.
    let set = move |id: String| {
        run::cancel(drill);
        drill.scene.clear();
        reset(drill, &[], "train.plane", if id == IMAGES { String::new() } else { id });
    };
    view! {
        <div class="train-on">
            <Segments
                label=tr("Train on")
                choices=live(move || choices.get())
                chosen=live(move || chosen.get().unwrap_or_default())
                set
                locked=live(move || drill.bench.settings.with(|settings| !settings.lets("train.plane")))
            />
        </div>
    }
}

/// The sentence.
#[component]
pub fn PlaneRecipe() -> impl IntoView {
    let drill = expect_context::<Drill>();
    let number = move |label: &'static str, key: &'static str, range: Range, read: fn(&Wish) -> Option<f64>| {
        let value = drill.wished(read);
        let locked = live(move || drill.bench.settings.with(|settings| !settings.lets(key)));
        let set = move |value: f64| drill.bench.set(&[(key, value.to_string())]);
        view! { <NumberInput value=live(move || value.get().flatten()) range=live(move || range) label set locked drag=true /> }
    };
    let whole = |(min, max): (usize, usize), step| Range { min: min as f64, max: max as f64, step };
    let eps = drill.wished(|wish| wish.eps);
    let norm = drill.wished(|wish| wish.settings.recipe.norm);
    let slide = move |event| {
        drill.bench.set(&[("train.eps", event_target_value(&event))]);
    };
    let locked = live(move || drill.bench.settings.with(|settings| !settings.lets("train.eps")));
    view! {
        <p class="headline">
            {tr("Train two layers of ")}
            {number(tr("Neurons a layer"), "train.width", whole(WIDTH, 1.0), |wish| wish.points.map(|points| points.width as f64))}
            {tr(" neurons on ")}
            {number(tr("Points"), "train.images", whole(POINTS, 10.0), |wish| wish.points.map(|points| points.count as f64))}
            {tr(" points, noise ")}
            {number(tr("Noise"), "train.noise", Range { min: 0.0, max: MOST_NOISE, step: 0.005 }, |wish| wish.points.map(|points| points.noise))}
            {tr(", to hold within ")} {text(move || norm.get().map(Norm::symbol))} " "
            {number(tr("Epsilon to hold"), "train.eps", Range { min: 0.0, max: LARGEST, step: 0.005 }, |wish| Some(wish.eps))} "."
        </p>
        <div class="choices plane-ball">
            <Norms />
            <label class="field">
                <span class="label">{tr("Radius of the balls")}</span>
                <input
                    type="range"
                    min="0"
                    max=LARGEST.to_string()
                    step="0.005"
                    disabled=locked
                    prop:value=text(move || eps.get().map(|eps| eps.to_string()))
                    on:input=slide
                />
            </label>
        </div>
    }
}

/// A button for each way to train, and beside them pause, step and cancel.
#[component]
pub fn PlaneGo() -> impl IntoView {
    let drill = expect_context::<Drill>();
    let busy = memo(move || drill.is_busy());
    let method = drill.wished(|wish| wish.settings.recipe.method.clone());
    let ways = memo(move || {
        let mut ways = vec![
            ("standard".to_owned(), tr("Train naturally").to_owned()),
            ("pgd".into(), tr("Train with PGD").into()),
        ];
        if let Some(own) = method.get().filter(|own| ways.iter().all(|(id, _)| id != own)) {
            let known = drill.bench.known.get();
            let card = known.iter().flat_map(|known| &known.catalog.defences).find(|card| card.id == own);
            ways.push((own.clone(), tr_with("Train with {0}", &[&card.map_or(own, |card| card.name.clone())])));
        }
        ways
    });
    let button = move |(id, name): (String, String)| {
        let start = move |_| run::start_with(drill, &[("train.method", id.clone())]);
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
