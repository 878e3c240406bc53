//! Ensembles among the models of an evaluation: ids joined by `+`, whose mean logits are attacked as one model's. What
//! fools several models at once carries over to others better (Liu et al. 2017, <https://arxiv.org/abs/1611.02770>).

use crate::i18n::{tr, tr_with};
use crate::{attack::defence::name_of, link::defence::fitted};
use foolproof_core::{
    catalog::Catalog,
    defence::{DefenceSpec, bare, defended, of_id},
    manifest::{Dataset, Manifest},
};

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

/// What a model stands behind by its id. An ensemble has as many answers as members, so none here.
pub fn defence(id: &str) -> Vec<DefenceSpec> {
    if is_ensemble(id) { Vec::new() } else { of_id(id).unwrap_or_default() }
}

/// The same behind these defences, for each member that names none of its own.
pub fn behind(id: &str, defences: &[DefenceSpec]) -> String {
    let of = |member: &str| if bare(member) == member { defended(member, defences) } else { member.to_owned() };
    members(id).map(of).collect::<Vec<_>>().join("+")
}

/// Whether every member is a model of this dataset, behind defences that there are, and none is there twice.
pub fn exists(id: &str, data: &Dataset, manifest: &Manifest, catalog: &Catalog) -> bool {
    let has = |one: &DefenceSpec| {
        fitted(one, &catalog.defences, data.shape)
            .is_some_and(|fit| one.knobs.iter().all(|(key, own)| fit.knobs[key] == *own))
    };
    let known = |member: &str| {
        let listed = manifest.models.iter().any(|model| model.id == bare(member) && model.data == data.id);
        listed && of_id(member).is_some_and(|defences| defences.iter().all(has))
    };
    let distinct = |(place, member): (usize, &str)| members(id).take(place).all(|other| other != member);
    members(id).all(known) && members(id).enumerate().all(distinct) && members(id).count() <= MOST
}

/// A model's name with what stands before it, or what an ensemble is made of.
pub fn name(id: &str, manifest: &Manifest, catalog: &Catalog) -> String {
    let of = |member: &str| {
        let found = manifest.models.iter().find(|model| model.id == bare(member));
        let name = found.map_or(bare(member), |model| &model.name);
        name_of(name, &defence(member), &catalog.defences)
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
    use crate::fixture::{defended_catalog, manifest};

    #[test]
    fn an_ensemble_has_distinct_members_that_exist() {
        let (manifest, catalog) = (manifest(), defended_catalog());
        let data = &manifest.datasets[0];
        let exists = |id: &str| exists(id, data, &manifest, &catalog);
        let ids = ["natural", "natural+robust", "other+robust+natural", "natural~bits:bits:2~median+natural"];
        assert!(ids.into_iter().all(exists));
        for id in [
            "natural+natural",
            "natural+gone",
            "natural+",
            "+",
            "",
            "gone~bits",
            "natural~magic",
            "natural~bits:bits:9",
        ] {
            assert!(!exists(id), "{id}");
        }
        let fashion = Dataset { id: "fashion".into(), ..data.clone() };
        assert!(!super::exists("natural", &fashion, &manifest, &catalog));
        let name = |id: &str| name(id, &manifest, &catalog);
        assert_eq!(name("natural+robust"), "Ensemble of NATURAL and ROBUST");
        assert_eq!((name("other"), name("gone")), ("OTHER".into(), "gone".into()));
        assert_eq!(name("natural~bits:bits:2+robust"), "Ensemble of NATURAL behind BITS 2 and ROBUST");
    }

    #[test]
    fn members_without_a_defence_of_their_own_get_the_one_of_all() {
        let bits = [DefenceSpec::new("bits", &[("bits", 2.0)])];
        assert_eq!(behind("natural~median+robust", &bits), "natural~median+robust~bits:bits:2");
        assert_eq!(behind("natural+robust", &[]), "natural+robust");
        assert_eq!((defence("natural~bits:bits:2"), defence("natural+robust~bits:bits:2")), (bits.to_vec(), vec![]));
    }

    #[test]
    fn the_others_are_all_but_one() {
        let models = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert_eq!(of_the_others(&models(&["a"])), models(&[]));
        assert_eq!(of_the_others(&models(&["a", "b", "a+b"])), models(&["a+b"]));
        assert_eq!(of_the_others(&models(&["a", "b", "c"])), models(&["a+b", "a+c", "b+c"]));
    }
}
