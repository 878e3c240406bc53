//! The challenge in the place of the page's sentence: what to draw, epsilon on its way, what came of it, and what one can
//! do next; and the way into it.

use super::headline::missing;
use crate::i18n::{tr, tr_mark, tr_with};
use crate::web::reactive::{live, memo, text};
use crate::web::when::list;
use crate::{
    attack::{
        challenge::Whose,
        plan::Subject,
        rise::Rise,
        words::{answer, class, clean, figure},
    },
    link::{Challenge, Input},
    shell::state::State,
};
use gloo_timers::callback::Timeout;
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, MouseEvent};

/// What the challenge says, and its buttons.
pub fn challenge_line(state: State) -> AnyView {
    let over = memo(move || state.rise.with(|rise| matches!(rise, Rise::Over(_))));
    let friends = state.setting(|settings| settings.challenge == Some(Challenge::Friend));
    let said = memo(move || said(state));
    let by_hand = memo(move || {
        let waits = state.rise.with(|rise| match rise {
            Rise::Waiting => state.is_still() && !friends.get(),
            Rise::Left => true,
            Rise::Rising { .. } | Rise::Over(_) => false,
        });
        waits && !state.drawing.get() && state.can_rise()
    });
    // What is to be drawn tougher; where the networks read different things in it, only that.
    let invites = move |named: &'static str, unnamed: &'static str| {
        state.rise.with(|rise| match rise {
            Rise::Over(result) if result.is_agreed() => tr_with(named, &[&result.class(result.label())]),
            _ => tr(unnamed).to_owned(),
        })
    };
    let buttons = move || {
        let mut all = Vec::new();
        if by_hand.get() {
            all.push(button(state, "large", "", tr("Raise epsilon until it falls").into(), |state, _| state.raise()));
        }
        if over.get() && friends.get() {
            let own = invites(tr_mark("Draw a tougher {0}"), tr_mark("Draw a tougher one"));
            all.push(button(state, "large", "", own, again));
        } else if over.get() {
            // start.js has the lab loaded for it, which shares.
            let friend =
                invites(tr_mark("Can a friend draw a tougher {0}?"), tr_mark("Can a friend draw a tougher one?"));
            all.push(button(state, "large", "challenge-share", friend, |_, _| ()));
            all.push(button(state, "", "", tr("Draw another one").into(), again));
        }
        all
    };
    let end = button(state, "quiet", "", tr("End the challenge").into(), |state, _| state.end_challenge());
    html::div()
        .class("headline challenge")
        .child((
            html::p().child(text(move || said.get())),
            // Whoever hears the page hears the end, and not every place on the way.
            html::p().class("hidden").role("status").child(text(move || over.get().then(|| said.get()))),
            html::div().class("tools").child((list(buttons), end)),
        ))
        .into_any()
}

/// One kind of button for all of them, which costs the page least.
fn button(state: State, class: &'static str, id: &'static str, name: String, run: fn(State, MouseEvent)) -> AnyView {
    html::button()
        .r#type("button")
        .class(class)
        .id((!id.is_empty()).then_some(id))
        .on(ev::click, move |event| run(state, event))
        .child(name)
        .into_any()
}

/// An empty pad for another drawing.
fn again(state: State, event: MouseEvent) {
    state.wipe();
    show_pad(&event);
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
pub fn invitation(state: State) -> AnyView {
    let offered = memo(move || {
        let lets = |name: &str| state.settings.with(|settings| settings.shows(name) && settings.lets(name));
        let plain = state.settings.with(|settings| !settings.embed && settings.lesson.is_none());
        plain && state.format().is_grey() && ["challenge", "input", "draw", "eps"].into_iter().all(lets)
    });
    let blank = move || state.subject.with(|subject| subject.as_ref().is_some_and(Subject::is_blank));
    let own = memo(move || state.settings.with(|settings| matches!(settings.input, Input::Draw(_))) && !blank());
    let begin = |state: State, event: MouseEvent| {
        state.challenge();
        show_pad(&event);
    };
    let name = move || if own.get() { tr("How tough is your drawing?") } else { tr("Draw your own: how tough is it?") };
    let inside = move || vec![button(state, "large", "", name().into(), begin)];
    let hidden = live(move || !offered.get());
    html::div().class("invitation").hidden(hidden).child(list(inside)).into_any()
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
