//! A small chart of one line a model, with what each ends at below it, a button that saves it, and the table behind it.

use super::{
    data_table::{Figure, Grid, closed, double, heads as columns, row},
    plot::{Plot, SMALL, Shape, line},
    small::Small,
};
use crate::i18n::tr;
use leptos::prelude::*;

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
    pub rows: Vec<(String, Vec<Figure>)>,
}

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

/// The classes of a model's line.
fn class(model: usize) -> String {
    format!("curve line-{}", model % 4)
}

/// The charts, numbered in their files' names.
pub fn views(charts: Vec<Chart>) -> Vec<AnyView> {
    charts.into_iter().enumerate().map(|(at, chart)| view(at, chart)).collect()
}

/// A chart with its keys.
fn view(at: usize, chart: Chart) -> AnyView {
    let Chart { kind, title, label, across: [left, right], up, lines, save, heads, rows } = chart;
    let key = |(place, line): (usize, &Line)| {
        let end = line.end.as_ref().map_or(String::new(), |end| format!(": {end}"));
        (class(place), format!("{}{end}", line.name))
    };
    let curve = |(place, line): (usize, &Line)| Shape::path(class(place), path(&line.points));
    let mut shapes = vec![SMALL.axes()];
    shapes.extend(SMALL.up(up));
    shapes.extend([SMALL.under(0.0, left), SMALL.right(right)]);
    shapes.extend(lines.iter().enumerate().map(curve));
    let id = Some(format!("{kind}-{at}"));
    let drawn = Plot { id, class: "chart", view_box: SMALL.view_box, label, shapes };
    Small {
        keys: Some(lines.iter().enumerate().map(key).collect()),
        save: Some(save),
        behind: Some(table(&title, heads, rows)),
        ..Small::of(title, drawn)
    }
    .view()
}

fn table(title: &str, heads: Vec<String>, rows: Vec<(String, Vec<Figure>)>) -> AnyView {
    let row_of = |(head, cells): (String, Vec<Figure>)| row(head, cells.into_iter().map(double).collect());
    let rows: Vec<AnyView> = rows.into_iter().map(row_of).collect();
    closed(tr("As a table").into(), Grid::new(columns(heads), rows).scrolling(title.to_owned()))
}

fn path(points: &[(f64, f64)]) -> String {
    let place =
        |(right, high): &(f64, f64)| (right.clamp(0.0, 1.0) * SMALL.width, SMALL.height * (1.0 - high.clamp(0.0, 1.0)));
    line(points.iter().map(place))
}
