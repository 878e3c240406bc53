//! An input in little room, as its kind is looked at: pictures as pictures, a row or a point as its values.

use crate::{
    charts::{colour, pixels::paint},
    evaluate::rows::{NamedValue, named},
    web::reactive::effect,
};
use foolproof_core::input_kind::InputKind;
use leptos::{html, prelude::*};

/// An input of `[channel, row, column]`, and beside it what an attack made of it, if that is given. What stands around it
/// says what it shows.
pub fn pair(kind: &InputKind, shape: [usize; 3], clean: Option<Vec<f32>>, attacked: Option<Vec<f32>>) -> AnyView {
    if kind.is_picture() {
        let attacked = attacked.map(|pixels| canvas(shape, Some(pixels)));
        return view! { <span class="pair">{canvas(shape, clean)} {attacked}</span> }.into_any();
    }
    values(named(kind, clean.as_deref().unwrap_or_default(), attacked.as_deref()))
}

/// Values by name, those that an attack moved marked.
pub fn values(all: Vec<NamedValue>) -> AnyView {
    let value = |one: NamedValue| {
        view! {
            <span class:changed=one.changed>
                {one.name} " " <b>{one.value}</b>
            </span>
        }
    };
    view! { <span class="values">{all.into_iter().map(value).collect::<Vec<_>>()}</span> }.into_any()
}

/// A picture; empty without pixels, or where there are too many or too few.
pub fn canvas(shape: [usize; 3], pixels: Option<Vec<f32>>) -> AnyView {
    let place = NodeRef::<html::Canvas>::new();
    let [_, rows, columns] = shape;
    let pixels = pixels.filter(|pixels| pixels.len() == shape.iter().product::<usize>());
    effect(move || {
        if let Some((canvas, pixels)) = place.get().zip(pixels.as_ref()) {
            paint(&canvas, &colour::picture(pixels, shape), columns);
        }
    });
    view! { <canvas node_ref=place width=columns height=rows aria-hidden="true"></canvas> }.into_any()
}
