//! Which requests follow from which settings.

use super::sticker;
use crate::link::{Facts, OWN, Settings, default_eps, defence::MODIFIERS, largest_eps, link_key, nearest};
use foolproof_core::{
    catalog::{Access, Aim, Card, Catalog, Knob},
    defence::defended,
    manifest::{Dataset, Manifest, Model},
    protocol::{AttackJob, AttackSpec, Inputs},
};
use std::{collections::BTreeMap, sync::Arc};

/// One input as the model takes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// Pixels in [0, 1].
    pub pixels: Arc<[f32]>,
    /// Its true class, if somebody knows it.
    pub label: Option<u32>,
}

impl Subject {
    /// Whether there is nothing on it.
    pub fn is_blank(&self) -> bool {
        self.pixels.iter().all(|&pixel| pixel == 0.0)
    }
}

/// The dataset of the settings.
pub fn dataset<'a>(settings: &Settings, manifest: &'a Manifest) -> Option<&'a Dataset> {
    manifest.datasets.iter().find(|dataset| dataset.id == settings.data)
}

/// How far each feature may go as a multiple of the radius: as the dataset says, and as the mask of the link lets it.
/// Empty where all may go alike.
pub fn limits(settings: &Settings, dataset: &Dataset) -> Vec<f32> {
    let masked = settings.mask.as_ref().and_then(|mask| mask.limits(dataset));
    masked.unwrap_or_else(|| dataset.kind.limits())
}

/// The chosen model, and beside it the robust one of its dataset, or the natural one if a robust one is chosen. A model
/// of the visitor's own stands beside the one that `train.beside` names: what it was trained from. A link may hide the
/// second one, which is then neither loaded nor attacked.
pub fn models<'a>(settings: &Settings, manifest: &'a Manifest) -> Vec<&'a Model> {
    let find = |id: &str| manifest.models.iter().find(|model| model.id == id);
    let Some(dataset) = dataset(settings, manifest) else { return Vec::new() };
    let Some(chosen) = find(settings.model.as_deref().unwrap_or(&dataset.natural)) else { return Vec::new() };
    let named = settings.extra.get("train.beside").filter(|_| chosen.id.starts_with(OWN));
    let named = named.and_then(|id| find(id)).filter(|model| model.data == dataset.id && model.id != chosen.id);
    let other = named.or_else(|| find(if chosen.robust { &dataset.natural } else { &dataset.robust }));
    let other = other.filter(|other| other.id != chosen.id && settings.shows("beside"));
    std::iter::once(chosen).chain(other).collect()
}

/// Whether something stands before one of the models or inside it: by the link, or because the model came with it. Only
/// then do the modifiers of attacks mean anything.
pub fn is_defended(settings: &Settings, manifest: &Manifest) -> bool {
    let own = |model: &&Model| !model.architecture.defence.is_empty();
    !settings.defence.is_empty() || models(settings, manifest).iter().any(own)
}

/// The card of the chosen attack.
pub fn card<'a>(settings: &Settings, facts: Facts<'a>) -> Option<&'a Card> {
    facts.catalog?.attacks.iter().find(|card| card.id == settings.attack)
}

/// The attack on this input with these models, of which only those are named that are `loaded`. `None` as long as
/// something is missing.
pub fn attack(settings: &Settings, facts: Facts, subject: &Subject, loaded: &[String]) -> Option<AttackJob> {
    let dataset = dataset(settings, facts.manifest)?;
    let card = card(settings, facts)?;
    let models = models(settings, facts.manifest).into_iter().filter(|model| loaded.contains(&model.id));
    let models: Vec<String> = models.map(|model| defended(&model.id, &settings.defence)).collect();
    let [channels, rows, columns] = dataset.shape;
    // A sheet of paper is no input; a row of least values is one.
    let blank = dataset.kind.is_picture() && subject.is_blank();
    if models.is_empty() || blank || subject.pixels.len() != channels * rows * columns {
        return None;
    }
    let inputs = Inputs {
        shape: [1, channels, rows, columns],
        pixels: subject.pixels.to_vec(),
        labels: subject.label.map(|label| vec![label]),
    };
    let eps = settings.eps.unwrap_or_else(|| default_eps(dataset, settings.norm)) as f32;
    let target = settings.target.filter(|_| card.targeted);
    let mut knobs = knobs(settings, card);
    if !is_defended(settings, facts.manifest) {
        knobs.retain(|key, _| !MODIFIERS.contains(&key.as_str()));
    }
    sticker::settle(&mut knobs, &card.id, settings, &subject.pixels, dataset.shape);
    let limits = limits(settings, dataset);
    let attack = AttackSpec { id: card.id.clone(), norm: settings.norm, eps, target, knobs, limits };
    Some(AttackJob { models, inputs, attack, company: None, detection: None, seed: settings.seed })
}

