//! What the page told the lab of attacks, models and datasets.

use foolproof_core::{
    catalog::{Card, Catalog},
    manifest::{Dataset, Manifest, Model},
};
use serde::Deserialize;

/// What the page told of attacks, models and datasets.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// What the engine can do.
    pub catalog: Catalog,
    /// What ships with the page.
    pub manifest: Manifest,
}

/// As `getCatalog` answers.
#[derive(Deserialize)]
struct Listed {
    attacks: Vec<Card>,
    methods: Vec<Card>,
    defences: Vec<Card>,
    detectors: Vec<Card>,
    models: Vec<Model>,
    datasets: Vec<Dataset>,
}

impl Known {
    /// From the page's JSON.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Known, String> {
        let Listed { attacks, methods, defences, detectors, models, datasets } =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        Ok(Known {
            catalog: Catalog { attacks, methods, defences, detectors },
            manifest: Manifest { datasets, models },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_get_catalog_answers_is_read_and_anything_else_is_refused() {
        let found =
            Known::read(r#"{"attacks":[],"methods":[],"defences":[],"detectors":[],"models":[],"datasets":[]}"#)
                .unwrap();
        assert!(found.catalog.methods.is_empty() && found.manifest.datasets.is_empty());
        assert!(Known::read("{}").unwrap_err().contains("attacks"));
    }
}
