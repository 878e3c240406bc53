//! Everything about a run that the sentence leaves out.

use super::{sources::Sources, state::TrainingState};
use crate::i18n::tr;
use crate::{
    attack::scale::widen,
    controls::{
        check::Toggle,
        choice::{Choice, OneOf},
        number::{NumberInput, Range},
    },
    link::default_eps,
    train::{
        request::{MOST_WORKERS, OPTIMIZERS, SCHEDULES, TrainingRequest, all_images, augment_text, link_key},
        sweep::Sweep,
    },
    web::{
        reactive::{live, memo, text},
        when::{When, list},
    },
};
use foolproof_core::{
    catalog::{Card, Knob, KnobKind, Norm},
    input_kind::InputKind,
    training,
};
use leptos::prelude::*;

/// The settings, behind a details element.
#[component]
pub fn Settings() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let number = move |name, key, range: Range, read: fn(&TrainingRequest) -> Option<f64>| {
        let value = trainer.wished(read);
        field(trainer, name, key, live(move || range), live(move || value.get().flatten()))
    };
    let unit = |step: f64| Range { min: 0.0, max: 1.0, step };
    let most = memo(move || trainer.evaluation.dataset().map_or(1, |data| all_images(&data).max(1)));
    let drawn = trainer.wished(|request| f64::from(request.settings.images));
    let images_range = live(move || Range { min: 1.0, max: most.get() as f64, step: 1000.0 });
    // Points have their own sentence, and one worker is enough for them.
    let points = trainer.wished(|request| request.points.is_some());
    let data = live(move || points.get() != Some(true));
    let (pictures, rows) = (of_kind(trainer, true), of_kind(trainer, false));
    let images = move |name| field(trainer, name, "train.images", images_range, live(move || drawn.get()));
    let tests = move |name| {
        number(name, "train.scored", Range { min: 20.0, max: 1000.0, step: 20.0 }, |request| {
            Some(request.scored as f64)
        })
    };
    view! {
        <When on=shown(trainer, "train.settings")>
            <details class="more">
                <summary>{tr("More settings")}</summary>
                <div class="choices">
                    <When on=data>
                        <Preset />
                        <Norms />
                    </When>
                    {list(move || knobs(trainer))}
                    <Sources />
                    {number(tr("Epochs at most (0: no limit)"), "train.epochs", Range { min: 0.0, max: 1000.0, step: 1.0 }, |request| Some(request.settings.budget.epochs))}
                    <When on=pictures>{images(tr("Images"))}</When>
                    <When on=rows>{images(tr("Rows"))}</When>
                    {number(tr("Batch"), "train.batch", Range { min: 1.0, max: 512.0, step: 10.0 }, |request| Some(request.settings.recipe.batch.into()))}
                    {words(trainer, tr("Optimiser"), "train.optimizer", &OPTIMIZERS.map(|(_, id, name)| (id, name)), |request| {
                        OPTIMIZERS.iter().find(|one| one.0 == request.settings.recipe.optimizer).map_or("", |one| one.1)
                    })}
                    {number(tr("Learning rate"), "train.lr", Range { min: 1e-6, max: 10.0, step: 0.0005 }, |request| Some(request.settings.recipe.rate))}
                    {words(trainer, tr("Schedule"), "train.schedule", &SCHEDULES.map(|(_, id, name)| (id, name)), |request| {
                        SCHEDULES.iter().find(|one| one.0 == request.settings.recipe.schedule).map_or("", |one| one.1)
                    })}
                    {number(tr("Warm-up share"), "train.warm", unit(0.05), |request| Some(request.settings.recipe.warm))}
                    {number(tr("Training radius, times epsilon"), "train.margin", Range { min: 0.5, max: 2.0, step: 0.01 }, |request| {
                        Some(request.margin)
                    })}
                    {number(tr("Share in which the radius grows"), "train.ramp", unit(0.05), |request| Some(request.settings.recipe.ramp))}
                    {number(tr("Adam's second decay rate"), "train.memory", Range { min: 0.0, max: 0.9999, step: 0.01 }, |request| {
                        Some(widen(request.settings.recipe.memory))
                    })}
                    {number(tr("Weight decay"), "train.decay", unit(1e-4), |request| Some(request.settings.recipe.decay))}
                    {number(tr("Largest gradient norm (0: no limit)"), "train.clip", Range { min: 0.0, max: 1000.0, step: 0.5 }, |request| {
                        Some(widen(request.settings.recipe.clip))
                    })}
                    {number(tr("Running average"), "train.average", Range { min: 0.0, max: 0.9999, step: 0.01 }, |request| {
                        Some(widen(request.settings.recipe.average))
                    })}
                    {number(tr("Label smoothing"), "train.smooth", Range { min: 0.0, max: 0.9, step: 0.05 }, |request| {
                        Some(widen(request.settings.recipe.smooth))
                    })}
                    <When on=data>{number(tr("Examinations without gain (0: no limit)"), "train.patience", Range { min: 0.0, max: 1000.0, step: 1.0 }, |request| Some(request.settings.patience.into()))}
                    {number(tr("Fall under attack that ends it"), "train.fall", Range { min: 0.05, max: 1.0, step: 0.05 }, |request| {
                        Some(request.settings.fall)
                    })}</When>
                    <When on=data>{number(tr("Workers"), "train.workers", Range { min: 1.0, max: MOST_WORKERS as f64, step: 1.0 }, |request| {
                        Some(request.settings.replicas.into())
                    })}</When>
                    {number(tr("Batches a round"), "train.round", Range { min: 1.0, max: 1000.0, step: 4.0 }, |request| {
                        Some(request.settings.round.into())
                    })}
                    <When on=pictures>{tests(tr("Test images"))}</When>
                    <When on=rows>{tests(tr("Test rows"))}</When>
                    <Seed />
                    {typed(trainer, tr("Sweep over eps, lr or method"), "train.sweep", "eps:.1,.2,.3", |request| {
                        request.sweep.as_ref().map(Sweep::text).unwrap_or_default()
                    })}
                    <When on=pictures>{typed(trainer, tr("Augmentation"), "train.augment", "shift:2,rotate:10", |request| {
                        request.settings.recipe.augment.iter().map(augment_text).collect::<Vec<_>>().join(",")
                    })}</When>
                    <When on=data>{typed(trainer, tr("Name of the model"), "train.name", "hardened", |request| request.name.clone().unwrap_or_default())}</When>
                </div>
            </details>
        </When>
    }
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

