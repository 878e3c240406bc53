//! Randomized smoothing on the Measure page: whether votes are counted, over which noise, and what they prove.

use super::{
    curve::{Drawing, Line, behind, chart},
    part::{Part, gist, terms},
    state::EvaluationState,
    table::{Cell, fixed, heads},
};
use crate::charts::chart_file::SaveChart;
use crate::i18n::{tr, tr_mark, tr_with};
use crate::web::reactive::{live, memo, text};
use crate::{
    attack::{
        scale::{round_digits, widen},
        words::figure,
    },
    controls::{
        check::Check,
        number::{NumberInput, Range},
    },
    evaluate::{
        gist,
        report::Report,
        request::{CERTIFY, DRAWS, SIGMA},
        wording::{interval, value},
    },
    web::when::{When, list},
};
use foolproof_core::{catalog::Norm, protocol::Smoothing, report::Smoothed};
use leptos::prelude::*;

fn locked(evaluation: EvaluationState, key: &'static str) -> Signal<bool> {
    live(move || evaluation.settings.with(|settings| !settings.lets(key)))
}

/// Whether votes are counted.
#[component]
pub fn Certify() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let on = evaluation.wished(|request| request.smoothing.is_some());
    let flip = move |on: bool| evaluation.set(&[("measure.certify", CERTIFY[usize::from(on)].to_owned())]);
    view! {
        <Check on=live(move || on.get() == Some(true)) locked=locked(evaluation, "measure.certify") set=flip>
            <span>{tr("Certificates by noise")}</span>
        </Check>
    }
}

/// Noise and copies, where votes are counted.
#[component]
pub fn Ballot() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let smoothing = evaluation.wished(|request| request.smoothing);
    let field = move |key: &'static str, name: &'static str, range: Range, read: fn(Smoothing) -> f64| {
        view! {
            <div class="field">
                <span class="label">{name}</span>
                <NumberInput
                    value=live(move || smoothing.get().flatten().map(read))
                    range=live(move || range)
                    label=name
                    set=move |value: f64| evaluation.set(&[(key, value.to_string())])
                    locked=locked(evaluation, key)
                />
            </div>
        }
    };
    let sigma = Range { min: SIGMA.0, max: SIGMA.1, step: 0.05 };
    let draws = Range { min: DRAWS.0 as f64, max: DRAWS.1 as f64, step: 100.0 };
    view! {
        <When on=live(move || smoothing.get().flatten().is_some())>
            {field("measure.sigma", tr("Noise of the copies"), sigma, |own| widen(own.sigma))}
            {field("measure.draws", tr("Copies of each input"), draws, |own| own.draws.into())}
        </When>
    }
}

/// The models' lines, on an axis of their own: whatever the norm of the attacks, these radii are in L2.
fn drawing(report: &Report) -> Option<Drawing> {
    let known = || {
        let all = report.models.iter().enumerate();
        all.filter_map(|(place, model)| Some((place, model.smoothed.as_ref().filter(|of| !of.samples.is_empty())?)))
    };
    // A round number at the end of the axis; a file may tell of so few draws that they prove nothing.
    let most = Some((5.0 * known().next()?.1.largest()).ceil() as f32 / 5.0).filter(|most| *most > 0.0)?;
    let of = |(place, smoothed): (usize, &Smoothed)| {
        Line::through(report.name(place), place, most, |radius| smoothed.accuracy(f64::from(radius)))
    };
    let words = tr_mark("Certified accuracy against radius, {0}, from 0 to {1}. At {2}: {3}.");
    let chance = 1.0 / report.classes.len().max(1) as f64;
    Some(Drawing { words, lines: known().map(of).collect(), most, eps: None, chance, norm: Norm::L2.symbol() })
}

/// What was counted, in words.
fn said(report: &Report) -> Option<String> {
    let smoothing = report.models.iter().find_map(|model| model.smoothed.as_ref())?.smoothing;
    Some(tr_with(
        "The smoothed model answers what most of an input's noisy copies say (noise {0}; {1} copies pick the class, {2} others count for it). The chart is the share of inputs on which it is right, and proven to stay so within each radius in L2, whatever the norm above. One certificate in a thousand may be false.",
        &[&figure(widen(smoothing.sigma)), &smoothing.select, &smoothing.draws],
    ))
}

/// The certificates.
pub fn part(evaluation: EvaluationState) -> Part {
    let drawn = memo(move || evaluation.in_view.with(|report| report.as_ref().and_then(|report| drawing(report))));
    let words = evaluation.shown(said);
    let inside = move || {
        view! {
            {terms(&["smoothing"])}
            <p class="dim">{text(move || words.get().flatten())}</p>
            <div class="chart-box">{list(move || drawn.get().iter().map(chart).collect())}</div>
            <SaveChart selector=".measure [aria-labelledby=certificates] .chart-box svg" name="foolproof-certified-accuracy.png" />
            <div class="scroll" tabindex="0" role="group" aria-label=tr("Table of certificates")>
                <table class="results">
                    {heads(evaluation)}
                    <tbody>
                        {fixed(evaluation, "", tr("Smoothed, clean"), clean)}
                        {fixed(evaluation, "", tr("No answer"), abstained)}
                        {fixed(evaluation, "", tr("Mean proven radius"), mean)}
                    </tbody>
                </table>
            </div>
            {behind(tr("Certified accuracy as a table"), tr("Certified accuracy against radius"), drawn)}
        }
    };
    Part {
        id: "certificates",
        title: tr("Certificates by noise"),
        there: live(move || drawn.with(Option::is_some)),
        gist: gist(evaluation, gist::certificates),
        inside: inside.into(),
    }
}

/// A cell of a model that has votes.
fn cell(report: &Report, model: usize, read: impl Fn(&Smoothed) -> (String, String)) -> Cell {
    let known = report.models[model].smoothed.as_ref().filter(|of| !of.samples.is_empty());
    let (figure, below) = known.map_or(("–".into(), String::new()), read);
    (figure, below, Vec::new())
}

fn clean(report: &Report, model: usize) -> Cell {
    cell(report, model, |of| (value(&of.accuracy(0.0)), interval(&of.accuracy(0.0))))
}

fn abstained(report: &Report, model: usize) -> Cell {
    cell(report, model, |of| (of.abstained().to_string(), format!("n = {}", of.samples.len())))
}

fn mean(report: &Report, model: usize) -> Cell {
    let rounded = |radius: f64| figure(round_digits(radius, 3));
    cell(report, model, |of| (rounded(of.average()), tr_with("at most {0}", &[&rounded(of.largest())])))
}
