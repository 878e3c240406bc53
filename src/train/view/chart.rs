//! One quantity over training time, as a small chart with its name, its last value and one line a series.

use crate::attack::words::figure;
use crate::i18n::{tr, tr_with};
use leptos::prelude::*;
use std::fmt::Write;

/// Size of the drawing in its own units.
const WIDTH: f64 = 260.0;
const HEIGHT: f64 = 110.0;

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
    let place =
        |(seconds, value): (f64, f64)| ((seconds / end).min(1.0) * WIDTH, HEIGHT * (1.0 - (value / top).min(1.0)));
    let line = |series: &Series| {
        let mut path = String::new();
        for (at, &point) in series.points.iter().enumerate() {
            let (x, y) = place(point);
            // Writing to memory does not fail.
            let _ = write!(path, "{}{x:.1} {y:.1}", if at == 0 { 'M' } else { 'L' });
        }
        let dot = series.points.last().map(|&point| place(point));
        view! {
            <path class=format!("curve {}", series.line) d=path />
            {dot.map(|(x, y)| view! { <circle class=format!("dot {}", series.line) cx=x.to_string() cy=y.to_string() r="3" /> })}
        }
        .into_any()
    };
    let key = |series: &Series| {
        view! {
            <li>
                <svg viewBox="0 0 28 8" width="28" height="8" aria-hidden="true">
                    <path class=format!("curve {}", series.line) d="M0 4H28" />
                </svg>
                {drawn.last(series).unwrap_or_else(|| series.name.into())}
            </li>
        }
        .into_any()
    };
    let lines: Vec<AnyView> = drawn.series.iter().map(line).collect();
    let several = drawn.series.len() > 1;
    let keys: Vec<AnyView> = drawn.series.iter().filter(|_| several).map(key).collect();
    let label = tr_with("{0} over {1} seconds of training: {2}.", &[&drawn.title, &figure(end.round()), &drawn.said()]);
    view! {
        <figure class="small-chart">
            <figcaption>
                <span>{drawn.title}</span>
                // Several have their values in the key below.
                {(!several).then(|| view! { <b>{drawn.said()}</b> })}
            </figcaption>
            <svg class="chart" viewBox="-46 -8 314 136" role="img" aria-label=label>
                <path class="axis" d=format!("M0 0V{HEIGHT}H{WIDTH}") />
                <text x="-5" y="4" text-anchor="end">{drawn.value(if drawn.share { 1.0 } else { round(top) })}</text>
                <text x="-5" y=HEIGHT.to_string() text-anchor="end">{drawn.value(0.0)}</text>
                <text x=WIDTH.to_string() y=(HEIGHT + 15.0).to_string() text-anchor="end">{format!("{} s", figure(end.round()))}</text>
                {lines}
            </svg>
            {several.then(|| view! { <ul class="keys">{keys}</ul> })}
        </figure>
    }
    .into_any()
}
