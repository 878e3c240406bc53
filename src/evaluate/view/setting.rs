//! The question of the report, as a sentence whose parts are controls.

use super::{
    certificates::{Ballot, Certify},
    detectors::Detectors,
    models::Models,
    page::Optional,
    state::{EvaluationState, term},
};
use crate::i18n::{tr, tr_with};
use crate::web::reactive::{live, memo, text};
use crate::{
    attack::{plan, scale::widen, words::figure},
    controls::{
        check::Check,
        choice::{Choice, OneOf},
        number::{NumberInput, Range},
        term::define,
    },
    evaluate::{ensemble, items, plan::farthest, request::models_text, rows},
    link::{default_eps, largest_eps},
};
use foolproof_core::{catalog::Norm, protocol::Target};
use leptos::prelude::*;

/// The sentence, and the models that it is about.
#[component]
pub fn Question() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let locked =
        move |control: &'static str| live(move || evaluation.settings.with(|settings| !settings.lets(control)));
    let most =
        memo(move || evaluation.dataset().map_or(1, |data| data.test.iter().map(|shard| shard.count).sum::<usize>()));
    let n = evaluation.wished(|request| request.n as f64);
    let norm = memo(move || evaluation.settings.with(|settings| settings.norm));
    let eps = memo(move || evaluation.settings.with(|settings| settings.eps));
    let eps_range = live(move || {
        let pixels = evaluation.dataset().map_or(1, |data| data.shape.iter().product());
        let max = largest_eps(norm.get(), pixels);
        Range { min: 0.0, max, step: if norm.get() == Norm::Linf { 0.01 } else { 0.1 } }
    });
    let kind = memo(move || evaluation.dataset().map(|data| data.kind).unwrap_or_default());
    let budget = move || kind.with(|kind| rows::budget(kind, norm.get()));
    let data = move || {
        let own = evaluation.drawings.with(Vec::len);
        let instead = if evaluation.uses_drawings.get() {
            tr_with(" (now: {0} own drawings instead)", &[&own])
        } else {
            String::new()
        };
        evaluation.dataset().map_or_else(String::new, |data| rows::test_inputs(&data.kind, &data.name, &instead))
    };
    view! {
        <section class="question" aria-label=tr("Question")>
            <p class="headline">
                {tr("How many of the first ")}
                <NumberInput
                    value=live(move || n.get())
                    range=live(move || Range { min: 1.0, max: most.get() as f64, step: 10.0 })
                    label=tr("Number of inputs")
                    set=move |value: f64| evaluation.set(&[("measure.n", value.round().to_string())])
                    locked=locked("measure.n")
                    drag=true
                /> " " {text(data)} {tr(" does each model still read right, ")} {text(budget)} " "
                <NumberInput
                    value=live(move || eps.get())
                    range=eps_range
                    label=tr("Epsilon")
                    set=move |value: f64| evaluation.set(&[("eps", value.to_string())])
                    locked=locked("eps")
                    drag=true
                /> "?"
            </p>
            <Reach />
            <div class="choices">
                <Models locked=locked("measure.models") />
                <Optional name="norm">
                    <div class="field">
                        <span class="label">{define(term("norm"), tr("Norm").into())}</span>
                        <Norms locked=locked("norm") />
                    </div>
                </Optional>
                <Optional name="seed">
                    <div class="field">
                        <span class="label">{tr("Seed")}</span>
                        <NumberInput
                            value=live(move || Some(evaluation.settings.with(|settings| settings.seed as f64)))
                            range=live(|| Range { min: 0.0, max: 9_007_199_254_740_992.0, step: 1.0 })
                            label=tr("Seed")
                            set=move |value: f64| evaluation.set(&[("seed", (value.round() as u64).to_string())])
                            locked=locked("seed")
                        />
                    </div>
                </Optional>
                <Optional name="target">
                    <Targets />
                </Optional>
                <Optional name="measure.also">
                    <Also />
                    <Ballot />
                </Optional>
            </div>
            <Optional name="measure.detector">
                <Detectors />
            </Optional>
            <Optional name="measure.drawings">
                <super::drawings::Drawings />
            </Optional>
        </section>
    }
}

/// How far each feature may go, where some may go farther than others.
#[component]
pub fn Reach() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let told = memo(move || {
        let data = evaluation.dataset()?;
        let limits = evaluation.settings.with(|settings| plan::limits(settings, &data));
        rows::reach(&data.kind, &limits)
    });
    view! {
        <p class="dim" hidden=live(move || told.with(Option::is_none))>
            {text(move || told.get())}
        </p>
    }
}

