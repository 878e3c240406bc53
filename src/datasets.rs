//! The visitor's own datasets, kept in this browser: labelled pictures that were brought along.
//!
//! A dataset lies in the store as a card and its shards, as IDX files. Its id in links is `mine:<name>`; a link never
//! carries the data, and nothing of them is sent.

pub mod store;
#[cfg(target_arch = "wasm32")]
pub(crate) mod view;

use crate::models::PREFIX;
use foolproof_core::{
    importing::dataset::DatasetCard,
    manifest::{Dataset, File, Model, Shard},
    protocol::{Fault, FaultKind},
};
use serde::{Deserialize, Serialize};

/// What is known of an own dataset without its pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptDataset {
    /// As the page lists datasets; the paths of its shards are their keys in the store.
    pub dataset: Dataset,
    /// How many items each class has for training and for the test.
    pub counts: Vec<[u32; 2]>,
}

impl KeptDataset {
    /// What the importer tells.
    ///
    /// # Errors
    /// A [`Fault`] if its card cannot be read.
    pub fn of(card: &DatasetCard) -> Result<KeptDataset, Fault> {
        let dataset = serde_json::from_str(&card.dataset);
        let dataset = dataset.map_err(|error| Fault::new(FaultKind::File, error.to_string()))?;
        Ok(KeptDataset { dataset, counts: card.counts.clone() })
    }

    /// How many items it has, for training and for the test.
    pub fn items(&self) -> [u32; 2] {
        self.counts.iter().fold([0; 2], |[train, test], [more, others]| [train + more, test + others])
    }

    /// Bytes of all its files.
    pub fn bytes(&self) -> u64 {
        self.files().map(|file| file.bytes).sum()
    }

    /// Its files.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        let shards = self.dataset.train.iter().chain(&self.dataset.test);
        shards.flat_map(|shard| [&shard.images, &shard.labels])
    }

    /// The same under another name.
    pub fn renamed(&self, name: &str) -> KeptDataset {
        let file = |file: &File| {
            let last = file.path.rsplit_once('/').map_or(&file.path[..], |(_, last)| last);
            File { path: format!("data/{name}/{last}"), ..file.clone() }
        };
        let shard = |one: &Shard| Shard { images: file(&one.images), labels: file(&one.labels), ..*one };
        let shards = |all: &[Shard]| all.iter().map(shard).collect();
        let (train, test) = (shards(&self.dataset.train), shards(&self.dataset.test));
        let dataset = Dataset { id: format!("{PREFIX}{name}"), name: name.into(), train, test, ..self.dataset.clone() };
        KeptDataset { dataset, counts: self.counts.clone() }
    }
}

/// Gives own datasets the models that are shown first: of those for them, the first natural and the first robust one.
pub fn with_models(mut datasets: Vec<Dataset>, models: &[Model]) -> Vec<Dataset> {
    for data in &mut datasets {
        let own = || models.iter().filter(|model| model.data == data.id);
        let first = |robust: bool| own().find(|model| model.robust == robust).map(|model| model.id.clone());
        let (natural, robust) = (first(false), first(true));
        data.natural = natural.or_else(|| robust.clone()).unwrap_or_default();
        data.robust = robust.unwrap_or_default();
    }
    datasets
}

#[cfg(test)]
mod tests;
