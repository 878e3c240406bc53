//! The open step, beside the page that it is about.

use super::{
    prose,
    question::Asked,
    sheet::SheetBar,
    state::{LessonState, Shown},
    worksheet,
};
use crate::i18n::tr;
use crate::{
    lessons::{lesson::Lesson, route, words},
    web::{
        reactive::{effect, live, text},
        when::When,
    },
};
use leptos::{html, prelude::*};
use std::{collections::BTreeSet, sync::Arc};
use wasm_bindgen::JsCast;

/// The panel's content.
#[component]
pub fn Panel(
    /// The lessons.
    class: LessonState,
) -> impl IntoView {
    let shown = class.shown;
    let settings = class.evaluation.settings;
    let all = move || settings.with(|now| format!("#{}", route::overview(now).fragment()));
    let close = move || settings.with(|now| format!("#{}", route::leave(now).fragment()));
    let pages = live(move || settings.with(|now| now.shows("lesson.pages")));
    view! {
        <SheetBar />
        <div class="lesson-top">
            <When on=pages>
                <a href=text(all)>{tr(words::ALL)}</a>
                <a class="lesson-close" href=text(close)>
                    {tr(words::CLOSE)}
                </a>
            </When>
        </div>
        {move || match shown.get() {
            Shown::Loading => html::p().class("dim").role("status").child(tr(words::LOADING)).into_any(),
            Shown::Wrong(why) => wrong(class, why).into_any(),
            Shown::Step(lesson, step) => view! { <Open class lesson step /> }.into_any(),
        }}
    }
}

fn wrong(class: LessonState, why: String) -> impl IntoView {
    view! {
        <p class="remarks" role="status">
            {why}
        </p>
        <button type="button" on:click=move |_| class.try_again()>
            {tr(words::AGAIN)}
        </button>
    }
}

/// A step.
#[component]
fn Open(class: LessonState, lesson: Arc<Lesson>, step: u32) -> impl IntoView {
    let heading = NodeRef::<html::H2>::new();
    move_focus(heading);
    let found = lesson.step(step).cloned();
    let uses = found.as_ref().map(route::uses).unwrap_or_default();
    let (title, body, question) = found.map_or_else(Default::default, |step| (step.title, step.body, step.question));
    let begin = {
        let lesson = lesson.clone();
        move || class.href(&lesson, step)
    };
    view! {
        <p class="dim">{lesson.title.clone()} " · " {words::step_of(step, lesson.last())}</p>
        <h2 tabindex="-1" node_ref=heading>
            {title}
        </h2>
        <div class="prose">{prose::blocks(class, &body, true)}</div>
        <p class="restores">
            <a class="restore" href=text(begin)>
                {tr(words::RESTORE)}
            </a>
            {controls(class, uses)}
        </p>
        {question.map(|question| view! { <Asked class lesson=lesson.clone() step question /> })}
        <Ways class lesson=lesson.clone() step />
        {worksheet::link(class, &lesson)}
    }
}

/// The way to all controls and back, where the step shows but what it uses.
fn controls(class: LessonState, uses: BTreeSet<String>) -> Option<AnyView> {
    if uses.is_empty() {
        return None;
    }
    let settings = class.evaluation.settings;
    let all = live(move || settings.with(|now| now.lesson.as_ref().is_some_and(|lesson| lesson.uses.is_empty())));
    let to = text(move || {
        settings.with(|now| match all.get() {
            true => format!("#{}", route::with_controls(now, uses.clone()).fragment()),
            false => format!("#{}", route::with_all_controls(now).fragment()),
        })
    });
    let name = text(move || tr(if all.get() { words::USED_CONTROLS } else { words::ALL_CONTROLS }));
    let shown = live(move || settings.with(|now| now.shows("lesson.controls")));
    Some(view! { <When on=shown><a class="restore" href=to>{name}</a></When> }.into_any())
}

/// Whoever followed a link of the panel goes on reading at the new step's heading.
fn move_focus(heading: NodeRef<html::H2>) {
    let inside = document().active_element().is_some_and(|element| element.closest("#lesson").ok().flatten().is_some());
    effect(move || {
        let Some(heading) = heading.get() else { return };
        if inside {
            // Focusing can only fail on an element that is gone.
            let _ = heading.unchecked_ref::<web_sys::HtmlElement>().focus();
            heading.unchecked_ref::<web_sys::Element>().scroll_into_view_with_bool(true);
        }
    });
}

/// Back, the steps, next.
#[component]
fn Ways(class: LessonState, lesson: Arc<Lesson>, step: u32) -> impl IntoView {
    let shows = move |control: &'static str| live(move || class.evaluation.settings.with(|now| now.shows(control)));
    let (steps, pages) = (shows("lesson.steps"), shows("lesson.pages"));
    let way = {
        let lesson = lesson.clone();
        move |to: u32, name: &'static str| {
            let lesson = lesson.clone();
            lesson.step(to).is_some().then(|| {
                let href = text(move || class.href(&lesson, to));
                html::a().class("button way").href(href).child(name).into_any()
            })
        }
    };
    let last = lesson.last();
    let id = lesson.id.clone();
    let next_lesson = live(move || (step == last).then(|| class.after(&id)).flatten());
    let on = move || {
        let id = next_lesson.get()?;
        let fragment = class.evaluation.settings.with(|now| {
            let overview = route::overview(now);
            route::with(&overview, &format!("lesson={id}/1")).fragment()
        });
        let link = html::a().class("button primary way").href(format!("#{fragment}")).child(tr(words::NEXT_LESSON));
        Some(link.into_any())
    };
    view! {
        <When on=steps>
            <nav class="ways" aria-label=tr(words::STEPS)>
                {way(step.saturating_sub(1), tr(words::BACK))}
                <ol class="dots">{dots(class, &lesson, step)}</ol>
                {way(step + 1, tr(words::NEXT))}
                {move || pages.get().then(on)}
            </nav>
        </When>
    }
}

fn dots(class: LessonState, lesson: &Arc<Lesson>, step: u32) -> Vec<AnyView> {
    let dot = |number: u32| {
        let (here, lesson) = (number == step, lesson.clone());
        let title = lesson.step(number).map_or_else(String::new, |step| step.title.clone());
        let id = lesson.id.clone();
        let right = live(move || class.is_right(&id, number));
        let name = text(move || words::step_name(number, &title, right.get()));
        let href = text(move || class.href(&lesson, number));
        let link = html::a()
            .class(text(move || if right.get() { "dot right" } else { "dot" }))
            .href(href)
            .aria_current(if here { "step" } else { "false" })
            .aria_label(name)
            .child(number.to_string());
        html::li().child(link).into_any()
    };
    (1..=lesson.last()).map(dot).collect()
}
