//! The drawing pad: mouse, touch, pen and keyboard.

use super::input::input_locked;
use crate::charts::pixels::paint;
use crate::i18n::tr;
use crate::web::reactive::{effect, live, text};
use crate::{charts::colour, link::Input, shell::state::State};
use foolproof_core::picture::{Grey, Point, SIDE};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement, KeyboardEvent, PointerEvent};

/// Canvas pixels a model pixel.
const FINENESS: usize = 4;
/// Side of the canvas.
const CANVAS: usize = SIDE * FINENESS;

/// The pad with its cursor for the keyboard.
#[component]
pub fn Pad() -> impl IntoView {
    let state = expect_context::<State>();
    let canvas = NodeRef::<html::Canvas>::new();
    let locked = input_locked(state);
    let pen = Pen {
        state,
        locked,
        pointer: StoredValue::new(None),
        cursor: RwSignal::new(None),
        down: StoredValue::new(false),
    };
    // A pad that is taken away under the pen lifts it.
    on_cleanup(move || state.lift());
    effect(move || {
        if let Some(canvas) = canvas.get() {
            paint(&canvas, &colour::grey(content(state).pixels.into_iter()), CANVAS);
        }
    });
    let blank = move || state.subject.with(|subject| subject.as_ref().is_some_and(|subject| subject.is_blank()));
    view! {
        <div class="pad" class:locked=locked>
            <canvas
                node_ref=canvas
                width=CANVAS
                height=CANVAS
                tabindex="0"
                role="application"
                aria-roledescription=tr("drawing pad")
                aria-label=tr("Drawing pad. Arrow keys move the pen, Space paints, Escape leaves.")
                on:pointerdown=move |event| pen.touch(&event)
                on:pointermove=move |event| pen.drag(&event)
                on:pointerup=move |event| pen.lift(&event)
                on:pointercancel=move |event| pen.lift(&event)
                on:keydown=move |event| pen.key(&event)
                on:keyup=move |event| pen.release(&event)
                on:focus=move |_| pen.cursor.set(pen.cursor.get_untracked().or(Some(MIDDLE)))
                on:blur=move |_| pen.leave()
            ></canvas>
            <span
                class="cursor"
                hidden=live(move || pen.cursor.with(Option::is_none))
                style:left=text(move || pen.cursor.get().map(|at| percent(at.x)))
                style:top=text(move || pen.cursor.get().map(|at| percent(at.y)))
            ></span>
            <span class="hint" aria-hidden="true" hidden=live(move || !blank())>
                {tr("Draw a digit here")}
            </span>
        </div>
    }
}

const MIDDLE: Point = Point { x: SIDE as f32 / 2.0, y: SIDE as f32 / 2.0 };

fn percent(at: f32) -> String {
    format!("{}%", at * 100.0 / SIDE as f32)
}

/// What the pad shows: the sheet, or the test image at the sheet's size.
fn content(state: State) -> Grey {
    if state.settings.with(|settings| matches!(settings.input, Input::Draw(_))) {
        return state.draft.with(|draft| draft.sketch.sheet().clone());
    }
    let mut sheet = Grey::blank(CANVAS, CANVAS);
    state.subject.with(|subject| {
        let pixels =
            subject.as_ref().map(|subject| subject.pixels.clone()).filter(|pixels| pixels.len() == SIDE * SIDE);
        for (index, ink) in sheet.pixels.iter_mut().enumerate() {
            let (row, column) = (index / CANVAS / FINENESS, index % CANVAS / FINENESS);
            *ink = pixels.as_ref().map_or(0.0, |pixels| pixels[row * SIDE + column]);
        }
    });
    sheet
}

/// The pen in the visitor's hand, whichever that is.
#[derive(Clone, Copy)]
struct Pen {
    state: State,
    locked: Signal<bool>,
    /// The pointer that draws; a second finger is ignored.
    pointer: StoredValue<Option<i32>>,
    /// Where the keyboard's pen is, while it is shown.
    cursor: RwSignal<Option<Point>>,
    /// Whether the keyboard's pen is down.
    down: StoredValue<bool>,
}

