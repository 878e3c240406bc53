//! A number to type, to step, and to drag.

use super::complaint::Complaint;
use crate::i18n::{
    number::{field as written, typed},
    tr, tr_with,
};
use crate::web::reactive::{live, text};
use crate::{attack::words::plain, link::number};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent, PointerEvent};

/// Movement after which a press is a drag and no click, in CSS pixels.
const SLACK: i32 = 3;

/// How a number may change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Smallest.
    pub min: f64,
    /// Largest.
    pub max: f64,
    /// What a press of an arrow key adds; multiples of it are kept.
    pub step: f64,
}

impl Range {
    /// The value so many steps away.
    fn moved(self, from: f64, steps: f64) -> f64 {
        let to = from + steps * self.step;
        // To the grid of steps, so that 0.1 + 0.01 is 0.11, by way of its text.
        let grid = (to / self.step).round() * self.step;
        crate::attack::scale::round_digits(grid, 8).clamp(self.min, self.max)
    }
}

/// A text field for a number. Arrow keys step, with Shift by tens; `drag` lets the pointer pull it sideways.
#[component]
pub fn NumberInput(
    /// The value; nothing for `auto`.
    #[prop(into)]
    value: Signal<Option<f64>>,
    /// Its range.
    #[prop(into)]
    range: Signal<Range>,
    /// Name for people who hear it.
    #[prop(into)]
    label: String,
    /// Called with each new value.
    #[prop(into)]
    set: Callback<f64>,
    /// Called when a row of changes is over.
    #[prop(into, optional)]
    rest: Option<Callback<()>>,
    /// Whether it is fixed.
    #[prop(into)]
    locked: Signal<bool>,
    /// Whether it can be pulled sideways.
    #[prop(optional)]
    drag: bool,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let said = move || value.get().map_or_else(|| tr("auto").to_owned(), digits);
    let show = move || {
        if let Some(field) = field.get_untracked() {
            field.set_value(&untrack(said));
        }
    };
    let done = move || rest.into_iter().for_each(|rest| rest.run(()));
    let take = move |to: f64| set.run(to.clamp(range.get_untracked().min, range.get_untracked().max));
    let complaint = Complaint::new();
    let called = label.clone();
    let entered = move |event: ev::Event| {
        let given = event_target_value(&event);
        let to = number(&typed(&given));
        complaint.say(if given == untrack(said) {
            String::new()
        } else {
            wrong(&called, &given, to, range.get_untracked())
        });
        if let Some(to) = to {
            take(to);
        }
        done();
        show();
    };
    let step = move |steps: f64| {
        complaint.say(String::new());
        let from = value.get_untracked().unwrap_or(range.get_untracked().min);
        take(range.get_untracked().moved(from, steps));
    };
    let press = move |event: KeyboardEvent| {
        let size = if event.shift_key() { 10.0 } else { 1.0 };
        match event.key().as_str() {
            "ArrowUp" => step(size),
            "ArrowDown" => step(-size),
            "Escape" => {
                complaint.say(String::new());
                return show();
            }
            _ => return,
        }
        event.prevent_default();
        show();
    };
    let pull = Pull::new(step, done);
    view! {
        <input
            class="number"
            class:drag=drag
            node_ref=field
            type="text"
            inputmode="decimal"
            autocomplete="off"
            spellcheck="false"
            role="spinbutton"
            aria-label=label
            aria-valuenow=live(move || value.get().map(|value| value.to_string()))
            aria-valuetext=text(said)
            aria-valuemin=text(move || range.get().min.to_string())
            aria-valuemax=text(move || range.get().max.to_string())
            aria-invalid=complaint.invalid()
            aria-describedby=complaint.describes()
            style:width=text(move || format!("calc({}ch + 1rem)", said().chars().count().clamp(if drag { 2 } else { 4 }, 9)))
            prop:value=live(said)
            disabled=locked
            on:input=move |_| complaint.say(String::new())
            on:change=entered
            on:keydown=press
            on:keyup=move |_| done()
            on:pointerdown=move |event| if drag { pull.start(&event) }
            on:pointermove=move |event| pull.go(&event)
            on:pointerup=move |_| pull.end()
            on:pointercancel=move |_| pull.end()
        />
        {complaint.view()}
    }
}

