//! A verdict: a word and a shape, so that colour is never needed to tell one from another.

use crate::attack::verdict::Verdict;
use crate::i18n::tr;
use crate::web::reactive::{live, text};
use leptos::prelude::*;

/// A verdict's badge; an empty one of the same height while there is none.
#[component]
pub fn VerdictBadge(
    /// The verdict.
    #[prop(into)]
    verdict: Signal<Option<Verdict>>,
    /// Whether the model is less than half sure of its answer: then the badge is an outline.
    #[prop(optional, into)]
    unsure: Signal<bool>,
) -> impl IntoView {
    let class = move || {
        let tone = if unsure.get() { " unsure" } else { "" };
        format!("verdict {}{tone}", verdict.get().map_or("none", Verdict::class))
    };
    let word = move || verdict.get().map_or("", Verdict::word);
    let why =
        move || unsure.get().then(|| tr("Outline: the model gives its answer less than half of all probability."));
    view! {
        <span class=text(class) title=live(why) hidden=live(move || verdict.get().is_none())>
            <svg class="shape" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                <path d=text(move || verdict.get().map_or("", shape)) />
            </svg>
            {text(word)}
        </span>
    }
}

/// A broken diamond for fooled, a shield for held, a square for wrong from the start, a disc for right, a ring for an attack
/// that was not carried out.
fn shape(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fooled => {
            "M8 0 16 8 8 16 0 8ZM5.2 4 4 5.2 6.8 8 4 10.8 5.2 12 8 9.2 10.8 12 12 10.8 9.2 8 12 5.2 10.8 4 8 6.8Z"
        }
        Verdict::Held => {
            "M8 0 15 2.5V8C15 12 12 14.8 8 16 4 14.8 1 12 1 8V2.5ZM7 11.5 12.2 5.6 10.8 4.4 6.9 8.8 5 7 3.8 8.4Z"
        }
        Verdict::AlreadyWrong => "M1 1H15V15H1ZM7 3.5V9H9V3.5ZM7 10.5V12.5H9V10.5Z",
        Verdict::Right => "M8 1A7 7 0 1 1 8 15 7 7 0 1 1 8 1Z",
        Verdict::NothingToDo | Verdict::NoStart | Verdict::NoGradient => {
            "M8 1A7 7 0 1 1 8 15 7 7 0 1 1 8 1ZM8 4A4 4 0 1 0 8 12 4 4 0 1 0 8 4Z"
        }
    }
}
