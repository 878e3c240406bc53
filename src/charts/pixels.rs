//! A picture of few pixels that one can count, and point at.

use crate::web::reactive::{effect, live, text};
use crate::{inputs::format::Format, shell::state::State};
use leptos::{html, prelude::*};
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData, KeyboardEvent, PointerEvent};

/// Puts RGBA pixels on a canvas, which becomes `side * side` pixels; others than so many leave it blank.
pub fn paint(canvas: &HtmlCanvasElement, rgba: &[u8], side: usize) {
    // A canvas that is given a size is wiped.
    canvas.set_width(side as u32);
    canvas.set_height(side as u32);
    let context =
        canvas.get_context("2d").ok().flatten().and_then(|any| any.dyn_into::<CanvasRenderingContext2d>().ok());
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(rgba), side as u32, side as u32);
    if let (Some(context), Ok(image)) = (context, image) {
        // Fails only for sizes that do not fit, which were checked when the image was made.
        let _ = context.put_image_data(&image, 0.0, 0.0);
    }
}

/// An input's pixels, crisp. Pointing at one, or moving over them with the arrow keys where `keys` is set, inspects
/// that pixel in every picture.
#[component]
pub fn Pixels(
    /// RGBA; nothing while there is no picture.
    #[prop(into)]
    rgba: Signal<Option<Vec<u8>>>,
    /// A text in place of the picture.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it can be reached and inspected by keyboard.
    #[prop(optional)]
    keys: bool,
) -> impl IntoView {
    let state = expect_context::<State>();
    let canvas = NodeRef::<html::Canvas>::new();
    effect(move || {
        if let Some(canvas) = canvas.get() {
            let side = state.format().side();
            rgba.with(|rgba| paint(&canvas, rgba.as_deref().unwrap_or_default(), side));
        }
    });
    let point = move |event: PointerEvent| {
        let canvas: Option<HtmlCanvasElement> = event.current_target().and_then(|target| target.dyn_into().ok());
        let side = state.formats.with_untracked(Format::side);
        state.inspected.set(canvas.and_then(|canvas| under(&canvas, event.offset_x(), event.offset_y(), side)));
    };
    let press = move |event: KeyboardEvent| {
        let side = state.formats.with_untracked(Format::side);
        if let Some(next) = walk(state.inspected.get_untracked(), &event.key(), side) {
            event.prevent_default();
            state.inspected.set(Some(next));
        }
    };
    view! {
        <div class="pixels" translate="no" class:empty=live(move || rgba.with(Option::is_none))>
            <canvas
                node_ref=canvas
                role="img"
                aria-label=label
                tabindex=if keys { "0" } else { "-1" }
                on:pointermove=point
                on:pointerleave=move |_| state.inspected.set(None)
                on:keydown=press
                on:blur=move |_| state.inspected.set(None)
            ></canvas>
            <Cross />
        </div>
    }
}

/// The frame around the inspected pixel.
#[component]
fn Cross() -> impl IntoView {
    let state = expect_context::<State>();
    let percent = |at: usize, side: usize| format!("{}%", at as f64 * 100.0 / side as f64);
    let place = move |part: fn(usize, usize) -> usize| {
        let side = state.format().side();
        state.inspected.get().map(|index| percent(part(index, side), side))
    };
    let (left, top) = (move || place(|index, side| index % side), move || place(|index, side| index / side));
    let size = move || percent(1, state.format().side());
    view! {
        <span class="cross" hidden=live(move || state.inspected.with(Option::is_none)) style:left=text(left) style:top=text(top) style:width=text(size)></span>
    }
}

/// The pixel of a picture of this side under a place on its canvas, in CSS pixels.
pub fn under(canvas: &HtmlCanvasElement, x: i32, y: i32, side: usize) -> Option<usize> {
    let at = |offset: i32, length: i32| (length > 0).then(|| i64::from(offset) * side as i64 / i64::from(length));
    let column = usize::try_from(at(x, canvas.client_width())?).ok().filter(|&column| column < side)?;
    let row = usize::try_from(at(y, canvas.client_height())?).ok().filter(|&row| row < side)?;
    Some(row * side + column)
}

/// Where an arrow key leads in a picture of this side; from nowhere to the middle.
pub fn walk(from: Option<usize>, key: &str, side: usize) -> Option<usize> {
    let index = from.unwrap_or(side * side / 2 + side / 2);
    let (row, column) = (index / side, index % side);
    let (row, column) = match key {
        "ArrowLeft" => (row, column.saturating_sub(1)),
        "ArrowRight" => (row, (column + 1).min(side - 1)),
        "ArrowUp" => (row.saturating_sub(1), column),
        "ArrowDown" => ((row + 1).min(side - 1), column),
        _ => return None,
    };
    Some(row * side + column)
}