impl Pen {
    fn touch(self, event: &PointerEvent) {
        let drawing = self.pointer.get_value().is_some();
        if drawing || self.locked.get_untracked() || event.button() != 0 {
            return;
        }
        let Some(canvas) = canvas(event) else { return };
        // Without capture the stroke just ends at the edge.
        let _ = canvas.set_pointer_capture(event.pointer_id());
        self.pointer.set_value(Some(event.pointer_id()));
        self.state.press(place(&canvas, event));
        self.cursor.set(None);
    }

    fn drag(self, event: &PointerEvent) {
        if self.pointer.get_value() != Some(event.pointer_id()) {
            return;
        }
        let Some(canvas) = canvas(event) else { return };
        let coalesced = event.get_coalesced_events();
        let mut points: Vec<Point> = coalesced
            .iter()
            .filter_map(|one| one.dyn_into::<PointerEvent>().ok())
            .map(|one| place(&canvas, &one))
            .collect();
        if points.is_empty() {
            points.push(place(&canvas, event));
        }
        self.state.draw(&points);
    }

    fn lift(self, event: &PointerEvent) {
        if self.pointer.get_value() == Some(event.pointer_id()) {
            self.pointer.set_value(None);
            self.state.lift();
        }
    }

    fn key(self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let step = if event.shift_key() { 4.0 } else { 1.0 };
        match event.key().as_str() {
            "ArrowLeft" => self.go(-step, 0.0),
            "ArrowRight" => self.go(step, 0.0),
            "ArrowUp" => self.go(0.0, -step),
            "ArrowDown" => self.go(0.0, step),
            " " if event.repeat() => {}
            " " => self.put_down(),
            "Escape" => return leave(event),
            _ => return,
        }
        event.prevent_default();
    }

    fn release(self, event: &KeyboardEvent) {
        if event.key() == " " {
            self.put_up();
        }
    }

    fn put_down(self) {
        if !self.locked.get_untracked() {
            let at = self.cursor.get_untracked().unwrap_or(MIDDLE);
            self.cursor.set(Some(at));
            self.down.set_value(true);
            self.state.press(at);
        }
    }

    fn go(self, right: f32, down: f32) {
        let from = self.cursor.get_untracked().unwrap_or(MIDDLE);
        let inside = |at: f32| at.clamp(0.5, SIDE as f32 - 0.5);
        let to = Point { x: inside(from.x + right), y: inside(from.y + down) };
        self.cursor.set(Some(to));
        if self.down.get_value() {
            self.state.draw(&[to]);
        }
    }

    /// Lifts the keyboard's pen. A pad that loses the focus because it is taken away has none any more.
    fn put_up(self) {
        if self.down.try_get_value() == Some(true) {
            self.down.set_value(false);
            self.state.lift();
        }
    }

    fn leave(self) {
        self.put_up();
        self.cursor.set(None);
    }
}

/// Hands the focus to the first tool after the pad.
fn leave(event: &KeyboardEvent) {
    let canvas = event.current_target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let panel = canvas.as_ref().and_then(|canvas| canvas.closest("section").ok().flatten());
    let next = panel.and_then(|panel| panel.query_selector("button:not([disabled])").ok().flatten());
    // A focus that cannot move leaves the pad all the same.
    let _ = match next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
        Some(next) => next.focus(),
        None => canvas.map_or(Ok(()), |canvas| canvas.blur()),
    };
}

fn canvas(event: &PointerEvent) -> Option<HtmlCanvasElement> {
    event.current_target().and_then(|target| target.dyn_into().ok())
}

/// Where a pointer is on the pad, in model pixels.
fn place(canvas: &HtmlCanvasElement, event: &PointerEvent) -> Point {
    let frame = canvas.get_bounding_client_rect();
    let at =
        |client: i32, start: f64, length: f64| ((f64::from(client) - start) / length.max(1.0)) as f32 * SIDE as f32;
    Point { x: at(event.client_x(), frame.left(), frame.width()), y: at(event.client_y(), frame.top(), frame.height()) }
}
