//! The attack page: the sentence, the radius, the picture equation for two models, and the controls.

use super::{
    challenge::{challenge_line, invitation},
    controls::{AtHand, Controls},
    details::Details,
    epsilon::Epsilon,
    equation::Equation,
    headline::Headline,
};
use crate::i18n::tr;
use crate::web::reactive::live;
use crate::web::when::When;
use crate::{explain::place, inputs::view::input::InputPanel, shell::state::State};
use leptos::prelude::*;

/// The attack page.
#[component]
pub fn AttackPage() -> impl IntoView {
    let state = expect_context::<State>();
    let shows = move |control: &'static str| state.setting(move |settings| settings.shows(control));
    let (epsilon, input, details) = (shows("eps"), shows("input"), shows("details"));
    let challenged = state.setting(|settings| settings.challenge.is_some());
    view! {
        <main id="main" class="attack" class:challenged=live(move || challenged.get()) tabindex="-1">
            <h1 class="hidden">{tr("Foolproof: attack a neural network")}</h1>
            <When on=live(move || challenged.get()) otherwise=move || view! { <Headline /> {invitation(state)} }>
                {challenge_line(state)}
            </When>
            <AtHand />
            <When on=live(move || epsilon.get())>
                <Epsilon />
            </When>
            <div class="stage" class:alone=live(move || !input.get())>
                <When on=live(move || input.get())>
                    <InputPanel />
                </When>
                <section class="equations" aria-label=tr("The picture equation, for each model")>
                    <Equation place=0 />
                    <Equation place=1 />
                </section>
            </div>
            <Controls />
            <When on=live(move || details.get())>
                <Details />
            </When>
            {place::place(state)}
        </main>
    }
}
