//! The Measure page as a whole: a lab report, from the question to the methods.

use super::{
    attacks::Attacks,
    auditor, certificates, classes,
    contents::Contents,
    curve, detectors, exports,
    ladder::Ladder,
    losses,
    part::{Part, unfold_on_paper},
    progress::RunBar,
    queries, run, samples,
    setting::Question,
    spreads,
    state::EvaluationState,
    table, transfer, turns,
};
use crate::i18n::{tr, tr_with};
use crate::web::reactive::{effect, live, text};
use crate::{
    link::{Page, Remark},
    web::when::When,
};
use leptos::prelude::*;
use std::sync::Arc;

/// The page; nothing while another page is open, but what is measured goes on.
#[component]
pub fn MeasurePage() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let open = live(move || evaluation.settings.with(|settings| settings.page == Page::Measure));
    let weight = evaluation.wished(|request| request.weight);
    effect(move || {
        if let Some(weight) = weight.get() {
            run::reweigh(evaluation, weight);
        }
    });
    view! {
        <When on=open>
            <main class="measure" tabindex="-1">
                <h1 class="hidden">{tr("Foolproof: measure how robust a model is")}</h1>
                <When on=live(move || evaluation.known.with(Option::is_some)) otherwise=waiting>
                    <Question />
                    <Remarks request=evaluation.request />
                    <Attacks />
                    <RunBar />
                    <Optional name="measure.ladder">
                        <Ladder />
                    </Optional>
                </When>
                <Report />
            </main>
        </When>
    }
}

/// A part of a page of the lab, unless the link hides it.
#[component]
pub fn Optional(
    /// Name in `hide`.
    name: &'static str,
    /// The part.
    children: ChildrenFn,
) -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    view! { <When on=live(move || evaluation.settings.with(|settings| settings.shows(name)))>{children()}</When> }
}

/// Stands in for a page of the lab as long as it has no engine.
pub fn waiting() -> impl IntoView {
    view! { <p class="dim" role="status">{tr("The engine and the list of models are on their way.")}</p> }
}

/// What cannot be used of the link, or of what was chosen before, below the question of a page of the lab.
#[component]
pub fn Remarks<T: Send + Sync + 'static>(
    /// What the page asks for, with what it could not take.
    request: Memo<Option<(T, Vec<Remark>)>>,
) -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let said = move || {
        let remarks = request.with(|request| request.as_ref().map(|(_, remarks)| remarks.clone())).unwrap_or_default();
        remarks.iter().map(|remark| sentence(evaluation, remark)).collect::<Vec<_>>().join(" ")
    };
    view! { <p class="remarks" role="status">{text(said)}</p> }
}

/// A remark, in the words of the field where its value is of the visitor's own hand; only a link's value is the link's.
fn sentence(evaluation: EvaluationState, remark: &Remark) -> String {
    let Remark::Clamped { key, given, taken } = remark else { return remark.sentence() };
    let now = evaluation.settings.with(|settings| settings.extra.get(key).cloned());
    let by_hand = now.is_some() && evaluation.by_hand.with_value(|all| all.get(key) == now.as_ref());
    match label(key).filter(|_| by_hand) {
        Some(label) => tr_with("{0}: “{1}” cannot be used here; it is {2} instead.", &[&label, given, taken]),
        None => remark.sentence(),
    }
}

/// What the field of a key is called whose value may stop to fit when another field changes.
fn label(key: &str) -> Option<&'static str> {
    Some(match key {
        "measure.attacks" => tr("Attacks"),
        "measure.models" => tr("Models"),
        "measure.n" => tr("Number of inputs"),
        "train.augment" => tr("Augmentation"),
        "train.eps" => tr("Epsilon to hold"),
        "train.from" => tr("Begin with"),
        "train.images" => tr("Images"),
        "train.sources" => tr("Examples of"),
        _ => return None,
    })
}

/// What has been measured, from the first result on, part by part, with the table of contents.
#[component]
fn Report() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let something = live(move || evaluation.report.with(Option::is_some));
    let report = move || {
        turns::follow(evaluation);
        let parts: Arc<[Part]> = [
            table::part,
            curve::part,
            auditor::part,
            spreads::part,
            certificates::part,
            detectors::part,
            losses::part,
            queries::part,
            samples::part,
            classes::part,
            transfer::part,
            exports::part,
        ]
        .map(|part| part(turns::of_part(evaluation)).unless_hidden(evaluation))
        .into();
        unfold_on_paper(evaluation, parts.iter().map(|part| part.id).collect());
        let shown: Vec<AnyView> = parts.iter().map(|part| part.clone().view(evaluation)).collect();
        view! {
            <div class="report">
                <Contents parts />
                <div class="parts">{shown}</div>
            </div>
        }
    };
    view! {
        <When on=something otherwise=empty>
            {report()}
        </When>
    }
}

fn empty() -> impl IntoView {
    view! {
        <p class="dim">
            {tr("Nothing has been measured yet. Run an evaluation, and its table, curves, checks and pictures appear here as the results come in.")}
        </p>
        <Optional name="measure.methods">
            <super::exports::LoadReport />
        </Optional>
    }
}
