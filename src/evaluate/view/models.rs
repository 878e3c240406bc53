//! The models to compare, and what stands before them.

use super::state::EvaluationState;
use crate::i18n::{tr, tr_with};
use crate::{
    attack::defence::listed,
    controls::{
        check::Check,
        choice::{Choice, OneOf},
    },
    evaluate::{ensemble, request::models_text},
    web::{
        reactive::{live, memo, text},
        when::{When, list},
    },
};
use foolproof_core::defence::{bare, defended};
use leptos::prelude::*;

/// The models to compare, and the dataset where there are several.
#[component]
pub fn Models(
    /// Whether they are fixed.
    locked: Signal<bool>,
) -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let chosen = evaluation.wished(|request| request.models.clone());
    // The dataset's, and those behind defences that the link names beside them.
    let models = memo(move || {
        let (known, data) = (evaluation.known.get()?, evaluation.settings.with(|settings| settings.data.clone()));
        let bare_ones = known.manifest.models.iter().filter(|model| model.data == data);
        let mut all: Vec<String> = bare_ones.map(|model| model.id.clone()).collect();
        let behind = |id: &&String| bare(id) != id.as_str() && !ensemble::is_ensemble(id);
        all.extend(chosen.get().iter().flatten().filter(behind).cloned());
        let named = |id: String| (ensemble::name(&id, &known.manifest, &known.catalog), id);
        Some(all.into_iter().map(named).collect::<Vec<_>>())
    });
    let flip = move |id: String| {
        let mut all = chosen.get_untracked().unwrap_or_default();
        match all.iter().position(|known| *known == id) {
            Some(place) => drop(all.remove(place)),
            None => all.push(id),
        }
        // In the order of the list, so that natural stands before robust. Ensembles follow the models that are left.
        let order = models.get_untracked().unwrap_or_default();
        let ensembles = all.iter().any(|id| ensemble::is_ensemble(id));
        all.retain(|id| !ensemble::is_ensemble(id));
        all.sort_by_key(|id| order.iter().position(|(_, model)| model == id));
        if ensembles {
            all.extend(ensemble::of_the_others(&all));
        }
        evaluation.set(&[("measure.models", models_text(&all))]);
    };
    let item = move |(name, id): (String, String)| {
        let own = id.clone();
        let on = live(move || chosen.with(|chosen| chosen.as_ref().is_some_and(|all| all.contains(&own))));
        view! {
            <Check on locked set=move |_: bool| flip(id.clone())>
                <span>{name}</span>
            </Check>
        }
        .into_any()
    };
    let shows = move |name: &str| evaluation.settings.with(|settings| settings.shows(name));
    view! {
        {data(evaluation)}
        <fieldset class="field models" hidden=live(move || !shows("measure.models"))>
            <legend class="label">{tr("Models")}</legend>
            <div class="checks">{list(move || models.get().unwrap_or_default().into_iter().map(item).collect())}</div>
            {before_all(evaluation)}
        </fieldset>
    }
}

fn data(evaluation: EvaluationState) -> AnyView {
    let datasets = memo(move || {
        let known = evaluation.known.get();
        let data = known.iter().flat_map(|known| &known.manifest.datasets);
        data.map(|data| Choice::new(data.id.clone(), data.name.clone())).collect::<Vec<_>>()
    });
    let shown = move || evaluation.settings.with(|settings| settings.shows("data"));
    view! {
        <When on=live(move || datasets.with(|all| all.len() > 1) && shown())>
            <div class="field">
                <span class="label">{tr("Data")}</span>
                <OneOf list=true
                    label=tr("Data")
                    choices=live(move || datasets.get())
                    chosen=live(move || evaluation.settings.with(|settings| settings.data.clone()))
                    set=move |id: String| evaluation.set(&[("data", id)])
                    locked=live(move || evaluation.settings.with(|settings| !settings.lets("data")))
                />
            </div>
        </When>
    }
    .into_any()
}

/// What the link puts before all models, and ways to be rid of it.
fn before_all(evaluation: EvaluationState) -> AnyView {
    let told = memo(move || {
        let known = evaluation.known.get()?;
        let list = evaluation.settings.with(|settings| listed(&settings.defence, &known.catalog.defences));
        (!list.is_empty()).then(|| tr_with("Models that name no defence stand behind {0}.", &[&list]))
    });
    let fixed = live(move || {
        evaluation.settings.with(|settings| !settings.lets("defence") || !settings.lets("measure.models"))
    });
    let none = || ("defence", "none".to_owned());
    let compare = move |_| {
        let defence = evaluation.settings.with_untracked(|settings| settings.defence.clone());
        let request = evaluation.request.get_untracked();
        let single = request.iter().flat_map(|(request, _)| &request.models).filter(|id| !ensemble::is_ensemble(id));
        let both = single.flat_map(|id| [id.clone(), if bare(id) == id { defended(id, &defence) } else { id.clone() }]);
        let mut all: Vec<String> = Vec::new();
        both.for_each(|id| {
            if !all.contains(&id) {
                all.push(id)
            }
        });
        evaluation.set(&[none(), ("measure.models", models_text(&all))]);
    };
    view! {
        <When on=live(move || told.with(Option::is_some))>
            <p class="dim">{text(move || told.get())}</p>
            <div class="tools">
                <button type="button" disabled=fixed on:click=compare>
                    {tr("Compare with and without")}
                </button>
                <button type="button" disabled=fixed on:click=move |_| evaluation.set(&[none()])>
                    {tr("Without")}
                </button>
            </div>
        </When>
    }
    .into_any()
}
