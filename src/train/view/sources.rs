//! Whose examples an ensemble trains on beside its own: a check list of the dataset's models.

use super::state::TrainingState;
use crate::controls::check::Check;
use crate::i18n::tr;
use crate::{
    train::request::TrainingRequest,
    web::{
        reactive::{live, memo},
        when::{When, list},
    },
};
use foolproof_core::manifest::Model;
use leptos::prelude::*;

/// The key of the link.
const KEY: &str = "train.sources";

/// The list, where the method asks for it.
#[component]
pub fn Sources() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let evaluation = trainer.evaluation;
    let asked = trainer.wished(|request: &TrainingRequest| request.settings.recipe.method == "ensemble");
    let asked = live(move || asked.get() == Some(true) && evaluation.settings.with(|settings| settings.shows(KEY)));
    let chosen = trainer.wished(|request| request.settings.recipe.sources.clone());
    let models = memo(move || {
        let (known, data) = (evaluation.known.get(), evaluation.settings.with(|settings| settings.data.clone()));
        let models = known.iter().flat_map(|known| &known.manifest.models).filter(|model| model.data == data);
        models.cloned().collect::<Vec<_>>()
    });
    let locked = live(move || evaluation.settings.with(|settings| !settings.lets(KEY)));
    let flip = move |id: String| {
        let mut all = chosen.get_untracked().unwrap_or_default();
        match all.iter().position(|one| *one == id) {
            Some(at) => drop(all.remove(at)),
            None => all.push(id),
        }
        evaluation.set(&[(KEY, all.join(","))]);
    };
    let item = move |model: Model| {
        let (own, id) = (model.id.clone(), model.id);
        let on = live(move || chosen.with(|all| all.as_ref().is_some_and(|all| all.contains(&own))));
        view! {
            <Check on locked set=move |_: bool| flip(id.clone())>
                <span>{model.name}</span>
            </Check>
        }
        .into_any()
    };
    view! {
        <When on=asked>
            <fieldset class="field models">
                <legend class="label">{tr("Examples of")}</legend>
                <div class="checks">{list(move || models.get().into_iter().map(item).collect())}</div>
            </fieldset>
        </When>
    }
}
