//! Models behind defences: what people call them, and what of a job stands there. On the page everything that is kept by
//! model goes by the bare id; jobs alone name what stands before it.

use crate::{
    i18n::{number, tr_with},
    link::{
        Settings,
        defence::{fitted, value},
    },
};
use foolproof_core::{
    architecture::Architecture,
    catalog::{Card, Catalog},
    defence::{DefenceSpec, bare},
    protocol::AttackJob,
};

/// A defence as people say it: its name and its knobs' values, `Median 3`.
fn said(defence: &DefenceSpec, cards: &[Card]) -> String {
    let Some(card) = cards.iter().find(|card| card.id == defence.id) else { return defence.text() };
    let mut said = card.name.clone();
    for value in card.knobs.iter().filter_map(|knob| value(defence, card, &knob.key)) {
        said = format!("{said} {}", number::said(value.to_string()));
    }
    said
}

/// Defences as people say them; `cards` are those of defences.
pub fn listed(defences: &[DefenceSpec], cards: &[Card]) -> String {
    let mut text = String::new();
    for defence in defences {
        let comma = if text.is_empty() { "" } else { ", " };
        text = format!("{text}{comma}{}", said(defence, cards));
    }
    text
}

/// A model's name with what stands before it.
pub fn name_of(name: &str, defences: &[DefenceSpec], cards: &[Card]) -> String {
    if defences.is_empty() { name.to_owned() } else { tr_with("{0} behind {1}", &[&name, &listed(defences, cards)]) }
}

/// What stands before the models of a job, as the ids of all of them say it.
pub fn behind(job: &AttackJob) -> &str {
    job.models.first().map_or("", |id| &id[bare(id).len()..])
}

/// The bare id of a job's first model.
pub fn first(job: &AttackJob) -> Option<&str> {
    job.models.first().map(|id| bare(id))
}

/// The job's own id of a model.
pub fn of_job<'a>(job: &'a AttackJob, model: &str) -> Option<&'a String> {
    job.models.iter().find(|id| bare(id) == model)
}

/// A network as it is exported: what the settings put before it, and then what it came with, every knob told.
pub fn exported(settings: &Settings, architecture: &Architecture, catalog: Option<&Catalog>) -> Architecture {
    let mut exported = architecture.clone();
    exported.defence = settings.defence.clone();
    exported.defence.extend_from_slice(&architecture.defence);
    for defence in &mut exported.defence {
        if let Some(whole) = catalog.and_then(|catalog| fitted(defence, &catalog.defences, architecture.input)) {
            *defence = whole;
        }
    }
    exported
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{defended_catalog, job, manifest};

    #[test]
    fn a_name_says_what_stands_before_the_model() {
        let cards = defended_catalog().defences;
        let list = [DefenceSpec::new("bits", &[("bits", 2.0)]), DefenceSpec::new("median", &[])];
        assert_eq!(name_of("CNN", &list, &cards), "CNN behind BITS 2, MEDIAN 3");
        assert_eq!(name_of("CNN", &list, &[]), "CNN behind bits:bits:2, median");
        assert_eq!(name_of("CNN", &[], &cards), "CNN");
    }

    #[test]
    fn a_job_names_what_its_models_stand_behind() {
        let behind_bits = job(&["natural~bits:bits:1", "robust~bits:bits:1"]);
        assert_eq!((behind(&behind_bits), first(&behind_bits)), ("~bits:bits:1", Some("natural")));
        assert_eq!(of_job(&behind_bits, "robust").map(String::as_str), Some("robust~bits:bits:1"));
        assert_eq!((behind(&job(&["natural"])), first(&job(&[]))), ("", None));
    }

    #[test]
    fn what_is_exported_has_the_settings_defence_before_its_own() {
        let mut architecture = manifest().models[0].architecture.clone();
        architecture.defence = vec![DefenceSpec::new("bits", &[("bits", 3.0)])];
        let settings = Settings::read("defence=median").0;
        let texts = |catalog: Option<&Catalog>| {
            let whole = exported(&settings, &architecture, catalog);
            whole.defence.iter().map(DefenceSpec::text).collect::<Vec<_>>()
        };
        assert_eq!(texts(Some(&defended_catalog())), ["median:size:3", "bits:bits:3"]);
        assert_eq!(texts(None), ["median", "bits:bits:3"]);
    }
}
