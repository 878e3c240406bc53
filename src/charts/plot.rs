//! A drawing of numbers: its axes, the words beside them, and what is drawn between, one after the other.

use crate::i18n::number;
use leptos::prelude::*;
use std::fmt::Write;

/// Where the numbers lie, in the drawing's own units: right of and above the corner of the axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// From the left to the right end.
    pub width: f64,
    /// From the upper to the lower end.
    pub height: f64,
    /// Where the word at the upper end ends, left of the axis.
    pub upper: (f64, f64),
    /// How far below the axis words stand.
    pub below: f64,
    /// The area with room for words around it.
    pub view_box: &'static str,
}

/// That of a small chart, several of which stand side by side.
pub const SMALL: Area =
    Area { width: 260.0, height: 110.0, upper: (-5.0, 4.0), below: 15.0, view_box: "-46 -8 314 136" };

impl Area {
    /// Both axes.
    pub fn axes(self) -> Shape {
        Shape::path("axis", format!("M0 0V{}H{}", self.height, self.width))
    }

    /// Words at the upper and at the lower end, left of the axis.
    pub fn up(self, [low, high]: [String; 2]) -> [Shape; 2] {
        let (x, y) = self.upper;
        [Shape::words(x, y, high).to("end"), Shape::words(x, self.height, low).to("end")]
    }

    /// A word below the axis that begins at `x`.
    pub fn under(self, x: f64, said: String) -> Shape {
        Shape::words(x, self.height + self.below, said)
    }

    /// A word below the right end.
    pub fn right(self, said: String) -> Shape {
        self.under(self.width, said).to("end")
    }
}

/// A part of a drawing.
pub enum Shape {
    /// A line, or what it goes around.
    Path {
        /// Class of the stroke or the fill.
        class: String,
        /// The path's commands.
        d: String,
    },
    /// A dot at the end of a line.
    Dot {
        /// Class of its fill.
        class: String,
        /// Its middle.
        at: (f64, f64),
    },
    /// Words.
    Words {
        /// Class of the words, if they look unlike others.
        class: Option<String>,
        /// Where they are.
        at: (f64, f64),
        /// Whether they end or have their middle there; otherwise they begin there.
        anchor: Option<&'static str>,
        /// What they are.
        said: String,
    },
}

impl Shape {
    /// A path of a class.
    pub fn path(class: impl Into<String>, d: String) -> Shape {
        Shape::Path { class: class.into(), d }
    }

    /// Words that begin at a place.
    pub fn words(x: f64, y: f64, said: String) -> Shape {
        Shape::Words { class: None, at: (x, y), anchor: None, said }
    }

    /// These words with their end, or their middle, at their place.
    pub fn to(self, side: &'static str) -> Shape {
        match self {
            Shape::Words { class, at, said, .. } => Shape::Words { class, at, anchor: Some(side), said },
            other => other,
        }
    }

    /// These words in a class.
    pub fn of(self, name: impl Into<String>) -> Shape {
        match self {
            Shape::Words { at, anchor, said, .. } => Shape::Words { class: Some(name.into()), at, anchor, said },
            other => other,
        }
    }

    fn view(self) -> AnyView {
        match self {
            Shape::Path { class, d } => view! { <path class=class d=d /> }.into_any(),
            Shape::Dot { class, at: (x, y) } => {
                view! { <circle class=class cx=x.to_string() cy=y.to_string() r="3" /> }.into_any()
            }
            Shape::Words { class, at: (x, y), anchor, said } => {
                let said = number::said(said);
                view! { <text class=class x=x.to_string() y=y.to_string() text-anchor=anchor>{said}</text> }.into_any()
            }
        }
    }
}

/// A path from point to point.
pub fn line(points: impl Iterator<Item = (f64, f64)>) -> String {
    let mut path = String::new();
    for (at, (x, y)) in points.enumerate() {
        let pen = if at == 0 { 'M' } else { 'L' };
        // Writing to memory does not fail.
        let _ = write!(path, "{pen}{x:.1} {y:.1}");
    }
    path
}

/// A drawing.
pub struct Plot {
    /// Its id, where something refers to it.
    pub id: Option<String>,
    /// Its classes, `chart` among them.
    pub class: &'static str,
    /// What of it is seen.
    pub view_box: &'static str,
    /// The text in its place.
    pub label: String,
    /// Its parts, in the order in which they are drawn.
    pub shapes: Vec<Shape>,
}

/// The drawing.
pub fn plot(Plot { id, class, view_box, label, shapes }: Plot) -> AnyView {
    let shapes: Vec<AnyView> = shapes.into_iter().map(Shape::view).collect();
    view! {
        <svg class=class id=id viewBox=view_box role="img" aria-label=label>
            {shapes}
        </svg>
    }
    .into_any()
}

/// What each line is: the classes of its stroke, and words.
pub fn keys(keys: impl Iterator<Item = (String, String)>) -> AnyView {
    let key = |(class, said): (String, String)| {
        view! {
            <li>
                <svg viewBox="0 0 28 8" width="28" height="8" aria-hidden="true">
                    <path class=class d="M0 4H28" />
                </svg>
                {said}
            </li>
        }
        .into_any()
    };
    let keys: Vec<AnyView> = keys.map(key).collect();
    view! { <ul class="keys">{keys}</ul> }.into_any()
}
