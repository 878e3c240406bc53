//! The lab's side of own models: opens the browser's storage, and tells the page what is there.

use crate::evaluate::view::state::EvaluationState;
use crate::i18n::{tr, tr_with};
use crate::{
    bridge::{
        lab_listener,
        messages::{OwnModel, ToPage},
    },
    datasets::{KeptDataset, view::storage as own_data, with_models},
    link::Settings,
    models::{Kept, ModelStore, PREFIX, indexed, store::scoped_here},
    web::reactive::effect,
};
use foolproof_core::{
    manifest::Manifest,
    protocol::{Fault, FaultKind},
};
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;

/// The mark by which the page knows at its start that there are own models.
const MARK: &str = "foolproof-own";

#[wasm_bindgen]
extern "C" {
    /// Asks the browser to clear this page's storage only when the visitor says so; in `www/browser.js`.
    #[wasm_bindgen(js_name = foolproofPersist)]
    pub fn persist();
}

/// Counts the models, and tells the page of them whenever they change.
pub fn start(evaluation: EvaluationState) {
    let had = is_marked();
    spawn_local(async move {
        get(evaluation).await;
        refresh(evaluation).await;
        own_data::refresh(evaluation).await;
    });
    let told = StoredValue::new(None::<(Vec<Kept>, Vec<KeptDataset>)>);
    effect(move || {
        // The page puts them beside the shipped models, so it must have these first.
        let own =
            if evaluation.known.with(Option::is_some) { evaluation.own.get().zip(evaluation.data.get()) } else { None };
        if own.is_some() && told.with_value(|told| *told != own) {
            if had
                && told.with_value(Option::is_none)
                && own.as_ref().is_some_and(|(own, data)| own.is_empty() && data.is_empty())
            {
                say_gone(evaluation);
            }
            told.set_value(own);
            tell(evaluation);
        }
    });
}

/// Some browsers clear the storage of a page that was not opened for a week. A link to such a model is told by the page,
/// which takes the natural one.
fn say_gone(evaluation: EvaluationState) {
    let named = |settings: &Settings| {
        settings.data.starts_with(PREFIX) || settings.model.as_ref().is_some_and(|model| model.starts_with(PREFIX))
    };
    if !untrack(|| evaluation.settings.with(named)) {
        let gone = tr("The models that were kept in this browser are gone: the browser has cleared its storage.");
        evaluation.unkept.set(Some((None, gone.into())));
    }
}

/// The model store; the browser's storage is opened when it is first asked for.
pub async fn get(evaluation: EvaluationState) -> ModelStore {
    if let Some(model_store) = evaluation.model_store.get_value() {
        return model_store;
    }
    let opened = ModelStore::new(indexed::open().await);
    // Somebody else may have been faster.
    let model_store = evaluation.model_store.get_value().unwrap_or(opened);
    evaluation.model_store.set_value(Some(model_store.clone()));
    model_store
}

/// Counts the models anew.
pub async fn refresh(evaluation: EvaluationState) {
    let model_store = get(evaluation).await;
    let (own, fault) = model_store.list().await;
    if let Some(fault) = fault {
        evaluation.shelved.set(fault.message);
    }
    let is_gone = |lost: &Option<Kept>| lost.as_ref().is_some_and(|lost| !own.contains(lost));
    evaluation.unkept.update(|unkept| drop(unkept.take_if(|(lost, _)| is_gone(lost))));
    evaluation.own.set(Some(own));
    remember(evaluation, &model_store);
}

/// Remembers whether this browser keeps anything.
pub fn remember(evaluation: EvaluationState, model_store: &ModelStore) {
    let keeps = |own: &Option<Vec<Kept>>| own.iter().flatten().any(|kept| model_store.keeps(&kept.name));
    let data = |data: &Option<Vec<KeptDataset>>| data.as_ref().is_some_and(|data| !data.is_empty());
    let any = evaluation.own.with_untracked(keeps) || model_store.lasts() && evaluation.data.with_untracked(data);
    mark(any);
}

fn is_marked() -> bool {
    let storage = window().local_storage().ok().flatten();
    storage.and_then(|storage| storage.get_item(&scoped_here(MARK)).ok().flatten()).is_some_and(|mark| mark != "0")
}

