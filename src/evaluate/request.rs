//! What the link asks to be measured: the keys `measure.*`.
//!
//! | key | values | default |
//! | --- | --- | --- |
//! | `measure.models` | comma list of model ids, or ids with defences (`mnist-cnn~bits:bits:1`); joined by `+` they are one ensemble | the dataset's natural and robust one |
//! | `measure.attacks` | comma list of attacks, see [`super::items`] | the quick set |
//! | `measure.n` | the first n images of the test split | 100 |
//! | `measure.radius` | `1`: also search each input's smallest radius | 1 |
//! | `measure.audit` | `1`: also run the auditor | 1 |
//! | `measure.certify` | `intervals`, with the smallest radii, or `smoothing`: also count votes on noisy copies | intervals |
//! | `measure.sigma` | their noise, pixel units, .01 to 2 | 0.25 |
//! | `measure.draws` | copies of each input that count, 100 to 100 000 | 1000 |
//! | `measure.detector` | detectors that look on, joined by `+`, each with its knobs: `squeeze:bits:3+energy` | none |
//! | `measure.fpr` | share of clean inputs that each may flag, .001 to .5 | 0.05 |
//! | `measure.weight` | share of the worst case in the score | 0.5 |
//! | `measure.workers` | CPU workers, 1 to 8 | one a core |

use super::{
    ensemble,
    items::{self, Item},
};
use crate::i18n::tr;
use crate::{
    attack::plan,
    link::{
        Manner, Reader, Remark, Settings,
        defence::{fitted, read_list},
        entries,
    },
    workers::pool::MOST_WORKERS,
};
use foolproof_core::{
    catalog::{Catalog, Norm},
    defence::{DefenceSpec, list_text},
    manifest::Manifest,
    protocol::Smoothing,
};

/// Inputs where the link does not say.
pub const USUAL: usize = 100;

/// Share of the worst case in the score where the link does not say.
const WEIGHT: f64 = 0.5;

/// How inputs are certified: by interval bounds, or by votes on noisy copies as well.
pub const CERTIFY: [&str; 2] = ["intervals", "smoothing"];
/// Noise and copies where the link does not say.
pub const SMOOTHING: Smoothing = Smoothing { sigma: 0.25, select: 100, draws: 1000 };
/// Share of clean inputs that a detector may flag where the link does not say.
pub const FPR: f32 = 0.05;
/// The least and the most of it.
pub const FPR_RANGE: (f64, f64) = (0.001, 0.5);
/// Least and most noise.
pub const SIGMA: (f64, f64) = (0.01, 2.0);
/// Fewest and most copies that count.
pub const DRAWS: (usize, usize) = (100, 100_000);

/// An evaluation, as the link asks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluationRequest {
    /// Ids of the models; empty if the visitor chose none. What the link puts before all of them is not in it yet.
    pub models: Vec<String>,
    /// The attacks; empty if the visitor chose none.
    pub attacks: Vec<Item>,
    /// Number of inputs.
    pub n: usize,
    /// Whether to search the smallest radii.
    pub radius: bool,
    /// Whether to run the auditor.
    pub audit: bool,
    /// The votes on noisy copies by which inputs are certified, if they are.
    pub smoothing: Option<Smoothing>,
    /// The detectors that look on; empty for none.
    pub detectors: Vec<DefenceSpec>,
    /// Share of clean inputs that each may flag.
    pub fpr: f32,
    /// Share of the worst case in the score.
    pub weight: f64,
    /// Workers; `None` for one a core.
    pub workers: Option<usize>,
}

