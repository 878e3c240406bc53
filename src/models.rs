//! The visitor's own models, kept in this browser: trained here or brought along as a file.
//!
//! A model lies in the store as two records, its card and its weights, so that a list needs no weights. Its id in links
//! is `mine:<name>`; a link never carries the model itself.

pub mod file;
#[cfg(target_arch = "wasm32")]
pub mod indexed;
pub mod snippet;
pub mod store;

#[cfg(target_arch = "wasm32")]
pub(crate) mod view;

use crate::i18n::tr_with;
use foolproof_core::{
    architecture::Architecture,
    manifest::{File, Model},
    protocol::{Fault, FaultKind},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::rc::Rc;
use store::Store;

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
            sha256: Sha256::digest(weights).iter().map(|byte| format!("{byte:02x}")).collect(),
            card,
        }
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

/// The models of one store.
#[derive(Clone)]
pub struct ModelStore {
    store: Rc<dyn Store>,
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
        ModelStore { store }
    }

    /// The store itself, for what else is kept there.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Whether models are still there when the page is opened again.
    pub fn lasts(&self) -> bool {
        self.store.lasts()
    }

    /// Every model, by name. Records that cannot be read are left out.
    ///
    /// # Errors
    /// A [`Fault`] if the store cannot be read.
    pub async fn list(&self) -> Result<Vec<Kept>, Fault> {
        let mut found = Vec::new();
        for key in self.store.keys().await?.iter().filter(|key| key.starts_with("model/")) {
            let bytes = self.store.get(key).await?;
            found.extend(bytes.and_then(|bytes| serde_json::from_slice::<Kept>(&bytes).ok()));
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Keeps a model under its own name, or that name with a number after it where there is one already.
    ///
    /// # Errors
    /// A [`Fault`] if there is no room.
    pub async fn keep(&self, mut model: Kept, weights: &[u8]) -> Result<Kept, Fault> {
        let known = self.list().await?;
        if known.len() >= MOST {
            let why = tr_with("This browser keeps {0} models already; please delete one first.", &[&MOST]);
            return Err(Fault::new(FaultKind::File, why));
        }
        model.name = free(&model.name, &known);
        self.store.put(&weights_key(&model.name), weights).await?;
        self.put_card(&model).await?;
        Ok(model)
    }

    /// A model's weights, a safetensors file.
    ///
    /// # Errors
    /// A [`Fault`] if it is not there.
    pub async fn weights(&self, name: &str) -> Result<Vec<u8>, Fault> {
        let found = self.store.get(&weights_key(name)).await?;
        found
            .ok_or_else(|| Fault::new(FaultKind::Model, tr_with("This browser does not keep a model “{0}”.", &[&name])))
    }

    /// Gives a model another name; the one that it has now.
    ///
    /// # Errors
    /// A [`Fault`] if it is not there, or cannot be written.
    pub async fn rename(&self, name: &str, to: &str) -> Result<String, Fault> {
        let known = self.list().await?;
        let Some(model) = known.iter().find(|model| model.name == name) else {
            return Err(Fault::new(FaultKind::Model, tr_with("This browser does not keep a model “{0}”.", &[&name])));
        };
        if fit(to) == name {
            return Ok(name.into());
        }
        let renamed = Kept { name: free(&fit(to), &known), ..model.clone() };
        let weights = self.weights(name).await?;
        self.store.put(&weights_key(&renamed.name), &weights).await?;
        self.put_card(&renamed).await?;
        self.delete(name).await?;
        Ok(renamed.name)
    }

    /// Forgets a model.
    ///
    /// # Errors
    /// A [`Fault`] if the store cannot be written.
    pub async fn delete(&self, name: &str) -> Result<(), Fault> {
        self.store.delete(&card_key(name)).await?;
        self.store.delete(&weights_key(name)).await
    }

    async fn put_card(&self, model: &Kept) -> Result<(), Fault> {
        let unwritable =
            |error: serde_json::Error| Fault::new(FaultKind::File, tr_with("The card is no JSON: {0}.", &[&error]));
        let card = serde_json::to_vec(model).map_err(unwritable)?;
        self.store.put(&card_key(&model.name), &card).await
    }
}

/// This name, or the first of `name-2`, `name-3`, ... that is free.
fn free(name: &str, known: &[Kept]) -> String {
    let taken = |name: &str| known.iter().any(|model| model.name == name);
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::store::Memory;
    use pollster::block_on;

    fn model_store() -> ModelStore {
        ModelStore::new(Rc::new(Memory::default()))
    }

    fn model(name: &str) -> Kept {
        let architecture = crate::fixture::manifest().models[0].architecture.clone();
        Kept::new(name, "mnist", true, architecture, &[1, 2, 3], "{}".into())
    }

    #[test]
    fn names_fit_into_links() {
        for (name, fitted) in [
            ("My Model", "my-model"),
            ("  ", "model"),
            ("größer!", "gr--er"),
            ("a/b&c=d", "a-b-c-d"),
            ("v1.2_x", "v1.2_x"),
        ] {
            assert_eq!(fit(name), fitted, "{name:?}");
        }
        assert_eq!(fit(&"x".repeat(100)).len(), LONGEST);
    }

    #[test]
    fn a_model_is_kept_under_a_free_name_and_found_again() {
        let model_store = model_store();
        assert_eq!(block_on(model_store.keep(model("Mine"), &[1, 2, 3])).unwrap().id(), "mine:mine");
        assert_eq!(block_on(model_store.keep(model("mine"), &[4])).unwrap().name, "mine-2");
        let names: Vec<String> = block_on(model_store.list()).unwrap().into_iter().map(|model| model.name).collect();
        assert_eq!(names, ["mine", "mine-2"]);
        assert_eq!(block_on(model_store.weights("mine-2")).unwrap(), [4]);
        let listed = block_on(model_store.list()).unwrap()[0].model();
        assert_eq!((listed.parameters, listed.weights.path.as_str(), listed.weights.bytes), (7850, "mine:mine", 3));
    }

    #[test]
    fn a_renamed_model_keeps_its_weights_and_a_deleted_one_is_gone() {
        let model_store = model_store();
        block_on(model_store.keep(model("a"), &[1])).unwrap();
        block_on(model_store.keep(model("b"), &[2])).unwrap();
        assert_eq!(block_on(model_store.rename("a", "B")).unwrap(), "b-2", "never over another one");
        assert_eq!(block_on(model_store.rename("b-2", "B 2")).unwrap(), "b-2");
        assert_eq!(block_on(model_store.weights("b-2")).unwrap(), [1]);
        assert!(block_on(model_store.weights("a")).unwrap_err().message.contains("“a”"));
        assert!(block_on(model_store.rename("a", "c")).is_err());
        block_on(model_store.delete("b")).unwrap();
        assert_eq!(block_on(model_store.list()).unwrap().len(), 1);
    }

    #[test]
    fn a_full_shelf_says_so() {
        let model_store = model_store();
        for _ in 0..MOST {
            block_on(model_store.keep(model("m"), &[0])).unwrap();
        }
        assert!(block_on(model_store.keep(model("m"), &[0])).unwrap_err().message.contains("50 models"));
    }
}
