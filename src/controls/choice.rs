//! One of a few: radio buttons in a row, or a list for more.

use crate::web::reactive::{live, memo};
use crate::web::when::list as each;
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

/// One of a few: radio buttons in a row, or a list that opens.
#[component]
pub fn OneOf(
    /// Name of the group, for people and, where it is a row, for the form.
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
    /// Whether it is a list that opens.
    #[prop(optional)]
    list: bool,
) -> impl IntoView {
    let choices = memo(move || choices.get());
    let is = move |id: String| live(move || chosen.with(|chosen| *chosen == id));
    let option = move |choice: Choice| {
        let own = is(choice.id.clone());
        view! { <option value=choice.id prop:selected=own>{choice.name}</option> }.into_any()
    };
    let button = move |choice: Choice| {
        let (own, id) = (is(choice.id.clone()), choice.id.clone());
        view! {
            <label class="segment" title=choice.title>
                <input
                    type="radio"
                    name=label
                    value=choice.id
                    disabled=locked
                    prop:checked=own
                    on:change=move |_| set.run(id.clone())
                />
                <span>{choice.name}</span>
            </label>
        }
        .into_any()
    };
    if list {
        let options = each(move || choices.get().into_iter().map(option).collect());
        view! {
            <select aria-label=label disabled=locked on:change=move |event| set.run(event_target_value(&event))>
                {options}
            </select>
        }
        .into_any()
    } else {
        let buttons = each(move || choices.get().into_iter().map(button).collect());
        view! { <div class="segments" role="radiogroup" aria-label=label>{buttons}</div> }.into_any()
    }
}
