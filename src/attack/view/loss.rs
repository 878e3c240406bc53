//! Loss over the iterates of an attack, both models in one chart, with the table behind it.

use super::details::{Pair, cell, heading};
use crate::i18n::{tr, tr_mark, tr_with};
use crate::{
    attack::{results::Shown, words::figure},
    web::reactive::{live, memo, text},
};
use foolproof_core::manifest::Model;
use leptos::prelude::*;
use std::fmt::Write;

/// Size of the drawing in its own units.
const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 150.0;
/// Most rows of the table.
const ROWS: usize = 20;

/// One model's line.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    name: String,
    robust: bool,
    values: Vec<f32>,
}

fn lines(results: &[(Model, Shown)]) -> Vec<Line> {
    let line = |(model, shown): &(Model, Shown)| {
        let values = shown.sample()?.loss.iter().copied().filter(|value| value.is_finite()).collect();
        Some(Line { name: model.name.clone(), robust: model.robust, values })
    };
    results.iter().filter_map(line).collect()
}

/// The chart.
#[component]
pub fn LossChart(
    /// The models with their results.
    results: Pair,
) -> impl IntoView {
    let lines = memo(move || results.with(|results| lines(results)));
    let top = memo(move || lines.with(|lines| lines.iter().flat_map(|line| &line.values).copied().fold(0.1, f32::max)));
    let last = memo(move || {
        lines.with(|lines| lines.iter().map(|line| line.values.len()).max().unwrap_or(0).saturating_sub(1))
    });
    let label = move || {
        let ends = lines.with(|lines| {
            let said = lines.iter().filter_map(|line| {
                let (first, last) = (*line.values.first()?, *line.values.last()?);
                Some(tr_with("{0} from {1} to {2}", &[&line.name, &figure(short(first)), &figure(short(last))]))
            });
            said.collect::<Vec<_>>().join("; ")
        });
        tr_with("Loss per step. {0}.", &[&ends])
    };
    let curve = move |at: usize| view! { <Curve at lines top last /> };
    view! {
        <svg class="chart" viewBox="-46 -12 464 196" role="img" aria-label=text(label)>
            <path class="axis" d=format!("M0 0V{HEIGHT}H{WIDTH}") />
            <text x="-6" y="5" text-anchor="end">{text(move || figure(short(top.get())))}</text>
            <text x="-6" y=HEIGHT.to_string() text-anchor="end">"0"</text>
            <text x="0" y=(HEIGHT + 18.0).to_string()>"0"</text>
            <text x=WIDTH.to_string() y=(HEIGHT + 18.0).to_string() text-anchor="end">
                {text(move || last.get().to_string())}
            </text>
            <text x=(WIDTH / 2.0).to_string() y=(HEIGHT + 18.0).to_string() text-anchor="middle">
                {tr("step")}
            </text>
            {curve(0)}
            {curve(1)}
        </svg>
    }
}

fn short(value: f32) -> f64 {
    (f64::from(value) * 1e3).round() / 1e3
}

#[component]
fn Curve(at: usize, lines: Memo<Vec<Line>>, top: Memo<f32>, last: Memo<usize>) -> impl IntoView {
    let line = memo(move || lines.with(|lines| lines.get(at).cloned()));
    let class = move || if line.get().is_some_and(|line| line.robust) { "curve robust" } else { "curve" };
    let x = move |step: usize| step as f64 * WIDTH / last.get().max(1) as f64;
    let y = move |value: f32| HEIGHT - f64::from(value.max(0.0) / top.get()) * HEIGHT;
    let path = move || {
        let mut path = String::new();
        for (step, value) in line.get().map(|line| line.values).unwrap_or_default().into_iter().enumerate() {
            // Writing to memory does not fail.
            let _ = write!(path, "{}{:.1} {:.1}", if step == 0 { 'M' } else { 'L' }, x(step), y(value));
        }
        path
    };
    let end = move || {
        line.with(|line| {
            let values = &line.as_ref()?.values;
            Some((x(values.len().checked_sub(1)?), y(*values.last()?)))
        })
    };
    let name = move || {
        line.with(|line| line.as_ref().map(|line| if line.robust { tr_mark("robust") } else { tr_mark("natural") }))
    };
    // Below the line's end where there is no room above it.
    let height = move || end().map(|(_, y)| (y + if y < 14.0 { 14.0 } else { -6.0 }).to_string());
    view! {
        <path class=text(class) d=text(path) />
        <text
            class=text(move || format!("name {}", name().unwrap_or_default()))
            x=text(move || end().map(|(x, _)| x.to_string()))
            y=text(height)
            text-anchor="end"
        >
            {text(move || name().map(tr))}
        </text>
    }
}

/// The table behind the chart: at most [`ROWS`] steps, the first and the last among them.
#[component]
pub fn LossTable(
    /// The models with their results.
    results: Pair,
) -> impl IntoView {
    let lines = memo(move || results.with(|results| lines(results)));
    let steps = memo(move || picked(lines.with(|lines| lines.iter().map(|line| line.values.len()).max().unwrap_or(0))));
    let value = move |row: usize, column: usize| {
        let said = text(move || {
            let step = steps.with(|steps| steps.get(row).copied())?;
            // A line that has ended while the other goes on.
            let value = lines.with(|lines| lines.get(column)?.values.get(step).copied());
            Some(value.map_or_else(|| "–".into(), |value| figure(short(value))))
        });
        cell(results, column, said)
    };
    let row = move |row: usize| {
        view! {
            <tr hidden=live(move || steps.with(|steps| steps.len() <= row))>
                <th scope="row">{text(move || steps.with(|steps| steps.get(row).map(usize::to_string)))}</th>
                {value(row, 0)}
                {value(row, 1)}
            </tr>
        }
        .into_any()
    };
    view! {
        <details>
            <summary>{tr("Loss as a table")}</summary>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{tr("Step")}</th>
                        {heading(results, 0)}
                        {heading(results, 1)}
                    </tr>
                </thead>
                <tbody>{(0..ROWS).map(row).collect::<Vec<_>>()}</tbody>
            </table>
        </details>
    }
}

/// Evenly spread steps.
fn picked(count: usize) -> Vec<usize> {
    if count <= ROWS {
        return (0..count).collect();
    }
    (0..ROWS).map(|row| row * (count - 1) / (ROWS - 1)).collect()
}
