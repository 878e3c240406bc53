//! The lab's side of own models: opens the browser's storage, and tells the page what is there.

use crate::evaluate::view::state::Bench;
use crate::i18n::tr_with;
use crate::{
    bridge::channel,
    models::{Kept, PREFIX, Shelf, indexed},
    web::reactive::effect,
};
use foolproof_core::{manifest::Manifest, protocol::Fault};
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The mark by which the page knows at its start that there are own models.
const MARK: &str = "foolproof-own";

/// Counts the models, and tells the page of them whenever they change.
pub fn start(bench: Bench) {
    spawn_local(async move {
        get(bench).await;
        refresh(bench).await;
    });
    let told = StoredValue::new(None::<Vec<Kept>>);
    effect(move || {
        // The page puts them beside the shipped models, so it must have these first.
        let own = if bench.known.with(Option::is_some) { bench.own.get() } else { None };
        if own.is_some() && told.with_value(|told| *told != own) {
            told.set_value(own);
            tell(bench);
        }
    });
}

/// The shelf; the storage is opened when it is first asked for.
pub async fn get(bench: Bench) -> Shelf {
    if let Some(shelf) = bench.shelf.get_value() {
        return shelf;
    }
    let opened = Shelf::new(indexed::open().await);
    // Somebody else may have been faster.
    let shelf = bench.shelf.get_value().unwrap_or(opened);
    bench.shelf.set_value(Some(shelf.clone()));
    shelf
}

/// Counts the models anew.
pub async fn refresh(bench: Bench) {
    let list = get(bench).await.list().await;
    let own = list.unwrap_or_else(|fault| {
        bench.shelved.set(fault.message);
        Vec::new()
    });
    mark(!own.is_empty());
    bench.own.set(Some(own));
}

fn mark(any: bool) {
    // Without storage there is nothing to be remembered.
    let Some(storage) = window().local_storage().ok().flatten() else { return };
    let _ = if any { storage.set_item(MARK, "1") } else { storage.remove_item(MARK) };
}

/// Tells the page which models there are.
fn tell(bench: Bench) {
    let models = bench.own.with_untracked(|own| own.iter().flatten().map(Kept::model).collect());
    let list = Manifest { datasets: Vec::new(), models };
    if let Ok(text) = serde_json::to_string(&list) {
        channel::say(channel::LAB, "shelf", &text.into());
    }
}

/// Tells the page an own model's weights and card.
pub async fn tell_weights(bench: Bench, id: String) {
    let Some(name) = id.strip_prefix(PREFIX) else { return };
    let shelf = get(bench).await;
    match shelf.weights(name).await {
        Ok(weights) => {
            let kept = bench.own.with_untracked(|own| own.iter().flatten().find(|one| one.name == name).cloned());
            say_weights(&id, &weights, &kept.map_or_else(|| "{}".into(), |kept| kept.card));
        }
        Err(fault) => bench.shelved.set(fault.message),
    }
}

fn say_weights(id: &str, weights: &[u8], card: &str) {
    channel::say(channel::LAB, "weights", &Array::of3(&id.into(), &Uint8Array::from(weights).into(), &card.into()));
}

/// Keeps a model, and has the page know it with its weights at once; the name it has now.
///
/// # Errors
/// A [`Fault`] if there is no room.
pub async fn keep(bench: Bench, model: Kept, weights: &[u8]) -> Result<Kept, Fault> {
    let kept = get(bench).await.keep(model, weights).await?;
    refresh(bench).await;
    tell(bench);
    say_weights(&kept.id(), weights, &kept.card);
    Ok(kept)
}

/// Renames a model; the page moves on with it if it is the chosen one. What to say of it.
///
/// # Errors
/// A [`Fault`] if it is not there, or cannot be written.
pub async fn rename(bench: Bench, from: &str, to: &str) -> Result<String, Fault> {
    let name = get(bench).await.rename(from, to).await?;
    refresh(bench).await;
    tell(bench);
    let chosen = bench.settings.with_untracked(|settings| settings.model.clone());
    if chosen.as_deref() == Some(&format!("{PREFIX}{from}")) {
        bench.set(&[("model", format!("{PREFIX}{name}"))]);
    }
    Ok(if name == from { String::new() } else { tr_with("“{0}” is called “{1}” now.", &[&from, &name]) })
}
