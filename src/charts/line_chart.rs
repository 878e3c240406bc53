//! A small chart of one line a model, with what each ends at below it, a button that saves it, and the table behind it.

use super::{chart_file::SaveChart, data_table};
use crate::i18n::tr;
use leptos::prelude::*;
use std::fmt::Write;

/// Size of a drawing in its own units.
const WIDTH: f64 = 260.0;
const HEIGHT: f64 = 110.0;

/// One model's line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The model's name.
    pub name: String,
    /// The figure that the line ends at; nothing where there is no line.
    pub end: Option<String>,
    /// How far to the right and how high, 0 to 1 each.
    pub points: Vec<(f64, f64)>,
}

/// A chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// What it is of, in the drawing's id and the name of its file.
    pub kind: &'static str,
    /// What stands above it.
    pub title: String,
    /// The text in place of the drawing.
    pub label: String,
    /// Words at the left and at the right end.
    pub across: [String; 2],
    /// Figures at the lower and at the upper end.
    pub up: [String; 2],
    /// The lines, one a model.
    pub lines: Vec<Line>,
    /// What the button says.
    pub save: &'static str,
    /// Heads of the table's columns.
    pub heads: Vec<String>,
    /// Its rows: the word before each, and a cell for every other column.
    pub rows: Vec<(String, Vec<Cell>)>,
}

/// A figure, and what stands small below it.
pub type Cell = (String, String);

/// The heads of a table: what its rows are told by, then the models.
pub fn heads(first: &str, names: impl Iterator<Item = String>) -> Vec<String> {
    std::iter::once(first.to_owned()).chain(names).collect()
}

/// At most so many of these places, evenly chosen, the first and the last among them: rows of a table.
pub fn few(count: usize, most: usize) -> Vec<usize> {
    let (last, gaps) = (count.saturating_sub(1), most.min(count).saturating_sub(1));
    let mut places: Vec<usize> = (0..=gaps).map(|at| (at * last).checked_div(gaps).unwrap_or(0)).collect();
    places.truncate(count);
    places
}

/// The charts, numbered in their files' names.
pub fn views(charts: Vec<Chart>) -> Vec<AnyView> {
    charts.into_iter().enumerate().map(|(at, chart)| view(at, chart)).collect()
}

/// A chart with its keys.
fn view(at: usize, chart: Chart) -> AnyView {
    let Chart { kind, title, label, across: [left, right], up: [low, high], lines, save, heads, rows } = chart;
    let id = format!("{kind}-{at}");
    let behind = table(&title, heads, rows);
    let key = |(place, line): (usize, &Line)| {
        let end = line.end.as_ref().map_or(String::new(), |end| format!(": {end}"));
        view! {
            <li>
                <svg viewBox="0 0 28 8" width="28" height="8" aria-hidden="true">
                    <path class=format!("curve line-{}", place % 4) d="M0 4H28" />
                </svg>
                {format!("{}{end}", line.name)}
            </li>
        }
        .into_any()
    };
    let curve = |(place, line): (usize, &Line)| {
        view! { <path class=format!("curve line-{}", place % 4) d=path(&line.points) /> }.into_any()
    };
    let keys: Vec<AnyView> = lines.iter().enumerate().map(key).collect();
    let curves: Vec<AnyView> = lines.iter().enumerate().map(curve).collect();
    view! {
        <figure class="small-chart">
            <figcaption>
                <span>{title}</span>
            </figcaption>
            <svg class="chart" id=id.clone() viewBox="-46 -8 314 136" role="img" aria-label=label>
                <path class="axis" d=format!("M0 0V{HEIGHT}H{WIDTH}") />
                <text x="-5" y="4" text-anchor="end">{high}</text>
                <text x="-5" y=HEIGHT.to_string() text-anchor="end">{low}</text>
                <text x="0" y=(HEIGHT + 15.0).to_string()>{left}</text>
                <text x=WIDTH.to_string() y=(HEIGHT + 15.0).to_string() text-anchor="end">{right}</text>
                {curves}
            </svg>
            <ul class="keys">{keys}</ul>
            <SaveChart selector=format!("#{id}") name=format!("foolproof-{id}.png") label=save />
            {behind}
        </figure>
    }
    .into_any()
}

fn table(title: &str, heads: Vec<String>, rows: Vec<(String, Vec<Cell>)>) -> AnyView {
    let cell = |(figure, below): Cell| view! { <td>{figure}<small>{below}</small></td> }.into_any();
    let row = |(head, cells): (String, Vec<Cell>)| (head, cells.into_iter().map(cell).collect());
    data_table::table(tr("As a table"), title.to_owned(), heads, rows.into_iter().map(row).collect())
}

fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (at, (right, high)) in points.iter().enumerate() {
        let pen = if at == 0 { 'M' } else { 'L' };
        // Writing to memory does not fail.
        let _ = write!(path, "{pen}{:.1} {:.1}", right.clamp(0.0, 1.0) * WIDTH, HEIGHT * (1.0 - high.clamp(0.0, 1.0)));
    }
    path
}
