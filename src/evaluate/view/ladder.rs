//! "Too good to be true?" on the Measure page: a network that looks robust, a guess, the ladder of attacks, and what it found.

use super::{
    run::{self, Mode},
    state::EvaluationState,
};
use crate::{
    controls::choice::{Choice, OneOf},
    evaluate::{
        ladder::{self, Climb, MEMBERS, Member},
        wording::share,
    },
    i18n::tr,
    web::{
        reactive::{live, memo, text},
        when::{When, list},
    },
};
use leptos::prelude::*;

/// The guess that no rung brings it down.
const NONE: &str = "none";

/// The section: closed until somebody wants it, or a link asks for it.
#[component]
pub fn Ladder() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let member = memo(move || evaluation.settings.with(ladder::chosen));
    let climb = evaluation.shown(ladder::climb);
    let guess = RwSignal::new(String::new());
    let open = untrack(|| member.get().is_some());
    view! {
        <details class="ladder" open=open>
            <summary>
                <h2>{tr("Too good to be true?")}</h2>
            </summary>
            <p>{tr("Many defences hide their gradient instead of being robust. Choose one of these networks, guess which attack brings it down, and climb the ladder. Two of them are honest.")}</p>
            <Members member guess />
            <When on=live(move || member.with(Option::is_some))>
                <p>{text(move || member.get().map_or("", |member| tr(member.says)))}</p>
                <Guess member guess />
                <button type="button" class="primary" on:click=move |_| run::start(evaluation, Mode::Whole)>
                    {tr("Climb the ladder")}
                </button>
            </When>
            <When on=live(move || climb.with(|climb| matches!(climb, Some(Some(_)))))>
                <Bars climb=live(move || climb.get().flatten()) guess />
            </When>
        </details>
    }
}

#[component]
fn Members(member: Memo<Option<&'static Member>>, guess: RwSignal<String>) -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let choices = live(|| {
        let choice =
            |member: &Member| Choice { title: tr(member.says).into(), ..Choice::new(member.id, tr(member.name)) };
        MEMBERS.iter().map(choice).collect::<Vec<_>>()
    });
    let set = move |id: String| {
        if let Some(member) = MEMBERS.iter().find(|member| member.id == id) {
            guess.set(String::new());
            evaluation.set(&member.keys());
        }
    };
    let locked = live(move || evaluation.settings.with(|settings| !settings.lets("measure.models")));
    view! { <OneOf label=tr("Network") choices chosen=live(move || member.get().map_or("", |one| one.id).to_owned()) set locked /> }
}

#[component]
fn Guess(member: Memo<Option<&'static Member>>, guess: RwSignal<String>) -> impl IntoView {
    let choices = live(move || {
        let rungs = member.get().map(Member::rungs).unwrap_or_default();
        let rungs = rungs.into_iter().enumerate();
        let choice = |(place, rung): (usize, &ladder::Rung)| Choice {
            title: tr(rung.says).into(),
            ..Choice::new(place.to_string(), tr(rung.name))
        };
        rungs.map(choice).chain([Choice::new(NONE, tr("none of them"))]).collect::<Vec<_>>()
    });
    view! {
        <div class="field">
            <span class="label">{tr("Your guess: it falls to")}</span>
            <OneOf label=tr("Your guess: it falls to") choices chosen=guess set=move |id| guess.set(id) locked=live(|| false) />
        </div>
    }
}

/// What each rung leaves, from the lowest on.
#[component]
fn Bars(climb: Signal<Option<Climb>>, guess: RwSignal<String>) -> impl IntoView {
    let guessed = move || match guess.get().as_str() {
        "" => None,
        NONE => Some(None),
        place => Some(place.parse().ok()),
    };
    let bars = move || {
        let Some(found) = climb.get() else { return Vec::new() };
        let broken = found.broken();
        let row = |(place, (rung, left)): (
            usize,
            &(&'static ladder::Rung, Option<foolproof_core::report::Accuracy>),
        )| {
            let [figure, interval] = left.as_ref().map_or_else(|| ["–".into(), String::new()], share);
            let value = left.map_or(0.0, |left| left.value);
            view! {
                <li class:broken=broken == Some(place)>
                    <span>{tr(rung.name)} <small class="dim">{tr(rung.says)}</small></span>
                    <span class="track" aria-hidden="true"><span class="fill after" style:width=format!("{:.1}%", 100.0 * value)></span></span>
                    <span>{figure} <small class="dim">{interval}</small></span>
                </li>
            }
            .into_any()
        };
        found.bars.iter().enumerate().map(row).collect()
    };
    let verdict = move || climb.get().map(|found| found.verdict(guessed())).unwrap_or_default();
    let name = move || climb.get().map_or("", |found| tr(found.member.name));
    view! {
        <h3>{text(name)}</h3>
        <ol class="rungs" aria-label=tr("Right under each attack")>{list(bars)}</ol>
        <p role="status">{text(verdict)}</p>
    }
}
