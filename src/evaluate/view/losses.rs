//! Loss and accuracy against steps: how far each attack drove the loss of each model, mean over the inputs, and how many
//! inputs still stood. A line that still rises, or falls, at its end tells of an attack that had not enough steps.

use super::{
    budget_chart::{Axis, chart, of_attack},
    part::{Part, gist, terms},
    state::EvaluationState,
};
use crate::charts::data_table::Figure;
use crate::charts::line_chart::{Chart, Line, few, heads, views};
use crate::i18n::{tr, tr_mark, tr_with};
use crate::web::reactive::live;
use crate::{
    attack::{scale::round_digits, words::figure},
    evaluate::{
        accuracy_by_budget::{evenly, last},
        gist,
        report::Report,
    },
    web::when::list,
};
use foolproof_core::report::AttackFigures;
use leptos::prelude::*;

/// Most rows of a table.
const ROWS: usize = 12;

/// Two charts for each attack of several steps: its loss, and the accuracy that it leaves.
fn charts(report: &Report) -> Vec<Chart> {
    (0..report.trials.len()).flat_map(|attack| [loss(report, attack), left(report, attack)]).flatten().collect()
}

fn loss(report: &Report, attack: usize) -> Option<Chart> {
    let found = of_attack(report, attack);
    let most = found.iter().flat_map(|(_, figures)| &figures.loss).copied().fold(1e-6, f32::max);
    let line = |&(model, figures): &(usize, &AttackFigures)| {
        let heights = figures.loss.iter().map(|loss| f64::from(loss / most));
        let end = figures.loss.last().map(|&loss| rounded(loss));
        Line { name: report.name(model), end, points: places(figures).into_iter().zip(heights).collect() }
    };
    let lines: Vec<Line> = found.iter().map(line).collect();
    let said = |(line, (_, figures)): (&Line, &(usize, &AttackFigures))| {
        Some(tr_with("{0} from {1} to {2}", &[&line.name, &rounded(*figures.loss.first()?), &line.end.as_ref()?]))
    };
    let said: Vec<String> = lines.iter().zip(&found).filter_map(said).collect();
    let name = report.attack(attack);
    // One step is no line.
    found.iter().any(|(_, figures)| figures.loss.len() > 2).then(|| Chart {
        kind: "loss",
        label: tr_with("Loss against steps of {0}: {1}.", &[&name, &said.join("; ")]),
        title: tr_with("Loss, {0}", &[&name]),
        across: across(&found),
        up: ["0".into(), rounded(most)],
        heads: heads(tr("Steps"), lines.iter().map(|line| line.name.clone())),
        rows: rows(&found),
        lines,
        save: tr("Save loss as PNG"),
    })
}

fn left(report: &Report, attack: usize) -> Option<Chart> {
    let found = of_attack(report, attack);
    // Where a model's inputs all fell early the attack went on without them; the other's last loss is the end.
    let fell = found.iter().filter_map(|(_, figures)| last(&figures.by_steps)).max()?;
    let most = steps(&found).unwrap_or(fell);
    let axis = Axis {
        kind: "steps",
        falls: |figures| &figures.by_steps,
        right: evenly(most),
        across: across(&found),
        label: tr_mark("Accuracy against steps of {0}: {1}."),
        half: tr_mark("{0}: {1} left, half of those that fell within {2} steps"),
        save: tr("Save accuracy as PNG"),
        head: tr("Steps"),
    };
    (most > 1)
        .then(|| Chart { title: tr_with("Accuracy, {0}", &[&report.attack(attack)]), ..chart(report, attack, axis) })
}

/// Steps of the whole attack, runs one after another; reports of older versions do not tell.
fn steps(found: &[(usize, &AttackFigures)]) -> Option<u32> {
    found.iter().filter_map(|(_, figures)| figures.loss_at.last().copied()).max()
}

/// Where each loss is drawn, 0 to 1.
fn places(figures: &AttackFigures) -> Vec<f64> {
    let count = figures.loss.len() as u32;
    match figures.loss_at.last() {
        Some(&end) => figures.loss_at.iter().map(|&at| evenly(end)(at)).collect(),
        None => (0..count).map(evenly(count.saturating_sub(1))).collect(),
    }
}

/// The losses after a few numbers of steps.
fn rows(found: &[(usize, &AttackFigures)]) -> Vec<(String, Vec<Figure>)> {
    let steps = |figures: &AttackFigures| match figures.loss_at.is_empty() {
        true => (0..figures.loss.len() as u32).collect(),
        false => figures.loss_at.clone(),
    };
    let told: Vec<Vec<u32>> = found.iter().map(|(_, figures)| steps(figures)).collect();
    let Some(all) = told.iter().max_by_key(|steps| steps.len()) else { return Vec::new() };
    let row = |place: usize| {
        let cell = |((_, figures), steps): (&(usize, &AttackFigures), &Vec<u32>)| {
            let until = figures.loss.iter().zip(steps).take_while(|(_, at)| **at <= all[place]).last();
            (until.map_or_else(|| "–".into(), |(loss, _)| rounded(*loss)), String::new())
        };
        (all[place].to_string(), found.iter().zip(&told).map(cell).collect())
    };
    few(all.len(), ROWS).into_iter().map(row).collect()
}

fn across(found: &[(usize, &AttackFigures)]) -> [String; 2] {
    match steps(found) {
        Some(end) => ["0".into(), tr_with("{0} steps", &[&figure(f64::from(end))])],
        None => [tr("first step").into(), tr("last step").into()],
    }
}

/// A chart for each attack of several steps.
pub fn part(evaluation: EvaluationState) -> Part {
    let shown = evaluation.shown(charts);
    let there = live(move || shown.with(|shown| shown.as_ref().is_some_and(|shown| !shown.is_empty())));
    let charts = move || views(shown.get().unwrap_or_default());
    let inside = move || {
        view! {
            {terms(&["loss"])}
            <p class="dim">{tr("Loss is the mean over the inputs, accuracy what is left of them; restarts, targets and members follow one another. Where the loss still rises or inputs still fall at the end, the attack had too few steps.")}</p>
            <div class="small-charts">{list(charts)}</div>
        }
    };
    Part {
        id: "losses",
        title: tr("Loss and accuracy against steps"),
        there,
        gist: gist(evaluation, gist::losses),
        inside: inside.into(),
    }
}

fn rounded(loss: f32) -> String {
    figure(round_digits(f64::from(loss), 3))
}