impl EvaluationRequest {
    /// The request of these settings, and what of it could not be taken.
    pub fn read(settings: &Settings, manifest: &Manifest, catalog: &Catalog) -> (EvaluationRequest, Vec<Remark>) {
        // An empty list is a choice of nothing.
        let manner = Manner { prefix: "measure.", usual: tr("the default"), blank_is_none: false };
        let mut reader = Reader::new(settings, manner);
        let data = plan::dataset(settings, manifest);
        let most = data.map_or(0, |data| data.test.iter().map(|shard| shard.count).sum());
        let shape = data.map_or([1; 3], |data| data.shape);
        let request = EvaluationRequest {
            models: models(&mut reader, settings, manifest, catalog),
            attacks: attacks(&mut reader, settings.norm, shape, catalog),
            n: reader.count("measure.n", 1, most.max(1), USUAL.min(most.max(1))),
            radius: reader.flag("measure.radius"),
            audit: reader.flag("measure.audit"),
            smoothing: smoothing(&mut reader),
            detectors: detectors(&mut reader, shape, catalog),
            fpr: reader.real("measure.fpr", FPR_RANGE.0, FPR_RANGE.1, FPR.into()) as f32,
            weight: weight(&mut reader),
            workers: reader.count_if_given("measure.workers", 1, MOST_WORKERS),
        };
        reader.strangers(|_| false);
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

fn weight(reader: &mut Reader) -> f64 {
    let fitted = reader.fitted("measure.weight", &WEIGHT.to_string(), |weight| weight.clamp(0.0, 1.0));
    fitted.unwrap_or(WEIGHT)
}

fn smoothing(reader: &mut Reader) -> Option<Smoothing> {
    let [intervals, votes] = CERTIFY;
    let sigma = reader.real("measure.sigma", SIGMA.0, SIGMA.1, SMOOTHING.sigma.into()) as f32;
    let draws = reader.count("measure.draws", DRAWS.0, DRAWS.1, SMOOTHING.draws as usize) as u32;
    (reader.word("measure.certify", &CERTIFY, intervals) == votes).then_some(Smoothing { sigma, draws, ..SMOOTHING })
}

/// The link's text for a list of detectors.
pub fn detectors_text(detectors: &[DefenceSpec]) -> String {
    list_text(detectors)
}

fn detectors(reader: &mut Reader, shape: [usize; 3], catalog: &Catalog) -> Vec<DefenceSpec> {
    let Some(text) = reader.text("measure.detector") else { return Vec::new() };
    let (list, whole) = read_list(text);
    let mut found: Vec<DefenceSpec> = Vec::new();
    for given in &list {
        match fitted(given, &catalog.detectors, shape) {
            Some(fit) => {
                if given.knobs.iter().any(|(key, value)| fit.knobs.get(key) != Some(value)) {
                    reader.refuse("measure.detector", &given.text(), fit.text());
                }
                if !found.contains(&fit) {
                    found.push(fit);
                }
            }
            None => reader.refuse("measure.detector", &given.text(), tr("left out")),
        }
    }
    if !whole {
        let left = if found.is_empty() { tr("left out").to_owned() } else { list_text(&found) };
        reader.refuse("measure.detector", text, left);
    }
    found
}

fn models(reader: &mut Reader, settings: &Settings, manifest: &Manifest, catalog: &Catalog) -> Vec<String> {
    let text = reader.text("measure.models");
    let Some(dataset) = plan::dataset(settings, manifest) else { return Vec::new() };
    // One model may be both.
    let robust = Some(&dataset.robust).filter(|robust| **robust != dataset.natural);
    // Data that a visitor has brought may have none.
    let usual = || std::iter::once(&dataset.natural).chain(robust).filter(|id| !id.is_empty()).cloned().collect();
    let Some(text) = text else { return usual() };
    let mut found: Vec<String> = Vec::new();
    for id in entries(text) {
        if !ensemble::exists(id, dataset, manifest, catalog) {
            reader.refuse("measure.models", id, tr("left out"));
        } else if !found.iter().any(|known| known == id) {
            found.push(id.to_owned());
        }
    }
    if found.is_empty() && !text.trim().is_empty() { usual() } else { found }
}

fn attacks(reader: &mut Reader, norm: Norm, shape: [usize; 3], catalog: &Catalog) -> Vec<Item> {
    let usual = || items::sets(catalog, norm).into_iter().next().map(|set| set.items).unwrap_or_default();
    let Some(text) = reader.text("measure.attacks") else { return usual() };
    let mut found: Vec<Item> = Vec::new();
    for entry in entries(text) {
        let item = Item::read(entry);
        let fits = |item: &Item| item.fitting(catalog, norm, shape).is_some();
        match item.filter(fits) {
            Some(item) if !found.contains(&item) && found.len() < items::MOST => found.push(item),
            Some(_) => {}
            None => reader.refuse("measure.attacks", entry, tr("left out")),
        }
    }
    if found.is_empty() && !text.trim().is_empty() { usual() } else { found }
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
             &measure.audit=0&measure.weight=.25&measure.workers=2&measure.certify=smoothing&measure.sigma=.5&measure.draws=500",
        );
        assert_eq!(
            (models_text(&request.models), attacks_text(&request.attacks)),
            ("other,natural".into(), "deep,pgd:steps:4".into())
        );
        assert_eq!(
            (request.n, request.radius, request.audit, request.weight, request.workers),
            (20, false, false, 0.25, Some(2))
        );
        assert_eq!(request.smoothing, Some(Smoothing { sigma: 0.5, draws: 500, ..SMOOTHING }));
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
                Remark::TooLong { .. } => "too long",
            })
            .collect();
        assert_eq!(named, ["gone", "deep", "magic", "1e9", "x", "2"], "deep is of L2 only");
    }

    #[test]
    fn detectors_are_put_right_or_left_out_in_words() {
        let said = |list: &str| {
            let (request, remarks) = request(&format!("measure.detector={list}"));
            let taken = remarks.into_iter().map(|remark| match remark {
                Remark::Clamped { taken, .. } => taken,
                other => panic!("{other:?}"),
            });
            (detectors_text(&request.detectors), taken.collect::<Vec<_>>())
        };
        assert_eq!(said("squeeze:bits:3%2Benergy%2Benergy"), ("squeeze:bits:3+energy".into(), vec![]));
        assert_eq!(said("squeeze:bits:99"), ("squeeze:bits:8".into(), vec!["squeeze:bits:8".into()]));
        assert_eq!(said("magic").1, [tr("left out")]);
        // No text at all, and one that begins well.
        assert_eq!((said("Magic").1, said("energy%2BMagic").1), (vec![tr("left out").into()], vec!["energy".into()]));
        assert_eq!(said("none"), (String::new(), vec![]));
    }

    #[test]
    fn nothing_chosen_stays_nothing_and_only_strangers_are_the_usual() {
        let (nothing, remarks) = request("measure.models=&measure.attacks=");
        assert!(nothing.models.is_empty() && nothing.attacks.is_empty() && remarks.is_empty());
        let (strangers, remarks) = request("measure.models=x&measure.attacks=y&measure.n=many");
        assert_eq!((strangers.models.len(), strangers.attacks.len(), strangers.n, remarks.len()), (2, 1, 100, 3));
    }
}
