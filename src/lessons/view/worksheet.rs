//! A lesson on paper: every step with its link, its text, its question with boxes to tick, and room to write.

use super::{prose, state::LessonState};
use crate::i18n::tr;
use crate::{
    lessons::{lesson::Lesson, route, words},
    web::reactive::{live, text},
};
use leptos::{html, prelude::*};
use std::sync::Arc;

/// What the style report asks for before it prints the worksheet in place of the page.
const MARK: &str = "data-print";

/// Prints the worksheet of the open lesson.
pub fn print() {
    let Some(root) = document().document_element() else { return };
    // The attribute's name is valid; a frame that may not print prints nothing.
    let _ = root.set_attribute(MARK, "worksheet");
    let _ = window().print();
    let _ = root.remove_attribute(MARK);
}

/// The worksheet, on paper only.
#[component]
pub fn Worksheet(
    /// The lessons.
    class: LessonState,
    /// The lesson.
    lesson: Arc<Lesson>,
) -> impl IntoView {
    let steps = (1..=lesson.last()).map(|number| step(class, &lesson, number)).collect::<Vec<_>>();
    view! {
        <div class="worksheet">
            <p class="line">{tr(words::NAME)}</p>
            <h2>{lesson.title.clone()}</h2>
            {steps}
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
    let whole = view! {
        <section>
            <h3>{number} ". " {step.title.clone()}</h3>
            <p class="address">{address}</p>
            {prose::blocks(class, &step.body, false)}
            {question}
            <p class="line">{tr(words::NOTES)}</p>
        </section>
    };
    Some(whole.into_any())
}

/// The page's address with this fragment.
pub fn address(fragment: &str) -> String {
    let here = window().location().href().unwrap_or_default();
    format!("{}#{fragment}", here.split('#').next().unwrap_or_default())
}

/// The same as a live text, for what changes.
pub fn live_address(fragment: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    let fragment = live(fragment);
    text(move || fragment.with(|fragment| address(fragment)))
}
