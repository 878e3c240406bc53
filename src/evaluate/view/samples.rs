//! The inputs that fell first and those that stood longest, each a link to the attack page.

use super::{
    part::{Part, gist},
    small::pair,
    state::EvaluationState,
};
use crate::i18n::{tr, tr_with};
use crate::{
    attack::words::class,
    evaluate::{
        gist,
        report::Report,
        wording::{distance, proven},
    },
    inputs::format::ordinal,
    web::{reactive::live, when::list},
};
use foolproof_core::{input_kind::InputKind, protocol::AttackSpec};
use leptos::prelude::*;

/// Inputs of each sort and model.
const MOST: usize = 6;

/// What is shown of one input.
#[derive(Clone, Debug, PartialEq)]
struct Card {
    index: usize,
    model: usize,
    id: String,
    data: String,
    /// The truth, and what the model says of it under attack.
    says: String,
    /// Its smallest radius, if it was searched for: from the proven radius to the one found.
    radius: Option<String>,
    /// Whether an attack of the set broke it, or one of the auditor's.
    fell: bool,
    /// The attack that did.
    by: Option<AttackSpec>,
}

/// The inputs, model by model.
pub fn part(evaluation: EvaluationState) -> Part {
    let found = evaluation.shown(move |report| {
        (0..report.models.len()).map(|model| of_model(evaluation, report, model)).collect::<Vec<_>>()
    });
    let strips = move || {
        let models = found.get().unwrap_or_default();
        models
            .into_iter()
            .map(|(name, falls, stands)| {
                view! {
                    <h3>{name}</h3>
                    {strip(evaluation, tr("fall first"), falls)}
                    {strip(evaluation, tr("stand longest"), stands)}
                }
                .into_any()
            })
            .collect()
    };
    let inside = move || {
        view! {
            <p class="dim">{tr("Each opens on the attack page. Inputs that the model gets wrong without any attack are left out.")}</p>
            {list(strips)}
        }
    };
    Part {
        id: "samples",
        title: tr("Hardest and most robust inputs"),
        there: live(|| true),
        gist: gist(evaluation, gist::samples),
        inside: inside.into(),
    }
}

fn of_model(evaluation: EvaluationState, report: &Report, model: usize) -> (String, Vec<Card>, Vec<Card>) {
    let beyond = report.radius.as_ref().map(|spec| spec.eps);
    let card = |index: usize| {
        let row = report.models[model].samples.iter().find(|row| row.index == index)?;
        let (truth, attacked) = (class(row.truth, &report.classes), class(row.attacked, &report.classes));
        let fell = !row.broken.is_empty() || row.found.is_some();
        let says = match &row.found {
            Some(found) => tr_with("{0} → {1}, found by the auditor ({2})", &[&truth, &attacked, &found.attack]),
            None if fell => format!("{truth} → {attacked}"),
            None => tr_with("{0}, held", &[&truth]),
        };
        Some(Card {
            index,
            model,
            id: report.models[model].id.clone(),
            data: report.data.clone(),
            says,
            radius: row.radius.map(|radius| match row.certified {
                Some(_) => tr_with("radius {0} to {1}", &[&proven(row.certified), &distance(radius, beyond)]),
                None => tr_with("radius {0}", &[&distance(radius, beyond)]),
            }),
            fell,
            by: match &row.found {
                Some(found) => evaluation.audited(&found.attack),
                None => row.broken.first().and_then(|&attack| Some(report.trials.get(attack)?.spec.clone())),
            },
        })
    };
    let falls = report.extremes(model, true, MOST);
    let stands = report.extremes(model, false, MOST);
    // Of few inputs some would be both.
    let stands = stands.into_iter().filter(|index| !falls.contains(index)).filter_map(card).collect();
    (report.name(model), falls.iter().copied().filter_map(card).collect(), stands)
}

fn strip(evaluation: EvaluationState, title: &'static str, cards: Vec<Card>) -> AnyView {
    if cards.is_empty() {
        return view! { <p class="dim">{tr_with("No inputs that {0} yet.", &[&title])}</p> }.into_any();
    }
    let (kind, shape) = evaluation.reported().map_or_else(Default::default, |data| (data.kind, data.shape));
    let cards: Vec<AnyView> = cards.into_iter().map(|card| item(evaluation, &kind, shape, card)).collect();
    view! {
        <p class="strip-title">{tr_with("Inputs that {0}", &[&title])}</p>
        <ul class="strip">{cards}</ul>
    }
    .into_any()
}

fn item(evaluation: EvaluationState, kind: &InputKind, shape: [usize; 3], card: Card) -> AnyView {
    let clean = evaluation.clean(&card.data, card.index);
    let adversarial = evaluation.adversarial(card.model, card.index).filter(|_| card.fell);
    let address = untrack(|| evaluation.address(card.index, &card.id, card.by.as_ref()));
    view! {
        <li>
            <a href=address>
                <span class="hidden">{tr_with("Input {0}:", &[&ordinal(card.index)])}</span>
                {pair(kind, shape, clean, adversarial)}
                <span>{card.says}</span>
                <small>{card.radius}</small>
            </a>
        </li>
    }
    .into_any()
}
