//! The adversarial examples of a report as NPY files: inputs, labels, and their numbers in the data; rows of a table as CSV
//! too.

use super::state::{EvaluationState, Phase};
use crate::i18n::{tr, tr_mark, tr_with};
use crate::{
    evaluate::report::Report,
    web::{
        reactive::{live, memo, text},
        save_file::{save_bytes, save_text},
        when::{When, list},
    },
};
use foolproof_core::{
    input_kind::Column,
    manifest::Dataset,
    report::{npy, rows},
};
use leptos::prelude::*;

/// What a file holds.
#[derive(Clone, Copy)]
enum Part {
    Inputs,
    Labels,
    Numbers,
}

const PARTS: [(Part, &str, &str); 3] = [
    (Part::Inputs, tr_mark("Pictures"), "adversarial"),
    (Part::Labels, tr_mark("Labels"), "labels"),
    (Part::Numbers, tr_mark("Input numbers"), "indices"),
];

/// A row of buttons for each model that was fooled; nothing before an evaluation is over, or for a loaded report.
#[component]
pub fn Arrays() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let over = live(move || evaluation.phase.with(|phase| matches!(phase, Phase::Done | Phase::Cancelled)));
    let names = evaluation.shown(|report| (0..report.models.len()).map(|model| report.name(model)).collect::<Vec<_>>());
    let rows = memo(move || {
        let fooled = |(model, name): (usize, String)| {
            let count = evaluation.album.with_value(|album| album.range((model, 0)..(model + 1, 0)).count());
            (model, name, count)
        };
        let names = names.get().filter(|_| over.get()).unwrap_or_default();
        names.into_iter().enumerate().map(fooled).filter(|(.., count)| *count > 0).collect::<Vec<_>>()
    });
    let pictures = evaluation.shown(|report| report.kind.is_picture());
    let said = move || match pictures.get() {
        Some(false) => tr(
            "Each input's first row that fooled the model, as 32-bit shares of the columns' ranges in [0, 1], with the true classes and the inputs' numbers in the same order. numpy.load opens them. The CSV file has rows and what became of them by the columns' names, in their units.",
        ),
        _ => tr(
            "Each input's first picture that fooled the model, 32-bit pixels in [0, 1], with the true classes and the inputs' numbers in the same order. numpy.load opens them.",
        ),
    };
    view! {
        <When on=live(move || rows.with(|rows| !rows.is_empty()))>
            <h3>{tr("Adversarial examples (NPY)")}</h3>
            <p class="dim">{text(said)}</p>
            {list(move || rows.get().into_iter().map(|row| model(evaluation, row)).collect())}
        </When>
    }
}

fn model(evaluation: EvaluationState, (model, name, count): (usize, String, usize)) -> AnyView {
    let kind = evaluation.reported().map(|data| data.kind).unwrap_or_default();
    let named = move |file: &str| {
        let report = evaluation.report.get_untracked()?;
        let id = &report.models.get(model)?.id;
        Some((format!("foolproof-{}-{id}-{file}", report.data), report.clone()))
    };
    let button = |(part, word, file): (Part, &'static str, &'static str)| {
        let save = move |_| {
            let Some((name, report)) = named(file) else { return };
            let array = array(evaluation, &report, model, part);
            note(evaluation, save_bytes(&(name + ".npy"), "application/octet-stream", &array));
        };
        let word = if matches!(part, Part::Inputs) && !kind.is_picture() { tr_mark("Rows") } else { word };
        view! {
            <button type="button" on:click=save>
                {tr(word)}
            </button>
        }
        .into_any()
    };
    let table = (!kind.columns().is_empty()).then(|| {
        let columns = kind.columns().to_vec();
        let save = move |_| {
            let Some((name, report)) = named("rows") else { return };
            note(evaluation, save_text(&(name + ".csv"), "text/csv", &table(evaluation, &report, model, &columns)));
        };
        view! {
            <button type="button" on:click=save>
                {tr("Rows (CSV)")}
            </button>
        }
    });
    let label = tr_with("Adversarial examples of {0}", &[&name]);
    view! {
        <div class="tools exports" role="group" aria-label=label>
            <span>{format!("{name}, {count}:")}</span>
            {PARTS.map(button).into_iter().collect::<Vec<_>>()}
            {table}
        </div>
    }
    .into_any()
}

/// Says where a file could not be saved.
fn note<E>(evaluation: EvaluationState, saved: Result<(), E>) {
    if saved.is_err() {
        evaluation.said.set(tr("This browser does not let the page save a file.").into());
    }
}

/// The rows that fooled a model, clean and attacked, in the columns' units.
fn table(evaluation: EvaluationState, report: &Report, model: usize, columns: &[Column]) -> String {
    let fooled = evaluation.album.with_value(|album| {
        let own = album.range((model, 0)..(model + 1, 0));
        own.map(|((_, index), (_, values))| (*index, values.clone())).collect::<Vec<_>>()
    });
    let found: Vec<_> = fooled
        .into_iter()
        .filter_map(|(index, attacked)| {
            Some((index, *report.labels.get(index)?, evaluation.clean(&report.data, index)?, attacked))
        })
        .collect();
    rows(columns, found.iter().map(|(index, truth, clean, attacked)| (*index, *truth, &clean[..], &attacked[..])))
}

fn array(evaluation: EvaluationState, report: &Report, model: usize, part: Part) -> Vec<u8> {
    let Some(Dataset { shape, .. }) = evaluation.reported() else { return Vec::new() };
    evaluation.album.with_value(|album| {
        let own = || album.range((model, 0)..(model + 1, 0));
        let count = own().count();
        let truth = |index: usize| report.labels.get(index).map_or(-1, |&label| i64::from(label));
        let [channels, rows, columns] = shape;
        match part {
            Part::Inputs => {
                let pixels = own().flat_map(|(_, (_, pixels))| pixels.iter().copied());
                npy::floats(&[count, channels, rows, columns], pixels)
            }
            Part::Labels => npy::integers(&[count], own().map(|((_, index), _)| truth(*index))),
            Part::Numbers => npy::integers(&[count], own().map(|((_, index), _)| *index as i64)),
        }
    })
}
