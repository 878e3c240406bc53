//! The Measure page as a whole: a lab report, from the question to the methods.

use super::{
    attacks::Attacks, auditor::Auditor, classes::Confusion, curve::Curve, exports::Exports, losses::Losses,
    progress::RunBar, queries::Queries, run, samples::Samples, setting::Question, spreads::Spreads,
    state::EvaluationState, table::Accuracies, transfer::Transfer,
};
use crate::i18n::tr;
use crate::web::reactive::{effect, live, text};
use crate::{
    link::{Page, Remark},
    web::when::When,
};
use leptos::prelude::*;

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
                </When>
                <Report />
            </main>
        </When>
    }
}

/// A part of a page of the lab, unless the link hides it.
#[component]
pub fn Part(
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

/// What of the link could not be taken, below the question of a page of the lab.
#[component]
pub fn Remarks<T: Send + Sync + 'static>(
    /// What the page asks for, with what it could not take.
    request: Memo<Option<(T, Vec<Remark>)>>,
) -> impl IntoView {
    let said = move || {
        let remarks = request.with(|request| request.as_ref().map(|(_, remarks)| remarks.clone())).unwrap_or_default();
        remarks.iter().map(Remark::sentence).collect::<Vec<_>>().join(" ")
    };
    view! { <p class="remarks" role="status">{text(said)}</p> }
}

/// What has been measured, from the first result on.
#[component]
fn Report() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let something = live(move || evaluation.report.with(Option::is_some));
    view! {
        <When on=something otherwise=empty>
            <Accuracies />
            <Part name="measure.curve">
                <Curve />
            </Part>
            <Part name="measure.spreads">
                <Spreads />
            </Part>
            <Part name="measure.losses">
                <Losses />
            </Part>
            <Part name="measure.queries">
                <Queries />
            </Part>
            <Part name="measure.auditor">
                <Auditor />
            </Part>
            <Part name="measure.samples">
                <Samples />
            </Part>
            <Part name="measure.classes">
                <Confusion />
            </Part>
            <Part name="measure.transfer">
                <Transfer />
            </Part>
            <Part name="measure.exports">
                <Exports />
            </Part>
        </When>
    }
}

fn empty() -> impl IntoView {
    view! {
        <p class="dim">
            {tr("Nothing has been measured yet. Run an evaluation, and its table, curves, checks and pictures appear here as the results come in.")}
        </p>
        <Part name="measure.exports">
            <super::exports::LoadReport />
        </Part>
    }
}
