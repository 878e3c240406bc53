//! A control of the attack under its label, and whether the link fixes it.

use crate::{
    attack::ignored::ignores,
    controls::term::TermButton,
    shell::state::State,
    web::{
        reactive::{live, memo},
        when::When,
    },
};
use leptos::prelude::*;

/// A control under its label, unless the link hides it or the attack ignores it.
#[component]
pub fn Field(
    /// Name in `hide` and `lock`.
    #[prop(into)]
    control: String,
    /// Label.
    #[prop(into)]
    label: String,
    /// The term behind the label, if there is one.
    #[prop(optional)]
    term: &'static str,
    /// The control.
    children: ChildrenFn,
) -> impl IntoView {
    let state = expect_context::<State>();
    let idle = ignored(state, &control);
    let shown = state.setting(move |settings| settings.shows(&control));
    let title = move || match term {
        "" => label.clone().into_any(),
        id => view! { <TermButton id word=label.clone() /> }.into_any(),
    };
    view! {
        <When on=live(move || shown.get() && !idle.get())>
            <div class="field">
                <span class="label">{title()}</span>
                {children()}
            </div>
        </When>
    }
}

/// Whether the chosen attack ignores a control; nobody knows before an engine is up.
pub fn ignored(state: State, control: &str) -> Signal<bool> {
    let control = control.to_owned();
    memo(move || state.card().is_some_and(|card| ignores(&card, &control))).into()
}

/// Whether a control is fixed.
pub fn locked(state: State, control: &'static str) -> Signal<bool> {
    state.setting(move |settings| !settings.lets(control)).into()
}