/// The search for the smallest radius that goes with an attack; `None` if the attack has none, or asks the model
/// thousands of times, which is too slow to be done at one radius after another, or if the slider with its marks is
/// hidden.
pub fn radius(job: &AttackJob, settings: &Settings, facts: Facts) -> Option<AttackJob> {
    let brisk = |card: &&Card| card.access == Access::Gradient && card.knobs.iter().all(|knob| knob.key != "queries");
    let card = card(settings, facts).filter(brisk).filter(|_| settings.shows("eps"))?;
    if !matches!(card.aim, Aim::Within | Aim::Nearest) {
        return None;
    }
    let dataset = dataset(settings, facts.manifest)?;
    let most = 2.0 * default_eps(dataset, job.attack.norm);
    let eps = most.min(largest_eps(job.attack.norm, dataset.shape.iter().product())) as f32;
    Some(AttackJob { attack: AttackSpec { eps, ..job.attack.clone() }, ..job.clone() })
}

/// A knob's value in these settings; `None` where it is `auto`.
pub fn knob_value(settings: &Settings, card: &Card, key: &str) -> Option<f64> {
    let knob = card.knobs.iter().find(|knob| knob.key == key)?;
    let value = match key {
        "step" => settings.step,
        "steps" => settings.steps.map(f64::from).or(knob.default),
        "restarts" => Some(f64::from(settings.restarts)),
        _ => return own_knob(settings, card, knob),
    };
    value.map(|value| nearest(knob, value))
}

/// A knob's value by the key that is this attack's alone, or its default; `None` where it is `auto`.
pub fn own_knob(settings: &Settings, card: &Card, knob: &Knob) -> Option<f64> {
    settings.knobs.get(&link_key(card, knob)).copied().or(knob.default).map(|value| nearest(knob, value))
}

/// Sets a knob by its key in the link; `None` is `auto` or the default.
pub fn set_knob(settings: &mut Settings, link: &str, value: Option<f64>) {
    let usual = Settings::default();
    // Casts saturate; the card's range is held by the check that follows every change.
    match link {
        "step" => settings.step = value.filter(|&step| step > 0.0),
        "steps" => settings.steps = value.map(|value| value.round() as u32),
        "restarts" => settings.restarts = value.map_or(usual.restarts, |value| value.round() as u32),
        _ => match value {
            Some(value) => drop(settings.knobs.insert(link.to_owned(), value)),
            None => drop(settings.knobs.remove(link)),
        },
    }
}

/// Chooses an attack with its knobs as they were; those that it does not name are `auto`, or have their defaults.
pub fn choose(settings: &mut Settings, spec: &AttackSpec, catalog: &Catalog) {
    settings.attack = spec.id.clone();
    let card = catalog.attacks.iter().find(|card| card.id == spec.id);
    for (card, knob) in card.iter().flat_map(|card| card.knobs.iter().map(move |knob| (card, knob))) {
        set_knob(settings, &link_key(card, knob), spec.knobs.get(&knob.key).copied());
    }
}

