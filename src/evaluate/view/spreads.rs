//! How radii and margins are distributed over the inputs: a small chart each.

use super::{
    part::{Part, gist, terms},
    state::EvaluationState,
};
use crate::charts::{
    data_table::{Grid, cell, closed, cornered, row},
    plot::{Area, Plot, SMALL, Shape},
    small::Small,
};
use crate::i18n::{tr, tr_with};
use crate::web::reactive::live;
use crate::{
    attack::{
        scale::{round_digits, widen},
        words::figure,
    },
    evaluate::{
        bins::{BARS, Bins},
        gist,
        report::Report,
        wording::{distance, proven},
    },
    web::when::list,
};
use foolproof_core::report::{SHARES, Spread};
use leptos::prelude::*;

/// A drawing; a bar for what lies beyond stands apart on the right.
const AREA: Area = Area { width: 230.0, view_box: "-34 -8 314 136", ..SMALL };
const APART: f64 = 10.0;

/// One distribution: its name, the model's place, the bars, and the distances at each of [`SHARES`].
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    name: String,
    model: usize,
    bins: Bins,
    n: usize,
    quantiles: Vec<String>,
}

fn spreads(report: &Report) -> Vec<Shown> {
    let one = |name: String, model: usize, spread: &Spread, most: Option<f32>| {
        let quantiles = spread.quantiles.iter().map(|at| distance(*at, most)).collect();
        Some(Shown { name, model, bins: Bins::of(spread, most)?, n: spread.n, quantiles })
    };
    let mut all: Vec<Shown> = Vec::new();
    let most = report.radius.as_ref().map(|spec| spec.eps);
    for (place, model) in report.models.iter().enumerate() {
        all.extend(one(
            tr_with("{0}: smallest radius, {1}", &[&report.name(place), &report.norm.symbol()]),
            place,
            &model.radius,
            most,
        ));
    }
    // A scale of their own, on that of the attacks all would be in the first bar; but one for all models, so that their bars
    // can be compared.
    let largest = largest_of(report.models.iter().map(|model| &model.certified));
    for (place, model) in report.models.iter().enumerate() {
        let name = tr_with("{0}: certified radius, {1}", &[&report.name(place), &report.norm.symbol()]);
        all.extend(one(name, place, &model.certified, largest).map(|shown| {
            let quantiles = model.certified.quantiles.iter().map(|at| proven(*at)).collect();
            Shown { quantiles, ..shown }
        }));
    }
    let margins = || report.models.iter().filter_map(|model| model.margin.as_ref());
    let largest = largest_of(margins().map(|(_, spread)| spread));
    for (place, model) in report.models.iter().enumerate() {
        if let Some((norm, spread)) = &model.margin {
            let name = tr_with("{0}: margin, {1}", &[&report.name(place), &norm.symbol()]);
            all.extend(one(name, place, spread, largest));
        }
    }
    all
}

/// The largest value of all; nothing where none is above 0.
fn largest_of<'a>(spreads: impl Iterator<Item = &'a Spread>) -> Option<f32> {
    let largest = spreads.flat_map(|spread| spread.values.iter().flatten().copied()).fold(0.0, f32::max);
    (largest > 0.0).then_some(largest)
}

/// The distributions.
pub fn part(evaluation: EvaluationState) -> Part {
    let shown = evaluation.shown(spreads);
    let there = live(move || shown.with(|shown| shown.as_ref().is_some_and(|shown| !shown.is_empty())));
    let charts = move || shown.get().unwrap_or_default().iter().enumerate().map(|(at, one)| bars(at, one)).collect();
    let rows = move || shown.get().unwrap_or_default().iter().map(row_of).collect();
    let behind = move || {
        let columns = cornered(SHARES.map(|share| format!("{:.0} %", 100.0 * share)));
        let caption = tr("The distance that this share of the inputs does not exceed.").into_any();
        let grid = Grid { caption: Some(caption), ..Grid::new(columns, list(rows)) };
        closed(tr("Quantiles as a table").into(), grid.scrolling(tr("Quantiles of radii and margins").into()))
    };
    let inside = move || {
        view! {
            {terms(&["radius", "certified", "margin"])}
            <div class="small-charts">{list(charts)}</div>
            {behind()}
        }
    };
    Part {
        id: "spreads",
        title: tr("Distributions of radii and margins"),
        there,
        gist: gist(evaluation, gist::spreads),
        inside: inside.into(),
    }
}

fn row_of(shown: &Shown) -> AnyView {
    row(format!("{}, n = {}", shown.name, shown.n), shown.quantiles.iter().cloned().map(cell).collect())
}

fn bars(at: usize, shown: &Shown) -> AnyView {
    let bins = &shown.bins;
    let most = figure(round_digits(widen(bins.most), 3));
    let median = shown.quantiles.get(SHARES.len() / 2).cloned().unwrap_or_default();
    let last = if bins.beyond > 0 { tr_with("; {0} beyond {1}", &[&bins.beyond, &most]) } else { String::new() };
    let label =
        tr_with("{0}: median {1}, of {2} inputs from 0 to {3}{4}.", &[&shown.name, &median, &shown.n, &most, &last]);
    let class = format!("line-{}", shown.model % 4);
    let mut shapes = vec![AREA.axes(), Shape::path(format!("bar {class}"), bins.path(AREA.width, AREA.height))];
    shapes.extend(beyond(bins, &class).into_iter().flatten());
    shapes.extend(AREA.up(["0".into(), bins.tallest().to_string()]));
    shapes.push(AREA.right(most));
    let drawn = Plot { id: Some(format!("spread-{at}")), class: "chart", view_box: AREA.view_box, label, shapes };
    Small {
        value: Some(tr_with("median {0}", &[&median])),
        save: Some(tr("Save distribution as PNG")),
        ..Small::of(shown.name.clone(), drawn)
    }
    .view()
}

/// The bar for what lies beyond all others, with its word.
fn beyond(bins: &Bins, class: &str) -> Option<[Shape; 2]> {
    let Area { width, height, .. } = AREA;
    let (wide, unit) = (width / BARS as f64, height / bins.tallest() as f64);
    let bar = format!("M{:.1} {height}v-{:.1}h{:.1}V{height}z", width + APART, bins.beyond as f64 * unit, 2.0 * wide);
    let word = AREA.under(width + APART + wide, tr("more").into()).to("middle");
    (bins.beyond > 0).then(|| [Shape::path(format!("bar far {class}"), bar), word])
}
