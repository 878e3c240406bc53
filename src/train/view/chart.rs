//! One quantity over training time, as a small chart with its name, its last value and one line a series.

use crate::attack::words::figure;
use crate::charts::{
    plot::{Plot, SMALL, Shape, line},
    small::Small,
};
use crate::i18n::{tr, tr_with};
use leptos::prelude::*;
use std::iter;

/// One line: its name, its class, and points of seconds and value.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What it is.
    pub name: &'static str,
    /// Class of its stroke: `line-1`, `line-2`, or `plain`.
    pub line: &'static str,
    /// Seconds and value, in order.
    pub points: Vec<(f64, f64)>,
}

/// What a chart shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Its heading.
    pub title: &'static str,
    /// Its lines.
    pub series: Vec<Series>,
    /// Right end of the time axis, seconds.
    pub seconds: f64,
    /// Whether values are shares from 0 to 1.
    pub share: bool,
}

impl Drawing {
    fn top(&self) -> f64 {
        if self.share {
            return 1.0;
        }
        let most = self.series.iter().flat_map(|series| &series.points).map(|point| point.1).fold(0.0, f64::max);
        if most > 0.0 { 1.1 * most } else { 1.0 }
    }

    fn value(&self, value: f64) -> String {
        if self.share { format!("{:.0} %", 100.0 * value) } else { figure(round(value)) }
    }

    /// A line's last value, with its name where there are several.
    fn last(&self, series: &Series) -> Option<String> {
        let value = series.points.last().map(|point| self.value(point.1))?;
        Some(if self.series.len() > 1 { format!("{} {value}", series.name) } else { value })
    }

    fn said(&self) -> String {
        let last: Vec<String> = self.series.iter().filter_map(|series| self.last(series)).collect();
        if last.is_empty() { tr("nothing yet").into() } else { last.join(", ") }
    }
}

/// Three digits that count.
fn round(value: f64) -> f64 {
    crate::attack::scale::round_digits(value, 3)
}

/// The chart.
pub fn chart(drawn: &Drawing) -> AnyView {
    let (top, end) = (drawn.top(), drawn.seconds.max(1e-9));
    let place = |(seconds, value): (f64, f64)| {
        ((seconds / end).min(1.0) * SMALL.width, SMALL.height * (1.0 - (value / top).min(1.0)))
    };
    let shapes_of = |series: &Series| {
        let curve = line(series.points.iter().copied().map(place));
        let dot = series.points.last().map(|&point| place(point));
        let dot = dot.map(|at| Shape::Dot { class: format!("dot {}", series.line), at });
        iter::once(Shape::path(format!("curve {}", series.line), curve)).chain(dot)
    };
    let key =
        |series: &Series| (format!("curve {}", series.line), drawn.last(series).unwrap_or_else(|| series.name.into()));
    let several = drawn.series.len() > 1;
    let label = tr_with("{0} over {1} seconds of training: {2}.", &[&drawn.title, &figure(end.round()), &drawn.said()]);
    let mut shapes = vec![SMALL.axes()];
    let empty = drawn.series.iter().all(|series| series.points.is_empty());
    // Where nothing was drawn, only a share has a scale.
    let high =
        if empty && !drawn.share { String::new() } else { drawn.value(if drawn.share { 1.0 } else { round(top) }) };
    shapes.extend(SMALL.up([drawn.value(0.0), high]));
    shapes.push(SMALL.under(0.0, tr("seconds of training").into()));
    shapes.push(SMALL.right(format!("{} s", figure(end.round()))));
    shapes.extend(drawn.series.iter().flat_map(shapes_of));
    let plot = Plot { id: None, class: "chart", view_box: SMALL.view_box, label, shapes };
    Small {
        // Several have their values in the key below.
        value: (!several).then(|| drawn.said()),
        keys: several.then(|| drawn.series.iter().map(key).collect()),
        ..Small::of(drawn.title.into(), plot)
    }
    .view()
}
