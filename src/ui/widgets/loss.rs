//! Loss over the iterates of an attack, both models in one chart, with the table behind it.

use crate::{
    manifest::Model,
    ui::{results::Shown, words::figure},
};
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
    results: Memo<Vec<(Model, Shown)>>,
) -> impl IntoView {
    let lines = Memo::new(move |_| results.with(|results| lines(results)));
    let top =
        Memo::new(move |_| lines.with(|lines| lines.iter().flat_map(|line| &line.values).copied().fold(0.1, f32::max)));
    let last = Memo::new(move |_| {
        lines.with(|lines| lines.iter().map(|line| line.values.len()).max().unwrap_or(0).saturating_sub(1))
    });
    let label = move || {
        let ends = lines.with(|lines| {
            let said = lines.iter().filter_map(|line| {
                let (first, last) = (*line.values.first()?, *line.values.last()?);
                Some(format!("{} from {} to {}", line.name, figure(short(first)), figure(short(last))))
            });
            said.collect::<Vec<_>>().join("; ")
        });
        format!("Loss per step. {ends}.")
    };
    let curve = move |at: usize| view! { <Curve at lines top last /> };
    view! {
        <svg class="chart" viewBox="-46 -12 464 196" role="img" aria-label=label>
            <path class="axis" d=format!("M0 0V{HEIGHT}H{WIDTH}") />
            <text x="-6" y="5" text-anchor="end">{move || figure(short(top.get()))}</text>
            <text x="-6" y=HEIGHT.to_string() text-anchor="end">"0"</text>
            <text x="0" y=(HEIGHT + 18.0).to_string()>"0"</text>
            <text x=WIDTH.to_string() y=(HEIGHT + 18.0).to_string() text-anchor="end">
                {move || last.get().to_string()}
            </text>
            <text x=(WIDTH / 2.0).to_string() y=(HEIGHT + 18.0).to_string() text-anchor="middle">
                "step"
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
    let line = Memo::new(move |_| lines.with(|lines| lines.get(at).cloned()));
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
        let line = line.get()?;
        let (step, value) = (line.values.len().checked_sub(1)?, *line.values.last()?);
        let name = if line.robust { "robust" } else { "natural" };
        let above = if y(value) < 14.0 { 14.0 } else { -6.0 };
        Some(view! {
            <text class=if line.robust { "name robust" } else { "name" } x=x(step).to_string() y=(y(value) + above).to_string() text-anchor="end">
                {name}
            </text>
        })
    };
    view! {
        <path class=class d=path />
        {end}
    }
}

/// The table behind the chart: at most [`ROWS`] steps, the first and the last among them.
#[component]
pub fn LossTable(
    /// The models with their results.
    results: Memo<Vec<(Model, Shown)>>,
) -> impl IntoView {
    let lines = Memo::new(move |_| results.with(|results| lines(results)));
    let head = move || lines.get().into_iter().map(|line| view! { <th scope="col">{line.name}</th> }).collect_view();
    let rows = move || {
        let lines = lines.get();
        let count = lines.iter().map(|line| line.values.len()).max().unwrap_or(0);
        let row = |step: usize| {
            let value = |line: &Line| line.values.get(step).map_or_else(|| "–".into(), |&value| figure(short(value)));
            let cells = lines.iter().map(value).map(|value| view! { <td>{value}</td> }).collect_view();
            view! {
                <tr>
                    <th scope="row">{step}</th>
                    {cells}
                </tr>
            }
        };
        picked(count).into_iter().map(row).collect_view()
    };
    view! {
        <details>
            <summary>"Loss as a table"</summary>
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Step"</th>
                        {head}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
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
