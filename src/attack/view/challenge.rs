//! The challenge in the place of the page's sentence: what to draw, epsilon on its way, what came of it, and what one can
//! do next; and the way into it.

use super::headline::missing;
use crate::i18n::{tr, tr_with};
use crate::web::reactive::{live, memo, text};
use crate::web::when::When;
use crate::{
    attack::{
        challenge::{ChallengeResult, Whose},
        plan::Subject,
        rise::Rise,
        words::{answer, class, clean, figure},
    },
    link::{Challenge, Input},
    shell::state::State,
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, MouseEvent};

/// What the challenge says, and its buttons.
#[component]
pub fn ChallengeLine() -> impl IntoView {
    let state = expect_context::<State>();
    let over = memo(move || match state.rise.get() {
        Rise::Over(result) => Some(result),
        _ => None,
    });
    let friends = state.setting(|settings| settings.challenge == Some(Challenge::Friend));
    let said = memo(move || said(state));
    let by_hand = memo(move || {
        let waits = match state.rise.get() {
            Rise::Waiting => state.is_still() && !friends.get(),
            Rise::Left => true,
            Rise::Rising { .. } | Rise::Over(_) => false,
        };
        waits && !state.drawing.get() && state.can_rise()
    });
    view! {
        <div class="headline challenge">
            <p>{text(move || said.get())}</p>
            // Whoever hears the page hears the end, and not every place on the way.
            <p class="hidden" role="status">{text(move || over.with(Option::is_some).then(|| said.get()))}</p>
            <div class="tools">
                <When on=live(move || by_hand.get())>
                    <button type="button" class="large" on:click=move |_| state.raise()>
                        {tr("Raise epsilon until it falls")}
                    </button>
                </When>
                <When on=live(move || over.with(Option::is_some))>
                    {move || ways(state, over.get(), friends.get())}
                </When>
                <button type="button" class="quiet" on:click=move |_| state.end_challenge()>
                    {tr("End the challenge")}
                </button>
            </div>
        </div>
    }
}

/// What can be done when it is over.
fn ways(state: State, over: Option<Arc<ChallengeResult>>, friends: bool) -> AnyView {
    let class = over.map(|result| result.class(result.label())).unwrap_or_default();
    let again = move |event: MouseEvent| {
        state.wipe();
        show_pad(&event);
    };
    match friends {
        true => {
            view! { <button type="button" class="large" on:click=again>{tr_with("Draw a tougher {0}", &[&class])}</button> }.into_any()
        }
        false => view! {
            // start.js has the lab loaded for it, which shares.
            <button type="button" class="large" id="challenge-share" aria-haspopup="dialog">
                {tr_with("Can a friend draw a tougher {0}?", &[&class])}
            </button>
            <button type="button" on:click=again>{tr("Draw another one")}</button>
        }
        .into_any(),
    }
}

/// The sentence.
fn said(state: State) -> String {
    let (challenge, drawn) =
        state.settings.with(|settings| (settings.challenge, matches!(settings.input, Input::Draw(_))));
    let classes = state.classes();
    if state.subject.with(|subject| subject.as_ref().is_some_and(Subject::is_blank)) {
        return match challenge {
            Some(Challenge::Beat { class: wanted, eps }) => tr_with(
                "Draw a tougher {0}: one that is still read at epsilon {1}.",
                &[&class(wanted, &classes), &figure((eps * 1e4).round() / 1e4)],
            ),
            _ => tr("Draw a digit. How much noise does it take until a network reads another one?").into(),
        };
    }
    let Some(model) = state.pair().into_iter().next() else { return missing(state) };
    let shown = state.results.with(|results| results.shown.get(&model.id).cloned());
    let Some(shown) = shown else { return missing(state) };
    match state.rise.get() {
        Rise::Over(result) => {
            let whose = match (challenge, drawn) {
                (Some(Challenge::Friend), _) => Whose::Friend,
                (_, true) => Whose::Own,
                (_, false) => Whose::This,
            };
            let said = result.sentences(whose).join(" ");
            match challenge {
                Some(Challenge::Beat { class, eps }) => format!("{said} {}", result.compared(class, eps)),
                _ => said,
            }
        }
        Rise::Rising { .. } => {
            let read = shown.sample().map(|sample| answer(&sample.adversarial, &classes)).unwrap_or_default();
            tr_with("Epsilon {0}: read as {1}.", &[&figure(shown.job.attack.eps.into()), &read])
        }
        Rise::Waiting | Rise::Left => {
            let said = clean(&model.name, &shown, &classes).unwrap_or_default();
            match state.job.with(Option::is_some) && untrack(|| state.radius_job()).is_none() {
                true => {
                    said + " "
                        + tr("This attack has no search for the smallest radius; choose PGD after the challenge.")
                }
                false if state.drawing.get() || state.can_rise() => said,
                false => said + " " + tr("Looking for the smallest noise that fools it …"),
            }
        }
    }
}

/// The way into the challenge.
#[component]
pub fn Invitation() -> impl IntoView {
    let state = expect_context::<State>();
    let offered = memo(move || {
        let lets = |name: &str| state.settings.with(|settings| settings.shows(name) && settings.lets(name));
        let plain = state.settings.with(|settings| !settings.embed && settings.lesson.is_none());
        plain && state.format().is_grey() && ["challenge", "input", "draw", "eps"].into_iter().all(lets)
    });
    let blank = memo(move || state.subject.with(|subject| subject.as_ref().is_some_and(Subject::is_blank)));
    let own = memo(move || state.settings.with(|settings| matches!(settings.input, Input::Draw(_))) && !blank.get());
    let begin = move |event: MouseEvent| {
        state.challenge();
        show_pad(&event);
    };
    view! {
        <When on=live(move || offered.get())>
            <div class="invitation">
                <button type="button" class="large" on:click=begin>
                    {text(move || if own.get() { tr("How tough is your drawing?") } else { tr("Draw your own: how tough is it?") })}
                </button>
            </div>
        </When>
    }
}

/// Brings the pad into view when it has its place, and where the button was pressed by a key, the focus to it.
fn show_pad(event: &MouseEvent) {
    let by_key = event.detail() == 0;
    let show = move || {
        let pad = document().query_selector(".pad canvas").ok().flatten();
        match pad.and_then(|pad| pad.dyn_into::<HtmlElement>().ok()) {
            // Focusing can only fail on an element that is gone.
            Some(pad) if by_key => drop(pad.focus()),
            Some(pad) => pad.scroll_into_view_with_bool(false),
            None => {}
        }
    };
    Timeout::new(0, show).forget();
}
