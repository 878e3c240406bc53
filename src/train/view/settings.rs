//! Everything about a run that the sentence leaves out, in groups: what it learns from, how long, how it is attacked
//! meanwhile, how it steps, and what becomes of it.

mod fields;

use super::{sources::Sources, state::TrainingState};
use crate::i18n::{tr, tr_mark};
use crate::{
    attack::scale::widen,
    controls::{
        check::Toggle,
        choice::{Choice, OneOf},
        number::{NumberInput, Range},
    },
    link::{Words as _, default_eps},
    train::{
        request::{OPTIMIZERS, SCHEDULES, augment_text, link_key, most_images},
        sweep::Sweep,
    },
    web::{
        reactive::{live, memo},
        when::{When, list},
    },
    workers::pool::MOST_WORKERS,
};
use fields::{field, labelled, locked, number, typed, words};
use foolproof_core::{
    catalog::{Card, Knob, KnobKind, Norm},
    input_kind::InputKind,
    training,
};
use leptos::prelude::*;

/// A share, by twentieths.
const SHARE: (f64, f64, f64) = (0.0, 1.0, 0.05);

/// Who can train, by word and name.
const ENGINES: [(&str, &str); 3] = [("auto", tr_mark("The faster one")), ("gpu", "WebGPU"), ("cpu", "CPU")];

/// The settings, behind a details element.
#[component]
pub fn Settings() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    view! {
        <When on=shown(trainer, "train.settings")>
            <details class="more">
                <summary>{tr("More settings")}</summary>
                {group(tr("What it learns from"), inputs(trainer))}
                {group(tr("How long, and what is looked at meanwhile"), length(trainer))}
                {group(tr("The attack in training"), attack(trainer))}
                {group(tr("How it steps"), steps(trainer))}
                {group(tr("What comes of it"), outcome(trainer))}
            </details>
        </When>
    }
}

/// Settings of one subject.
fn group(name: &'static str, fields: AnyView) -> AnyView {
    view! {
        <fieldset class="settings">
            <legend>{name}</legend>
            <div class="choices">{fields}</div>
        </fieldset>
    }
    .into_any()
}

/// Whether the run is on data; points have their own sentence, and one worker is enough for them.
fn on_data(trainer: TrainingState) -> Signal<bool> {
    let points = trainer.wished(|request| request.points.is_some());
    live(move || points.get() != Some(true))
}

fn inputs(trainer: TrainingState) -> AnyView {
    let held = trainer.wished(|request| request.settings.validation);
    let most =
        memo(move || trainer.evaluation.dataset().map_or(1, |data| most_images(&data, held.get().unwrap_or_default())));
    let drawn = trainer.wished(|request| f64::from(request.settings.images));
    let range = live(move || Range { min: 1.0, max: most.get() as f64, step: 1000.0 });
    let images = move |name| field(trainer, name, "train.images", range, live(move || drawn.get()));
    let (pictures, rows) = (of_kind(trainer, true), of_kind(trainer, false));
    view! {
        <When on=on_data(trainer)>
            <Preset />
        </When>
        <When on=pictures>{images(tr("Images"))}</When>
        <When on=rows>{images(tr("Rows"))}</When>
        {number(trainer, tr("Batch (inputs a step)"), "train.batch", (1.0, 512.0, 10.0), |request| Some(request.settings.recipe.batch.into()))}
        <When on=pictures>{typed(trainer, tr("Augmentation"), "train.augment", "shift:2,rotate:10", |request| {
            request.settings.recipe.augment.iter().map(augment_text).collect::<Vec<_>>().join(",")
        })}</When>
        {number(trainer, tr("Label smoothing (share)"), "train.smooth", (0.0, 0.9, 0.05), |request| {
            Some(widen(request.settings.recipe.smooth))
        })}
        <Seed />
    }
    .into_any()
}

