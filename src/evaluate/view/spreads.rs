//! How radii and margins are distributed over the inputs: a small chart each.

use super::state::{EvaluationState, term};
use crate::charts::chart_file::SaveChart;
use crate::i18n::{tr, tr_with};
use crate::web::reactive::live;
use crate::{
    attack::{
        scale::{round_digits, widen},
        words::figure,
    },
    controls::term::define,
    evaluate::{
        bins::{BARS, Bins},
        report::Report,
        wording::{distance, proven},
    },
    web::when::{When, list},
};
use foolproof_core::report::{SHARES, Spread};
use leptos::prelude::*;

/// Size of a drawing in its own units; a bar for what lies beyond stands apart on the right.
const WIDTH: f64 = 230.0;
const HEIGHT: f64 = 110.0;
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
#[component]
pub fn Spreads() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let shown = evaluation.shown(spreads);
    let there = live(move || shown.with(|shown| shown.as_ref().is_some_and(|shown| !shown.is_empty())));
    let charts = move || shown.get().unwrap_or_default().iter().enumerate().map(|(at, one)| bars(at, one)).collect();
    let rows = move || shown.get().unwrap_or_default().iter().map(row).collect();
    let heads = || {
        let head = |share: f64| view! { <th scope="col">{format!("{:.0} %", 100.0 * share)}</th> }.into_any();
        SHARES.map(head).into_iter().collect::<Vec<_>>()
    };
    view! {
        <When on=there>
            <section class="part" aria-labelledby="spreads">
                <h2 id="spreads">
                    {tr("Distribution of the ")} {define(term("radius"), tr("smallest radius").into())} ", "
                    {define(term("certified"), tr("certified radius").into())} {tr(" and the ")}
                    {define(term("margin"), tr("margin").into())}
                </h2>
                <div class="small-charts">{list(charts)}</div>
                <details>
                    <summary>{tr("Quantiles as a table")}</summary>
                    <div class="scroll" tabindex="0" role="group" aria-label=tr("Quantiles of radii and margins")>
                        <table>
                            <caption>{tr("The distance that this share of the inputs does not exceed.")}</caption>
                            <thead>
                                <tr>
                                    <td></td>
                                    {heads()}
                                </tr>
                            </thead>
                            <tbody>{list(rows)}</tbody>
                        </table>
                    </div>
                </details>
            </section>
        </When>
    }
}

fn row(shown: &Shown) -> AnyView {
    let cells: Vec<AnyView> = shown.quantiles.iter().map(|at| view! { <td>{at.clone()}</td> }.into_any()).collect();
    view! {
        <tr>
            <th scope="row">{format!("{}, n = {}", shown.name, shown.n)}</th>
            {cells}
        </tr>
    }
    .into_any()
}

fn bars(at: usize, shown: &Shown) -> AnyView {
    let bins = &shown.bins;
    let (wide, unit) = (WIDTH / BARS as f64, HEIGHT / bins.tallest() as f64);
    let beyond =
        format!("M{:.1} {HEIGHT}v-{:.1}h{:.1}V{HEIGHT}z", WIDTH + APART, bins.beyond as f64 * unit, 2.0 * wide);
    let most = figure(round_digits(widen(bins.most), 3));
    let median = shown.quantiles.get(SHARES.len() / 2).cloned().unwrap_or_default();
    let last = if bins.beyond > 0 { tr_with("; {0} beyond {1}", &[&bins.beyond, &most]) } else { String::new() };
    let label =
        tr_with("{0}: median {1}, of {2} inputs from 0 to {3}{4}.", &[&shown.name, &median, &shown.n, &most, &last]);
    let id = format!("spread-{at}");
    view! {
        <figure class="small-chart">
            <figcaption>
                <span>{shown.name.clone()}</span>
                <b>{tr_with("median {0}", &[&median])}</b>
            </figcaption>
            <svg class="chart" id=id.clone() viewBox="-34 -8 314 136" role="img" aria-label=label>
                <path class="axis" d=format!("M0 0V{HEIGHT}H{WIDTH}") />
                <path class=format!("bar line-{}", shown.model % 4) d=bins.path(WIDTH, HEIGHT) />
                {(bins.beyond > 0).then(|| view! {
                    <path class=format!("bar far line-{}", shown.model % 4) d=beyond />
                    <text x=(WIDTH + APART + wide).to_string() y=(HEIGHT + 15.0).to_string() text-anchor="middle">
                        {tr("more")}
                    </text>
                })}
                <text x="-5" y="4" text-anchor="end">{bins.tallest()}</text>
                <text x="-5" y=HEIGHT.to_string() text-anchor="end">"0"</text>
                <text x=WIDTH.to_string() y=(HEIGHT + 15.0).to_string() text-anchor="end">{most}</text>
            </svg>
            <SaveChart selector=format!("#{id}") name=format!("foolproof-{id}.png") label=tr("Save distribution as PNG") />
        </figure>
    }
    .into_any()
}
