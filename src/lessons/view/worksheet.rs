//! A lesson on paper: every step with its link, its pictures, its text, its question with boxes to tick, and room to write.

use super::{
    papers::{HandOut, address, link as to_paper, print_button},
    pictures::{self, Stand},
    prose,
    state::LessonState,
};
use crate::i18n::tr;
use crate::{
    lessons::{
        lesson::Lesson,
        route::{self, Paper},
        words,
    },
    web::{
        reactive::{live, text},
        when::When,
    },
};
use leptos::{html, prelude::*};
use std::sync::Arc;

/// The way to a lesson's worksheet, unless the visitor is to stay in the lesson.
pub fn link(class: LessonState, lesson: &Lesson) -> impl IntoView {
    let id = lesson.id.clone();
    let to = move || to_paper(class, Paper::Worksheet(id.clone()), tr(words::PRINT), None);
    let pages = live(move || class.evaluation.settings.with(|now| now.shows("lesson.pages")));
    view! {
        <When on=pages>
            <p class="lesson-print">{to()}</p>
        </When>
    }
}

/// The worksheet.
#[component]
pub fn Worksheet(
    /// The lessons.
    class: LessonState,
    /// The lesson.
    lesson: Arc<Lesson>,
) -> impl IntoView {
    let steps = (1..=lesson.last()).map(|number| step(class, &lesson, number)).collect::<Vec<_>>();
    let whole = Signal::stored(address(&route::short(&lesson.id, 1)));
    view! {
        <Tools class lesson=lesson.clone() />
        <p class="line">{tr(words::NAME)}</p>
        <h1>{lesson.title.clone()}</h1>
        <HandOut address=whole />
        {steps}
    }
}

/// What stands above a sheet and is not printed: a button, and how far the pictures are. It has them made.
#[component]
pub fn Tools(
    /// The lessons.
    class: LessonState,
    /// The lesson.
    lesson: Arc<Lesson>,
) -> impl IntoView {
    let stand = class.pictures.stand;
    class.pictures.show(lesson.clone());
    let failed = live(move || stand.with(|stand| matches!(stand, Stand::Failed(_))));
    let again = move || {
        let lesson = lesson.clone();
        let button =
            html::button().r#type("button").on(leptos::ev::click, move |_| class.pictures.start(lesson.clone()));
        failed.get().then(|| button.child(tr(words::AGAIN)))
    };
    view! {
        <div class="tools paper-tools">
            {print_button()} <p class="dim" role="status">{text(move || stand.with(pictures::said))}</p> {again}
        </div>
    }
}

fn step(class: LessonState, lesson: &Lesson, number: u32) -> Option<AnyView> {
    let step = lesson.step(number)?;
    let address = address(&route::short(&lesson.id, number));
    let choice = |text: &Vec<_>| html::li().child(prose::inlines(class, text, false)).into_any();
    let question = step.question.as_ref().map(|question| {
        let choices = question.choices.iter().map(|one| choice(&one.text)).collect::<Vec<_>>();
        let asked = html::p().child(html::strong().child(prose::inlines(class, &question.text, false)));
        (asked, html::ul().class("boxes").child(choices))
    });
    let id = lesson.id.clone();
    let picture = move || pictures::rows(&class.pictures.of(&id, number), false);
    let whole = view! {
        <section class="sheet-step">
            <h2>{number} ". " {step.title.clone()}</h2>
            <p class="address">{address}</p>
            <div class="prose">{prose::blocks(class, &step.body, false)}</div>
            {picture}
            {question}
            <p class="line">{tr(words::NOTES)}</p>
        </section>
    };
    Some(whole.into_any())
}