fn length(trainer: TrainingState) -> AnyView {
    let (pictures, rows) = (of_kind(trainer, true), of_kind(trainer, false));
    let tests =
        move |name| number(trainer, name, "train.scored", (20.0, 1000.0, 20.0), |request| Some(request.scored as f64));
    view! {
        {number(trainer, tr("Epochs at most (0: no limit)"), "train.epochs", (0.0, 1000.0, 0.5), |request| Some(request.settings.budget.epochs))}
        <When on=on_data(trainer)>
            {number(trainer, tr("Examinations without gain (0: no limit)"), "train.patience", (0.0, 1000.0, 1.0), |request| Some(request.settings.patience.into()))}
            {number(trainer, tr("Fall of accuracy under attack that ends it (share)"), "train.fall", (0.05, 1.0, 0.05), |request| Some(request.settings.fall))}
            {number(trainer, tr("Workers"), "train.workers", (1.0, MOST_WORKERS as f64, 1.0), |request| Some(request.settings.replicas.into()))}
            {words(trainer, tr("Engine"), "train.engine", &ENGINES, |request| request.engine.word())}
        </When>
        {number(trainer, tr("Batches a round"), "train.round", (1.0, 1000.0, 4.0), |request| Some(request.settings.round.into()))}
        <When on=pictures>{tests(tr("Test images of the scoreboard"))}</When>
        <When on=rows>{tests(tr("Test rows of the scoreboard"))}</When>
    }
    .into_any()
}

fn attack(trainer: TrainingState) -> AnyView {
    view! {
        <When on=on_data(trainer)>
            <Norms />
        </When>
        {number(trainer, tr("Training radius, times epsilon"), "train.margin", (0.5, 2.0, 0.01), |request| Some(request.margin))}
        {number(trainer, tr("Share of the run in which the radius grows"), "train.ramp", SHARE, |request| Some(request.settings.recipe.ramp))}
        {list(move || knobs(trainer))}
        <Sources />
    }
    .into_any()
}

fn steps(trainer: TrainingState) -> AnyView {
    view! {
        {words(trainer, tr("Optimiser"), "train.optimizer", &OPTIMIZERS.map(|(_, id, name)| (id, name)), |request| {
            OPTIMIZERS.iter().find(|one| one.0 == request.settings.recipe.optimizer).map_or("", |one| one.1)
        })}
        {number(trainer, tr("Highest learning rate"), "train.lr", (1e-6, 10.0, 0.0005), |request| Some(request.settings.recipe.rate))}
        {words(trainer, tr("Schedule"), "train.schedule", &SCHEDULES.map(|(_, id, name)| (id, name)), |request| {
            SCHEDULES.iter().find(|one| one.0 == request.settings.recipe.schedule).map_or("", |one| one.1)
        })}
        {number(trainer, tr("Share of the run in which the rate grows"), "train.warm", SHARE, |request| Some(request.settings.recipe.warm))}
        {number(trainer, tr("Adam's memory of squared gradients (β₂)"), "train.memory", (0.0, 0.9999, 0.01), |request| {
            Some(widen(request.settings.recipe.memory))
        })}
        {number(trainer, tr("Weight decay (0: none)"), "train.decay", (0.0, 1.0, 1e-4), |request| Some(request.settings.recipe.decay))}
        {number(trainer, tr("Largest gradient norm (0: no limit)"), "train.clip", (0.0, 1000.0, 0.5), |request| {
            Some(widen(request.settings.recipe.clip))
        })}
        {number(trainer, tr("Running average of weights (0: none)"), "train.average", (0.0, 0.9999, 0.01), |request| {
            Some(widen(request.settings.recipe.average))
        })}
    }
    .into_any()
}

fn outcome(trainer: TrainingState) -> AnyView {
    view! {
        {typed(trainer, tr("Sweep over eps, lr or method"), "train.sweep", "eps:.1,.2,.3", |request| {
            request.sweep.as_ref().map(Sweep::text).unwrap_or_default()
        })}
        <When on=on_data(trainer)>{typed(trainer, tr("Name of the model"), "train.name", "hardened", |request| request.name.clone().unwrap_or_default())}</When>
    }
    .into_any()
}

/// Whether the run is on a dataset's pictures, or on its rows.
fn of_kind(trainer: TrainingState, pictures: bool) -> Signal<bool> {
    live(move || match trainer.kind() {
        InputKind::Picture => pictures,
        InputKind::Table(_) => !pictures,
        InputKind::Plane => false,
    })
}

/// Whether the link shows a control.
fn shown(trainer: TrainingState, control: &'static str) -> Signal<bool> {
    live(move || trainer.evaluation.settings.with(|settings| settings.shows(control)))
}