#[component]
fn Norms(locked: Signal<bool>) -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let choices = live(|| Norm::ALL.map(|norm| Choice::new(norm.id(), norm.symbol())).to_vec());
    let chosen = live(move || evaluation.settings.with(|settings| settings.norm.id().to_owned()));
    let set = move |id: String| {
        let (Some(norm), Some(data)) = (Norm::from_id(&id), untrack(|| evaluation.dataset())) else { return };
        let mut keys = vec![("norm", id), ("eps", default_eps(&data, norm).to_string())];
        // The attack page's own attack must allow the norm, or the page would move it back.
        let own = evaluation.settings.with_untracked(|settings| settings.attack.clone());
        let fits = evaluation.known.with_untracked(|known| {
            let cards = known.iter().flat_map(|known| &known.catalog.attacks);
            cards.into_iter().any(|card| card.id == own && card.norms.contains(&norm))
        });
        if !fits {
            keys.insert(0, ("attack", "pgd".into()));
        }
        evaluation.set(&keys);
    };
    view! { <OneOf label=tr("Norm") choices chosen set locked /> }
}

/// What attacks aim at: any wrong class, or for each input one that its clean answer decides.
#[component]
fn Targets() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let chosen = move || evaluation.settings.with(items::mode).map_or("none".into(), |mode| mode.to_string());
    let choices = || {
        let modes = Target::MODES.map(|(mode, word)| Choice::new(word, items::toward(mode)));
        std::iter::once(Choice::new("none", tr("any wrong class"))).chain(modes).collect()
    };
    let aimed = move || evaluation.settings.with(|settings| items::mode(settings).is_some());
    view! {
        <div class="field">
            <span class="label">{tr("Target")}</span>
            <OneOf list=true
                label=tr("Target")
                choices=live(choices)
                chosen=live(chosen)
                set=move |id: String| evaluation.set(&[("target", id)])
                locked=live(move || evaluation.settings.with(|settings| !settings.lets("target")))
            />
            <span class="dim" hidden=live(move || !aimed())>
                {tr("Reaching it counts, any other answer does not. Attacks that take no target go on leaving the true class.")}
            </span>
        </div>
    }
}

/// What is measured beside the attacks.
#[component]
fn Also() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let (radius, audit) = (evaluation.wished(|request| request.radius), evaluation.wished(|request| request.audit));
    let flag = move |key: &'static str, on: Memo<Option<bool>>, name: &'static str| {
        let flip = move |on: bool| evaluation.set(&[(key, u8::from(on).to_string())]);
        view! {
            <Check on=live(move || on.get() == Some(true)) set=flip>
                <span>{name}</span>
            </Check>
        }
    };
    let most = move || {
        let most = evaluation.dataset().map(|data| farthest(&data, evaluation.settings.with(|settings| settings.norm)));
        most.map(|most| tr_with("Accuracy against radius, up to {0}", &[&figure(widen(most))]))
    };
    view! {
        <fieldset class="field">
            <legend class="label">{tr("Also")}</legend>
            <div class="checks" title=text(most)>
                {flag("measure.radius", radius, tr("Accuracy against radius"))}
                {flag("measure.audit", audit, tr("Auditor"))}
                <Ensembles />
                <Certify />
            </div>
        </fieldset>
    }
}

/// Whether attacks are also made on the ensembles of the others, to see what carries over.
#[component]
fn Ensembles() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let models = evaluation.wished(|request| request.models.clone());
    let on = move || models.with(|all| all.iter().flatten().any(|id| ensemble::is_ensemble(id)));
    let flip = move |on: bool| {
        let mut all = models.get_untracked().unwrap_or_default();
        all.retain(|id| !ensemble::is_ensemble(id));
        if on {
            all.extend(ensemble::of_the_others(&all));
        }
        evaluation.set(&[("measure.models", models_text(&all))]);
    };
    let few = move || models.with(|all| all.iter().flatten().filter(|id| !ensemble::is_ensemble(id)).count() < 2);
    let locked = live(move || few() || evaluation.settings.with(|settings| !settings.lets("measure.models")));
    view! {
        <Check
            title=tr("Attacks the mean of the other models' logits as well: rows of the transfer matrix.")
            on=live(on)
            locked
            set=flip
        >
            <span>{tr("Transfer from ensembles")}</span>
        </Check>
    }
}
