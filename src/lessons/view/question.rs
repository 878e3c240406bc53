//! A step's question: answers to choose, a button that judges, and for each answer what to say to it.

use super::{prose, state::LessonState};
use crate::i18n::tr;
use crate::{
    lessons::{
        lesson::{Choice, Lesson, Question},
        words,
    },
    web::reactive::{live, text},
};
use leptos::{html, prelude::*};
use std::sync::Arc;

/// The question, with the answer that was given before, if one was.
#[component]
pub fn Asked(
    /// The lessons.
    class: LessonState,
    /// The lesson.
    lesson: Arc<Lesson>,
    /// The step's number.
    step: u32,
    /// What is asked.
    question: Question,
) -> impl IntoView {
    let before = class.progress.with_untracked(|all| all.answer(&lesson.id, step));
    let before = before.filter(|answer| answer.choice < question.choices.len()).map(|answer| answer.choice);
    let (chosen, judged) = (RwSignal::new(before), RwSignal::new(before));
    let pressed = RwSignal::new(false);
    let locked = live(move || class.evaluation.settings.with(|now| !now.lets("lesson.answer")));
    let rights: Vec<bool> = question.choices.iter().map(|choice| choice.right).collect();
    let right = {
        let rights = rights.clone();
        move || judged.get().and_then(|at| rights.get(at).copied())
    };
    let said = NodeRef::<html::P>::new();
    let check = move |_| {
        pressed.set(true);
        judged.set(chosen.get_untracked());
        if let Some((at, right)) = chosen.get_untracked().and_then(|at| Some((at, *rights.get(at)?))) {
            class.note(&lesson, step, at, right);
        }
        // By then the step may have been left.
        request_animation_frame(move || show(said.try_get_untracked().flatten()));
    };
    let verdict = move || match right() {
        None if pressed.get() => tr(words::CHOOSE),
        None => "",
        Some(true) => tr(words::RIGHT),
        Some(false) => tr(words::WRONG),
    };
    let feedback = {
        let said: Vec<_> = question.choices.iter().map(|choice| choice.feedback.clone()).collect();
        move || judged.get().and_then(|at| said.get(at).cloned()).map(|said| prose::inlines(class, &said, true))
    };
    let rows = question.choices.iter().enumerate().map(|(at, choice)| row(class, at, choice, chosen, judged, locked));
    view! {
        <fieldset class="question" disabled=locked>
            <legend>{prose::inlines(class, &question.text, true)}</legend>
            {rows.collect::<Vec<_>>()}
            <button type="button" on:click=check>
                {tr(words::CHECK)}
            </button>
            <p class="feedback" role="status" node_ref=said>
                <strong>{text(verdict)}</strong>
                " "
                {feedback}
            </p>
        </fieldset>
    }
}

/// Narrower windows have the lesson as a sheet with a bar of its own, below which an answer would come to lie, CSS pixels.
const WIDE: f64 = 768.0;

/// Scrolls to what is said, where it is below a wide window.
fn show(said: Option<web_sys::HtmlParagraphElement>) {
    let Some(said) = said else { return };
    let side = |side: Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>| side.ok().and_then(|side| side.as_f64());
    let wide = side(window().inner_width()).is_some_and(|width| width >= WIDE);
    if wide && side(window().inner_height()).is_some_and(|below| said.get_bounding_client_rect().bottom() > below) {
        said.scroll_into_view_with_bool(false);
    }
}

fn row(
    class: LessonState,
    at: usize,
    choice: &Choice,
    chosen: RwSignal<Option<usize>>,
    judged: RwSignal<Option<usize>>,
    locked: Signal<bool>,
) -> AnyView {
    let right = choice.right;
    let look = move || match judged.get() == Some(at) {
        true if right => "choice right",
        true => "choice wrong",
        false => "choice",
    };
    let choose = move |_| {
        chosen.set(Some(at));
        // What was said belongs to another answer now.
        judged.set(judged.get_untracked().filter(|judged| *judged == at));
    };
    let input = html::input()
        .r#type("radio")
        .name("lesson-answer")
        .disabled(locked)
        .prop("checked", live(move || chosen.get() == Some(at)))
        .on(leptos::ev::change, choose);
    let words = html::span().child(prose::inlines(class, &choice.text, false));
    html::label().class(text(look)).child((input, words)).into_any()
}