#[component]
fn Preset() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let choice = |preset: &training::Preset| Choice {
        title: tr(preset.summary).into(),
        ..Choice::new(preset.id, tr(preset.name))
    };
    let choices: Vec<Choice> = training::presets().iter().map(choice).collect();
    let chosen = trainer.wished(|request| request.preset.to_owned());
    // A preset stands for every key that is not set, so all others are taken back.
    let set = move |id: String| reset(trainer, &["train.name"], "train.preset", id);
    let control = view! {
        <OneOf list=true
            label=tr("Preset")
            choices=Signal::stored(choices)
            chosen=live(move || chosen.get().unwrap_or_default())
            set
            locked=locked(trainer, "train.preset")
        />
    };
    labelled(trainer, "train.preset", tr("Preset"), control.into_any())
}

/// Sets one key and takes all others of a run back but those that are kept.
pub fn reset(trainer: TrainingState, kept: &[&str], key: &str, value: String) {
    let own = trainer.evaluation.settings.with_untracked(|settings| settings.extra.keys().cloned().collect::<Vec<_>>());
    let mut keys: Vec<(&str, String)> = own
        .iter()
        .filter(|own| own.starts_with("train.") && *own != key && !kept.contains(&own.as_str()))
        .map(|own| (own.as_str(), String::new()))
        .collect();
    keys.push((key, value));
    trainer.evaluation.set(&keys);
}

/// The norm of the ball.
#[component]
pub fn Norms() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let evaluation = trainer.evaluation;
    let choices = live(|| Norm::ALL.map(|norm| Choice::new(norm.id(), norm.symbol())).to_vec());
    let chosen = live(move || evaluation.settings.with(|settings| settings.norm.id().to_owned()));
    let set = move |id: String| {
        let (Some(norm), Some(data)) = (Norm::from_id(&id), untrack(|| evaluation.dataset())) else { return };
        let eps = default_eps(&data, norm).to_string();
        evaluation.set(&[("attack", "pgd".into()), ("norm", id), ("eps", eps), ("train.eps", String::new())]);
    };
    labelled(
        trainer,
        "norm",
        tr("Norm"),
        view! { <OneOf label=tr("Norm trained in") choices chosen set locked=locked(trainer, "norm") /> }.into_any(),
    )
}

#[component]
fn Seed() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let value = live(move || Some(trainer.evaluation.settings.with(|settings| settings.seed as f64)));
    let range = live(|| Range { min: 0.0, max: 9_007_199_254_740_992.0, step: 1.0 });
    field(trainer, tr("Seed"), "seed", range, value)
}

/// The knobs of the chosen method.
fn knobs(trainer: TrainingState) -> Vec<AnyView> {
    let known = trainer.evaluation.known.get();
    let method = trainer.wished(|request| request.settings.recipe.method.clone()).get();
    let cards = known.iter().flat_map(|known| &known.catalog.methods);
    let card = cards.into_iter().find(|card| Some(&card.id) == method.as_ref());
    card.map(|card| card.knobs.iter().map(|own| knob(trainer, card, own.clone())).collect()).unwrap_or_default()
}

fn knob(trainer: TrainingState, card: &Card, knob: Knob) -> AnyView {
    let (link, key) = (link_key(card, &knob.key), knob.key.clone());
    let own = link.clone();
    let value = trainer.wished(move |request| request.settings.recipe.knobs.get(&key).copied());
    let value = live(move || value.get().flatten());
    let stored = StoredValue::new(link.clone());
    let put = move |value: f64| stored.with_value(|link| trainer.evaluation.set(&[(link, value.to_string())]));
    let fixed = live(move || trainer.evaluation.settings.with(|settings| !settings.lets(&link)));
    let control = if knob.kind == KnobKind::Toggle {
        let flip = move |on: bool| put(f64::from(u8::from(on)));
        let on = live(move || value.get() == Some(1.0));
        view! { <Toggle label=knob.name.clone() title=knob.help on locked=fixed set=flip /> }.into_any()
    } else {
        let step = if knob.kind == KnobKind::Integer { 1.0 } else { 0.01 };
        let range = Signal::stored(Range { min: knob.min, max: knob.max, step });
        view! { <NumberInput value range label=knob.name.clone() set=put locked=fixed /> }.into_any()
    };
    labelled(trainer, own, knob.name, control)
}
