//! The pages that are made to be printed: a lesson's sheet for teachers, its worksheet, the visitor's own answers, and
//! those of a class.

use super::{answers::Mine, classroom::Class, state::LessonState, teacher_sheet::TeacherSheet, worksheet::Worksheet};
use crate::i18n::tr;
use crate::{
    lessons::{
        lesson::Lesson,
        route::{self, Paper},
        words,
    },
    share::view::{copy::CopyButton, qr::QrCode},
    web::{
        reactive::{live, memo, text},
        when::When,
    },
};
use leptos::{html, prelude::*};
use std::sync::Arc;

/// The page that is open.
#[component]
pub fn Papers(
    /// The lessons.
    class: LessonState,
) -> impl IntoView {
    let open = memo(move || class.evaluation.settings.with(route::paper));
    let back = move || class.evaluation.settings.with(|now| format!("#{}", route::overview(now).fragment()));
    let pages = live(move || class.evaluation.settings.with(|now| now.shows("lesson.pages")));
    let content = move || {
        class.want_list();
        Some(match open.get()? {
            Paper::Teacher(id) => {
                of_lesson(class, id, |class, lesson| view! { <TeacherSheet class lesson /> }.into_any())
            }
            Paper::Worksheet(id) => {
                of_lesson(class, id, |class, lesson| view! { <Worksheet class lesson /> }.into_any())
            }
            Paper::Mine => view! { <Mine class /> }.into_any(),
            Paper::Class => view! { <Class class /> }.into_any(),
        })
    };
    view! {
        <main class="learn paper" tabindex="-1">
            <p class="lesson-top">
                <When on=pages>
                    <a href=text(back)>{tr(words::ALL)}</a>
                </When>
            </p>
            {content}
        </main>
    }
}

/// A page about one lesson, once that is there.
fn of_lesson(class: LessonState, id: String, page: fn(LessonState, Arc<Lesson>) -> AnyView) -> AnyView {
    let listed = memo(move || class.listed(&id));
    let loads = move || listed.with(|listed| matches!(listed, Err(why) if *why == tr(words::LOADING)));
    let again = move || {
        let button = html::button().r#type("button").on(leptos::ev::click, move |_| class.try_again());
        (!loads()).then(|| button.child(tr(words::AGAIN)))
    };
    let shown = move || match listed.get() {
        Ok(lesson) => page(class, lesson),
        Err(why) => (html::p().role("status").child(why), again).into_any(),
    };
    shown.into_any()
}

/// A link to one of these pages; `name` is what is heard where the word alone would not say of what.
pub fn link(class: LessonState, paper: Paper, word: &'static str, name: Option<String>) -> AnyView {
    let href = move || class.evaluation.settings.with(|now| format!("#{}", route::on_paper(now, &paper).fragment()));
    html::a().href(text(href)).aria_label(name).child(word).into_any()
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

/// A link to hand out: the address, a button that copies it, and its QR code.
#[component]
pub fn HandOut(
    /// The address.
    address: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="hand-out">
            <p>
                <a class="address" href=address>
                    {address}
                </a>
                " "
                <CopyButton name=tr("Copy link") text=address />
            </p>
            <QrCode address />
        </div>
    }
}

/// Prints the page.
pub fn print_button() -> AnyView {
    let print = move |_| {
        // A frame that may not print prints nothing.
        let _ = window().print();
    };
    view! {
        <button type="button" class="primary" on:click=print>
            {tr("Print")}
        </button>
    }
    .into_any()
}
