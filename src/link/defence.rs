//! `defence`: what stands before a network or inside it, as the link lists it.

use super::{Remark, Settings, nearest, number};
use crate::i18n::tr;
use foolproof_core::{
    catalog::{Card, Catalog},
    defence::{DefenceSpec, MOST, entries, list_text},
    manifest::Dataset,
};

/// What the link says where nothing stands there.
const NONE: &str = "none";
/// Knobs by which an attack reckons with a defence. Every attack along gradients has them, so the link has one key for all.
pub const MODIFIERS: [&str; 2] = ["bpda", "eot"];

/// Sets the list; what of it was understood, if that is not all.
pub(super) fn read(place: &mut Vec<DefenceSpec>, text: &str) -> Result<(), String> {
    let (found, whole) = read_list(text);
    *place = found;
    whole.then_some(()).ok_or_else(|| if place.is_empty() { NONE.into() } else { list_text(place) })
}

/// The list that a text is, as far as it is one, and whether it is one to its end. Programs that pass a link on may make
/// blanks of `+`, and a host may give a list.
pub fn read_list(text: &str) -> (Vec<DefenceSpec>, bool) {
    let text = text.replace(|letter: char| letter.is_whitespace() || letter == ',', "+");
    let (mut found, mut whole) = (Vec::new(), true);
    for entry in entries(&text).filter(|entry| *entry != NONE) {
        match DefenceSpec::read_with(entry, number).filter(|_| found.len() < MOST) {
            Some(defence) => found.push(defence),
            None => whole = false,
        }
    }
    (found, whole)
}

/// The defence as it can be: its knobs in their ranges, and all of them, so that a link keeps its meaning when a default
/// changes. `None` if none of the cards is of it, it is not for inputs of this shape, or one of its knobs is not there. A
/// detector is written and fitted alike.
pub fn fitted(defence: &DefenceSpec, cards: &[Card], shape: [usize; 3]) -> Option<DefenceSpec> {
    let card = cards.iter().find(|card| card.id == defence.id && card.takes(shape))?;
    let mut whole = DefenceSpec::new(&defence.id, &[]);
    for knob in &card.knobs {
        if let Some(value) = value(defence, card, &knob.key) {
            whole.knobs.insert(knob.key.clone(), value);
        }
    }
    defence.knobs.keys().all(|key| whole.knobs.contains_key(key)).then_some(whole)
}

/// The value of a defence's knob, in its range.
pub fn value(defence: &DefenceSpec, card: &Card, key: &str) -> Option<f64> {
    let knob = card.knobs.iter().find(|knob| knob.key == key)?;
    defence.knobs.get(key).copied().or(knob.default).map(|value| nearest(knob, value))
}

impl Settings {
    /// Leaves out what does not exist, and moves knobs into their ranges.
    pub(super) fn check_defence(&mut self, catalog: &Catalog, dataset: &Dataset, remarks: &mut Vec<Remark>) {
        self.defence.retain_mut(|given| {
            let Some(fitted) = fitted(given, &catalog.defences, dataset.shape) else {
                remarks.push(Remark::clamped("defence", &given.text(), tr("left out")));
                return false;
            };
            if given.knobs.iter().any(|(key, value)| fitted.knobs.get(key) != Some(value)) {
                remarks.push(Remark::clamped("defence", &given.text(), fitted.text()));
            }
            *given = fitted;
            true
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fixture::{defended_catalog, manifest},
        link::Facts,
    };

    fn checked(fragment: &str) -> (String, Vec<String>) {
        let (mut settings, mut remarks) = Settings::read(fragment);
        let (manifest, catalog) = (manifest(), defended_catalog());
        remarks.extend(settings.check(Facts { manifest: &manifest, catalog: Some(&catalog), own: true }));
        (list_text(&settings.defence), remarks.iter().map(Remark::sentence).collect())
    }

    #[test]
    fn a_list_is_read_however_its_plus_was_written() {
        for between in ["+", "%2B", "%20", " + ", ",", "%2C"] {
            let (list, remarks) = checked(&format!("defence=bits:bits:1{between}median:size:2"));
            assert_eq!((list.as_str(), remarks), ("bits:bits:1+median:size:2", vec![]), "{between}");
        }
        for none in ["none", "", "+"] {
            assert_eq!(checked(&format!("defence={none}")), (String::new(), vec![]));
        }
        assert_eq!(checked("defence=median").0, "median:size:3", "the default is written too");
    }

    #[test]
    fn what_is_not_there_is_left_out_and_ranges_are_kept() {
        let (list, remarks) = checked("defence=bits:bits:9+magic+median:width:3+Bits");
        assert_eq!((list.as_str(), remarks.len()), ("bits:bits:8", 4), "{remarks:?}");
        assert_eq!(remarks[1], "The link's defence “bits:bits:9” cannot be used; it is bits:bits:8 instead.");
        let many = ["bits:bits:1"; MOST + 1].join("+");
        let (list, remarks) = checked(&format!("defence={many}"));
        assert_eq!((list.split('+').count(), remarks.len()), (MOST, 1));
        let mut table = manifest().datasets.remove(0);
        table.shape = [1, 1, 9];
        let mut settings = Settings::read("defence=bits+median").0;
        settings.check_defence(&defended_catalog(), &table, &mut Vec::new());
        assert_eq!(list_text(&settings.defence), "bits:bits:1", "a table has no neighbours to take the median of");
    }

    #[test]
    fn modifiers_have_one_key_for_all_attacks() {
        let (manifest, catalog) = (manifest(), defended_catalog());
        let read = |fragment: &str| {
            let (mut settings, mut remarks) = Settings::read(fragment);
            remarks.extend(settings.check(Facts { manifest: &manifest, catalog: Some(&catalog), own: true }));
            (settings.knobs.into_iter().collect::<Vec<_>>(), remarks.len())
        };
        let pairs = |bpda, eot| vec![("bpda".to_owned(), bpda), ("eot".to_owned(), eot)];
        assert_eq!(read("bpda=1&eot=20&hide=bpda,eot,defence"), (pairs(1.0, 20.0), 0));
        assert_eq!(read("bpda=2&eot=1000"), (pairs(1.0, 100.0), 2));
        assert_eq!(read("bpda=x&eot=auto"), (vec![], 1));
    }
}
