//! Small pictures with a legend, in which a pixel can be pointed at.

use crate::{
    charts::{
        colour,
        pixels::{paint, under, walk},
    },
    explain::short,
    inputs::format::Format,
    web::{
        reactive::{effect, live, text},
        when::list,
    },
};
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
    fn rgba(&self, shape: [usize; 3]) -> Vec<u8> {
        match self {
            Paint::Ink(pixels) => colour::picture(pixels, shape),
            Paint::Signed(values, most) => colour::change(values, shape, *most),
        }
    }

    fn values(&self) -> &[f32] {
        match self {
            Paint::Ink(values) | Paint::Signed(values, _) => values,
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

/// A picture, or a row, with its caption.
#[component]
pub fn Picture(
    /// What the inputs are.
    format: Signal<Format>,
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
    let values = Values { format, paint, label, pixel };
    let drawn = move || if format.get().kind.is_picture() { values.canvas() } else { values.row() };
    let coloured = live(move || format.get().shape[0] == 3);
    let legend = move || {
        let most = paint.with(|paint| paint.as_ref().and_then(Paint::legend));
        let end = |sign: &str| most.map_or_else(String::new, |most| format!("{sign}{}", short(most)));
        (end("−"), end("+"))
    };
    let plain = live(move || paint.with(|paint| paint.as_ref().and_then(Paint::legend).is_none()));
    view! {
        <figure>
            {drawn}
            <figcaption>
                <span>{caption}</span>
                <span class="legend" class:coloured=coloured hidden=plain>
                    <span class="low">{text(move || legend().0)}</span>
                    <span class="ramp" aria-hidden="true"></span>
                    <span class="high">{text(move || legend().1)}</span>
                </span>
            </figcaption>
        </figure>
    }
}

/// What a picture shows, and which of its features is looked at.
#[derive(Clone, Copy)]
struct Values {
    format: Signal<Format>,
    paint: Signal<Option<Paint>>,
    label: Signal<String>,
    pixel: Option<RwSignal<usize>>,
}

impl Values {
    /// As pixels.
    fn canvas(self) -> AnyView {
        let Values { format, paint, label, pixel } = self;
        let canvas = NodeRef::<html::Canvas>::new();
        effect(move || {
            if let Some(canvas) = canvas.get() {
                let format = format.get();
                let fits = |paint: &Paint| paint.values().len() == format.features();
                let rgba = paint
                    .with(|paint| paint.as_ref().filter(|paint| fits(paint)).map(|paint| paint.rgba(format.shape)));
                self::paint(&canvas, &rgba.unwrap_or_default(), format.side());
            }
        });
        let side = move || format.get_untracked().side();
        // Another place is looked at in the same channel.
        let go = move |place: Option<usize>| {
            if let Some((pixel, place)) = pixel.zip(place) {
                let plane = side() * side();
                pixel.update(|pixel| *pixel = *pixel / plane * plane + place);
            }
        };
        let point = move |event: PointerEvent| {
            let canvas: Option<HtmlCanvasElement> = event.current_target().and_then(|target| target.dyn_into().ok());
            go(canvas.and_then(|canvas| under(&canvas, event.offset_x(), event.offset_y(), side())));
        };
        let press = move |event: KeyboardEvent| {
            let from = pixel.map(|pixel| pixel.get_untracked() % (side() * side()));
            let next = from.and_then(|from| walk(Some(from), &event.key(), side()));
            if next.is_some() {
                event.prevent_default();
                go(next);
            }
        };
        let cross = pixel.map(|pixel| {
            let percent = move |at: fn(usize, usize) -> usize| {
                let side = format.get().side();
                format!("{}%", at(pixel.get(), side) as f64 * 100.0 / side as f64)
            };
            let left = move || percent(|pixel, side| pixel % side);
            let top = move || percent(|pixel, side| pixel / side % side);
            let size = move || percent(|_, _| 1);
            view! { <span class="cross" style:left=text(left) style:top=text(top) style:width=text(size)></span> }
        });
        view! {
            <div class="pixels">
                <canvas
                    node_ref=canvas
                    role="img"
                    aria-label=label
                    tabindex=if pixel.is_some() { "0" } else { "-1" }
                    on:pointerdown=point
                    on:keydown=press
                ></canvas>
                {cross}
            </div>
        }
        .into_any()
    }

    /// By the names of their columns; where one can be looked at, each is a button.
    fn row(self) -> AnyView {
        let Values { format, paint, label, pixel } = self;
        let line = move |at: usize, name: String| {
            let value = text(move || paint.with(|paint| paint.as_ref()?.values().get(at).copied().map(short)));
            let name = match pixel {
                None => view! { <span>{name}</span> }.into_any(),
                Some(pixel) => {
                    let chosen = text(move || (pixel.get() == at).to_string());
                    view! {
                        <button type="button" class="quiet" aria-pressed=chosen on:click=move |_| pixel.set(at)>
                            {name}
                        </button>
                    }
                    .into_any()
                }
            };
            view! { <li>{name} " " <b>{value}</b></li> }.into_any()
        };
        let lines = move || {
            let columns = format.get().kind.columns().into_owned().into_iter().enumerate();
            columns.map(|(at, column)| line(at, column.name)).collect()
        };
        view! {
            <ul class="row-values" aria-label=label>
                {list(lines)}
            </ul>
        }
        .into_any()
    }
}
