//! Small pictures with a legend, in which a pixel can be pointed at.

use crate::{
    charts::{colour, pixels::paint},
    explain::short,
    web::reactive::{effect, live, text},
};
use foolproof_core::picture::SIDE;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, KeyboardEvent, PointerEvent};

/// What a picture shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Paint {
    /// Ink, 0 to 1.
    Ink(Vec<f32>),
    /// Signed values, and the size at which the colours are full.
    Signed(Vec<f32>, f32),
}

impl Paint {
    fn rgba(&self) -> Vec<u8> {
        match self {
            Paint::Ink(pixels) => colour::grey(pixels.iter().copied()),
            Paint::Signed(values, most) => colour::signed(values.iter().copied(), *most),
        }
    }

    /// The legend: the numbers at the ends of the colours.
    fn legend(&self) -> Option<f32> {
        match self {
            Paint::Ink(_) => None,
            Paint::Signed(_, most) => Some(*most),
        }
    }
}

/// A picture with its caption.
#[component]
pub fn Picture(
    /// What it shows.
    #[prop(into)]
    paint: Signal<Option<Paint>>,
    /// A text in place of the picture.
    #[prop(into)]
    label: Signal<String>,
    /// What stands below it.
    #[prop(into)]
    caption: Signal<String>,
    /// The pixel that is pointed at, where one can be.
    #[prop(optional)]
    pixel: Option<RwSignal<usize>>,
) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    effect(move || {
        if let Some(canvas) = canvas.get() {
            let rgba = paint.with(|paint| paint.as_ref().map(Paint::rgba));
            let fits = rgba.filter(|rgba| rgba.len() == SIDE * SIDE * 4);
            self::paint(&canvas, &fits.unwrap_or_else(|| vec![0; SIDE * SIDE * 4]), SIDE);
        }
    });
    let point = move |event: PointerEvent| {
        let canvas: Option<HtmlCanvasElement> = event.current_target().and_then(|target| target.dyn_into().ok());
        let under = canvas.and_then(|canvas| under(&canvas, event.offset_x(), event.offset_y()));
        if let Some((pixel, under)) = pixel.zip(under) {
            pixel.set(under);
        }
    };
    let press = move |event: KeyboardEvent| {
        if let Some((pixel, next)) = pixel.and_then(|pixel| Some((pixel, step(pixel.get_untracked(), &event.key())?))) {
            event.prevent_default();
            pixel.set(next);
        }
    };
    let cross = pixel.map(|pixel| {
        let percent = |at: usize| format!("{}%", at as f64 * 100.0 / SIDE as f64);
        let (left, top) = (move || percent(pixel.get() % SIDE), move || percent(pixel.get() / SIDE));
        view! { <span class="cross" style:left=text(left) style:top=text(top)></span> }
    });
    let legend = move || {
        let most = paint.with(|paint| paint.as_ref().and_then(Paint::legend));
        let end = |sign: &str| most.map_or_else(String::new, |most| format!("{sign}{}", short(most)));
        (end("−"), end("+"))
    };
    let plain = live(move || paint.with(|paint| paint.as_ref().and_then(Paint::legend).is_none()));
    view! {
        <figure>
            <div class="pixels">
                <canvas
                    node_ref=canvas
                    width=SIDE
                    height=SIDE
                    role="img"
                    aria-label=label
                    tabindex=if pixel.is_some() { "0" } else { "-1" }
                    on:pointerdown=point
                    on:keydown=press
                ></canvas>
                {cross}
            </div>
            <figcaption>
                <span>{caption}</span>
                <span class="legend" hidden=plain>
                    <span class="low">{text(move || legend().0)}</span>
                    <span class="ramp" aria-hidden="true"></span>
                    <span class="high">{text(move || legend().1)}</span>
                </span>
            </figcaption>
        </figure>
    }
}

/// The pixel under a place on the canvas, in CSS pixels.
fn under(canvas: &HtmlCanvasElement, x: i32, y: i32) -> Option<usize> {
    let at = |offset: i32, length: i32| (length > 0).then(|| i64::from(offset) * SIDE as i64 / i64::from(length));
    let column = usize::try_from(at(x, canvas.client_width())?).ok().filter(|&column| column < SIDE)?;
    let row = usize::try_from(at(y, canvas.client_height())?).ok().filter(|&row| row < SIDE)?;
    Some(row * SIDE + column)
}

/// Where an arrow key leads.
fn step(from: usize, key: &str) -> Option<usize> {
    let (row, column) = (from / SIDE, from % SIDE);
    let (row, column) = match key {
        "ArrowLeft" => (row, column.saturating_sub(1)),
        "ArrowRight" => (row, (column + 1).min(SIDE - 1)),
        "ArrowUp" => (row.saturating_sub(1), column),
        "ArrowDown" => ((row + 1).min(SIDE - 1), column),
        _ => return None,
    };
    Some(row * SIDE + column)
}
