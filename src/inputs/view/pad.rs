//! The drawing pad: mouse, touch, pen and keyboard.

use super::{
    mask,
    sheet::{content, veil},
};
use crate::charts::pixels::paint;
use crate::i18n::tr;
use crate::shell::state::State;
use crate::web::reactive::{effect, live, text};
use foolproof_core::picture::{FINENESS, Point};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement, KeyboardEvent, PointerEvent};

/// The pad with its cursor for the keyboard.
#[component]
pub fn Pad() -> impl IntoView {
    let state = expect_context::<State>();
    let canvas = NodeRef::<html::Canvas>::new();
    let locked = state.input_locked();
    let pen = Pen {
        state,
        locked,
        pointer: StoredValue::new(None),
        hand: StoredValue::new(false),
        cursor: RwSignal::new(None),
        last: RwSignal::new(None),
        down: StoredValue::new(false),
    };
    // A pad that is taken away under the pen lifts it.
    on_cleanup(move || state.lift());
    effect(move || {
        if let Some(canvas) = canvas.get() {
            let (mut rgba, side) = (content(state), state.format().side());
            mask::open(state).into_iter().for_each(|open| veil(&mut rgba, &open, side));
            paint(&canvas, &rgba, side * FINENESS);
        }
    });
    let blank = move || state.subject.with(|subject| subject.as_ref().is_some_and(|subject| subject.is_blank()));
    view! {
        <div class="pad" class:locked=locked data-says=tr("Drop the picture here")>
            <canvas
                node_ref=canvas
                tabindex="0"
                role="application"
                aria-roledescription=tr("drawing pad")
                aria-label=tr("Drawing pad. Arrow keys move the pen, Space paints, Escape leaves.")
                on:pointerdown=move |event| pen.touch(&event)
                on:pointermove=move |event| pen.drag(&event)
                on:pointerup=move |event| pen.lift(&event)
                on:pointercancel=move |event| pen.cancel(&event)
                on:keydown=move |event| pen.key(&event)
                on:keyup=move |event| pen.release(&event)
                on:focus=move |_| pen.reach()
                on:blur=move |_| pen.leave()
            ></canvas>
            <span
                class="cursor"
                hidden=live(move || pen.cursor.with(Option::is_none))
                style:left=text(move || pen.cursor.get().map(|at| percent(at.x, pen.side())))
                style:top=text(move || pen.cursor.get().map(|at| percent(at.y, pen.side())))
            ></span>
            <span class="hint" aria-hidden="true" hidden=live(move || !blank())>
                {text(move || if state.format().is_grey() { tr("Draw a digit here") } else { tr("Draw here") })}
            </span>
        </div>
    }
}

fn percent(at: f32, side: f32) -> String {
    format!("{}%", at * 100.0 / side)
}

/// The pen in the visitor's hand, whichever that is.
#[derive(Clone, Copy)]
struct Pen {
    state: State,
    locked: Signal<bool>,
    /// The pointer that draws; a second finger is ignored.
    pointer: StoredValue<Option<i32>>,
    /// Whether that is a finger, or the palm of the hand that holds a pen.
    hand: StoredValue<bool>,
    /// Where the keyboard's pen is, while it is shown.
    cursor: RwSignal<Option<Point>>,
    /// Where the pen was last while it was down.
    last: RwSignal<Option<Point>>,
    /// Whether the keyboard's pen is down.
    down: StoredValue<bool>,
}

impl Pen {
    /// The pad's side in model pixels.
    fn side(self) -> f32 {
        self.state.format().side() as f32
    }

    /// Where the keyboard's pen is, at first in the middle.
    fn at(self) -> Point {
        let middle = untrack(|| self.side()) / 2.0;
        self.cursor.get_untracked().unwrap_or(Point { x: middle, y: middle })
    }

    /// The pad has the focus: the keyboard's pen shows, unless a pointer has just come down on it.
    fn reach(self) {
        if self.pointer.get_value().is_none() {
            self.cursor.set(Some(self.at()));
        }
    }

    /// Sets the pen down, on the input or on its mask. Links and the lab are told when it is lifted.
    fn begin(self, at: Point) {
        self.last.set(Some(at));
        match self.state.masking.get_untracked() {
            true => {
                self.state.drawing.set(true);
                mask::draw(self.state, at, &[]);
            }
            false => self.state.press(at),
        }
    }

    /// Moves the pen that is down.
    fn go_on(self, points: &[Point]) {
        let from = self.last.get_untracked().zip(points.last());
        match from.filter(|_| self.state.masking.get_untracked()) {
            Some((from, &to)) => {
                mask::draw(self.state, from, points);
                self.last.set(Some(to));
            }
            None => self.state.draw(points),
        }
    }

    /// Lifts the pen.
    fn end(self) {
        self.state.lift();
        self.state.rest();
    }

    /// Where a pointer is on the pad, in model pixels.
    fn place(self, canvas: &HtmlCanvasElement, event: &PointerEvent) -> Point {
        let (frame, side) = (canvas.get_bounding_client_rect(), untrack(|| self.side()));
        let at = |client: i32, start: f64, length: f64| ((f64::from(client) - start) / length.max(1.0)) as f32 * side;
        Point {
            x: at(event.client_x(), frame.left(), frame.width()),
            y: at(event.client_y(), frame.top(), frame.height()),
        }
    }

    fn touch(self, event: &PointerEvent) {
        let (drawing, kind) = (self.pointer.get_value().is_some(), event.pointer_type());
        // A pen comes down after the hand that holds it, which drew nothing then.
        let palm = drawing && kind == "pen" && self.hand.get_value();
        if drawing && !palm || self.locked.get_untracked() || event.button() != 0 {
            return;
        }
        let Some(canvas) = canvas(event) else { return };
        if palm {
            self.state.cancel();
        }
        self.hand.set_value(kind == "touch");
        let at = self.place(&canvas, event);
        // Without capture the stroke just ends at the edge.
        let _ = canvas.set_pointer_capture(event.pointer_id());
        self.pointer.set_value(Some(event.pointer_id()));
        self.begin(at);
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
            .map(|one| self.place(&canvas, &one))
            .collect();
        if points.is_empty() {
            points.push(self.place(&canvas, event));
        }
        self.go_on(&points);
    }

    fn lift(self, event: &PointerEvent) {
        if self.pointer.get_value() == Some(event.pointer_id()) {
            self.pointer.set_value(None);
            self.end();
        }
    }

    /// The browser has taken the pointer for something else, or the hand was found to be a palm.
    fn cancel(self, event: &PointerEvent) {
        if self.pointer.get_value() == Some(event.pointer_id()) {
            self.pointer.set_value(None);
            self.state.cancel();
            self.state.rest();
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
            let at = self.at();
            self.cursor.set(Some(at));
            self.down.set_value(true);
            self.begin(at);
        }
    }

    fn go(self, right: f32, down: f32) {
        let (from, side) = (self.at(), untrack(|| self.side()));
        let inside = |at: f32| at.clamp(0.5, side - 0.5);
        let to = Point { x: inside(from.x + right), y: inside(from.y + down) };
        self.cursor.set(Some(to));
        if self.down.get_value() {
            self.go_on(&[to]);
        }
    }

    /// Lifts the keyboard's pen. A pad that loses the focus because it is taken away has none any more.
    fn put_up(self) {
        if self.down.try_get_value() == Some(true) {
            self.down.set_value(false);
            self.end();
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
