//! A small picture of an input.

use crate::{charts::pixels::paint, web::reactive::effect};
use leptos::{html, prelude::*};

/// A thumbnail.
#[component]
pub fn Thumbnail(
    /// RGBA of a square picture.
    #[prop(into)]
    rgba: Signal<Vec<u8>>,
    /// A text in place of the picture.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    effect(move || {
        if let Some(canvas) = canvas.get() {
            rgba.with(|rgba| paint(&canvas, rgba, (rgba.len() / 4).isqrt()));
        }
    });
    view! { <canvas class="small" node_ref=canvas role="img" aria-label=label></canvas> }
}
