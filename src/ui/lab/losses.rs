//! Loss against steps: how far each attack drove the loss of each model, mean over the inputs. A line that still rises at
//! its end tells of an attack that had not enough steps.

use super::{
    bench::{Bench, term},
    chart_file::SaveChart,
};
use crate::ui::react::live;
use crate::ui::texts::{tr, tr_with};
use crate::ui::{
    measure::sheet::Sheet,
    scale::round_digits,
    widgets::{
        term::define,
        when::{When, list},
    },
    words::figure,
};
use leptos::prelude::*;
use std::fmt::Write;

/// Size of a drawing in its own units.
const WIDTH: f64 = 260.0;
const HEIGHT: f64 = 110.0;

/// An attack's name, and for each model its name and mean losses from the first to the last iterate.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    attack: String,
    lines: Vec<(String, Vec<f32>)>,
}

fn losses(sheet: &Sheet) -> Vec<Shown> {
    let of_attack = |place: usize| {
        let line = |(model, report): (usize, &crate::report::ModelReport)| {
            (sheet.name(model), report.attacks.get(place).map_or(Vec::new(), |figures| figures.loss.clone()))
        };
        Shown { attack: sheet.attack(place), lines: sheet.models.iter().enumerate().map(line).collect() }
    };
    // One step is no line.
    let long = |shown: &Shown| shown.lines.iter().any(|(_, points)| points.len() > 2);
    (0..sheet.trials.len()).map(of_attack).filter(long).collect()
}

/// A chart for each attack of several steps.
#[component]
pub fn Losses() -> impl IntoView {
    let bench = expect_context::<Bench>();
    let shown = bench.shown(losses);
    let there = live(move || shown.with(|shown| shown.as_ref().is_some_and(|shown| !shown.is_empty())));
    let charts = move || shown.get().unwrap_or_default().iter().enumerate().map(|(at, one)| chart(at, one)).collect();
    view! {
        <When on=there>
            <section class="part" aria-labelledby="losses">
                <h2 id="losses">{define(term("loss"), tr("Loss").into())} {tr(" against steps")}</h2>
                <p class="dim">{tr("Mean over the inputs. A line that still rises at its end tells of an attack that had too few steps.")}</p>
                <div class="small-charts">{list(charts)}</div>
            </section>
        </When>
    }
}

fn chart(at: usize, shown: &Shown) -> AnyView {
    let most = shown.lines.iter().flat_map(|(_, points)| points).copied().fold(1e-6, f32::max);
    let line = |(place, (_, points)): (usize, &(String, Vec<f32>))| {
        let last = points.len().saturating_sub(1).max(1) as f64;
        let mut path = String::new();
        for (step, loss) in points.iter().enumerate() {
            let (x, y) = (step as f64 / last * WIDTH, HEIGHT * (1.0 - f64::from((loss / most).clamp(0.0, 1.0))));
            // Writing to memory does not fail.
            let _ = write!(path, "{}{x:.1} {y:.1}", if step == 0 { 'M' } else { 'L' });
        }
        view! { <path class=format!("curve line-{}", place % 4) d=path /> }.into_any()
    };
    let key = |(place, (name, points)): (usize, &(String, Vec<f32>))| {
        let end = points.last().map_or(String::new(), |&loss| format!(": {}", rounded(loss)));
        view! {
            <li>
                <svg viewBox="0 0 28 8" width="28" height="8" aria-hidden="true">
                    <path class=format!("curve line-{}", place % 4) d="M0 4H28" />
                </svg>
                {format!("{name}{end}")}
            </li>
        }
        .into_any()
    };
    let said = |(name, points): &(String, Vec<f32>)| {
        Some(tr_with("{0} from {1} to {2}", &[&name, &rounded(*points.first()?), &rounded(*points.last()?)]))
    };
    let said: Vec<String> = shown.lines.iter().filter_map(said).collect();
    let lines: Vec<AnyView> = shown.lines.iter().enumerate().map(line).collect();
    let keys: Vec<AnyView> = shown.lines.iter().enumerate().map(key).collect();
    let id = format!("loss-{at}");
    view! {
        <figure class="small-chart">
            <figcaption>
                <span>{shown.attack.clone()}</span>
            </figcaption>
            <svg
                class="chart"
                id=id.clone()
                viewBox="-46 -8 314 136"
                role="img"
                aria-label=tr_with("Loss against steps of {0}: {1}.", &[&shown.attack, &said.join("; ")])
            >
                <path class="axis" d=format!("M0 0V{HEIGHT}H{WIDTH}") />
                <text x="-5" y="4" text-anchor="end">{rounded(most)}</text>
                <text x="-5" y=HEIGHT.to_string() text-anchor="end">"0"</text>
                <text x="0" y=(HEIGHT + 15.0).to_string()>{tr("first step")}</text>
                <text x=WIDTH.to_string() y=(HEIGHT + 15.0).to_string() text-anchor="end">{tr("last step")}</text>
                {lines}
            </svg>
            <ul class="keys">{keys}</ul>
            <SaveChart selector=format!("#{id}") name=format!("foolproof-{id}.png") label=tr("Save loss as PNG") />
        </figure>
    }
    .into_any()
}

fn rounded(loss: f32) -> String {
    figure(round_digits(f64::from(loss), 3))
}
