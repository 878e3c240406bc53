//! Ensembles among the models of an evaluation: ids joined by `+`, whose mean logits are attacked as one model's. What
//! fools several models at once carries over to others better (Liu et al. 2017, <https://arxiv.org/abs/1611.02770>).

use crate::i18n::{tr, tr_with};
use foolproof_core::manifest::Manifest;

/// Most members.
const MOST: usize = 8;

/// The members of an ensemble, or the model itself.
pub fn members(id: &str) -> impl Iterator<Item = &str> {
    id.split('+')
}

/// Whether an id names several models.
pub fn is_ensemble(id: &str) -> bool {
    members(id).nth(1).is_some()
}

/// Whether every member is a model of this dataset, and none is there twice.
pub fn exists(id: &str, data: &str, manifest: &Manifest) -> bool {
    let known = |member: &str| manifest.models.iter().any(|model| model.id == member && model.data == data);
    let distinct = |(place, member): (usize, &str)| members(id).take(place).all(|other| other != member);
    members(id).all(known) && members(id).enumerate().all(distinct) && members(id).count() <= MOST
}

/// A model's name, or what an ensemble is made of.
pub fn name(id: &str, manifest: &Manifest) -> String {
    let of = |member: &str| {
        let found = manifest.models.iter().find(|model| model.id == member);
        found.map_or_else(|| member.to_owned(), |model| model.name.clone())
    };
    let names: Vec<String> = members(id).map(of).collect();
    if is_ensemble(id) { tr_with("Ensemble of {0}", &[&names.join(tr(" and "))]) } else { names.concat() }
}

/// For each of these models the ensemble of all others; of two models the one of both. Nothing for a single one.
pub fn of_the_others(models: &[String]) -> Vec<String> {
    let single: Vec<&str> = models.iter().map(String::as_str).filter(|id| !is_ensemble(id)).collect();
    match single.len() {
        0 | 1 => Vec::new(),
        2 => vec![single.join("+")],
        count => {
            let without = |left: usize| single.iter().enumerate().filter(move |(place, _)| *place != left);
            let join = |left| without(left).map(|(_, id)| *id).collect::<Vec<_>>().join("+");
            (0..count).rev().map(join).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::manifest;

    #[test]
    fn an_ensemble_has_distinct_members_that_exist() {
        let manifest = manifest();
        assert!(["natural", "natural+robust", "other+robust+natural"].iter().all(|id| exists(id, "mnist", &manifest)));
        for id in ["natural+natural", "natural+gone", "natural+", "+", ""] {
            assert!(!exists(id, "mnist", &manifest), "{id}");
        }
        assert!(!exists("natural", "fashion", &manifest));
        assert_eq!(name("natural+robust", &manifest), "Ensemble of NATURAL and ROBUST");
        assert_eq!((name("other", &manifest), name("gone", &manifest)), ("OTHER".into(), "gone".into()));
    }

    #[test]
    fn the_others_are_all_but_one() {
        let models = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert_eq!(of_the_others(&models(&["a"])), models(&[]));
        assert_eq!(of_the_others(&models(&["a", "b", "a+b"])), models(&["a+b"]));
        assert_eq!(of_the_others(&models(&["a", "b", "c"])), models(&["a+b", "a+c", "b+c"]));
    }
}
