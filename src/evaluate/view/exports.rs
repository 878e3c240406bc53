//! The methods paragraph, the report as files, and the way back from a file.

use super::{
    part::{Part, gist},
    state::{EvaluationState, Phase},
};
use crate::controls::files::{self, Chosen, Wanted};
use crate::files::job_files;
use crate::i18n::tr;
use crate::web::{
    reactive::{live, text},
    save_file::save_text,
};
use crate::{
    attack::plan,
    controls::complaint::Complaint,
    evaluate::{gist, report::Report, report_file, report_json, request::models_text},
    link::Settings,
};
use foolproof_core::report::{csv, table};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen_futures::spawn_local;

/// How it was measured, and the report as files.
pub fn part(evaluation: EvaluationState) -> Part {
    let methods = evaluation.shown(Report::methods);
    let save = move |name: &'static str, kind: &'static str, write: fn(&Report) -> String| {
        move |_| {
            let Some(report) = evaluation.report.get_untracked() else { return };
            match save_text(&format!("foolproof-{}-{name}", report.data), kind, &write(&report)) {
                Ok(()) => evaluation.saved.set_value(Some(report)),
                Err(_) => evaluation.said.set(tr("This browser does not let the page save a file.").into()),
            }
        }
    };
    let inside = move || {
        view! {
            <p class="dim">{tr("In English, as papers want it; copy it as it stands.")}</p>
            <p class="methods" lang="en">{text(move || methods.get())}</p>
            <div class="tools exports" role="group" aria-label=tr("Save the report")>
                <button type="button" on:click=save("inputs.csv", "text/csv", |report| csv(&report.trials, &report.models))>
                    {tr("Save CSV")}
                </button>
                <button type="button" on:click=save("report.json", "application/json", report_json::file)>
                    {tr("Save JSON")}
                </button>
                <button type="button" on:click=save("report.md", "text/markdown", markdown)>
                    {tr("Save Markdown")}
                </button>
                <button type="button" on:click=move |_| print()>
                    {tr("Print")}
                </button>
            </div>
            <super::arrays::Arrays />
            <LoadReport />
        }
    };
    Part {
        id: "methods",
        title: tr("Methods and files"),
        there: live(|| true),
        gist: gist(evaluation, gist::methods),
        inside: inside.into(),
    }
}

/// Brings back a report that was saved as JSON.
#[component]
pub fn LoadReport() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let complaint = Complaint::new();
    let take = Callback::new(move |files: Vec<Chosen>| {
        let Some((_, file)) = files.into_iter().next() else { return };
        complaint.say(String::new());
        if file.size() > report_file::LONGEST as f64 {
            return complaint.say(tr("The file is too long to be a report.").into());
        }
        spawn_local(async move {
            let text = gloo_file::futures::read_as_text(&gloo_file::Blob::from(web_sys::Blob::from(file))).await;
            let loaded =
                text.map_err(|_| tr("The file cannot be read.").to_owned()).and_then(|text| report_file::load(&text));
            match loaded {
                Ok(_) if untrack(|| evaluation.is_busy()) => complaint.say(tr("Cancel the evaluation first.").into()),
                Ok(report) => show(evaluation, report).await,
                Err(why) => complaint.say(why),
            }
        });
    });
    let (never, json) = (Signal::stored(false), "application/json,.json");
    let wanted = Wanted { label: tr("Load a saved report (JSON)"), accept: json, ..Wanted::default() };
    view! {
        {files::zone(vec![files::button(wanted, never, complaint, take)], tr("or drop it here"), never, take)}
        {complaint.view()}
        <p role="status">{text(move || evaluation.said.get())}</p>
    }
}

/// Shows a loaded report, and sets the page to what it was about.
pub async fn show(evaluation: EvaluationState, report: Report) {
    let (settings, _) = Settings::read(&report.about.fragment);
    let data = evaluation.known.get_untracked().and_then(|known| plan::dataset(&settings, &known.manifest).cloned());
    let shown = report.labels.len();
    evaluation.said.set(String::new());
    if let Some(data) = data.filter(|data| data.id == report.data) {
        job_files::bring_images(evaluation, &data, shown).await;
    }
    let own = ["data", "norm", "eps", "seed", "steps", "step", "restarts", "mask"];
    let keys: Vec<(String, String)> =
        settings.pairs().into_iter().filter(|(key, _)| own.contains(&key.as_str()) || key.contains('.')).collect();
    let mut keys: Vec<(&str, String)> = keys.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
    // These the link of the report may leave out, and the page's own are others.
    keys.retain(|(key, _)| *key != "measure.weight" && *key != "measure.models");
    let models: Vec<String> = report.models.iter().map(|model| model.id.clone()).collect();
    keys.extend([("measure.weight", report.weight.to_string()), ("measure.models", models_text(&models))]);
    evaluation.refused.set(String::new());
    evaluation.measured.set_value(Vec::new());
    evaluation.study.set_value(None);
    evaluation.album.set_value(Default::default());
    evaluation.about.set_value(report.about.clone());
    evaluation.phase.set(Phase::Loaded);
    evaluation.report.set(Some(Arc::new(report)));
    evaluation.set(&keys);
}

/// The table of accuracies and the methods.
fn markdown(report: &Report) -> String {
    let checks: String = report
        .audit
        .iter()
        .map(|audited| {
            let verdict = crate::evaluate::wording::verdict(audited.check.verdict);
            format!("- {}, {}: {verdict}. {}\n", audited.model, audited.check.check, audited.check.evidence)
        })
        .collect();
    let audit = if checks.is_empty() { String::new() } else { format!("\n## Auditor\n\n{checks}") };
    format!("# Evaluation\n\n{}{audit}\n## Methods\n\n{}\n", table(&report.trials, &report.models), report.methods())
}

fn print() {
    // A page in a sandbox may not print; the browser says so itself.
    let _ = window().print();
}
