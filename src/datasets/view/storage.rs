//! Own datasets in the browser's storage: counted, read, renamed, forgotten.

use crate::{
    datasets::{KeptDataset, store},
    evaluate::view::state::EvaluationState,
    i18n::tr_with,
    link::default_eps,
    models::{PREFIX, view::storage as models},
};
use foolproof_core::protocol::{Fault, FaultKind};
use leptos::prelude::*;

/// Counts the datasets anew.
pub async fn refresh(evaluation: EvaluationState) {
    let model_store = models::get(evaluation).await;
    let found = store::list(model_store.store()).await;
    let data = found.unwrap_or_else(|fault| {
        evaluation.shelved.set(fault.message);
        Vec::new()
    });
    forget_changed(evaluation, &data);
    evaluation.data.set(Some(data));
    models::remember(evaluation, &model_store);
}

/// Forgets the pictures of datasets that are not what they were.
fn forget_changed(evaluation: EvaluationState, now: &[KeptDataset]) {
    let before = evaluation.data.get_untracked().unwrap_or_default();
    for old in before.iter().filter(|old| !now.contains(old)) {
        evaluation.images.update_value(|images| images.retain(|(id, _), _| *id != old.dataset.id));
        evaluation.shards.update_value(|shards| old.files().for_each(|file| drop(shards.remove(&file.path))));
    }
}

/// A file of an own dataset, by its path.
///
/// # Errors
/// A [`Fault`] if this browser does not keep it.
pub async fn file(evaluation: EvaluationState, path: &str) -> Result<Vec<u8>, Fault> {
    let all = evaluation.data.get_untracked().unwrap_or_default();
    let kept = all.iter().find(|kept| kept.files().any(|file| file.path == path));
    let missing = || Fault::new(FaultKind::File, tr_with("This browser does not keep data “{0}”.", &[&path]));
    let kept = kept.ok_or_else(missing)?;
    store::file(models::get(evaluation).await.store(), kept, path).await
}

/// Renames a dataset; the page moves on with it if it is the chosen one. What to say of it.
///
/// # Errors
/// A [`Fault`] if it is not there, or cannot be written.
pub async fn rename(evaluation: EvaluationState, from: &str, to: &str) -> Result<String, Fault> {
    let name = store::rename(&models::get(evaluation).await, from, to).await?;
    let chosen = evaluation.settings.with_untracked(|settings| settings.data == format!("{PREFIX}{from}"));
    models::refresh(evaluation).await;
    if chosen {
        // The page is told of both until it has moved on.
        let renamed = |kept: &KeptDataset| kept.renamed(&name);
        evaluation.data.update(|data| {
            let all = data.get_or_insert_default();
            all.extend(all.iter().find(|kept| kept.dataset.name == from).map(renamed));
        });
        models::tell(evaluation);
        open(evaluation, &name);
    }
    refresh(evaluation).await;
    models::tell(evaluation);
    Ok(if name == from { String::new() } else { tr_with("“{0}” is called “{1}” now.", &[&from, &name]) })
}

/// Forgets a dataset. What to say of it.
///
/// # Errors
/// A [`Fault`] if the store cannot be written.
pub async fn delete(evaluation: EvaluationState, name: &str) -> Result<String, Fault> {
    store::delete(models::get(evaluation).await.store(), name).await?;
    refresh(evaluation).await;
    let deleted = tr_with("“{0}” is deleted.", &[&name]);
    let data = format!("{PREFIX}{name}");
    let left = evaluation.own.with_untracked(|own| {
        let of_it = own.iter().flatten().filter(|kept| kept.data == data);
        of_it.map(|kept| format!("“{}”", kept.name)).collect::<Vec<_>>().join(", ")
    });
    if left.is_empty() {
        return Ok(deleted);
    }
    let stays = tr_with("Models of it stay, and can be used again once data of this name are there: {0}.", &[&left]);
    Ok(format!("{deleted} {stays}"))
}

/// Has the page turn to an own dataset.
pub fn open(evaluation: EvaluationState, name: &str) {
    let all = evaluation.data.get_untracked().unwrap_or_default();
    let Some(kept) = all.iter().find(|kept| kept.dataset.name == name) else { return };
    let eps = default_eps(&kept.dataset, evaluation.settings.with_untracked(|settings| settings.norm));
    let own = ["train.from", "train.eps", "train.sources", "train.beside", "train.plane"];
    let keys = own.map(|key| (key, String::new()));
    let data = [("data", kept.dataset.id.clone()), ("eps", eps.to_string()), ("input", "test:0".to_owned())];
    evaluation.set(&[data.as_slice(), &keys].concat());
}
