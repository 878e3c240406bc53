//! Attacks in the link: `fgsm,pgd:steps:40:restarts:5`.
//!
//! An id alone is the attack as its card sets it, with the link's own keys for it (`cw.confidence`). `step`, `steps` and
//! `restarts` are about the attack that the link names, and that one alone takes them: another one's steps would make of
//! AutoAttack something that only bears its name. With knobs behind it, an entry takes these and the card's defaults for the
//! rest, so that one attack can be there twice with different settings. What reckons with a defence (`bpda`, `eot`) holds
//! for all of them that do not say otherwise.

use crate::i18n::{tr, tr_mark, tr_with};
use crate::{
    attack::{plan, words::figure},
    link::{Settings, defence::MODIFIERS, nearest, number},
};
use foolproof_core::{
    catalog::{Card, Catalog, Norm},
    protocol::{AttackSpec, Target, ThreatModel},
};
use std::collections::BTreeMap;

/// Most attacks of an evaluation.
pub const MOST: usize = 24;

/// An attack of the evaluation, as the link names it.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The attack's id.
    pub id: String,
    /// Knobs of its own, in the link's order.
    pub knobs: Vec<(String, f64)>,
}

impl Item {
    /// An attack with these knobs.
    pub fn new(id: &str, knobs: &[(&str, f64)]) -> Item {
        Item { id: id.into(), knobs: knobs.iter().map(|&(key, value)| (key.into(), value)).collect() }
    }

    /// Reads one entry of the list; `None` if it is none.
    pub fn read(text: &str) -> Option<Item> {
        let mut parts = text.trim().split(':');
        let id = parts.next().filter(|id| !id.is_empty())?.to_owned();
        let mut knobs = Vec::new();
        while let Some(key) = parts.next() {
            knobs.push((key.to_owned(), number(parts.next()?)?));
        }
        Some(Item { id, knobs })
    }

    /// As the link has it.
    pub fn text(&self) -> String {
        self.knobs.iter().fold(self.id.clone(), |text, (key, value)| format!("{text}:{key}:{value}"))
    }

    /// Its card, if it is one for inputs of this shape in this norm.
    pub fn fitting<'a>(&self, catalog: &'a Catalog, norm: Norm, shape: [usize; 3]) -> Option<&'a Card> {
        self.card(catalog).filter(|card| card.norms.contains(&norm) && card.takes(shape))
    }

    /// Its card, if there is such an attack to evaluate with.
    pub fn card<'a>(&self, catalog: &'a Catalog) -> Option<&'a Card> {
        catalog.attacks.iter().find(|card| card.id == self.id && card.id != "none")
    }

    /// The knobs in force; those that the engine derives are left out.
    pub fn values(&self, settings: &Settings, card: &Card) -> BTreeMap<String, f64> {
        let own = |key: &str| self.knobs.iter().find(|(known, _)| known == key).map(|(_, value)| *value);
        let value = |knob: &foolproof_core::catalog::Knob| match self.knobs.is_empty() {
            _ if MODIFIERS.contains(&knob.key.as_str()) => {
                let given = own(&knob.key).or_else(|| settings.knobs.get(&knob.key).copied());
                given.map(|value| nearest(knob, value))
            }
            true if card.id == settings.attack => plan::knob_value(settings, card, &knob.key),
            true => plan::own_knob(settings, card, knob),
            false => own(&knob.key).map(|value| nearest(knob, value)).or(knob.default),
        };
        card.knobs.iter().filter_map(|knob| Some((knob.key.clone(), value(knob)?))).collect()
    }

    /// The attack with all its settings.
    pub fn spec(&self, settings: &Settings, card: &Card, threat: &ThreatModel) -> AttackSpec {
        let target = mode(settings).filter(|_| card.targeted);
        AttackSpec { knobs: self.values(settings, card), target, ..threat.attack(&card.id, &[]) }
    }

    /// Name and what sets it apart: `PGD, 40 steps, 5 restarts, toward the least likely class`.
    pub fn name(&self, settings: &Settings, card: &Card) -> String {
        let values = self.values(settings, card);
        let counted = [
            ("steps", tr_mark("{0} steps")),
            ("queries", tr_mark("{0} queries")),
            ("restarts", tr_mark("{0} restarts")),
            ("eot", tr_mark("{0} draws")),
        ];
        let said = counted.into_iter().filter_map(|(key, counted)| {
            let value = *values.get(key)?;
            (key != "restarts" || value > 1.0).then(|| tr_with(counted, &[&figure(value)]))
        });
        let toward = mode(settings).filter(|_| card.targeted).map(|mode| toward(mode).to_owned());
        let bpda = (values.get("bpda") == Some(&1.0)).then(|| "BPDA".to_owned());
        std::iter::once(card.name.clone()).chain(said).chain(bpda).chain(toward).collect::<Vec<_>>().join(", ")
    }
}

