//! Accuracy against radius, all models in one chart, with the table behind it.

use super::{
    part::{Part, gist, terms},
    state::EvaluationState,
};
use crate::charts::{
    chart_file::SaveChart,
    data_table::{Grid, closed, double, heads, row, scroll},
    plot::{Area, Plot, Shape, keys, line, plot},
};
use crate::i18n::{tr, tr_mark, tr_with};
use crate::web::reactive::{live, memo};
use crate::{
    attack::{
        scale::{round_digits, widen},
        words::figure,
    },
    evaluate::{
        gist,
        report::Report,
        wording::{interval, percent, value},
    },
    web::when::list,
};
use foolproof_core::report::{Accuracy, ModelReport, Spread};
use leptos::prelude::*;
use std::iter;

/// The drawing.
const AREA: Area = Area { width: 560.0, height: 220.0, upper: (-8.0, 4.0), below: 18.0, view_box: "-52 -18 630 262" };
/// Steps of a line.
const POINTS: usize = 64;
/// Share of the axis from which on a proven radius is drawn.
const SEEN: f32 = 0.05;
/// Rows of the table.
const ROWS: usize = 10;

/// What a line is of.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Of {
    /// The radii that PGD found, or what is counted at each.
    Found,
    /// The distances that minimum-norm attacks found.
    Nearest,
    /// The radii that interval bounds prove.
    Proven,
}

/// One model's line: radii with the accuracy that is left.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    name: String,
    model: usize,
    of: Of,
    points: Vec<(f32, Accuracy)>,
}

impl Line {
    /// A line through what stands at each of a few radii.
    pub fn through(name: String, model: usize, most: f32, at: impl Fn(f32) -> Accuracy) -> Line {
        let radii = (0..=POINTS).map(|step| most * step as f32 / POINTS as f32);
        Line { name, model, of: Of::Found, points: radii.map(|radius| (radius, at(radius))).collect() }
    }

    /// What stands above each of a few radii.
    fn of(name: String, model: usize, of: Of, spread: &Spread, most: f32) -> Line {
        let line = Line::through(name, model, most, |radius| Accuracy::of(spread.above(radius), spread.n));
        Line { of, points: if spread.n > 0 { line.points } else { Vec::new() }, ..line }
    }

    fn class(&self) -> String {
        let kind = match self.of {
            Of::Found => "",
            Of::Nearest => " nearest",
            Of::Proven => " proven",
        };
        format!("line-{}{kind}", self.model % 4)
    }
}

/// What the chart shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// What it is of: a sentence with places for norm, largest radius, a radius, and what each line is there.
    pub words: &'static str,
    /// The lines.
    pub lines: Vec<Line>,
    /// The largest radius.
    pub most: f32,
    /// The radius of the attacks, at which the words say what is left; if there is none, the middle.
    pub eps: Option<f32>,
    /// The accuracy of guessing.
    pub chance: f64,
    /// The norm's symbol.
    pub norm: &'static str,
}

