//! Accuracy against radius, all models in one chart, with the table behind it.

use super::state::{EvaluationState, term};
use crate::charts::chart_file::SaveChart;
use crate::i18n::{tr, tr_with};
use crate::web::reactive::{live, memo};
use crate::{
    attack::{scale::widen, words::figure},
    controls::term::define,
    evaluate::{
        report::Report,
        wording::{interval, percent, value},
    },
    web::when::{When, list},
};
use foolproof_core::report::{Accuracy, ModelReport, Spread};
use leptos::prelude::*;
use std::fmt::Write;

/// Size of the drawing in its own units.
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 220.0;
/// Steps of a line.
const POINTS: usize = 64;
/// Rows of the table.
const ROWS: usize = 10;

/// One model's line: radii with the accuracy that is left.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    name: String,
    model: usize,
    /// Whether it is of the distances that minimum-norm attacks found, and not of PGD's radii.
    nearest: bool,
    points: Vec<(f32, Accuracy)>,
}

impl Line {
    /// What stands above each of a few radii.
    fn of(name: String, model: usize, nearest: bool, spread: &Spread, most: f32) -> Line {
        let points = (0..=POINTS).map(|at| most * at as f32 / POINTS as f32).filter(|_| spread.n > 0);
        let points = points.map(|radius| (radius, Accuracy::of(spread.above(radius), spread.n))).collect();
        Line { name, model, nearest, points }
    }

    fn class(&self) -> String {
        format!("line-{}{}", self.model % 4, if self.nearest { " nearest" } else { "" })
    }
}

/// What the chart shows.
#[derive(Clone, Debug, PartialEq)]
struct Drawing {
    lines: Vec<Line>,
    most: f32,
    eps: f32,
    chance: f64,
    norm: &'static str,
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
        |(place, model): (usize, &ModelReport)| Line::of(report.name(place), place, false, &model.radius, most);
    let searched = report.radius.iter().flat_map(|_| report.models.iter().enumerate().map(radius));
    let nearest = |(place, spread): (usize, Spread)| {
        Line::of(tr_with("{0}, nearest found", &[&report.name(place)]), place, true, &spread, most)
    };
    let lines: Vec<Line> = searched.chain(margins().map(nearest)).collect();
    let chance = 1.0 / report.classes.len().max(1) as f64;
    Some(Drawing { lines, most, eps: report.eps, chance, norm: report.norm.symbol() })
}

/// The chart and its table.
#[component]
pub fn Curve() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let drawn = memo(move || evaluation.report.with(|report| report.as_ref().and_then(|report| drawing(report))));
    let there = live(move || drawn.with(Option::is_some));
    view! {
        <When on=there>
            <section class="part" aria-labelledby="curve">
                <h2 id="curve">
                    {tr("Accuracy against ")} {define(term("radius"), tr("radius").into())}
                </h2>
                <p class="dim">
                    {tr("The share of inputs that PGD leaves right at each radius; dotted, where a minimum-norm attack was chosen, the share for which it found no nearer input with another answer.")}
                </p>
                <div class="chart-box">{list(move || drawn.get().iter().map(chart).collect())}</div>
                <SaveChart selector=".measure .chart-box svg" name="foolproof-accuracy-against-radius.png" />
                <details>
                    <summary>{tr("Accuracy against radius as a table")}</summary>
                    <div class="scroll" tabindex="0" role="group" aria-label=tr("Accuracy against radius")>
                        {list(move || drawn.get().iter().map(table).collect())}
                    </div>
                </details>
            </section>
        </When>
    }
}

