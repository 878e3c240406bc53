//! The table of accuracies and figures, models as columns.

use super::{
    part::{Part, gist, terms},
    scores::Scores,
    state::{EvaluationState, term},
};
use crate::i18n::{tr, tr_with};
use crate::web::reactive::{live, memo, text};
use crate::{
    attack::words::figure,
    controls::term::define,
    evaluate::{
        gist, leader,
        report::Report,
        wording::{
            below, distance, draws, engine, inputs, interval, middle, proven, risen, unconverged, value, weakness,
        },
    },
    web::when::list,
};
use foolproof_core::{catalog::Aim, report::Accuracy};
use leptos::prelude::*;

/// A cell: the figure, what stands small below it, and what the auditor holds against it: a term, its word, and the rest.
pub type Cell = (String, String, Vec<Doubt>);
type Doubt = (&'static str, &'static str, String);
/// Reads a model's cell off the report.
pub type Read = fn(&Report, usize) -> Cell;

/// The table.
pub fn part(evaluation: EvaluationState) -> Part {
    let attacks = evaluation.shown(|report| {
        let shared = |attack: usize| report.trials[attack].aim == Aim::Shared;
        (0..report.trials.len()).map(|attack| (report.attack(attack), shared(attack))).collect::<Vec<_>>()
    });
    let attack_rows = move || {
        let row = |(attack, (name, shared)): (usize, (String, bool))| {
            let cells = evaluation.shown(move |report| {
                (0..report.models.len()).map(|model| of_attack(report, model, attack)).collect::<Vec<_>>()
            });
            let head = match term("fooling").filter(|_| shared) {
                Some(term) => define(Some(term), name).into_any(),
                None => view! { <span>{name}</span> }.into_any(),
            };
            row(head, cells)
        };
        attacks.get().unwrap_or_default().into_iter().enumerate().map(row).collect()
    };
    let caption = move || {
        evaluation.in_view.with(|report| {
            report.as_ref().map(|report| {
                let norm = report.norm.symbol();
                let eps = figure(crate::attack::scale::widen(report.eps));
                let lost = if report.lost > 0 {
                    tr_with(" {0} inputs were lost with a worker.", &[&report.lost])
                } else {
                    String::new()
                };
                tr_with(
                    "On {0}: {1}, epsilon {2}, seed {3}. {4}.{5}",
                    &[&inputs(report), &norm, &eps, &report.seed, &engine(report), &lost],
                )
            })
        })
    };
    let best =
        memo(move || evaluation.in_view.with(|report| report.as_ref().and_then(|report| leader::sentence(report))));
    let inside = move || {
        view! {
            {terms(&["accuracy"])}
            <p class="dim">{text(caption)}</p>
            <div class="scroll" tabindex="0" role="group" aria-label=tr("Table of accuracies")>
                <table class="results">
                    {heads(evaluation)}
                    <tbody>
                        {fixed(evaluation, "", tr("Clean"), clean)}
                    </tbody>
                    <tbody>{list(attack_rows)}</tbody>
                    <tbody class="worst">
                        {fixed(evaluation, "worst", tr("Worst case"), worst)}
                    </tbody>
                    <tbody>
                        {fixed(evaluation, "radius", tr("Median smallest radius"), radius)}
                        {fixed(evaluation, "certified", tr("Median certified radius"), certified)}
                        {fixed(evaluation, "margin", tr("Median margin"), margin)}
                    </tbody>
                </table>
            </div>
            <p>{text(move || best.get())}</p>
            <p class="dim">
                {tr("Intervals are Wilson's at 95 %. Distances that attacks found are upper bounds: a stronger one may need less. Certified radii are lower bounds: within them no attack can succeed.")}
            </p>
            <Scores />
        }
    };
    Part {
        id: "accuracies",
        title: tr("Accuracy and robustness"),
        there: live(|| true),
        gist: gist(evaluation, gist::accuracies),
        inside: inside.into(),
    }
}

/// The models' names above their columns.
pub fn heads(evaluation: EvaluationState) -> AnyView {
    let names = evaluation.shown(|report| (0..report.models.len()).map(|model| report.name(model)).collect::<Vec<_>>());
    let head = |name: String| view! { <th scope="col">{name}</th> }.into_any();
    view! {
        <thead>
            <tr>
                <td></td>
                {list(move || names.get().unwrap_or_default().into_iter().map(head).collect())}
            </tr>
        </thead>
    }
    .into_any()
}

