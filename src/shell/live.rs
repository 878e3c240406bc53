//! The results for people who hear the page: at most one message a second, and only what has settled.

use super::state::State;
use crate::attack::words::announcement;
use crate::web::reactive::{effect, text};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

/// Quiet time before a result is read out, in milliseconds; while a slider moves nothing is.
const REST: u32 = 1000;

/// The polite live region.
#[component]
pub fn Live() -> impl IntoView {
    let state = expect_context::<State>();
    let said = RwSignal::new(String::new());
    let timer = StoredValue::new_local(None::<Timeout>);
    effect(move || {
        state.results.track();
        let settled = state.settled.get();
        timer.set_value(settled.then(|| Timeout::new(REST, move || said.set(untrack(|| spoken(state))))));
    });
    view! {
        <p class="hidden" aria-live="polite">
            {text(move || said.get())}
        </p>
    }
}

fn spoken(state: State) -> String {
    let (pair, classes) = (state.pair(), state.classes());
    state.results.with(|results| {
        let shown: Vec<_> =
            pair.into_iter().filter_map(|model| Some((model.name, results.shown.get(&model.id)?))).collect();
        announcement(&shown, &classes)
    })
}
