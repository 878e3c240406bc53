//! Brings the shipped files to the page: what the settings need first, the rest of the test split when all is quiet.

pub mod fetch;
pub mod unpack;

use super::{manifest_reader, shipped::Samples};
use crate::i18n::{self, tr, tr_with};
use crate::web::reactive::{effect, memo};
use crate::{
    attack::{plan, results::Phase},
    bridge::{
        lab_loader,
        messages::{LabAnswer, LabQuestion, OwnModel},
    },
    link::{Input, OWN},
    shell::state::{MANIFEST, State},
    web::browser_json,
};
use foolproof_core::{
    idx,
    manifest::{File, Manifest, Model, Shard},
    protocol::{Fault, FaultKind},
};
use js_sys::Promise;
use leptos::prelude::*;
use serde_json::Value;
use std::{cell::Cell, rc::Rc, sync::Arc};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Longest manifest that is read.
const LONGEST_MANIFEST: u64 = 4 << 20;
/// Steps after which the second model is fetched though the first one's attack goes on.
const LONG: u32 = 64;

/// Loads the manifest and from then on whatever the settings ask for.
pub fn start(state: State) {
    let wanted = memo(move || state.shipped.with(|s| s.manifest.is_none() && !s.failed.contains(MANIFEST)));
    effect(move || {
        if wanted.get() {
            spawn_local(load_manifest(state));
        }
    });
    follow(state);
}

async fn load_manifest(state: State) {
    match manifest().await {
        Ok(manifest) => {
            state.shipped.update(|shipped| shipped.manifest = Some(Arc::new(i18n::manifest(manifest))));
            state.check();
        }
        Err(fault) => {
            state.shipped.update(|shipped| {
                shipped.failed.insert(MANIFEST.into());
            });
            state.fault(&fault);
        }
    }
}

async fn manifest() -> Result<Manifest, Fault> {
    let bytes = fetch::bytes(MANIFEST, LONGEST_MANIFEST, fetch::Freshness::Revalidate, |_| ()).await?;
    let unreadable =
        |why: String| Fault::new(FaultKind::File, tr_with("The list of data files cannot be read: {0}.", &[&why]));
    let manifest = json(&bytes).and_then(|value| manifest_reader::manifest(&value)).map_err(unreadable)?;
    if manifest.datasets.is_empty() || manifest.models.is_empty() {
        return Err(Fault::new(FaultKind::File, tr("The list of data files names no dataset or no model.")));
    }
    Ok(manifest)
}

/// Loads models and shards whenever the settings need others.
fn follow(state: State) {
    let listed = memo(move || state.manifest().map(|manifest| manifest.models.len()));
    let rest = memo(move || first_is_answered(state));
    effect(move || {
        let (settings, failed, rest) = (state.settings.get(), state.failed.get(), rest.get());
        listed.track();
        state.shipped.with_untracked(|shipped| {
            let Some(manifest) = shipped.manifest.clone() else { return };
            for (place, model) in plan::models(&settings, &manifest).into_iter().enumerate() {
                if place > 0 && !rest {
                    break;
                }
                let known = shipped.models.contains(&model.id) || shipped.loading.contains_key(&model.weights.path);
                if !known && !failed.contains(&model.weights.path) {
                    load_model(state, model.clone());
                }
            }
            let index = match settings.input {
                Input::Test(index) => index,
                Input::Draw(_) | Input::Row(_) => 0,
            };
            for shard in [0, index].iter().filter_map(|&index| shipped.shard_of(&settings, index)) {
                load_shard(state, settings.data.clone(), shard);
            }
        });
    });
    effect(move || {
        if state.settled.get() && !state.settings.with_untracked(|settings| settings.embed) {
            load_rest(state);
        }
    });
}

/// Whether the chosen model has been attacked, so that the one beside it holds up no first picture: its attack is done
/// or long, or there is nothing to attack.
fn first_is_answered(state: State) -> bool {
    let attacked = state.results.with(|results| {
        let run = results.run.as_ref();
        run.is_some_and(|run| run.phase != Phase::Running || run.progress.is_some_and(|(done, _)| done >= LONG))
    });
    let blank = || state.subject.with(|subject| subject.as_ref().is_some_and(plan::Subject::is_blank));
    let failed = || state.shipped.with(|shipped| !shipped.failed.is_empty());
    attacked || blank() || failed()
}

/// The rest of the test split, so that the gallery asks for nothing later.
fn load_rest(state: State) {
    let settings = state.settings.get_untracked();
    let shards = state.shipped.with_untracked(|shipped| shipped.dataset(&settings).map(|dataset| dataset.test.clone()));
    spawn_local(async move {
        for shard in shards.unwrap_or_default() {
            shard_now(state, settings.data.clone(), shard).await;
        }
    });
}

fn load_shard(state: State, data: String, shard: Shard) {
    spawn_local(shard_now(state, data, shard));
}

async fn shard_now(state: State, data: String, shard: Shard) {
    let key = (data, shard.first);
    let known = state.shipped.with_untracked(|shipped| {
        shipped.tests.contains_key(&key)
            || shipped.loading.contains_key(&shard.images.path)
            || shipped.failed.contains(&shard.images.path)
    });
    if known {
        return;
    }
    match samples(state, &key.0, &shard).await {
        Ok(samples) => state.shipped.update(|shipped| drop(shipped.tests.insert(key, Arc::new(samples)))),
        Err(fault) => failed(state, &shard.images, &fault),
    }
}

