//! A box to tick: in a row with its words, or alone where a name stands elsewhere.

use leptos::prelude::*;

/// What a box is called by those who hear it, and what it says under the pointer, where its row does not say so.
#[derive(Default)]
struct Alone {
    class: Option<&'static str>,
    label: Option<String>,
    title: Option<String>,
}

fn tick(on: Signal<bool>, locked: Signal<bool>, set: Callback<bool>, alone: Alone) -> AnyView {
    let Alone { class, label, title } = alone;
    view! {
        <input
            type="checkbox"
            class=class
            aria-label=label
            title=title
            disabled=locked
            prop:checked=on
            on:change=move |event| set.run(event_target_checked(&event))
        />
    }
    .into_any()
}

/// A box in a row with its words.
#[component]
pub fn Check(
    /// A sentence more, for the pointer.
    #[prop(optional)]
    title: Option<&'static str>,
    /// Whether it is ticked.
    #[prop(into)]
    on: Signal<bool>,
    /// Whether it is fixed.
    #[prop(into, optional)]
    locked: Signal<bool>,
    /// Called with whether it is ticked now.
    #[prop(into)]
    set: Callback<bool>,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <label class="check" title=title>
            {tick(on, locked, set, Alone::default())}
            {children()}
        </label>
    }
}

/// A box in a cell whose row and column say what it is of.
#[component]
pub fn CellCheck(
    /// Name, for people who hear it.
    label: String,
    /// Whether it is ticked.
    #[prop(into)]
    on: Signal<bool>,
    /// Called with whether it is ticked now.
    #[prop(into)]
    set: Callback<bool>,
) -> impl IntoView {
    tick(on, Signal::stored(false), set, Alone { label: Some(label), ..Alone::default() })
}

/// A knob that is on or off.
#[component]
pub fn Toggle(
    /// Name, for people who hear it.
    label: String,
    /// A sentence more, for the pointer.
    title: String,
    /// Whether it is on.
    #[prop(into)]
    on: Signal<bool>,
    /// Whether it is fixed.
    #[prop(into)]
    locked: Signal<bool>,
    /// Called with whether it is on now.
    #[prop(into)]
    set: Callback<bool>,
) -> impl IntoView {
    tick(on, locked, set, Alone { class: Some("toggle"), label: Some(label), title: Some(title) })
}
