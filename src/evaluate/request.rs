//! What the link asks to be measured: the keys `measure.*`.
//!
//! | key | values | default |
//! | --- | --- | --- |
//! | `measure.models` | comma list of model ids; ids joined by `+` are one ensemble | the dataset's natural and robust one |
//! | `measure.attacks` | comma list of attacks, see [`super::items`] | the quick set |
//! | `measure.n` | the first n images of the test split | 100 |
//! | `measure.radius` | `1`: also search each input's smallest radius | 1 |
//! | `measure.audit` | `1`: also run the auditor | 1 |
//! | `measure.weight` | share of the worst case in the score | 0.5 |
//! | `measure.workers` | CPU workers, 1 to 8 | one a core |

use super::{
    ensemble,
    items::{self, Item},
};
use crate::i18n::tr;
use crate::{
    attack::plan,
    link::{Remark, Settings, number},
    workers::pool::MOST_WORKERS,
};
use foolproof_core::{catalog::Catalog, manifest::Manifest};

/// Inputs where the link does not say.
pub const USUAL: usize = 100;

/// Every key.
const KEYS: [&str; 7] = ["models", "attacks", "n", "radius", "audit", "weight", "workers"];

/// An evaluation, as the link asks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluationRequest {
    /// Ids of the models; empty if the visitor chose none.
    pub models: Vec<String>,
    /// The attacks; empty if the visitor chose none.
    pub attacks: Vec<Item>,
    /// Number of inputs.
    pub n: usize,
    /// Whether to search the smallest radii.
    pub radius: bool,
    /// Whether to run the auditor.
    pub audit: bool,
    /// Share of the worst case in the score.
    pub weight: f64,
    /// Workers; `None` for one a core.
    pub workers: Option<usize>,
}

impl EvaluationRequest {
    /// The request of these settings, and what of it could not be taken.
    pub fn read(settings: &Settings, manifest: &Manifest, catalog: &Catalog) -> (EvaluationRequest, Vec<Remark>) {
        let mut reader = Reader { settings, remarks: Vec::new() };
        let most = plan::dataset(settings, manifest).map_or(0, |data| data.test.iter().map(|shard| shard.count).sum());
        let request = EvaluationRequest {
            models: reader.models(manifest),
            attacks: reader.attacks(catalog),
            n: reader.count("measure.n", most.max(1)).unwrap_or(USUAL.min(most.max(1))),
            radius: reader.flag("measure.radius"),
            audit: reader.flag("measure.audit"),
            weight: reader.weight(),
            workers: reader.count("measure.workers", MOST_WORKERS),
        };
        reader.strangers();
        (request, reader.remarks)
    }
}

/// The link's text for a list of models.
pub fn models_text(models: &[String]) -> String {
    models.join(",")
}

/// The link's text for a list of attacks.
pub fn attacks_text(attacks: &[Item]) -> String {
    attacks.iter().map(Item::text).collect::<Vec<_>>().join(",")
}

struct Reader<'a> {
    settings: &'a Settings,
    remarks: Vec<Remark>,
}

