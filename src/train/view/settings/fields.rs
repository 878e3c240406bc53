//! Fields of the Train page's settings: each under its name, with what is wrong with its entry below it.

use super::super::state::TrainingState;
use crate::i18n::tr_with;
use crate::{
    controls::{
        choice::{Choice, OneOf},
        complaint::Complaint,
        number::{NumberInput, Range},
    },
    i18n::tr,
    train::request::TrainingRequest,
    web::reactive::{live, text},
};
use leptos::prelude::*;

/// Whether the link fixes a control.
pub fn locked(trainer: TrainingState, key: &'static str) -> Signal<bool> {
    live(move || trainer.evaluation.settings.with(|settings| !settings.lets(key)))
}

/// A control under its name, unless the link hides its key.
pub fn labelled(trainer: TrainingState, key: impl Into<String>, name: impl Into<String>, control: AnyView) -> AnyView {
    let key = key.into();
    view! {
        <div class="field" hidden=live(move || trainer.evaluation.settings.with(|settings| !settings.shows(&key)))>
            <span class="label">{name.into()}</span>
            {control}
        </div>
    }
    .into_any()
}

/// A number in a range that may change.
pub fn field(
    trainer: TrainingState,
    name: &'static str,
    key: &'static str,
    range: Signal<Range>,
    value: Signal<Option<f64>>,
) -> AnyView {
    // What is stepped by whole numbers is one.
    let whole = move |value: f64| if range.get_untracked().step >= 1.0 { value.round() } else { value };
    let set = move |value: f64| trainer.evaluation.set(&[(key, whole(value).to_string())]);
    labelled(
        trainer,
        key,
        name,
        view! { <NumberInput value range label=name set locked=locked(trainer, key) /> }.into_any(),
    )
}

/// A number in a range, as the request has it.
pub fn number(
    trainer: TrainingState,
    name: &'static str,
    key: &'static str,
    (min, max, step): (f64, f64, f64),
    read: fn(&TrainingRequest) -> Option<f64>,
) -> AnyView {
    let value = trainer.wished(read);
    field(trainer, name, key, Signal::stored(Range { min, max, step }), live(move || value.get().flatten()))
}

/// One of a few words.
pub fn words(
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

/// A text that names several things. One that cannot be used changes nothing, and says so below the field.
pub fn typed(
    trainer: TrainingState,
    name: &'static str,
    key: &'static str,
    example: &'static str,
    read: fn(&TrainingRequest) -> String,
) -> AnyView {
    let value = trainer.wished(read);
    let complaint = Complaint::new();
    let take = move |event| {
        let entered = event_target_value(&event);
        let refused = trainer.refused(key, &entered);
        let sentence = |given: String| {
            tr_with(
                "“{0}” cannot be used, so nothing was changed: {1} is written like {2}.",
                &[&given, &name, &example],
            )
        };
        if refused.is_none() {
            trainer.evaluation.set(&[(key, entered)]);
        }
        complaint.say(refused.map_or_else(String::new, sentence));
    };
    let control = view! {
        <input
            type="text"
            class="text"
            aria-label=name
            placeholder=example
            maxlength="120"
            autocomplete="off"
            spellcheck="false"
            aria-invalid=complaint.invalid()
            aria-describedby=complaint.describes()
            disabled=locked(trainer, key)
            prop:value=text(move || value.get())
            on:change=take
        />
        {complaint.view()}
    };
    labelled(trainer, key, name, control.into_any())
}
