//! The place on the attack page where the lab explains the attack, and what the lab is told for it.

use crate::i18n::tr;
use crate::{
    attack::results::Run,
    bridge::{
        lab_loader,
        messages::{Attack, ToLab},
    },
    shell::state::State,
    web::reactive::{effect, live},
};
use foolproof_core::protocol::Outcome;
use leptos::{html, prelude::*};
use std::sync::Arc;

/// The place, closed. `www/start.js` has the lab loaded when it is opened first.
pub fn place(state: State) -> impl IntoView {
    let shown = state.setting(|settings| settings.shows("details") && settings.shows("explain"));
    let loading = html::p().role("status").child(tr("Loading the program of this part."));
    html::details().id("explain").hidden(live(move || !shown.get())).child((
        html::summary()
            .child(tr("Explain: attributions, step by step, decision map, unusual inputs, detectors, certificate")),
        html::div().child(loading),
    ))
}

/// Tells the lab of each attack that is done, once it has asked.
pub fn start(state: State) {
    effect(move || {
        if state.explains.get()
            && state.settled.get()
            && let Some(run) = state.results.with_untracked(|results| results.run.clone())
        {
            let penned =
                state.draft.with_untracked(|draft| draft.as_ref().is_some_and(|draft| draft.sketch.is_drawn()));
            lab_loader::tell(&ToLab::Attack(Box::new(told(&run, penned))));
        }
    });
}

/// An attack as the engines get it, the adversarial pixels by model, and whether the pen has been on the input.
fn told(run: &Run, penned: bool) -> Attack {
    let twin = |outcome: &Arc<Outcome>| Some((outcome.model.clone(), outcome.samples.first()?.pixels.clone()));
    Attack { job: (*run.job).clone(), twins: run.outcomes.iter().filter_map(twin).collect(), penned }
}
