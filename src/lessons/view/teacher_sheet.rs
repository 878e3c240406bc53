//! A lesson's sheet for teachers: goals, the time of each step, answers with their reasons, what goes wrong, and the link.

use super::{
    papers::{HandOut, address, link},
    pictures, prose,
    state::LessonState,
    worksheet::Tools,
};
use crate::i18n::{tr, tr_with};
use crate::{
    lessons::{
        index,
        lesson::{Choice, Lesson, Question},
        read,
        route::{self, Paper},
        words,
    },
    web::reactive::{memo, text},
};
use leptos::{html, prelude::*};
use std::sync::Arc;

/// What is said of the time of each step, and of all that goes wrong, lies in a file beside the lesson.
type Notes = Memo<Option<Result<Arc<Lesson>, String>>>;

/// The sheet.
#[component]
pub fn TeacherSheet(
    /// The lessons.
    class: LessonState,
    /// The lesson.
    lesson: Arc<Lesson>,
) -> impl IntoView {
    let beside = index::notes(&lesson.id);
    class.want(&beside, read::document);
    let notes = memo(move || class.lesson(&beside));
    let whole = Signal::stored(address(&route::short(&lesson.id, 1)));
    let goals = lesson.goals.iter().map(|goal| html::li().child(goal.clone()).into_any()).collect::<Vec<_>>();
    let steps = (1..=lesson.last()).map(|number| step(class, notes, &lesson, number)).collect::<Vec<_>>();
    let facts = format!("{} · {}", words::minutes(lesson.minutes), tr_with("{0} steps", &[&lesson.last()]));
    let open = {
        let lesson = lesson.clone();
        text(move || class.href(&lesson, 1))
    };
    view! {
        <Tools class lesson=lesson.clone() />
        <p class="dim">{tr("For teachers")} " · " {facts}</p>
        <h1>{lesson.title.clone()}</h1>
        <p class="sheet-ways">
            <a href=open>{tr("Open the lesson")}</a>
            " "
            {link(class, Paper::Worksheet(lesson.id.clone()), tr("Worksheet"), None)}
        </p>
        <HandOut address=whole />
        <section>
            <h2>{tr("Goals")}</h2>
            <ul class="plain">{goals}</ul>
        </section>
        <section>
            <h2>{tr("Before the lesson")}</h2>
            {move || note(class, notes, 0)}
        </section>
        {steps}
    }
}

/// A part of the notes; a sentence while it is not there.
fn note(class: LessonState, notes: Notes, part: usize) -> AnyView {
    match notes.get() {
        None => html::p().class("dim").role("status").child(tr(words::LOADING)).into_any(),
        Some(Err(why)) => html::p().class("remarks").child(why).into_any(),
        Some(Ok(notes)) => {
            let body = notes.steps.get(part).map(|part| prose::blocks(class, &part.body, false));
            html::div().class("prose").child(body).into_any()
        }
    }
}

fn step(class: LessonState, notes: Notes, lesson: &Lesson, number: u32) -> Option<AnyView> {
    let step = lesson.step(number)?;
    let place = number as usize;
    let time = move || {
        let minutes = notes.get()?.ok()?.times.get(place - 1).copied()?;
        Some(html::span().class("dim").child(words::minutes(minutes)))
    };
    let id = lesson.id.clone();
    let picture = move || pictures::rows(&class.pictures.of(&id, number), true);
    let whole = view! {
        <section class="sheet-step">
            <h2>{number} ". " {step.title.clone()} " " {time}</h2>
            <p class="address">{address(&route::short(&lesson.id, number))}</p>
            {picture}
            {step.question.as_ref().map(|question| answers(class, question))}
            <h3>{tr("What goes wrong")}</h3>
            {move || note(class, notes, place)}
        </section>
    };
    Some(whole.into_any())
}

/// The question with every answer and what is said to it.
fn answers(class: LessonState, question: &Question) -> impl IntoView {
    let row = |choice: &Choice| {
        let (class_name, word) = if choice.right { ("right", tr("Right")) } else { ("wrong", tr("Wrong")) };
        let words = html::span().child(prose::inlines(class, &choice.text, false));
        let why = html::p().child(prose::inlines(class, &choice.feedback, false));
        html::li().class(class_name).child((html::strong().child(word), ": ", words, why)).into_any()
    };
    let rows = question.choices.iter().map(row).collect::<Vec<_>>();
    (html::h3().child(prose::inlines(class, &question.text, false)), html::ul().class("sheet-answers").child(rows))
}
