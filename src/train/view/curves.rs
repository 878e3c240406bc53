//! The run's curves: accuracy, loss, learning rate and gradient norm, with the table behind them; before the first run
//! their axes, and what will stand there.

use super::{
    chart::{Drawing, Series, chart},
    state::TrainingState,
};
use crate::charts::data_table::{Grid, cell, closed, heads, row, scroll};
use crate::i18n::{
    number::{fixed, said},
    tr,
};
use crate::{
    attack::words::figure,
    evaluate::wording::percent,
    web::{
        reactive::{live, memo, text},
        when::{When, list},
    },
};
use foolproof_core::training::Point;
use leptos::prelude::*;

/// Most rows of the table.
const ROWS: usize = 30;

/// The right end of the time axis before a run that has no limit of time, seconds.
const MINUTE: f64 = 60.0;

/// The curves, or their axes.
#[component]
pub fn Curves() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let there = live(move || trainer.curve.with(|curve| !curve.is_empty()));
    let budget = trainer.wished(|request| request.settings.budget.seconds);
    let seconds = memo(move || {
        if !there.get() {
            return budget.get().filter(|&seconds| seconds > 0.0).unwrap_or(MINUTE);
        }
        let spent = trainer.curve.with(|curve| curve.last().map_or(0.0, |point| point.seconds));
        let left = trainer.progress.with(|progress| progress.left).unwrap_or(0.0);
        (spent + left).ceil().max(1.0)
    });
    let charts = move || {
        let seconds = seconds.get();
        trainer.curve.with(|curve| drawings(curve, seconds).iter().map(chart).collect())
    };
    let said = move || {
        match there.get() {
        true => trainer.of_run().unwrap_or_default(),
        false => tr("Nothing has been trained yet. Lines grow here from left to right: how many held-out inputs the model reads right without attack and under two attacks, and how well it learns.").into(),
    }
    };
    let behind = move || {
        let table = list(move || trainer.curve.with(|curve| vec![table(curve)]));
        closed(tr("Curves as a table").into(), scroll(tr("Curves as a table").into(), table))
    };
    view! {
        <section class="part" aria-labelledby="curves">
            <h2 id="curves">{tr("While it trains")}</h2>
            <p class="dim">{text(said)}</p>
            <div class="small-charts">{list(charts)}</div>
            <When on=there>{behind()}</When>
        </section>
    }
}

fn drawings(curve: &[Point], seconds: f64) -> Vec<Drawing> {
    let series = |name, line, read: &dyn Fn(&Point) -> Option<f64>| Series {
        name,
        line,
        points: curve.iter().filter_map(|point| Some((point.seconds, read(point)?))).collect(),
    };
    let single = |title, line, read: &dyn Fn(&Point) -> Option<f64>| Drawing {
        title,
        series: vec![series(title, line, read)],
        seconds,
        share: false,
    };
    let accuracy = Drawing {
        title: tr("Accuracy, held out"),
        series: vec![
            series(tr("clean"), "line-2", &|point| point.examination.map(|found| found.clean.value)),
            series(tr("under PGD"), "line-1", &|point| point.examination.map(|found| found.robust.value)),
            series(tr("under FGSM"), "line-3", &|point| point.examination.map(|found| found.single.value)),
        ],
        seconds,
        share: true,
    };
    vec![
        accuracy,
        single(tr("Loss"), "plain", &|point| Some(point.lesson.loss.into())),
        single(tr("Learning rate"), "plain", &|point| Some(point.lesson.rate)),
        single(tr("Gradient norm"), "plain", &|point| Some(point.lesson.gradient.into())),
    ]
}

fn table(curve: &[Point]) -> AnyView {
    let every = curve.len().div_ceil(ROWS).max(1);
    let share = |value: Option<f64>| value.map_or_else(|| "–".into(), percent);
    let short = |value: f64| figure(crate::attack::scale::round_digits(value, 4));
    let row_of = |(at, point): (usize, &Point)| {
        let shown = at % every == 0 || at + 1 == curve.len() || point.examination.is_some();
        let cells = || {
            [
                fixed(point.seconds, 1),
                fixed(point.lesson.loss, 3),
                share(point.examination.map(|found| found.clean.value)),
                share(point.examination.map(|found| found.robust.value)),
                share(point.examination.map(|found| found.single.value)),
                short(point.lesson.rate),
                fixed(point.lesson.gradient, 2),
            ]
        };
        shown.then(|| row(said(point.batch.to_string()), cells().map(cell).into()))
    };
    let columns = [
        tr("Batch"),
        tr("Seconds"),
        tr("Loss"),
        tr("Clean"),
        tr("Under PGD"),
        tr("Under FGSM"),
        tr("Learning rate"),
        tr("Gradient norm"),
    ];
    let rows: Vec<AnyView> = curve.iter().enumerate().filter_map(row_of).collect();
    Grid::new(heads(columns.map(str::to_owned)), rows).view()
}