/// A row whose head never changes, so that a definition opened there stays open while results come in.
pub fn fixed(evaluation: EvaluationState, id: &'static str, word: &'static str, read: Read) -> AnyView {
    let cells =
        evaluation.shown(move |report| (0..report.models.len()).map(|model| read(report, model)).collect::<Vec<_>>());
    let head = match term(id) {
        Some(term) => define(Some(term), word.into()).into_any(),
        None => view! { <span>{word}</span> }.into_any(),
    };
    row(head, cells)
}

/// A row whose head and cells are told by the report in view.
pub fn dynamic(
    evaluation: EvaluationState,
    head: String,
    read: impl Fn(&Report, usize) -> Cell + Send + Sync + 'static,
) -> AnyView {
    let cells =
        evaluation.shown(move |report| (0..report.models.len()).map(|model| read(report, model)).collect::<Vec<_>>());
    row(view! { <span>{head}</span> }.into_any(), cells)
}

fn row(head: AnyView, cells: Memo<Option<Vec<Cell>>>) -> AnyView {
    let doubt = |(id, word, rest): Doubt| {
        view! { <small class="doubt"><span aria-hidden="true">"▲ "</span>{define(term(id), word.into())} ": " {rest}</small> }
    };
    let cell = move |(figure, below, doubted): Cell| {
        view! { <td>{figure}<small>{below}</small>{doubted.into_iter().map(doubt).collect_view()}</td> }.into_any()
    };
    view! {
        <tr>
            <th scope="row">{head}</th>
            {list(move || cells.get().unwrap_or_default().into_iter().map(cell).collect())}
        </tr>
    }
    .into_any()
}

fn accuracy(accuracy: &Accuracy) -> Cell {
    (value(accuracy), interval(accuracy), vec![])
}

fn clean(report: &Report, model: usize) -> Cell {
    let figures = &report.models[model];
    let (share, below, doubts) = accuracy(&figures.clean);
    (share, below + &draws(figures).unwrap_or_default(), doubts)
}

fn worst(report: &Report, model: usize) -> Cell {
    let (share, below, _) = accuracy(&report.models[model].worst);
    let weak = weakness(&report.models[model]).map(|rest| ("weak", tr("weak set"), rest));
    (share, below, weak.into_iter().collect())
}

/// The number of inputs behind a mean.
pub fn counted(report: &Report, model: usize) -> String {
    format!("n = {}", report.models[model].clean.n)
}

fn of_attack(report: &Report, model: usize, attack: usize) -> Cell {
    let Some(figures) = report.models[model].attacks.get(attack) else { return (String::new(), String::new(), vec![]) };
    let steps = unconverged(figures).map(|rest| ("converged", tr("not converged"), rest));
    let risen = risen(figures).map(|rest| ("rising", tr("rises with epsilon"), rest));
    (value(&figures.accuracy), below(figures), steps.into_iter().chain(risen).collect())
}

fn radius(report: &Report, model: usize) -> Cell {
    let (spread, beyond) = (&report.models[model].radius, report.radius.as_ref().map(|spec| spec.eps));
    if spread.n == 0 {
        return ("–".into(), String::new(), vec![]);
    }
    let below = tr_with("middle half {0}, n = {1}", &[&middle(spread, beyond), &spread.n]);
    (distance(spread.median, beyond), below, vec![])
}

fn certified(report: &Report, model: usize) -> Cell {
    let spread = &report.models[model].certified;
    if spread.n == 0 {
        return ("–".into(), String::new(), vec![]);
    }
    let share = Accuracy::of(spread.above(report.eps), spread.n);
    let below = tr_with("{0} certified at epsilon, {1}", &[&value(&share), &interval(&share)]);
    (proven(spread.median), below, vec![])
}

fn margin(report: &Report, model: usize) -> Cell {
    match &report.models[model].margin {
        Some((norm, spread)) if spread.n > 0 => {
            let below = tr_with("{0}, middle half {1}, n = {2}", &[&norm.symbol(), &middle(spread, None), &spread.n]);
            (distance(spread.median, None), below, vec![])
        }
        _ => ("–".into(), tr("needs a minimum-norm attack").into(), vec![]),
    }
}
