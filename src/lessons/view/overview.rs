//! The Learn page: all lessons with what was answered, and the part for teachers.

use super::{papers::link, state::LessonState, teachers::Teachers};
use crate::i18n::tr;
use crate::{
    lessons::{lesson::Lesson, read, route::Paper, words},
    link::Page,
    web::{
        reactive::{effect, live, text},
        when::{When, list},
    },
};
use leptos::{html, prelude::*};
use std::sync::Arc;

/// The page; nothing while another page is open.
#[component]
pub fn LearnPage(
    /// The lessons.
    class: LessonState,
) -> impl IntoView {
    let open = live(move || class.evaluation.settings.with(|settings| settings.page == Page::Learn));
    effect(move || {
        if open.get() {
            class.want_list();
            for id in class.list.get().and_then(Result::ok).unwrap_or_default() {
                class.want(&id, read::lesson);
            }
        }
    });
    let failed = live(move || class.list.with(|list| matches!(list, Some(Err(_)))));
    let kept = move || if class.keeps.get() { tr(words::KEPT) } else { tr(words::NOT_KEPT) };
    view! {
        <When on=open>
            <main class="learn" tabindex="-1">
                <h1>{tr(words::PAGE)}</h1>
                <p>{tr(words::INTRODUCTION)}</p>
                <p class="dim" role="status">
                    {text(move || status(class))}
                </p>
                <When on=failed>
                    <button type="button" on:click=move |_| class.try_again()>
                        {tr(words::AGAIN)}
                    </button>
                </When>
                <ol class="lessons">{list(move || rows(class))}</ol>
                <p class="dim">
                    {text(kept)} " " {link(class, Paper::Mine, tr("My answers"), None)} " "
                    <When on=live(move || !class.progress.with(|all| all.is_empty()))>
                        <button type="button" class="quiet" on:click=move |_| class.forget()>
                            {tr(words::FORGET)}
                        </button>
                    </When>
                </p>
                <Teachers class />
            </main>
        </When>
    }
}

/// What is missing, or wrong.
fn status(class: LessonState) -> String {
    let asked = class.evaluation.settings.with(|settings| settings.lesson.clone());
    match class.list.get() {
        None => tr(words::LOADING).to_owned(),
        Some(Err(why)) => why,
        Some(Ok(ids)) => match asked {
            Some(asked) if !ids.contains(&asked.id) => words::no_lesson(&asked.id),
            Some(asked) => match class.lesson(&asked.id) {
                Some(Ok(lesson)) if lesson.step(asked.step).is_none() => {
                    words::no_step(&lesson.title, asked.step, lesson.last())
                }
                Some(Err(_)) => String::new(),
                _ => tr(words::OPENING).to_owned(),
            },
            None => String::new(),
        },
    }
}

fn rows(class: LessonState) -> Vec<AnyView> {
    let ids = class.list.get().and_then(Result::ok).unwrap_or_default();
    let row = |id: &String| match class.lesson(id)? {
        Ok(lesson) => Some(html::li().child(card(class, lesson)).into_any()),
        Err(why) => Some(html::li().child(html::p().class("remarks").child(why)).into_any()),
    };
    ids.iter().filter_map(row).collect()
}

fn card(class: LessonState, lesson: Arc<Lesson>) -> impl IntoView {
    let goals = lesson.goals.iter().map(|goal| html::li().child(goal.clone()).into_any()).collect::<Vec<_>>();
    let (right, all) = {
        let lesson = lesson.clone();
        let all = lesson.questions();
        (live(move || class.progress.with(|progress| progress.right(&lesson))), all)
    };
    let to = {
        let lesson = lesson.clone();
        move || class.href(&lesson, class.progress.with(|progress| progress.next(&lesson)))
    };
    let verb = move || match right.get() {
        0 => tr(words::BEGIN),
        some if some == all => tr(words::REPEAT),
        _ => tr(words::GO_ON),
    };
    let named = {
        let title = lesson.title.clone();
        move || format!("{}: {title}", verb())
    };
    let facts = {
        let minutes = words::minutes(lesson.minutes);
        move || format!("{minutes} · {}", words::answered(right.get(), all))
    };
    view! {
        <h2>{lesson.title.clone()}</h2>
        <p class="dim">{text(facts)}</p>
        <ul class="plain">{goals}</ul>
        <p>
            <a class="button" class:primary=live(move || right.get() < all) href=text(to) aria-label=text(named)>
                {text(verb)}
            </a>
        </p>
    }
}
