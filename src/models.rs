//! The visitor's own models, kept in this browser: trained here or brought along as a file.
//!
//! A model lies in the store as two records, its card and its weights, so that a list needs no weights. Its id in links
//! is `mine:<name>`; a link never carries the model itself.

pub mod file;
#[cfg(target_arch = "wasm32")]
pub mod indexed;
pub mod snippet;
pub mod store;
pub mod trial;
mod unkept;

#[cfg(target_arch = "wasm32")]
pub(crate) mod view;

use crate::i18n::tr_with;
use foolproof_core::{
    architecture::Architecture,
    importing::ImportedModel,
    manifest::{File, Model, digest},
    protocol::{Fault, FaultKind},
};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use store::{Memory, Store};

pub use unkept::{Unkept, Unwritten};

/// What stands before an own model's name in links.
pub const PREFIX: &str = "mine:";
/// Longest name.
const LONGEST: usize = 40;
/// Most models kept: a list that is still one, and well within what browsers grant a page.
pub const MOST: usize = 50;

/// What is known of an own model without its weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Its name, as [`fit`] makes it.
    pub name: String,
    /// Id of the dataset it is for.
    pub data: String,
    /// Whether it was trained to withstand attacks.
    pub robust: bool,
    /// Its layers.
    pub architecture: Architecture,
    /// Size of its weights, bytes.
    pub bytes: u64,
    /// SHA-256 of its weights, in hexadecimal digits.
    pub sha256: String,
    /// Its card, JSON: where it is from, and how it was trained.
    pub card: String,
}

impl Kept {
    /// A model that is about to be kept.
    pub fn new(name: &str, data: &str, robust: bool, architecture: Architecture, weights: &[u8], card: String) -> Kept {
        Kept {
            name: fit(name),
            data: data.into(),
            robust,
            architecture,
            bytes: weights.len() as u64,
            sha256: digest(weights),
            card,
        }
    }

    /// A model that was brought in for this dataset.
    pub fn imported(model: ImportedModel, data: &str) -> Kept {
        Kept::new(&model.name, data, model.robust, model.architecture, &model.weights, model.card)
    }

    /// Its id in links.
    pub fn id(&self) -> String {
        format!("{PREFIX}{}", self.name)
    }

    /// The same as the page lists models.
    pub fn model(&self) -> Model {
        let parameters = self.architecture.parameters().unwrap_or_default();
        Model {
            id: self.id(),
            name: self.name.clone(),
            data: self.data.clone(),
            robust: self.robust,
            parameters: parameters.iter().map(|one| one.shape.iter().product::<usize>()).sum(),
            architecture: self.architecture.clone(),
            weights: File { path: self.id(), bytes: self.bytes, sha256: self.sha256.clone() },
            card: File { path: format!("{}/card", self.id()), bytes: self.card.len() as u64, sha256: String::new() },
        }
    }
}

/// A name as links can carry it: lower-case letters, digits, `-_.`, not too long and not empty.
pub fn fit(name: &str) -> String {
    let plain = |letter: char| match letter.to_ascii_lowercase() {
        letter @ ('a'..='z' | '0'..='9' | '-' | '_' | '.') => letter,
        _ => '-',
    };
    let name: String = name.trim().chars().map(plain).take(LONGEST).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "model".into() } else { name.into() }
}

/// The models of one store, and beside them those that it could not keep.
#[derive(Clone)]
pub struct ModelStore {
    store: Rc<dyn Store>,
    /// What the store refused: there until the page is left.
    aside: Rc<Memory>,
}

fn card_key(name: &str) -> String {
    format!("model/{name}")
}

fn weights_key(name: &str) -> String {
    format!("weights/{name}")
}

impl ModelStore {
    /// The models in this store.
    pub fn new(store: Rc<dyn Store>) -> ModelStore {
        ModelStore { store, aside: Rc::default() }
    }

    /// The store itself, for what else is kept there.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Whether models are still there when the page is opened again.
    pub fn lasts(&self) -> bool {
        self.store.lasts()
    }

    /// Whether this one is.
    pub fn keeps(&self, name: &str) -> bool {
        self.lasts() && !self.aside.has(&card_key(name))
    }

    /// Where a model lies.
    fn place(&self, name: &str) -> &dyn Store {
        if self.aside.has(&card_key(name)) { &*self.aside } else { &*self.store }
    }