/// A number as a field shows it; a whole one has all its digits, such as a seed.
fn digits(value: f64) -> String {
    written(&if value.fract() == 0.0 { value.to_string() } else { plain(value) })
}

/// What is wrong with what was typed into a field of this name and range; empty where nothing is.
fn wrong(label: &str, given: &str, to: Option<f64>, Range { min, max, .. }: Range) -> String {
    match to {
        None => tr_with("“{0}” is no number: {1} stays as it was.", &[&given, &label]),
        Some(to) if to < min || to > max => tr_with(
            "“{0}” is outside: {1} goes from {2} to {3}, so it is {4} now.",
            &[&given, &label, &digits(min), &digits(max), &digits(to.clamp(min, max))],
        ),
        Some(_) => String::new(),
    }
}

/// The pull of a number to a side.
#[derive(Clone, Copy)]
struct Pull {
    /// Where the pointer went down, and whether it has moved since.
    from: StoredValue<Option<(i32, bool)>>,
    step: Callback<f64>,
    done: Callback<()>,
}

impl Pull {
    fn new(step: impl Fn(f64) + Send + Sync + 'static, done: impl Fn() + Send + Sync + 'static) -> Pull {
        Pull { from: StoredValue::new(None), step: Callback::new(step), done: Callback::new(move |()| done()) }
    }

    fn start(self, event: &PointerEvent) {
        if event.is_primary() && event.button() == 0 {
            self.from.set_value(Some((event.client_x(), false)));
        }
    }

    fn go(self, event: &PointerEvent) {
        let Some((from, moving)) = self.from.get_value() else { return };
        let way = event.client_x() - from;
        if !moving && way.abs() <= SLACK {
            return;
        }
        if let Some(field) = event.current_target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
            // Without capture the pull just ends where the pointer leaves the field.
            let _ = field.set_pointer_capture(event.pointer_id());
            let _ = field.blur();
        }
        event.prevent_default();
        let steps = f64::from(way / 2);
        if steps != 0.0 {
            self.step.run(steps);
            self.from.set_value(Some((from + way / 2 * 2, true)));
        }
    }

    fn end(self) {
        if self.from.try_update_value(Option::take).flatten().is_some_and(|(_, moved)| moved) {
            self.done.run(());
        }
    }
}

/// A number field between a minus and a plus.
#[component]
pub fn Stepper(
    /// The value; nothing for `auto`.
    #[prop(into)]
    value: Signal<Option<f64>>,
    /// Its range.
    #[prop(into)]
    range: Signal<Range>,
    /// Name for people who hear it.
    #[prop(into)]
    label: String,
    /// Called with each new value.
    #[prop(into)]
    set: Callback<f64>,
    /// Called when a row of changes is over.
    #[prop(into)]
    rest: Callback<()>,
    /// Whether it is fixed.
    #[prop(into)]
    locked: Signal<bool>,
) -> impl IntoView {
    let at = move |end: fn(Range) -> f64| live(move || value.get().is_some_and(|value| value == end(range.get())));
    let (lowest, highest) = (at(|range| range.min), at(|range| range.max));
    // At its end a button is not `disabled`, which would take the focus from under the hand that pressed it.
    let step = move |steps: f64, end: Signal<bool>| {
        if !end.get_untracked() {
            let range = range.get_untracked();
            set.run(range.moved(value.get_untracked().unwrap_or(range.min), steps));
            rest.run(());
        }
    };
    let (less, more) = (tr_with("Less: {0}", &[&label]), tr_with("More: {0}", &[&label]));
    view! {
        <span class="stepper">
            <button type="button" aria-label=less disabled=locked aria-disabled=text(move || lowest.get().to_string()) on:click=move |_| step(-1.0, lowest)>
                "−"
            </button>
            <NumberInput value range label set rest locked />
            <button type="button" aria-label=more disabled=locked aria-disabled=text(move || highest.get().to_string()) on:click=move |_| step(1.0, highest)>
                "+"
            </button>
        </span>
    }
}
