//! The part for teachers: the sheets of all lessons, a link or frame to any step with the controls they choose, and their
//! text.

use super::{
    papers::{HandOut, link, live_address},
    prose,
    state::LessonState,
};
use crate::i18n::tr;
use crate::{
    controls::{
        check::Check,
        choice::{Choice, OneOf},
    },
    lessons::{
        lesson::{Lesson, Step},
        read,
        route::{self, Paper},
        words,
    },
    web::{
        reactive::{effect, live, memo, text},
        when::{When, list},
    },
};
use leptos::{html, prelude::*};
use std::{collections::BTreeSet, sync::Arc};

/// The file of the text.
const FILE: &str = "teachers";
/// What can be fixed or left away, by its name in the link and in words.
const CONTROLS: [(&str, &str, &str); 8] = [
    ("lock", "attack", words::FIX_ATTACK),
    ("lock", "norm", words::FIX_NORM),
    ("lock", "eps", words::FIX_EPS),
    ("lock", "model", words::FIX_MODEL),
    ("lock", "input", words::FIX_INPUT),
    ("hide", "details", words::HIDE_DETAILS),
    ("hide", "lesson.steps", words::HIDE_STEPS),
    ("hide", "lesson.pages", words::HIDE_PAGES),
];

/// The part, closed at first.
#[component]
pub fn Teachers(
    /// The lessons.
    class: LessonState,
) -> impl IntoView {
    let open = RwSignal::new(false);
    effect(move || {
        if open.get() {
            class.want(FILE, read::document);
        }
    });
    let toggle = move |event: web_sys::Event| {
        let details = event.target().and_then(|target| wasm_bindgen::JsCast::dyn_into::<web_sys::Element>(target).ok());
        open.set(details.is_some_and(|details| details.has_attribute("open")));
    };
    view! {
        <details class="teachers" on:toggle=toggle>
            <summary>{tr(words::TEACHERS)}</summary>
            <h3>{tr("Sheets")}</h3>
            <p>{link(class, Paper::Class, tr("Answers of a class"), None)}</p>
            <ul class="plain sheets">{list(move || sheets(class))}</ul>
            <h3>{tr("A link to a step")}</h3>
            <Builder class />
            <div class="prose">
                {move || match class.lesson(FILE) {
                    None => html::p().role("status").child(tr(words::LOADING)).into_any(),
                    Some(Err(why)) => html::p().class("remarks").child(why).into_any(),
                    Some(Ok(text)) => text
                        .steps
                        .iter()
                        .map(|part| (html::h3().child(part.title.clone()), prose::blocks(class, &part.body, true)).into_any())
                        .collect::<Vec<_>>()
                        .into_any(),
                }}
            </div>
        </details>
    }
}

/// What there is to print of each lesson.
fn sheets(class: LessonState) -> Vec<AnyView> {
    let row = |lesson: Arc<Lesson>| {
        let (id, title) = (&lesson.id, &lesson.title);
        let to = |paper, word| link(class, paper, word, Some(format!("{word}: {title}")));
        let teacher = to(Paper::Teacher(id.clone()), tr("Teacher's sheet"));
        let worksheet = to(Paper::Worksheet(id.clone()), tr("Worksheet"));
        html::li().child((format!("{title}: "), teacher, ", ", worksheet)).into_any()
    };
    all(class).into_iter().map(row).collect()
}

/// The lessons that are loaded.
fn all(class: LessonState) -> Vec<Arc<Lesson>> {
    let ids = class.list.get().and_then(Result::ok).unwrap_or_default();
    ids.iter().filter_map(|id| class.lesson(id)?.ok()).collect()
}

/// Makes the link of a step, and the frame that shows it.
#[component]
fn Builder(class: LessonState) -> impl IntoView {
    let chosen = RwSignal::new(String::new());
    let compact = RwSignal::new(false);
    let marks = RwSignal::new(BTreeSet::new());
    let steps = memo(move || steps(class));
    let place = live(move || match chosen.get() {
        none if none.is_empty() => steps.with(|steps| steps.first().map_or_else(String::new, |first| first.id.clone())),
        some => some,
    });
    let fragment = move || marks.with(|marks| route::assignment(&place.get(), compact.get(), marks));
    let address = live_address(fragment);
    let flip = move |mark| {
        marks.update(|marks| {
            if !marks.remove(&mark) {
                marks.insert(mark);
            }
        });
    };
    let boxes = CONTROLS.map(|(kind, control, name)| {
        let mark = (kind, control);
        check(tr(name), live(move || marks.with(|marks| marks.contains(&mark))), move || flip(mark))
    });
    view! {
        <div class="builder">
            <OneOf list=true
                label=tr(words::STEP_TO_LINK)
                choices=live(move || steps.get())
                chosen=place
                set=move |id: String| chosen.set(id)
                locked=live(|| false)
            />
            <div class="checks">
                {boxes.into_iter().collect::<Vec<_>>()}
                {check(tr(words::COMPACT), live(move || compact.get()), move || compact.update(|on| *on = !*on))}
            </div>
            <HandOut address />
            <When on=live(move || compact.get())>
                <pre tabindex="0">
                    <code>{text(move || route::frame(&address.get()))}</code>
                </pre>
            </When>
        </div>
    }
}

/// Every step of the lessons that are loaded.
fn steps(class: LessonState) -> Vec<Choice> {
    let of_lesson = |lesson: Arc<Lesson>| {
        let step = |(number, step): (u32, &Step)| {
            Choice::new(format!("{}/{number}", lesson.id), format!("{}: {number}. {}", lesson.title, step.title))
        };
        (1..).zip(&lesson.steps).map(step).collect::<Vec<_>>()
    };
    all(class).into_iter().flat_map(of_lesson).collect()
}

fn check(name: &'static str, on: Signal<bool>, flip: impl Fn() + Send + Sync + 'static) -> AnyView {
    view! { <Check on set=move |_: bool| flip()>{name}</Check> }.into_any()
}