fn drawing(report: &Report) -> Option<Drawing> {
    let margins = || {
        let of = |(place, model): (usize, &'_ ModelReport)| Some((place, model.margin.clone()?.1));
        let same = |model: &ModelReport| model.margin.as_ref().is_some_and(|(norm, _)| *norm == report.norm);
        report.models.iter().enumerate().filter(move |(_, model)| same(model)).filter_map(of)
    };
    let farthest = || margins().flat_map(|(_, spread)| spread.values).flatten().reduce(f32::max);
    let most = report.radius.as_ref().map(|spec| spec.eps).or_else(farthest).filter(|most| *most > 0.0)?;
    let radius =
        |(place, model): (usize, &ModelReport)| Line::of(report.name(place), place, Of::Found, &model.radius, most);
    let searched = report.radius.iter().flat_map(|_| report.models.iter().enumerate().map(radius));
    let nearest = |(place, spread): (usize, Spread)| {
        Line::of(tr_with("{0}, nearest found", &[&report.name(place)]), place, Of::Nearest, &spread, most)
    };
    // Of most networks so little is proven that a line would only stand at the edge.
    let seen = |model: &&ModelReport| model.certified.median.is_some_and(|median| median > SEEN * most);
    let all = || report.models.iter().enumerate().filter(|(_, model)| seen(model));
    let proven = all().map(|(place, model)| {
        Line::of(tr_with("{0}, proven", &[&report.name(place)]), place, Of::Proven, &model.certified, most)
    });
    let lines: Vec<Line> = searched.chain(margins().map(nearest)).chain(proven).collect();
    let chance = 1.0 / report.classes.len().max(1) as f64;
    let words = tr_mark("Accuracy against radius, {0}, from 0 to {1}. At {2}: {3}.");
    Some(Drawing { words, lines, most, eps: Some(report.eps), chance, norm: report.norm.symbol() })
}

/// The chart and its table.
pub fn part(evaluation: EvaluationState) -> Part {
    let drawn = memo(move || evaluation.in_view.with(|report| report.as_ref().and_then(|report| drawing(report))));
    let behind = move || behind(tr("Accuracy against radius as a table"), tr("Accuracy against radius"), drawn);
    let inside = move || {
        view! {
            {terms(&["radius"])}
            <p class="dim">
                {tr("The share of inputs that PGD leaves right at each radius and all smaller ones, less what the auditor broke within epsilon; dotted, where a minimum-norm attack was chosen, the share for which it found no nearer input with another answer; dashed, where there is enough of it to be seen, what interval bounds prove.")}
            </p>
            <div class="chart-box">{list(move || drawn.get().iter().map(chart).collect())}</div>
            <SaveChart selector=".measure .chart-box svg" name="foolproof-accuracy-against-radius.png" />
            {behind()}
        }
    };
    Part {
        id: "curve",
        title: tr("Accuracy against radius"),
        there: live(move || drawn.with(Option::is_some)),
        gist: gist(evaluation, gist::curve),
        inside: inside.into(),
    }
}

/// The table behind a chart, closed at first.
pub fn behind(summary: &'static str, name: &'static str, drawn: Memo<Option<Drawing>>) -> AnyView {
    let table = list(move || drawn.get().iter().map(table).collect());
    closed(summary.into(), scroll(name.into(), table))
}

/// Where a radius and a share lie.
fn place(drawn: &Drawing, radius: f32, share: f64) -> (f64, f64) {
    (f64::from(radius / drawn.most) * AREA.width, AREA.height * (1.0 - share))
}

/// The chart, and what its lines are.
pub fn chart(drawn: &Drawing) -> AnyView {
    let mut shapes = vec![AREA.axes()];
    shapes.extend(guides(drawn));
    shapes.extend(ticks(drawn));
    shapes.extend(drawn.lines.iter().flat_map(|line| line_shapes(drawn, line)));
    let drawing = Plot { id: None, class: "chart", view_box: AREA.view_box, label: label(drawn), shapes };
    let legend = drawn.lines.iter().map(|line| (format!("curve {}", line.class()), line.name.clone()));
    view! {
        {plot(drawing)}
        {keys(legend)}
    }
    .into_any()
}

/// What the chart says, in words.
fn label(drawn: &Drawing) -> String {
    let eps = drawn.eps.unwrap_or(0.5 * drawn.most);
    let near = |line: &Line| line.points.iter().min_by(|a, b| (a.0 - eps).abs().total_cmp(&(b.0 - eps).abs())).copied();
    let said: Vec<String> = drawn
        .lines
        .iter()
        .filter_map(|line| Some(tr_with("{0}: {1} left", &[&line.name, &percent(near(line)?.1.value)])))
        .collect();
    let [most, eps] = [drawn.most, eps].map(|radius| figure(round_digits(widen(radius), 3)));
    tr_with(drawn.words, &[&drawn.norm, &most, &eps, &said.join("; ")])
}

/// The accuracy of guessing, and epsilon where the chart reaches that far, with their names, which stand where no line
/// goes.
fn guides(drawn: &Drawing) -> Vec<Shape> {
    let (_, chance) = place(drawn, 0.0, drawn.chance);
    let mut guides = vec![
        Shape::path("chance", format!("M0 {chance}H{}", AREA.width)),
        // Lines begin high above it and end near it.
        Shape::words(6.0, chance - 5.0, tr("guessing").into()).of("small"),
    ];
    if let Some(eps) = drawn.eps.filter(|eps| *eps <= drawn.most) {
        let (eps, _) = place(drawn, eps, 0.0);
        guides.push(Shape::path("chance", format!("M{eps} 0V{}", AREA.height)));
        guides.push(Shape::words(eps, -5.0, tr("epsilon").into()).to("middle").of("small"));
    }
    guides
}

/// Shares up the left, then radii along the bottom.
fn ticks(drawn: &Drawing) -> impl Iterator<Item = Shape> + '_ {
    let (left, middle) = AREA.upper;
    let share = move |share: f64| {
        let (_, y) = place(drawn, 0.0, share);
        Shape::words(left, y + middle, format!("{:.0} %", 100.0 * share)).to("end")
    };
    let radius = |at: u8| {
        let radius = drawn.most * f32::from(at) / 4.0;
        AREA.under(place(drawn, radius, 0.0).0, figure(round_digits(widen(radius), 3))).to("middle")
    };
    [0.0, 0.25, 0.5, 0.75, 1.0].into_iter().map(share).chain((0..=4).map(radius))
}

/// A line, and under it the band of its intervals.
fn line_shapes(drawn: &Drawing, of: &Line) -> Vec<Shape> {
    let points = |read: fn(&Accuracy) -> f64| of.points.iter().map(move |(at, found)| place(drawn, *at, read(found)));
    let curve = line(points(|found| found.value));
    let band = line(points(|found| found.low).chain(points(|found| found.high).rev()));
    let band = (of.of == Of::Found).then(|| Shape::path(format!("band {}", of.class()), band));
    band.into_iter().chain([Shape::path(format!("curve {}", of.class()), curve)]).collect()
}

fn table(drawn: &Drawing) -> AnyView {
    let row_of = |at: usize| {
        let at = at * POINTS / ROWS;
        let radius = figure(widen((drawn.most * at as f32 / POINTS as f32 * 1e4).round() / 1e4));
        let cell = |line: &Line| {
            let found = line.points.get(at);
            double(found.map_or(("–".into(), String::new()), |(_, found)| (value(found), interval(found))))
        };
        row(radius, drawn.lines.iter().map(cell).collect())
    };
    let names = drawn.lines.iter().map(|line| line.name.clone());
    let columns = heads(iter::once(tr("Radius").to_owned()).chain(names));
    Grid::results(columns, (0..=ROWS).map(row_of).collect::<Vec<_>>()).view()
}