fn chart(drawn: &Drawing) -> AnyView {
    let x = |radius: f32| f64::from(radius / drawn.most) * WIDTH;
    let y = |share: f64| HEIGHT * (1.0 - share);
    let near = |line: &Line| {
        line.points.iter().min_by(|a, b| (a.0 - drawn.eps).abs().total_cmp(&(b.0 - drawn.eps).abs())).copied()
    };
    let said: Vec<String> = drawn
        .lines
        .iter()
        .filter_map(|line| Some(tr_with("{0}: {1} left", &[&line.name, &percent(near(line)?.1.value)])))
        .collect();
    let label = tr_with(
        "Accuracy against radius, {0}, from 0 to {1}. At {2}: {3}.",
        &[&drawn.norm, &figure(widen(drawn.most)), &figure(widen(drawn.eps)), &said.join("; ")],
    );
    let lines: Vec<AnyView> = drawn.lines.iter().map(|line| line_view(line, &x, &y)).collect();
    let ticks: Vec<AnyView> = (0..=4)
        .map(|at| {
            let radius = drawn.most * at as f32 / 4.0;
            view! {
                <text x=x(radius).to_string() y=(HEIGHT + 18.0).to_string() text-anchor="middle">
                    {figure(widen(radius))}
                </text>
            }
            .into_any()
        })
        .collect();
    let shares: Vec<AnyView> = [0.0, 0.25, 0.5, 0.75, 1.0]
        .map(|share| {
            view! {
                <text x="-8" y=(y(share) + 4.0).to_string() text-anchor="end">
                    {format!("{:.0} %", 100.0 * share)}
                </text>
            }
            .into_any()
        })
        .into_iter()
        .collect();
    let legend: Vec<AnyView> = drawn
        .lines
        .iter()
        .map(|line| {
            view! {
                <li>
                    <svg viewBox="0 0 28 8" width="28" height="8" aria-hidden="true">
                        <path class=format!("curve {}", line.class()) d="M0 4H28" />
                    </svg>
                    {line.name.clone()}
                </li>
            }
            .into_any()
        })
        .collect();
    let within = drawn.eps <= drawn.most;
    view! {
        <svg class="chart" viewBox="-52 -18 630 262" role="img" aria-label=label>
            <path class="axis" d=format!("M0 0V{HEIGHT}H{WIDTH}") />
            <path class="chance" d=format!("M0 {0}H{WIDTH}", y(drawn.chance)) />
            <text class="small" x=WIDTH.to_string() y=(y(drawn.chance) - 5.0).to_string() text-anchor="end">
                {tr("guessing")}
            </text>
            {within.then(|| view! {
                <path class="chance" d=format!("M{0} 0V{HEIGHT}", x(drawn.eps)) />
                <text class="small" x=x(drawn.eps).to_string() y="-5" text-anchor="middle">
                    {tr("epsilon")}
                </text>
            })}
            {shares}
            {ticks}
            {lines}
        </svg>
        <ul class="keys">{legend}</ul>
    }
    .into_any()
}

fn line_view(line: &Line, x: &dyn Fn(f32) -> f64, y: &dyn Fn(f64) -> f64) -> AnyView {
    let (mut path, mut band) = (String::new(), String::new());
    for (step, (radius, accuracy)) in line.points.iter().enumerate() {
        let pen = if step == 0 { 'M' } else { 'L' };
        // Writing to memory does not fail.
        let _ = write!(path, "{pen}{:.1} {:.1}", x(*radius), y(accuracy.value));
        let _ = write!(band, "{pen}{:.1} {:.1}", x(*radius), y(accuracy.low));
    }
    for (radius, accuracy) in line.points.iter().rev() {
        let _ = write!(band, "L{:.1} {:.1}", x(*radius), y(accuracy.high));
    }
    view! {
        {(!line.nearest).then(|| view! { <path class=format!("band {}", line.class()) d=band /> })}
        <path class=format!("curve {}", line.class()) d=path />
    }
    .into_any()
}

fn table(drawn: &Drawing) -> AnyView {
    let heads: Vec<AnyView> =
        drawn.lines.iter().map(|line| view! { <th scope="col">{line.name.clone()}</th> }.into_any()).collect();
    let row = |row: usize| {
        let at = row * POINTS / ROWS;
        let radius = figure(widen((drawn.most * at as f32 / POINTS as f32 * 1e4).round() / 1e4));
        let cell = |line: &Line| {
            let (figure, below) = line
                .points
                .get(at)
                .map_or(("–".into(), String::new()), |(_, accuracy)| (value(accuracy), interval(accuracy)));
            view! { <td>{figure}<small>{below}</small></td> }.into_any()
        };
        let cells: Vec<AnyView> = drawn.lines.iter().map(cell).collect();
        view! {
            <tr>
                <th scope="row">{radius}</th>
                {cells}
            </tr>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = (0..=ROWS).map(row).collect();
    view! {
        <table class="results">
            <thead>
                <tr>
                    <th scope="col">{tr("Radius")}</th>
                    {heads}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