/// The card's knobs as these settings have them, `auto` ones left out.
fn knobs(settings: &Settings, card: &Card) -> BTreeMap<String, f64> {
    let mut knobs = BTreeMap::new();
    for knob in &card.knobs {
        if let Some(value) = knob_value(settings, card, &knob.key) {
            knobs.insert(knob.key.clone(), value);
        }
    }
    knobs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{catalog, manifest};
    use foolproof_core::{catalog::Norm, protocol::Target};

    fn subject(label: Option<u32>) -> Subject {
        Subject { pixels: vec![0.5; 784].into(), label }
    }

    fn planned(fragment: &str, subject: &Subject, loaded: &[&str]) -> Option<AttackJob> {
        let (manifest, catalog) = (manifest(), catalog());
        let facts = Facts { manifest: &manifest, catalog: Some(&catalog), own: true };
        let (mut settings, _) = Settings::read(fragment);
        settings.check(facts);
        let loaded: Vec<String> = loaded.iter().map(|id| id.to_string()).collect();
        attack(&settings, facts, subject, &loaded)
    }

    #[test]
    fn both_models_get_the_same_input_and_the_attack_as_set() {
        let job =
            planned("eps=.2&step=.01&seed=9&target=3&pgd.start=0", &subject(Some(7)), &["natural", "robust"]).unwrap();
        assert_eq!(job.models, ["natural", "robust"]);
        assert_eq!((job.inputs.shape, job.inputs.labels), ([1, 1, 28, 28], Some(vec![7])));
        assert_eq!((job.seed, job.attack.eps, job.attack.target), (9, 0.2, Some(Target::Class(3))));
        let knobs: Vec<(&str, f64)> = job.attack.knobs.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        assert_eq!(knobs, [("restarts", 1.0), ("start", 0.0), ("step", 0.01), ("steps", 40.0)]);
    }

    #[test]
    fn knobs_of_other_attacks_and_auto_ones_are_not_sent() {
        let job = planned("attack=deep&deep.overshoot=.1&norm=l2&pgd.start=0", &subject(None), &["natural"]).unwrap();
        assert_eq!(job.attack.knobs.into_iter().collect::<Vec<_>>(), [("overshoot".to_owned(), 0.1)]);
        let job = planned("", &subject(None), &["natural"]).unwrap();
        assert!(!job.attack.knobs.contains_key("step"));
        assert_eq!(job.inputs.labels, None);
    }

    #[test]
    fn the_counterpart_is_the_other_kind() {
        let names = |fragment: &str| planned(fragment, &subject(None), &["natural", "robust", "other"]).unwrap().models;
        assert_eq!(names("model=robust"), ["robust", "natural"]);
        assert_eq!(names("model=other"), ["other", "robust"]);
        assert_eq!(
            names("model=robust&train.beside=other"),
            ["robust", "natural"],
            "only own models came from another"
        );
    }

    #[test]
    fn a_link_may_hide_the_second_model() {
        let names = |fragment: &str| planned(fragment, &subject(None), &["natural", "robust"]).unwrap().models;
        assert_eq!(names("model=robust&hide=beside"), ["robust"]);
        assert_eq!(names("lesson=a/1&lesson.uses=eps"), ["natural"], "the step uses something else");
        assert_eq!(names("lesson=a/1&lesson.uses=beside"), ["natural", "robust"]);
    }

    #[test]
    fn an_own_model_stands_beside_the_one_it_came_from() {
        let mut manifest = manifest();
        let own = Model { id: "mine:a".into(), robust: true, ..manifest.models[0].clone() };
        manifest.models.push(own);
        let names = |fragment: &str| {
            let settings = Settings::read(fragment).0;
            models(&settings, &manifest).into_iter().map(|model| model.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names("model=mine:a&train.beside=other"), ["mine:a", "other"]);
        for gone in ["", "&train.beside=gone", "&train.beside=mine:a"] {
            assert_eq!(names(&format!("model=mine:a{gone}")), ["mine:a", "natural"], "{gone}");
        }
    }

    #[test]
    fn every_model_of_a_job_stands_behind_the_defence_and_only_then_do_modifiers_count() {
        let (manifest, catalog) = (manifest(), crate::fixture::defended_catalog());
        let facts = Facts { manifest: &manifest, catalog: Some(&catalog), own: true };
        let job = |fragment: &str| {
            let mut settings = Settings::read(fragment).0;
            settings.check(facts);
            let job = attack(&settings, facts, &subject(None), &["natural".into(), "robust".into()]).unwrap();
            (job.models.join(" "), job.attack.knobs.get("bpda").copied(), job.attack.knobs.get("eot").copied())
        };
        assert_eq!(job("bpda=1&eot=20"), ("natural robust".into(), None, None));
        let ids = "natural~bits:bits:1~median:size:3 robust~bits:bits:1~median:size:3".to_owned();
        assert_eq!(job("defence=bits+median&bpda=1&eot=20"), (ids.clone(), Some(1.0), Some(20.0)));
        assert_eq!(job("defence=bits+median"), (ids, Some(0.0), None));
    }

    #[test]
    fn what_is_missing_holds_the_attack_back_but_one_model_is_enough() {
        assert_eq!(planned("", &subject(None), &[]), None);
        assert_eq!(planned("", &subject(None), &["robust"]).unwrap().models, ["robust"]);
        let blank = Subject { pixels: vec![0.0; 784].into(), label: None };
        assert_eq!(planned("", &blank, &["natural"]), None);
        let small = Subject { pixels: vec![0.5; 9].into(), label: None };
        assert_eq!(planned("", &small, &["natural"]), None);
    }

    #[test]
    fn the_search_goes_to_twice_the_usual_radius() {
        let (mut settings, manifest, mut catalog) = (Settings::default(), manifest(), catalog());
        let job = planned("eps=.01", &subject(None), &["natural"]).unwrap();
        assert_eq!(
            radius(&job, &settings, Facts { manifest: &manifest, catalog: Some(&catalog), own: true })
                .unwrap()
                .attack
                .eps,
            0.6
        );
        let mut long = job.clone();
        long.attack.norm = Norm::L2;
        assert_eq!(
            radius(&long, &settings, Facts { manifest: &manifest, catalog: Some(&catalog), own: true })
                .unwrap()
                .attack
                .eps,
            4.0
        );
        for (change, what) in [
            ((|card| card.access = Access::Scores) as fn(&mut Card), "black-box"),
            (|card| card.aim = Aim::Free, "without a norm"),
        ] {
            let mut other = catalog.clone();
            other.attacks.iter_mut().for_each(change);
            let facts = Facts { manifest: &manifest, catalog: Some(&other), own: true };
            assert_eq!(radius(&job, &settings, facts), None, "{what}");
        }
        let hidden = Settings { hide: ["eps".into()].into(), ..settings.clone() };
        let facts = Facts { manifest: &manifest, catalog: Some(&catalog), own: true };
        assert_eq!(radius(&job, &hidden, facts), None, "nobody sees the marks");
        settings.attack = "none".into();
        catalog.attacks[0].access = Access::None;
        assert_eq!(radius(&job, &settings, Facts { manifest: &manifest, catalog: Some(&catalog), own: true }), None);
    }
}
