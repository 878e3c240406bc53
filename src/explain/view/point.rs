//! The clean and the adversarial input in a drawing of the plane.

use leptos::prelude::*;

/// The clean or the adversarial input in a plane.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// A dot.
    Clean,
    /// A cross.
    Adversarial,
}

impl Point {
    /// Drawn at a place, its name so far below it.
    pub fn at(self, [x, y]: [f32; 2], name: &'static str, below: f32) -> AnyView {
        let mark = match self {
            Point::Clean => view! { <circle class="input" cx=x.to_string() cy=y.to_string() r="0.9" /> }.into_any(),
            Point::Adversarial => {
                let cross = format!("M{} {}l1.8 1.8m0 -1.8l-1.8 1.8", x - 0.9, y - 0.9);
                view! { <path class="twin" d=cross /> }.into_any()
            }
        };
        view! {
            {mark}
            <text class="point" x=x.to_string() y=(y + below).to_string() text-anchor="middle">{name}</text>
        }
        .into_any()
    }
}