fn locked(trainer: TrainingState, key: &'static str) -> Signal<bool> {
    live(move || trainer.evaluation.settings.with(|settings| !settings.lets(key)))
}

/// A control under its name, unless the link hides its key.
fn labelled(trainer: TrainingState, key: impl Into<String>, name: impl Into<String>, control: AnyView) -> AnyView {
    let key = key.into();
    view! {
        <div class="field" hidden=live(move || trainer.evaluation.settings.with(|settings| !settings.shows(&key)))>
            <span class="label">{name.into()}</span>
            {control}
        </div>
    }
    .into_any()
}

fn field(
    trainer: TrainingState,
    name: &'static str,
    key: &'static str,
    range: Signal<Range>,
    value: Signal<Option<f64>>,
) -> AnyView {
    let set = move |value: f64| trainer.evaluation.set(&[(key, value.to_string())]);
    labelled(
        trainer,
        key,
        name,
        view! { <NumberInput value range label=name set locked=locked(trainer, key) /> }.into_any(),
    )
}

fn words(
    trainer: TrainingState,
    name: &'static str,
    key: &'static str,
    words: &[(&'static str, &'static str)],
    read: fn(&TrainingRequest) -> &'static str,
) -> AnyView {
    let choices: Vec<Choice> = words.iter().map(|(id, name)| Choice::new(*id, tr(name))).collect();
    let chosen = trainer.wished(read);
    let control = view! {
        <OneOf list=true
            label=name
            choices=Signal::stored(choices)
            chosen=live(move || chosen.get().unwrap_or_default().to_owned())
            set=move |id: String| trainer.evaluation.set(&[(key, id)])
            locked=locked(trainer, key)
        />
    };
    labelled(trainer, key, name, control.into_any())
}

fn typed(
    trainer: TrainingState,
    name: &'static str,
    key: &'static str,
    example: &'static str,
    read: fn(&TrainingRequest) -> String,
) -> AnyView {
    let value = trainer.wished(read);
    let control = view! {
        <input
            type="text"
            class="text"
            aria-label=name
            placeholder=example
            maxlength="120"
            autocomplete="off"
            spellcheck="false"
            disabled=locked(trainer, key)
            prop:value=text(move || value.get())
            on:change=move |event| trainer.evaluation.set(&[(key, event_target_value(&event))])
        />
    };
    labelled(trainer, key, name, control.into_any())
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
    let cards = known.iter().flat_map(|known| &known.catalog.defences);
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
