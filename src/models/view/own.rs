//! The models that this browser keeps: rename, delete, save as files, bring in.

use super::{
    bring::Bring,
    storage::{self, act},
};
use crate::evaluate::view::state::EvaluationState;
use crate::i18n::{tr, tr_with};
use crate::{
    attack::{defence::exported, words::bytes},
    controls::{complaint::Complaint, kept_name::kept_name},
    link::Page,
    models::{Kept, file, snippet},
    web::{
        reactive::{live, memo, text},
        save_file::{save_bytes, save_text},
        when::{When, list},
    },
};
use foolproof_core::protocol::{Fault, FaultKind};
use leptos::prelude::*;

/// The list, and the way in.
#[component]
pub fn OwnModels() -> impl IntoView {
    let trainer = expect_context::<crate::train::view::state::TrainingState>();
    let evaluation = trainer.evaluation;
    let own = memo(move || evaluation.own.get().unwrap_or_default());
    let any = live(move || own.with(|own| !own.is_empty()));
    let fleeting = move || {
        own.track();
        let lasts = evaluation
            .model_store
            .with_value(|model_store| model_store.as_ref().is_none_or(|model_store| model_store.lasts()));
        if lasts {
            ""
        } else {
            tr(
                "This browser does not let the page store anything: save a model as a file, or it is gone with the page.",
            )
        }
    };
    view! {
        <section class="part own" aria-labelledby="own">
            <h2 id="own">{tr("Your models")}</h2>
            <When on=any otherwise=|| view! { <p class="dim">{tr("None yet. What you train or bring in is kept in this browser, and nowhere else.")}</p> }>
                <ul class="models">{list(move || own.get().into_iter().map(|kept| row(evaluation, kept)).collect())}</ul>
            </When>
            <p class="remarks" role="status">{text(fleeting)}</p>
            <Bring />
            <p role="status" class="said">{text(move || evaluation.shelved.get())}</p>
        </section>
    }
}

fn row(evaluation: EvaluationState, kept: Kept) -> AnyView {
    let model = kept.model();
    let (name, id) = (kept.name.clone(), kept.id());
    let about = tr_with("{0} weights, {1}", &[&model.parameters, &bytes(kept.bytes as f64)]);
    let stays = evaluation
        .model_store
        .with_value(|model_store| model_store.as_ref().is_none_or(|model_store| model_store.keeps(&kept.name)));
    let fleeting = if stays { "" } else { tr("Only until this tab closes") };
    let address = move || {
        let mut settings = evaluation.settings.get();
        (settings.page, settings.model) = (Page::Attack, Some(id.clone()));
        format!("#{}", settings.fragment())
    };
    let stored = StoredValue::new(kept);
    let complaint = Complaint::new();
    let rename = move |event| {
        let to = event_target_value(&event);
        let from = stored.with_value(|kept| kept.name.clone());
        act(evaluation, async move { Ok(complaint.or_done(storage::rename(evaluation, &from, &to).await)) });
    };
    let delete = move |_| {
        let name = stored.with_value(|kept| kept.name.clone());
        act(evaluation, async move {
            storage::get(evaluation).await.delete(&name).await?;
            Ok(tr_with("“{0}” is deleted.", &[&name]))
        });
    };
    let save = move |what: fn(&Kept, &[u8]) -> Result<(), Fault>| {
        move |_| {
            let kept = as_set(evaluation, stored.get_value());
            act(evaluation, async move {
                let weights = storage::get(evaluation).await.weights(&kept.name).await?;
                what(&kept, &weights).map(|()| String::new())
            });
        }
    };
    let (called, deleted) = (tr_with("Name of {0}", &[&name]), tr_with("Delete {0}", &[&name]));
    let group = tr_with("Save {0} as files", &[&name]);
    view! {
        <li>
            {kept_name(called, name, complaint, rename)}
            <span class="dim">{about}</span>
            <span>{fleeting}</span>
            <a class="button" href=text(address)>
                {tr("Attack")}
            </a>
            <span class="tools" role="group" aria-label=group>
                <button type="button" title=tr("Weights, layers and card in one safetensors file") on:click=save(save_model)>
                    {tr("Save model")}
                </button>
                <button type="button" on:click=save(save_card)>
                    {tr("Card")}
                </button>
                <button type="button" on:click=save(save_snippet)>
                    "PyTorch"
                </button>
            </span>
            <button type="button" class="quiet" aria-label=deleted on:click=delete>
                {tr("Delete")}
            </button>
        </li>
    }
    .into_any()
}

/// The model as it is exported: the one that the settings are about stands behind their defence.
fn as_set(evaluation: EvaluationState, kept: Kept) -> Kept {
    let known = evaluation.known.get_untracked();
    let catalog = known.as_ref().map(|known| &known.catalog);
    let architecture = evaluation.settings.with_untracked(|settings| {
        let about = settings.model.as_ref() == Some(&kept.id());
        about.then(|| exported(settings, &kept.architecture, catalog))
    });
    Kept { architecture: architecture.unwrap_or(kept.architecture), ..kept }
}

fn refused() -> Fault {
    Fault::new(FaultKind::File, tr("This browser does not let the page save a file."))
}

/// Has the browser save a model as its one file.
///
/// # Errors
/// A [`Fault`] if the browser does not let the page save files.
pub fn save_model(kept: &Kept, weights: &[u8]) -> Result<(), Fault> {
    let whole = file::write(kept, weights)?;
    save_bytes(&format!("{}.safetensors", kept.name), "application/octet-stream", &whole).map_err(|_| refused())
}

fn save_card(kept: &Kept, _: &[u8]) -> Result<(), Fault> {
    save_text(&format!("{}.json", kept.name), "application/json", &kept.card).map_err(|_| refused())
}

fn save_snippet(kept: &Kept, _: &[u8]) -> Result<(), Fault> {
    let source = snippet::pytorch(&kept.architecture, &format!("{}.safetensors", kept.name));
    save_text(&format!("{}.py", kept.name.replace(['-', '.'], "_")), "text/x-python", &source).map_err(|_| refused())
}
