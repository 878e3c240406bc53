//! The part for teachers: their text, and a link or frame to any step with the controls they choose.

use super::{class::Class, prose, worksheet::live_address};
use crate::ui::{
    learn::{read, route, words},
    react::{effect, live, memo, text},
    widgets::{
        choice::{Choice, Select},
        when::{When, list},
    },
};
use leptos::{html, prelude::*};
use std::collections::BTreeSet;

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
    class: Class,
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
            <summary>{words::TEACHERS}</summary>
            <Builder class />
            <div class="prose">
                {move || match class.lesson(FILE) {
                    None => html::p().role("status").child(words::LOADING).into_any(),
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

/// Makes the link of a step, and the frame that shows it.
#[component]
fn Builder(class: Class) -> impl IntoView {
    let chosen = RwSignal::new(String::new());
    let embed = RwSignal::new(false);
    let marks = RwSignal::new(BTreeSet::<(&'static str, &'static str)>::new());
    let steps = memo(move || {
        let ids = class.list.get().and_then(Result::ok).unwrap_or_default();
        let lessons = ids.iter().filter_map(|id| class.lesson(id)?.ok());
        let steps = lessons.flat_map(|lesson| {
            let step = |number: u32| {
                let title = &lesson.step(number).map_or("", |step| &step.title);
                Choice::new(format!("{}/{number}", lesson.id), format!("{}: {number}. {title}", lesson.title))
            };
            (1..=lesson.last()).map(step).collect::<Vec<_>>()
        });
        steps.collect::<Vec<_>>()
    });
    let place = move || match chosen.get() {
        none if none.is_empty() => steps.with(|steps| steps.first().map(|first| first.id.clone())),
        some => Some(some),
    };
    let fragment = move || {
        let (lesson, step) = place()
            .and_then(|place| Some(place.split_once('/').map(|(a, b)| (a.to_owned(), b.parse().ok()))?))
            .unwrap_or_default();
        let names = |kind: &str| {
            let names: Vec<&str> =
                marks.with(|marks| marks.iter().filter(|mark| mark.0 == kind).map(|mark| mark.1).collect());
            if names.is_empty() { String::new() } else { format!("&{kind}={}", names.join(",")) }
        };
        let frame = if embed.get() { "&embed=1" } else { "" };
        format!("{}{frame}{}{}", route::short(&lesson, step.unwrap_or(1)), names("lock"), names("hide"))
    };
    let address = live_address(fragment);
    let frame = move || {
        let address = address.get().replace('&', "&amp;").replace('"', "&quot;");
        format!(
            "<iframe src=\"{address}\" title=\"Foolproof\" width=\"100%\" height=\"900\" allow=\"clipboard-write\"></iframe>"
        )
    };
    let boxes = move || {
        CONTROLS
            .into_iter()
            .map(|(kind, control, name)| {
                let mark = (kind, control);
                check(name, live(move || marks.with(|marks| marks.contains(&mark))), move || {
                    marks.update(|marks| {
                        if !marks.remove(&mark) {
                            marks.insert(mark);
                        }
                    });
                })
            })
            .chain([check(words::COMPACT, live(move || embed.get()), move || embed.update(|on| *on = !*on))])
            .collect()
    };
    view! {
        <div class="builder">
            <Select
                label=words::STEP_TO_LINK
                choices=live(move || steps.get())
                chosen=live(move || place().unwrap_or_default())
                set=move |id: String| chosen.set(id)
                locked=live(|| false)
            />
            <div class="checks">{list(boxes)}</div>
            <p>
                <a href=text(move || address.get())>{text(move || address.get())}</a>
            </p>
            <When on=live(move || embed.get())>
                <pre tabindex="0" aria-label=words::FRAME>
                    <code>{text(frame)}</code>
                </pre>
            </When>
        </div>
    }
}

fn check(name: &'static str, on: Signal<bool>, flip: impl Fn() + 'static) -> AnyView {
    view! {
        <label class="check">
            <input type="checkbox" prop:checked=on on:change=move |_| flip() />
            {name}
        </label>
    }
    .into_any()
}