async fn samples(state: State, data: &str, shard: &Shard) -> Result<Samples, Fault> {
    let shape = state.shipped.with_untracked(|shipped| {
        let datasets = shipped.manifest.iter().flat_map(|manifest| &manifest.datasets);
        datasets.into_iter().find(|dataset| dataset.id == data).map(|dataset| dataset.shape)
    });
    let shape = shape.ok_or_else(|| Fault::new(FaultKind::File, tr_with("There is no dataset “{0}”.", &[&data])))?;
    if data.starts_with(OWN) {
        let (images, labels) = (own_file(&shard.images).await?, own_file(&shard.labels).await?);
        return Samples::read(shard, shape, &images, &labels);
    }
    let (images, labels) = futures_util::future::join(file(state, &shard.images), file(state, &shard.labels)).await;
    let images = unpack::gunzip(&shard.images.path, &images?, &idx::lengths(shard.count, shape)).await?;
    let labels = unpack::gunzip(&shard.labels.path, &labels?, &[8 + shard.count]).await?;
    Samples::read(shard, shape, &images, &labels)
}

fn load_model(state: State, model: Model) {
    if model.id.starts_with(OWN) {
        return ask_lab(state, model.id);
    }
    spawn_local(async move {
        match file(state, &model.weights).await {
            Ok(weights) => take_model(state, &model, weights),
            Err(fault) => failed(state, &model.weights, &fault),
        }
    });
}

/// Asks the lab for a file of an own dataset.
async fn own_file(file: &File) -> Result<Vec<u8>, Fault> {
    let heard = Rc::new(Cell::new(None));
    let answered = Promise::new(&mut |resolve, _| {
        let heard = heard.clone();
        let then = move |answer| {
            heard.set(Some(answer));
            // Resolving a promise does not fail.
            let _ = resolve.call0(&JsValue::NULL);
        };
        lab_loader::ask(lab_loader::number(), LabQuestion::File { path: file.path.clone() }, Box::new(then));
    });
    // It is only ever resolved.
    let _ = JsFuture::from(answered).await;
    match heard.take() {
        Some(LabAnswer::File { bytes }) => Ok(bytes),
        Some(LabAnswer::Refused(refusal)) => Err(Fault::new(FaultKind::File, refusal.message)),
        _ => Err(Fault::new(FaultKind::File, tr_with("This browser does not keep data “{0}”.", &[&file.path]))),
    }
}

/// Asks the lab for an own model's weights. Where they cannot be had, the lab shows why.
fn ask_lab(state: State, model: String) {
    let then = move |answer| {
        if let LabAnswer::Weights(own) = answer {
            take_own(state, own);
        }
    };
    lab_loader::ask(lab_loader::number(), LabQuestion::Weights { model }, Box::new(then));
}

/// Has an own model's weights and card.
pub fn take_own(state: State, OwnModel { id, weights, card }: OwnModel) {
    let model = untrack(|| state.manifest()).and_then(|all| all.models.iter().find(|one| one.id == id).cloned());
    if let Some(model) = model {
        state.weights.update_value(|known| drop(known.insert(model.card.path.clone(), card.into_bytes().into())));
        take_model(state, &model, weights);
    }
}

/// Has a model's weights.
fn take_model(state: State, model: &Model, weights: Vec<u8>) {
    let weights: Rc<[u8]> = weights.into();
    state.weights.update_value(|known| drop(known.insert(model.id.clone(), weights.clone())));
    state.add_model(model, weights);
    state.shipped.update(|shipped| {
        shipped.models.retain(|known| *known != model.id);
        shipped.models.push(model.id.clone());
    });
}

fn failed(state: State, file: &File, fault: &Fault) {
    state.shipped.update(|shipped| {
        shipped.failed.insert(file.path.clone());
    });
    state.fault(fault);
}

/// A file, checked against its hash, its progress shown.
async fn file(state: State, file: &File) -> Result<Vec<u8>, Fault> {
    let path = file.path.clone();
    let report = move |done: u64, total: u64| {
        let path = path.clone();
        state.shipped.update(|shipped| {
            let _ = shipped.loading.insert(path, (done, total));
        });
    };
    report(0, file.bytes);
    let bytes = fetch::checked(file, |done| report(done, file.bytes)).await;
    state.shipped.update(|shipped| {
        let _ = shipped.loading.remove(&file.path);
    });
    bytes
}

/// A model's card, loaded when it is asked for. An own one's came with its weights.
pub async fn card(state: State, model: &Model) -> Result<Value, Fault> {
    let bytes = match state.weights.with_value(|known| known.get(&model.card.path).cloned()) {
        Some(own) => own,
        None => fetch::checked(&model.card, |_| ()).await?.into(),
    };
    let unreadable = |why| Fault::new(FaultKind::File, tr_with("{0} cannot be read: {1}.", &[&model.card.path, &why]));
    json(&bytes).map_err(unreadable)
}

/// A file's JSON.
fn json(bytes: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| tr("it is no text").to_owned())?;
    browser_json::parse(text)
}