/// How each input's target is chosen, if targets are. A class of the link is of one input: an evaluation, in which some
/// inputs are of it, leaves the true classes then.
pub fn mode(settings: &Settings) -> Option<Target> {
    settings.target.filter(|target| target.mode().is_some())
}

/// What an attack is after in this mode.
pub fn toward(mode: Target) -> &'static str {
    match mode {
        Target::Least => tr("toward the least likely class"),
        Target::Second => tr("toward the second most likely class"),
        Target::Random | Target::Class(_) => tr("toward a class drawn by the seed"),
    }
}

/// A set of attacks known by a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Set {
    /// Its name.
    pub name: &'static str,
    /// One sentence.
    pub help: &'static str,
    /// Its attacks, those that the engine has.
    pub items: Vec<Item>,
}

/// The sets, as far as the engine has their attacks for this norm.
pub fn sets(catalog: &Catalog, norm: Norm) -> Vec<Set> {
    let pgd = |knobs: &[(&str, f64)]| Item::new("pgd", knobs);
    let fgsm = || Item::new("fgsm", &[]);
    // A set is the same whatever the attack page is set to.
    let square = Item::new("square", &[("queries", 5000.0)]);
    // For margins. FAB-T goes toward every class: toward three it finds distances three times as long in L1 on the robust CNN.
    let nearest = match norm {
        Norm::Linf | Norm::L2 => Item::new("deepfool", &[("steps", 50.0)]),
        Norm::L1 => Item::new("fab", &[("steps", 100.0)]),
    };
    let (long, restarted) = (pgd(&[("steps", 40.0)]), pgd(&[("steps", 40.0), ("restarts", 5.0)]));
    let standard = vec![fgsm(), long, restarted, square, nearest];
    let all = [
        (
            tr("Quick"),
            tr("FGSM and ten steps of PGD: seconds, and easily too kind to a model."),
            vec![fgsm(), pgd(&[("steps", 10.0)])],
        ),
        (
            tr("Standard"),
            tr(
                "FGSM, PGD with 40 steps, the same from five starts, an attack without gradients, and one for the nearest input.",
            ),
            standard,
        ),
        (
            tr("AutoAttack"),
            tr("Four parameter-free attacks in a row: the field's yardstick, and the slowest."),
            vec![Item::new("autoattack", &[("steps", 100.0)])],
        ),
    ];
    let there = |item: &Item| item.card(catalog).is_some_and(|card| card.norms.contains(&norm));
    let set = |(name, help, items): (&'static str, &'static str, Vec<Item>)| {
        let items: Vec<Item> = items.into_iter().filter(there).collect();
        (!items.is_empty()).then_some(Set { name, help, items })
    };
    all.into_iter().filter_map(set).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::catalog;

    #[test]
    fn an_entry_survives_the_way_through_the_link() {
        for text in ["pgd", "pgd:steps:40:restarts:5", "pgd:step:0.01"] {
            assert_eq!(Item::read(text).unwrap().text(), text);
        }
        for bad in ["", ":steps:4", "pgd:steps", "pgd:steps:many", "pgd:steps:NaN"] {
            assert_eq!(Item::read(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn knobs_come_from_the_entry_or_from_the_link_and_stay_in_range() {
        let catalog = catalog();
        let (settings, _) = Settings::read("steps=7&restarts=3&pgd.start=0");
        let values = |text: &str| {
            let item = Item::read(text).unwrap();
            item.values(&settings, item.card(&catalog).unwrap()).into_iter().collect::<Vec<_>>()
        };
        let pairs = |pairs: &[(&str, f64)]| pairs.iter().map(|&(k, v)| (k.to_owned(), v)).collect::<Vec<_>>();
        assert_eq!(values("pgd"), pairs(&[("restarts", 3.0), ("start", 0.0), ("steps", 7.0)]));
        assert_eq!(values("pgd:steps:9999"), pairs(&[("restarts", 1.0), ("start", 1.0), ("steps", 500.0)]));
    }

    #[test]
    fn steps_of_the_links_attack_are_no_other_attacks() {
        let catalog = catalog();
        let values = |fragment: &str| {
            let (settings, _) = Settings::read(fragment);
            let item = Item::read("pgd").unwrap();
            item.values(&settings, item.card(&catalog).unwrap()).into_iter().collect::<Vec<_>>()
        };
        let pairs = |pairs: &[(&str, f64)]| pairs.iter().map(|&(k, v)| (k.to_owned(), v)).collect::<Vec<_>>();
        let of_deep = values("attack=deep&steps=7&step=.1&restarts=3&pgd.start=0");
        assert_eq!(of_deep, pairs(&[("restarts", 1.0), ("start", 0.0), ("steps", 40.0)]));
        let of_pgd = values("attack=pgd&steps=7&step=.1");
        assert_eq!(of_pgd, pairs(&[("restarts", 1.0), ("start", 1.0), ("step", 0.1), ("steps", 7.0)]));
    }

    #[test]
    fn names_tell_two_settings_of_one_attack_apart() {
        let catalog = catalog();
        let settings = Settings::default();
        let name = |text: &str| {
            let item = Item::read(text).unwrap();
            item.name(&settings, item.card(&catalog).unwrap())
        };
        assert_eq!(name("pgd:steps:10"), "PGD, 10 steps");
        assert_eq!(name("pgd:restarts:5"), "PGD, 40 steps, 5 restarts");
        assert_eq!(name("deep"), "DEEP");
    }

    #[test]
    fn what_reckons_with_a_defence_holds_for_every_attack_that_says_nothing_else() {
        let catalog = crate::fixture::defended_catalog();
        let name = |fragment: &str, text: &str| {
            let (settings, item) = (Settings::read(fragment).0, Item::read(text).unwrap());
            item.name(&settings, item.card(&catalog).unwrap())
        };
        assert_eq!(name("", "pgd:steps:10"), "PGD, 10 steps");
        assert_eq!(name("bpda=1&eot=20", "pgd:steps:10"), "PGD, 10 steps, 20 draws, BPDA");
        assert_eq!(name("attack=deep&bpda=1", "pgd"), "PGD, 40 steps, BPDA");
        assert_eq!(name("bpda=1&eot=20", "pgd:bpda:0:eot:1000"), "PGD, 40 steps, 100 draws");
        assert_eq!(name("bpda=1&eot=20", "deep"), "DEEP", "it has no such knobs");
    }

    #[test]
    fn a_mode_is_the_target_of_every_attack_that_takes_one() {
        let catalog = catalog();
        let threat = ThreatModel { norm: Norm::L2, eps: 1.0, limits: Vec::new() };
        let of = |link: &str, text: &str| {
            let (settings, item) = (Settings::read(link).0, Item::read(text).unwrap());
            let card = item.card(&catalog).unwrap();
            (item.spec(&settings, card, &threat).target, item.name(&settings, card))
        };
        let pgd = "PGD, 10 steps".to_owned();
        assert_eq!(of("target=3", "pgd:steps:10"), (None, pgd.clone()), "a class is of one input");
        let random = (Some(Target::Random), pgd.clone() + ", toward a class drawn by the seed");
        assert_eq!(of("target=random", "pgd:steps:10"), random);
        assert_eq!(of("target=random", "deep"), (None, "DEEP".into()));
    }

    #[test]
    fn sets_leave_out_what_the_engine_has_not() {
        let found = sets(&catalog(), Norm::Linf);
        assert_eq!(found.iter().map(|set| set.name).collect::<Vec<_>>(), ["Quick", "Standard"]);
        assert_eq!(found[0].items, [Item::new("pgd", &[("steps", 10.0)])]);
        assert_eq!(Item::new("none", &[]).card(&catalog()), None);
    }
}