    /// Every model, by name. Records that cannot be read are left out; where the store cannot be read, the [`Fault`] says
    /// so beside those that lie in memory.
    pub async fn list(&self) -> (Vec<Kept>, Option<Fault>) {
        let mut found = Vec::new();
        let mut fault = None;
        for place in [&*self.store, &*self.aside as &dyn Store] {
            fault = read(place, &mut found).await.err().or(fault);
        }
        (found, fault)
    }

    /// Keeps a model under its own name, or that name with a number after it where there is one already. Where the store
    /// does not keep it, it stays in memory, and why is told beside it; so is it where memory is all there is.
    pub async fn keep(&self, mut model: Kept, weights: &[u8]) -> (Kept, Option<Unkept>) {
        let (known, _) = self.list().await;
        model.name = free(&model.name, &known);
        let unkept = match known.len() {
            MOST.. => Some(Unkept::Many),
            _ => put(&*self.store, &model, weights).await.err().map(Unkept::Unwritten),
        };
        if unkept.is_some() {
            // Memory refuses nothing.
            let _ = put(&*self.aside, &model, weights).await;
        }
        (model, unkept.or((!self.lasts()).then_some(Unkept::Blocked)))
    }

    /// A model's weights, a safetensors file.
    ///
    /// # Errors
    /// A [`Fault`] if it is not there.
    pub async fn weights(&self, name: &str) -> Result<Vec<u8>, Fault> {
        let found = self.place(name).get(&weights_key(name)).await?;
        found
            .ok_or_else(|| Fault::new(FaultKind::Model, tr_with("This browser does not keep a model “{0}”.", &[&name])))
    }

    /// Gives a model another name; the one that it has now.
    ///
    /// # Errors
    /// A [`Fault`] if it is not there, or cannot be written.
    pub async fn rename(&self, name: &str, to: &str) -> Result<String, Fault> {
        let (known, _) = self.list().await;
        let Some(model) = known.iter().find(|model| model.name == name) else {
            return Err(Fault::new(FaultKind::Model, tr_with("This browser does not keep a model “{0}”.", &[&name])));
        };
        if fit(to) == name {
            return Ok(name.into());
        }
        let renamed = Kept { name: free(&fit(to), &known), ..model.clone() };
        put(self.place(name), &renamed, &self.weights(name).await?).await.map_err(Unwritten::fault)?;
        self.delete(name).await?;
        Ok(renamed.name)
    }

    /// Writes a model's card anew; its weights stay.
    ///
    /// # Errors
    /// A [`Fault`] if it cannot be written.
    pub async fn write_card(&self, model: &Kept) -> Result<(), Fault> {
        let card = serde_json::to_vec(model).map_err(|error| Fault::new(FaultKind::Model, error.to_string()))?;
        self.place(&model.name).put(&card_key(&model.name), &card).await.map_err(Unwritten::fault)
    }

    /// Forgets a model.
    ///
    /// # Errors
    /// A [`Fault`] if the store cannot be written.
    pub async fn delete(&self, name: &str) -> Result<(), Fault> {
        let place = self.place(name);
        place.delete(&card_key(name)).await?;
        place.delete(&weights_key(name)).await
    }
}

/// Puts the models that lie in a place among those found, by name.
async fn read(place: &dyn Store, found: &mut Vec<Kept>) -> Result<(), Fault> {
    for key in place.keys().await?.iter().filter(|key| key.starts_with("model/")) {
        let bytes = place.get(key).await?;
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some(kept) = text.and_then(|text| serde_json::from_str::<Kept>(&text).ok()) {
            let at = found.partition_point(|known| known.name <= kept.name);
            found.insert(at, kept);
        }
    }
    Ok(())
}

/// Writes a model's two records into a place, or none.
async fn put(place: &dyn Store, model: &Kept, weights: &[u8]) -> Result<(), Unwritten> {
    let card = serde_json::to_vec(model).map_err(|error| Unwritten::Refused(error.to_string()))?;
    place.put(&weights_key(&model.name), weights).await?;
    let put = place.put(&card_key(&model.name), &card).await;
    if put.is_err() {
        // Without its card nobody would find them, and they take the room.
        let _ = place.delete(&weights_key(&model.name)).await;
    }
    put
}

/// This name, or the first of `name-2`, `name-3`, ... that is free.
fn free(name: &str, known: &[Kept]) -> String {
    let taken = |name: &str| known.iter().any(|model| model.name == name);
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