fn mark(any: bool) {
    // Without storage there is nothing to be remembered.
    let Some(storage) = window().local_storage().ok().flatten() else { return };
    // Said either way: a copy below a path that has not looked yet goes by the mark of all.
    let _ = storage.set_item(&scoped_here(MARK), if any { "1" } else { "0" });
}

/// Tells the page which models and datasets there are.
pub fn tell(evaluation: EvaluationState) {
    let models: Vec<_> = evaluation.own.with_untracked(|own| own.iter().flatten().map(Kept::model).collect());
    let data = evaluation.data.with_untracked(|data| data.iter().flatten().map(|kept| kept.dataset.clone()).collect());
    let list = Manifest { datasets: with_models(data, &models), models };
    if let Ok(json) = serde_json::to_string(&list) {
        lab_listener::tell(&ToPage::Models { json });
    }
}

/// An own model with its weights and card, for the page; where it cannot be had, the lab shows why.
///
/// # Errors
/// A [`Fault`] if it is not there, or cannot be read.
pub async fn own_model(evaluation: EvaluationState, id: String) -> Result<OwnModel, Fault> {
    let Some(name) = id.strip_prefix(PREFIX) else {
        return Err(Fault::new(FaultKind::Model, format!("“{id}” is no model that this browser keeps.")));
    };
    let read = get(evaluation).await.weights(name).await;
    let weights = read.inspect_err(|fault| evaluation.shelved.set(fault.message.clone()))?;
    let kept = evaluation.own.with_untracked(|own| own.iter().flatten().find(|one| one.name == name).cloned());
    Ok(OwnModel { weights, card: kept.map_or_else(|| "{}".into(), |kept| kept.card), id })
}

/// A model that is in the model store now.
pub struct Stored {
    /// It, with the name it has now.
    pub kept: Kept,
    /// Why it is there only until the page is left, if it is: one sentence, which the page shows already.
    pub unkept: Option<String>,
}

impl Stored {
    /// What is left to say of it.
    pub fn said(&self) -> String {
        let kept = || tr_with("“{0}” is kept in this browser.", &[&self.kept.name]);
        if self.unkept.is_some() { String::new() } else { kept() }
    }
}

/// Keeps a model, and has the page know it with its weights at once. One that the browser does not keep is there all
/// the same, and the page says so, with a button that saves it.
pub async fn keep(evaluation: EvaluationState, model: Kept, weights: &[u8]) -> Stored {
    let (kept, unkept) = get(evaluation).await.keep(model, weights).await;
    let unkept = unkept.map(|why| why.sentence(&kept.name));
    refresh(evaluation).await;
    match &unkept {
        Some(sentence) => evaluation.unkept.set(Some((Some(kept.clone()), sentence.clone()))),
        None => persist(),
    }
    tell(evaluation);
    let own = OwnModel { id: kept.id(), weights: weights.to_vec(), card: kept.card.clone() };
    lab_listener::tell(&ToPage::Kept(own));
    Stored { kept, unkept }
}

/// Renames a model; the page moves on with it if it is the chosen one. What to say of it.
///
/// # Errors
/// A [`Fault`] if it is not there, or cannot be written.
pub async fn rename(evaluation: EvaluationState, from: &str, to: &str) -> Result<String, Fault> {
    let name = get(evaluation).await.rename(from, to).await?;
    refresh(evaluation).await;
    tell(evaluation);
    let chosen = evaluation.settings.with_untracked(|settings| settings.model.clone());
    if chosen.as_deref() == Some(&format!("{PREFIX}{from}")) {
        evaluation.set(&[("model", format!("{PREFIX}{name}"))]);
    }
    Ok(if name == from { String::new() } else { tr_with("“{0}” is called “{1}” now.", &[&from, &name]) })
}

/// Does something with the model store, says what came of it, and counts anew.
pub fn act(evaluation: EvaluationState, deed: impl Future<Output = Result<String, Fault>> + 'static) {
    evaluation.shelved.set(String::new());
    spawn_local(async move {
        let said = deed.await.unwrap_or_else(|fault| fault.message);
        // Who has nothing to say leaves what another deed, begun later and done earlier, has said.
        if !said.is_empty() {
            evaluation.shelved.set(said);
        }
        refresh(evaluation).await;
    });
}
