//! Loss over the iterates of an attack, both models in one chart, with the table behind it.

use super::columns::{Pair, cell, headings};
use crate::charts::{
    data_table::{Grid, closed},
    plot::{Area, Plot, Shape, line, plot},
};
use crate::i18n::{number, tr, tr_mark, tr_with};
use crate::{
    attack::{results::Shown, words::figure},
    web::{
        reactive::{live, memo, text},
        when::list,
    },
};
use foolproof_core::manifest::Model;
use leptos::prelude::*;

/// The drawing.
const AREA: Area = Area { width: 400.0, height: 150.0, upper: (-6.0, 5.0), below: 18.0, view_box: "-46 -12 464 196" };
/// Room that a name takes from one line of text to the next.
const NAME: f64 = 14.0;
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
    list(move || vec![lines.with(|lines| chart(lines))])
}

fn chart(lines: &[Line]) -> AnyView {
    let top = lines.iter().flat_map(|line| &line.values).copied().fold(0.1, f32::max);
    let last = lines.iter().map(|line| line.values.len()).max().unwrap_or(0).saturating_sub(1);
    let mut shapes = vec![AREA.axes()];
    shapes.extend(AREA.up(["0".into(), figure(short(top))]));
    shapes.push(AREA.under(0.0, "0".into()));
    shapes.push(AREA.right(last.to_string()));
    shapes.push(AREA.under(AREA.width / 2.0, tr("step").into()).to("middle"));
    let places: Vec<Vec<(f64, f64)>> = lines.iter().map(|line| places(line, top, last)).collect();
    let ends: Vec<f64> = places.iter().filter_map(|places| Some(places.last()?.1)).collect();
    let names = name_heights(&ends);
    shapes.extend(lines.iter().zip(places).zip(names).flat_map(|((line, places), height)| curve(line, places, height)));
    plot(Plot { id: None, class: "chart", view_box: AREA.view_box, label: label(lines), shapes })
}

/// What the chart says, in words.
fn label(lines: &[Line]) -> String {
    let said = lines.iter().filter_map(|line| {
        let (first, last) = (*line.values.first()?, *line.values.last()?);
        Some(tr_with("{0} from {1} to {2}", &[&line.name, &figure(short(first)), &figure(short(last))]))
    });
    tr_with("Loss per step. {0}.", &[&said.collect::<Vec<_>>().join("; ")])
}

fn short(value: f32) -> f64 {
    (f64::from(value) * 1e3).round() / 1e3
}

/// The places of a model's line.
fn places(of: &Line, top: f32, last: usize) -> Vec<(f64, f64)> {
    let place = |(step, value): (usize, &f32)| {
        (step as f64 * AREA.width / last.max(1) as f64, AREA.height - f64::from(value.max(0.0) / top) * AREA.height)
    };
    of.values.iter().enumerate().map(place).collect()
}

/// Heights of the names of lines that end at these heights: above the end, below it where there is no room above, and
/// never upon each other.
fn name_heights(ends: &[f64]) -> Vec<f64> {
    let wished = |end: f64| end + if end < NAME { NAME } else { -6.0 };
    let mut order: Vec<usize> = (0..ends.len()).collect();
    order.sort_by(|&a, &b| ends[a].total_cmp(&ends[b]));
    let mut heights = vec![0.0; ends.len()];
    // From the lowest up, since there is no room below the axis.
    let mut below = AREA.height - 6.0 + NAME;
    for place in order.into_iter().rev() {
        heights[place] = wished(ends[place]).min(below - NAME);
        below = heights[place];
    }
    // At the upper edge the topmost stays, and the others go below it.
    let up = NAME - heights.iter().copied().fold(f64::INFINITY, f64::min);
    if up > 0.0 { heights.iter().map(|height| height + up).collect() } else { heights }
}

/// A model's line, and its name at the end of it.
fn curve(of: &Line, places: Vec<(f64, f64)>, height: f64) -> Vec<Shape> {
    let (class, name) = if of.robust { ("curve robust", tr_mark("robust")) } else { ("curve", tr_mark("natural")) };
    let end = places.last().map_or(0.0, |(x, _)| *x);
    let named = Shape::words(end, height, tr(name).into()).to("end").of(format!("name {name}"));
    vec![Shape::path(class, line(places.into_iter())), named]
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
                <th scope="row">{text(move || steps.with(|steps| steps.get(row).map(usize::to_string)).map(number::said))}</th>
                {value(row, 0)}
                {value(row, 1)}
            </tr>
        }
        .into_any()
    };
    let grid = Grid::new(headings(results, tr("Step")), (0..ROWS).map(row).collect::<Vec<_>>());
    closed(tr("Loss as a table").into(), grid.view())
}

/// Evenly spread steps.
fn picked(count: usize) -> Vec<usize> {
    if count <= ROWS {
        return (0..count).collect();
    }
    (0..ROWS).map(|row| row * (count - 1) / (ROWS - 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::{AREA, NAME, name_heights};

    #[test]
    fn names_stand_at_their_lines_within_the_drawing_and_never_upon_each_other() {
        assert_eq!(name_heights(&[100.0, 40.0]), [94.0, 34.0]);
        assert_eq!(name_heights(&[]), [0.0; 0]);
        for ends in [[0.0, 0.0], [0.0, 8.0], [150.0, 150.0], [150.0, 147.0], [60.0, 61.0], [61.0, 60.0], [3.0, 20.0]] {
            let [one, two] = name_heights(&ends)[..] else { panic!("two names") };
            assert!((one - two).abs() >= NAME - 1e-9, "{ends:?}: {one} and {two}");
            assert!(one.min(two) >= NAME && one.max(two) <= AREA.height, "{ends:?}: {one} and {two}");
        }
    }
}
