//! What is proven of the input: by votes on noisy copies of it, shown as bars, and by interval bounds, beside the example that
//! the attack found.

use super::state::ExplanationState;
use crate::{
    attack::{
        scale::{round_digits, widen},
        words::{class, figure},
    },
    controls::term::define,
    evaluate::{
        request::SMOOTHING,
        view::state::{EvaluationState, term},
    },
    explain::short,
    i18n::{tr, tr_with},
    web::{reactive::memo, when::list},
};
use foolproof_core::{
    catalog::Norm,
    protocol::{Certified, ExplainJob, Explained, Question, Smoothing},
    report::radius,
};
use leptos::prelude::*;
use std::sync::Arc;

/// What was found, with its question.
type Found = (Arc<ExplainJob>, Certified);

/// Noise and copies: those of the Measure page, or the usual ones.
pub fn smoothing(evaluation: EvaluationState) -> Smoothing {
    evaluation.request.get().and_then(|(request, _)| request.smoothing).unwrap_or(SMOOTHING)
}

/// The votes, and both radii.
#[component]
pub fn Certificate(state: ExplanationState) -> impl IntoView {
    let answers = state.seen(|asked, explained| match explained {
        Explained::Certified(found) => Some((asked.clone(), found.clone())),
        _ => None,
    });
    let newest = memo(move || answers.get().pop());
    let classes = memo(move || state.classes());
    let shown = move || newest.get().and_then(|found| view_of(&found, &classes.get())).into_iter().collect();
    view! {
        <p>
            {define(term("smoothing"), tr("By noise").into())}
            {tr(": what noisy copies of the clean input are answered with. Each bar is the share of one class.")}
        </p>
        {list(shown)}
    }
}

fn view_of((asked, found): &Found, classes: &[String]) -> Option<AnyView> {
    let Question::Certificate(smoothing) = asked.question else { return None };
    let bar = |(label, votes): (usize, &u32)| {
        let share = *votes as f32 / smoothing.draws as f32;
        let own = label == found.picked as usize;
        view! {
            <li class:picked=own>
                <span>{class(label as u32, classes)}</span>
                <span class="track" aria-hidden="true"><span class="fill after" style:width=format!("{:.1}%", 100.0 * share)></span></span>
                <span>{votes.to_string()}</span>
            </li>
        }
    };
    let bars: Vec<_> = found.votes.iter().enumerate().map(bar).collect();
    let shown = view! {
        <ol class="votes" aria-label=tr("Votes of noisy copies, by class")>{bars}</ol>
        <p>{voted(found, &smoothing, classes)}</p>
        <p>
            {define(term("certified"), tr("By interval bounds").into())} ": "
            {bounded(asked, found)}
        </p>
    };
    Some(shown.into_any())
}

/// What the votes prove.
fn voted(found: &Certified, smoothing: &Smoothing, classes: &[String]) -> String {
    let count = found.votes.get(found.picked as usize).copied().unwrap_or_default();
    let (draws, sigma) = (smoothing.draws, widen(smoothing.sigma));
    let name = class(found.picked, classes);
    let figures: [&dyn std::fmt::Display; 4] = [&count, &draws, &figure(sigma), &name];
    match radius(count, draws, sigma) {
        Some(radius) => {
            let said = tr_with("{0} of {1} copies (noise {2}) say {3}.", &figures);
            let proven = tr_with(
                "So the smoothed model says so of every input nearer than {0} in L2; one such certificate in a thousand may be false.",
                &[&figure(round_digits(radius, 3))],
            );
            format!("{said} {proven}")
        }
        None => tr_with(
            "Only {0} of {1} copies (noise {2}) say {3}: too even for an answer, so the smoothed model gives none.",
            &figures,
        ),
    }
}

/// What bounds prove, beside what the attack found.
fn bounded(asked: &ExplainJob, found: &Certified) -> String {
    let norm = asked.job.attack.norm;
    let Some(proven) = found.proven else {
        return tr("nothing can be proven of this model that way.").into();
    };
    let far = distance(&asked.job.inputs.pixels, &asked.adversarial, norm);
    let proven = match proven > 0.0 {
        true => tr_with(
            "no change of less than {0} in {1} can alter the answer, whatever the attack.",
            &[&short(proven), &norm.symbol()],
        ),
        false => tr("nothing, since the clean input is answered otherwise already.").into(),
    };
    let found = tr_with("The example of this attack is {0} away.", &[&short(far)]);
    format!("{proven} {found}")
}

/// How far two inputs lie apart.
fn distance(one: &[f32], other: &[f32], norm: Norm) -> f32 {
    let each = one.iter().zip(other).map(|(a, b)| (a - b).abs());
    match norm {
        Norm::Linf => each.fold(0.0, f32::max),
        Norm::L2 => each.map(|far| far * far).sum::<f32>().sqrt(),
        Norm::L1 => each.sum(),
    }
}
