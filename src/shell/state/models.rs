//! Which models the page is about.

use super::State;
use crate::attack::{defence::name_of, plan};
use foolproof_core::manifest::{Dataset, Model};
use leptos::prelude::*;

impl State {
    /// The models side by side, the chosen one first; their names say what stands before them.
    pub fn pair(self) -> Vec<Model> {
        let Some(manifest) = self.manifest() else { return Vec::new() };
        let mut pair: Vec<Model> = Vec::new();
        self.settings.with(|settings| {
            pair.extend(plan::models(settings, &manifest).into_iter().cloned());
            self.catalog.with(|catalog| {
                let cards = catalog.as_ref().map_or(&[][..], |catalog| &catalog.defences);
                pair.iter_mut().for_each(|model| model.name = name_of(&model.name, &settings.defence, cards));
            });
        });
        pair
    }

    /// Whether the data are there and have no model: a visitor has brought them.
    pub fn lacks_model(self) -> bool {
        let none = |data: &Dataset| data.natural.is_empty();
        self.settings.with(|settings| self.shipped.with(|shipped| shipped.dataset(settings).is_some_and(none)))
    }

    /// Whether something stands before one of them or inside it.
    pub fn is_defended(self) -> bool {
        let manifest = self.manifest();
        manifest.is_some_and(|manifest| self.settings.with(|settings| plan::is_defended(settings, &manifest)))
    }
}