impl Reader<'_> {
    fn text(&self, key: &str) -> Option<&str> {
        self.settings.extra.get(key).map(String::as_str)
    }

    fn refuse(&mut self, key: &str, given: &str, taken: impl ToString) {
        self.remarks.push(Remark::Clamped { key: key.into(), given: given.into(), taken: taken.to_string() });
    }

    fn models(&mut self, manifest: &Manifest) -> Vec<String> {
        let Some(dataset) = plan::dataset(self.settings, manifest) else { return Vec::new() };
        let usual = || vec![dataset.natural.clone(), dataset.robust.clone()];
        let Some(text) = self.text("measure.models").map(str::to_owned) else { return usual() };
        let mut found: Vec<String> = Vec::new();
        for id in text.split(',').map(str::trim).filter(|id| !id.is_empty()) {
            if !ensemble::exists(id, &dataset.id, manifest) {
                self.refuse("measure.models", id, tr("left out"));
            } else if !found.iter().any(|known| known == id) {
                found.push(id.to_owned());
            }
        }
        if found.is_empty() && !text.trim().is_empty() { usual() } else { found }
    }

    fn attacks(&mut self, catalog: &Catalog) -> Vec<Item> {
        let norm = self.settings.norm;
        let usual = || items::sets(catalog, norm).into_iter().next().map(|set| set.items).unwrap_or_default();
        let Some(text) = self.text("measure.attacks").map(str::to_owned) else { return usual() };
        let mut found: Vec<Item> = Vec::new();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let item = Item::read(entry);
            let fits = |item: &Item| item.card(catalog).is_some_and(|card| card.norms.contains(&norm));
            match item.filter(fits) {
                Some(item) if !found.contains(&item) && found.len() < items::MOST => found.push(item),
                Some(_) => {}
                None => self.refuse("measure.attacks", entry, tr("left out")),
            }
        }
        if found.is_empty() && !text.trim().is_empty() { usual() } else { found }
    }

    /// Remarks on keys that nobody knows.
    fn strangers(&mut self) {
        let known = |key: &str| KEYS.iter().any(|known| key.strip_prefix("measure.") == Some(known));
        let unknown = self.settings.extra.keys().filter(|key| key.starts_with("measure.") && !known(key));
        self.remarks.extend(unknown.map(|key| Remark::Ignored { key: key.clone() }));
    }

    fn count(&mut self, key: &str, most: usize) -> Option<usize> {
        let text = self.text(key)?.to_owned();
        // The cast saturates.
        let fitted = number(&text).map(|value| (value.round() as usize).clamp(1, most));
        if fitted.is_none_or(|fitted| number(&text) != Some(fitted as f64)) {
            self.refuse(key, &text, fitted.map_or(tr("the default").into(), |fitted| fitted.to_string()));
        }
        fitted
    }

    fn flag(&mut self, key: &str) -> bool {
        match self.text(key).map(str::to_owned).as_deref() {
            None | Some("1" | "true") => true,
            Some("0" | "false") => false,
            Some(other) => {
                self.refuse(key, other, 1);
                true
            }
        }
    }

    fn weight(&mut self) -> f64 {
        let Some(text) = self.text("measure.weight").map(str::to_owned) else { return 0.5 };
        let fitted = number(&text).map_or(0.5, |weight| weight.clamp(0.0, 1.0));
        if number(&text) != Some(fitted) {
            self.refuse("measure.weight", &text, fitted);
        }
        fitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{catalog, manifest};

    fn request(fragment: &str) -> (EvaluationRequest, Vec<Remark>) {
        let (settings, remarks) = Settings::read(fragment);
        assert_eq!(remarks, vec![], "{fragment}");
        EvaluationRequest::read(&settings, &manifest(), &catalog())
    }

    #[test]
    fn without_keys_it_is_the_quick_set_on_both_models() {
        let (request, remarks) = request("");
        assert_eq!((request.models, request.n, request.weight), (vec!["natural".into(), "robust".into()], 100, 0.5));
        assert_eq!(request.attacks, [Item::new("pgd", &[("steps", 10.0)])]);
        assert!(request.radius && request.audit && request.workers.is_none() && remarks.is_empty());
    }

    #[test]
    fn every_key_is_taken() {
        let (request, remarks) = request(
            "norm=l2&measure.models=other,natural&measure.attacks=deep,pgd:steps:4&measure.n=20&measure.radius=0\
             &measure.audit=0&measure.weight=.25&measure.workers=2",
        );
        assert_eq!(
            (models_text(&request.models), attacks_text(&request.attacks)),
            ("other,natural".into(), "deep,pgd:steps:4".into())
        );
        assert_eq!(
            (request.n, request.radius, request.audit, request.weight, request.workers),
            (20, false, false, 0.25, Some(2))
        );
        assert_eq!(remarks, vec![]);
    }

    #[test]
    fn ensembles_are_taken_if_their_members_are_there() {
        let (request, remarks) = request("measure.models=natural,natural+robust,natural+gone,robust+robust");
        assert_eq!((models_text(&request.models), remarks.len()), ("natural,natural+robust".into(), 2));
    }

    #[test]
    fn what_is_not_there_is_left_out_and_named() {
        let (request, remarks) = request(
            "measure.models=gone,robust&measure.attacks=deep,pgd,magic&measure.n=1e9&measure.weight=2&measure.audit=x",
        );
        assert_eq!((request.models, attacks_text(&request.attacks)), (vec!["robust".into()], "pgd".into()));
        assert_eq!((request.n, request.weight, request.audit), (100, 1.0, true));
        let named: Vec<&str> = remarks
            .iter()
            .map(|remark| match remark {
                Remark::Clamped { given, .. } => given.as_str(),
                Remark::Ignored { key } => key.as_str(),
            })
            .collect();
        assert_eq!(named, ["gone", "deep", "magic", "1e9", "x", "2"], "deep is of L2 only");
    }

    #[test]
    fn nothing_chosen_stays_nothing_and_only_strangers_are_the_usual() {
        let (nothing, remarks) = request("measure.models=&measure.attacks=");
        assert!(nothing.models.is_empty() && nothing.attacks.is_empty() && remarks.is_empty());
        let (strangers, remarks) = request("measure.models=x&measure.attacks=y&measure.n=many");
        assert_eq!((strangers.models.len(), strangers.attacks.len(), strangers.n, remarks.len()), (2, 1, 100, 3));
    }
}
