//! Loss against steps: how far each attack drove the loss of each model, mean over the inputs. A line that still rises at
//! its end tells of an attack that had not enough steps.

use super::{
    bench::{Bench, term},
    lines::{Chart, Line, views},
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

/// A chart for each attack of several steps.
fn losses(sheet: &Sheet) -> Vec<Chart> {
    (0..sheet.trials.len()).filter_map(|attack| loss(sheet, attack)).collect()
}

fn loss(sheet: &Sheet, attack: usize) -> Option<Chart> {
    let loss = |model: &crate::report::ModelReport| model.attacks.get(attack).map_or(Vec::new(), |of| of.loss.clone());
    let losses: Vec<Vec<f32>> = sheet.models.iter().map(loss).collect();
    let most = losses.iter().flatten().copied().fold(1e-6, f32::max);
    let line = |(model, losses): (usize, &Vec<f32>)| {
        let last = losses.len().saturating_sub(1).max(1) as f64;
        let points =
            losses.iter().enumerate().map(|(step, loss)| (step as f64 / last, f64::from(loss / most))).collect();
        Line { name: sheet.name(model), end: losses.last().map(|&loss| rounded(loss)), points }
    };
    let lines: Vec<Line> = losses.iter().enumerate().map(line).collect();
    let said = |(line, losses): (&Line, &Vec<f32>)| {
        Some(tr_with("{0} from {1} to {2}", &[&line.name, &rounded(*losses.first()?), &line.end.as_ref()?]))
    };
    let said: Vec<String> = lines.iter().zip(&losses).filter_map(said).collect();
    let name = sheet.attack(attack);
    // One step is no line.
    losses.iter().any(|losses| losses.len() > 2).then(|| Chart {
        kind: "loss",
        label: tr_with("Loss against steps of {0}: {1}.", &[&name, &said.join("; ")]),
        title: name,
        across: [tr("first step").into(), tr("last step").into()],
        up: ["0".into(), rounded(most)],
        lines,
        save: tr("Save loss as PNG"),
    })
}

/// A chart for each attack of several steps.
#[component]
pub fn Losses() -> impl IntoView {
    let bench = expect_context::<Bench>();
    let shown = bench.shown(losses);
    let there = live(move || shown.with(|shown| shown.as_ref().is_some_and(|shown| !shown.is_empty())));
    let charts = move || views(shown.get().unwrap_or_default());
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

fn rounded(loss: f32) -> String {
    figure(round_digits(f64::from(loss), 3))
}
