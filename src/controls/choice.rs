//! One of a few: radio buttons in a row, or a list for more.

use crate::web::reactive::{live, memo};
use crate::web::when::list;
use leptos::prelude::*;

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Choice {
    /// What is chosen.
    pub id: String,
    /// What is shown.
    pub name: String,
    /// A sentence more, for the pointer.
    pub title: String,
}

impl Choice {
    /// A choice without a sentence.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Choice {
        Choice { id: id.into(), name: name.into(), title: String::new() }
    }
}

/// Radio buttons in a row.
#[component]
pub fn Segments(
    /// Name of the group, for people and, in lower case, for the form.
    label: &'static str,
    /// What there is.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// What is chosen.
    #[prop(into)]
    chosen: Signal<String>,
    /// Called with what is chosen.
    #[prop(into)]
    set: Callback<String>,
    /// Whether it is fixed.
    #[prop(into)]
    locked: Signal<bool>,
) -> impl IntoView {
    let choices = memo(move || choices.get());
    let button = move |choice: Choice| {
        let (id, own, value) = (choice.id.clone(), choice.id.clone(), choice.id.clone());
        view! {
            <label class="segment" title=choice.title>
                <input
                    type="radio"
                    name=label
                    value=value
                    disabled=locked
                    prop:checked=live(move || chosen.with(|chosen| *chosen == own))
                    on:change=move |_| set.run(id.clone())
                />
                <span>{choice.name}</span>
            </label>
        }
    };
    view! {
        <div class="segments" role="radiogroup" aria-label=label>
            {list(move || choices.get().into_iter().map(|choice| button(choice).into_any()).collect())}
        </div>
    }
}

/// A list that opens.
#[component]
pub fn Select(
    /// Name, for people who hear it.
    label: &'static str,
    /// What there is.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// What is chosen.
    #[prop(into)]
    chosen: Signal<String>,
    /// Called with what is chosen.
    #[prop(into)]
    set: Callback<String>,
    /// Whether it is fixed.
    #[prop(into)]
    locked: Signal<bool>,
) -> impl IntoView {
    let choices = memo(move || choices.get());
    let option = move |choice: Choice| {
        let own = choice.id.clone();
        view! {
            <option value=choice.id prop:selected=live(move || chosen.with(|chosen| *chosen == own))>
                {choice.name}
            </option>
        }
    };
    view! {
        <select aria-label=label disabled=locked on:change=move |event| set.run(event_target_value(&event))>
            {list(move || choices.get().into_iter().map(|choice| option(choice).into_any()).collect())}
        </select>
    }
}
