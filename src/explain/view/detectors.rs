//! What detectors say of the input and of its adversarial twin.

use super::state::ExplanationState;
use crate::{
    attack::{defence::listed, words::percent},
    controls::term::define,
    evaluate::{
        request::FPR,
        view::state::{EvaluationState, term},
    },
    explain::short,
    i18n::{tr, tr_with},
    web::{reactive::memo, when::list},
};
use foolproof_core::{
    catalog::Card,
    defence::DefenceSpec,
    protocol::{Detected, Detection, ExplainJob, Explained, Inputs},
};
use leptos::prelude::*;
use std::sync::Arc;

/// What was found, with its question.
type Found = (Arc<ExplainJob>, Vec<Detected>);

/// The verdict of each detector on both inputs.
#[component]
pub fn Detectors(state: ExplanationState) -> impl IntoView {
    let answers = state.seen(|asked, explained| match explained {
        Explained::Detected(found) => Some((asked.clone(), found.clone())),
        _ => None,
    });
    let newest = memo(move || answers.get().pop());
    let shown = move || newest.get().and_then(|found| view_of(&found, &cards(state.evaluation))).into_iter().collect();
    view! {
        <p>
            {define(term("detector"), tr("Detectors").into())}
            {tr(": would one of them notice the attack? None of them has ever seen one.")}
        </p>
        {list(shown)}
    }
}

fn view_of((asked, found): &Found, cards: &[Card]) -> Option<AnyView> {
    let Detection { detectors, fpr, references } = asked.job.detection.as_ref()?;
    let cell = |score: Option<&f32>, threshold: f32| {
        let flags = score.is_some_and(|score| *score > threshold);
        let word = if flags { tr("flagged") } else { tr("not flagged") };
        view! { <td class:flagged=flags>{word} " " <small>{score.map(|score| short(*score))}</small></td> }
    };
    let row = |(detector, one): (_, &Detected)| {
        let [clean, attacked] = [&one.clean, &one.attacked].map(|scores| cell(scores.first(), one.threshold));
        let name = listed(std::slice::from_ref(detector), cards);
        view! {
            <tr>
                <th scope="row">{name}</th>
                {clean}
                {attacked}
                <td>{short(one.threshold)}</td>
            </tr>
        }
    };
    let rows: Vec<_> = detectors.iter().zip(found).map(row).collect();
    let heads = [tr("Detector"), tr("Clean input"), tr("Adversarial input"), tr("Flagged above")];
    let heads = heads.map(|head| view! { <th scope="col">{head}</th> }).into_iter().collect::<Vec<_>>();
    let learnt = references.shape[0];
    let shown = view! {
        <div class="scroll" tabindex="0" role="group" aria-label=tr("Table of detectors")>
            <table class="results">
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="dim">
            {tr_with("Thresholds let {0} of clean training images be flagged ({1} images learnt from). The Measure page counts what detectors catch of many inputs, and attacks that know of them.", &[&percent(*fpr), &learnt])}
        </p>
    };
    Some(shown.into_any())
}

/// The detectors that the link names, or all, with what they learn from.
pub fn detection(evaluation: EvaluationState, references: Inputs) -> Detection {
    let request = evaluation.request.get().map(|(request, _)| request);
    let fpr = request.as_ref().map_or(FPR, |request| request.fpr);
    let named = request.map(|request| request.detectors).filter(|named| !named.is_empty());
    let all = || cards(evaluation).iter().map(|card| DefenceSpec::new(&card.id, &[])).collect();
    Detection { detectors: named.unwrap_or_else(all), fpr, references }
}

fn cards(evaluation: EvaluationState) -> Vec<Card> {
    evaluation.known.get().map_or_else(Vec::new, |known| known.catalog.detectors.clone())
}
