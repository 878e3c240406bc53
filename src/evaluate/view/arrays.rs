//! The adversarial examples of a report as NPY files: pictures, labels, and their numbers in the data.

use super::state::{EvaluationState, Phase};
use crate::i18n::{tr, tr_mark, tr_with};
use crate::{
    evaluate::report::Report,
    web::{
        reactive::{live, memo},
        save_file::save_bytes,
        when::{When, list},
    },
};
use foolproof_core::report::npy;
use leptos::prelude::*;

/// What a file holds.
#[derive(Clone, Copy)]
enum Part {
    Pictures,
    Labels,
    Numbers,
}

const PARTS: [(Part, &str, &str); 3] = [
    (Part::Pictures, tr_mark("Pictures"), "adversarial"),
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
    view! {
        <When on=live(move || rows.with(|rows| !rows.is_empty()))>
            <h3>{tr("Adversarial examples (NPY)")}</h3>
            <p class="dim">
                {tr("Each input's first picture that fooled the model, 32-bit pixels in [0, 1], with the true classes and the inputs' numbers in the same order. numpy.load opens them.")}
            </p>
            {list(move || rows.get().into_iter().map(|row| model(evaluation, row)).collect())}
        </When>
    }
}

fn model(evaluation: EvaluationState, (model, name, count): (usize, String, usize)) -> AnyView {
    let button = |(part, word, file): (Part, &'static str, &'static str)| {
        let save = move |_| {
            let Some(report) = evaluation.report.get_untracked() else { return };
            let name = format!("foolproof-{}-{}-{file}.npy", report.data, report.models[model].id);
            if save_bytes(&name, "application/octet-stream", &array(evaluation, &report, model, part)).is_err() {
                evaluation.said.set(tr("This browser does not let the page save a file.").into());
            }
        };
        view! {
            <button type="button" on:click=save>
                {tr(word)}
            </button>
        }
        .into_any()
    };
    let label = tr_with("Adversarial examples of {0}", &[&name]);
    view! {
        <div class="tools exports" role="group" aria-label=label>
            <span>{format!("{name}, {count}:")}</span>
            {PARTS.map(button).into_iter().collect::<Vec<_>>()}
        </div>
    }
    .into_any()
}

fn array(evaluation: EvaluationState, report: &Report, model: usize, part: Part) -> Vec<u8> {
    let shape =
        evaluation.study.with_value(|study| study.as_ref().map(|study| study.plan.data.shape)).unwrap_or([1, 28, 28]);
    evaluation.album.with_value(|album| {
        let own = || album.range((model, 0)..(model + 1, 0));
        let count = own().count();
        let truth = |index: usize| report.labels.get(index).map_or(-1, |&label| i64::from(label));
        let [channels, rows, columns] = shape;
        match part {
            Part::Pictures => {
                let pixels = own().flat_map(|(_, (_, pixels))| pixels.iter().copied());
                npy::floats(&[count, channels, rows, columns], pixels)
            }
            Part::Labels => npy::integers(&[count], own().map(|((_, index), _)| truth(*index))),
            Part::Numbers => npy::integers(&[count], own().map(|((_, index), _)| *index as i64)),
        }
    })
}
