//! The visitor's own answers, to be printed, and as a code to be handed in.

use super::{papers::print_button, prose, state::LessonState};
use crate::i18n::{tr, tr_with};
use crate::{
    lessons::{
        code::{Answers, LONGEST_NAME, cleaned},
        lesson::{Lesson, Question},
        progress::Answer,
        words,
    },
    share::view::copy::CopyButton,
    web::{
        reactive::{live, memo, text},
        when::When,
    },
};
use leptos::{html, prelude::*};
use std::sync::Arc;

/// The page.
#[component]
pub fn Mine(
    /// The lessons.
    class: LessonState,
) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let lessons = memo(move || done(class));
    let code = memo(move || {
        let answers = name.with(|name| {
            let places = lessons.get();
            let places = places.iter().map(|lesson| (&*lesson.id, lesson.last()));
            class.progress.with(|progress| Answers::new(name, progress, places))
        });
        (!answers.name.is_empty() && !answers.lessons.is_empty()).then(|| answers.code())
    });
    let has_code = live(move || code.with(Option::is_some));
    let tables = move || lessons.get().into_iter().map(|lesson| of_lesson(class, &lesson)).collect::<Vec<_>>();
    view! {
        <h1>{tr("My answers")}</h1>
        <p class="paper-tools">{tr("Write your name to print your answers, or to hand them in as a code. Nothing is sent, and the name is not kept.")}</p>
        <label class="paper-name">
            {tr("Name")}
            <input
                type="text"
                class="text"
                autocomplete="off"
                maxlength=LONGEST_NAME
                prop:value=name
                on:input=move |event| name.set(event_target_value(&event))
            />
        </label>
        <p class="only-paper">{text(move || name.with(|name| cleaned(name)))}</p>
        <p class="paper-tools" role="status">
            {text(move || waiting(class, lessons.with(Vec::is_empty)))}
        </p>
        {tables}
        <When on=has_code otherwise=move || no_name(lessons)>
            <section>
                <h2>{tr("Code for the teacher")}</h2>
                <p class="result-code" translate="no">{text(move || code.get())}</p>
                <p class="tools paper-tools">
                    <CopyButton name=tr("Copy code") text=text(move || code.get()) />
                    {print_button()}
                </p>
                <p class="dim">{tr("The code holds your name and these answers, and nothing else. It is no proof: anybody can write one.")}</p>
            </section>
        </When>
    }
}

/// The lessons of which something was answered, in the list's order, as soon as they are loaded.
fn done(class: LessonState) -> Vec<Arc<Lesson>> {
    let ids = class.list.get().and_then(Result::ok).unwrap_or_default();
    let answered = |id: &&String| class.progress.with(|progress| progress.lessons().any(|known| known == *id));
    ids.iter().filter(answered).filter_map(|id| class.listed(id).ok()).collect()
}

/// What is said where there are no answers.
fn waiting(class: LessonState, none: bool) -> String {
    match class.list.get() {
        Some(Err(why)) => why,
        _ if !none => String::new(),
        Some(Ok(_)) if class.progress.with(|progress| progress.is_empty()) => {
            tr("Nothing is answered yet. Open a lesson, answer its questions, and come back.").into()
        }
        _ => tr(words::LOADING).into(),
    }
}

fn no_name(lessons: Memo<Vec<Arc<Lesson>>>) -> impl IntoView {
    let some = live(move || lessons.with(|lessons| !lessons.is_empty()));
    view! {
        <When on=some>
            <p class="dim paper-tools">{tr("With a name, the code for the teacher stands here.")}</p>
        </When>
    }
}

fn of_lesson(class: LessonState, lesson: &Lesson) -> AnyView {
    let right = class.progress.with(|progress| progress.right(lesson));
    let row = |(number, question): (u32, &Question)| {
        let answer = class.progress.with(|progress| progress.answer(&lesson.id, number));
        let chosen = answer.and_then(|answer| question.choices.get(answer.choice));
        let chosen = chosen.map(|choice| prose::inlines(class, &choice.text, false));
        let cells = (
            html::th().scope("row").child(number.to_string()),
            html::td().child(prose::inlines(class, &question.text, false)),
            html::td().child(chosen),
            html::td().child(verdict(answer)),
        );
        html::tr().child(cells).into_any()
    };
    let questions = (1..).zip(&lesson.steps).filter_map(|(number, step)| Some((number, step.question.as_ref()?)));
    let rows = questions.map(row).collect::<Vec<_>>();
    view! {
        <section class="answered">
            <h2>{lesson.title.clone()}</h2>
            <p class="dim">{tr_with("{0} of {1} right", &[&right, &lesson.questions()])}</p>
            <div class="scroll" tabindex="0" role="region" aria-label=lesson.title.clone()>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{tr("Step")}</th>
                            <th scope="col">{tr("Question")}</th>
                            <th scope="col">{tr("My answer")}</th>
                            <th scope="col">{tr("Result")}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn verdict(answer: Option<Answer>) -> String {
    match answer {
        None => tr("open").into(),
        Some(answer) if answer.right => tr_with("right at try {0}", &[&answer.took()]),
        Some(answer) => tr_with("not right yet, tries: {0}", &[&answer.took()]),
    }
}
