//! Presets are what they name: the settings of papers and libraries, whatever was set before.

use crate::zoo;
use burn::tensor::{Device, Tensor};
use foolproof::attack::plan::{self, Subject};
use foolproof::attack::preset;
use foolproof::link::{Facts, Settings, link_key};
use foolproof_core::catalog::{Aim, Card, Catalog, Norm, PresetValue};
use foolproof_core::protocol::AttackSpec;
use foolproof_engine::modifiers;
use foolproof_engine::{
    attack::Attack,
    attacks,
    ball::Ball,
    case::{Case, one_hot},
};

use Norm::{L1, L2, Linf};

/// Attack, preset, its norms, its radius if it has one, and every knob at the radius in force: its own, or [`EPS`].
/// A step that is left to the engine is not among them.
type Row = (&'static str, &'static str, &'static [Norm], Option<f64>, &'static [(&'static str, f64)]);

/// The radius in force where a preset has none.
const EPS: f64 = 0.3;
/// Where the numbers are from: the papers; Foolbox 3.3 and torchattacks 3.5, whose arguments are recorded in
/// `tests/reference/results`; CleverHans 4; AutoAttack's standard version. JSMA's 39 pairs are a tenth of 784 pixels.
const ROWS: [Row; 24] = [
    ("bim", "Foolbox", &[Linf, L2, L1], None, &[("step", 0.06), ("steps", 10.0)]),
    (
        "pgd",
        "Madry et al., MNIST",
        &[Linf],
        Some(0.3),
        &[("step", 0.01), ("steps", 40.0), ("start", 1.0), ("restarts", 1.0)],
    ),
    ("pgd", "Foolbox, L∞", &[Linf], None, &[("step", 0.01), ("steps", 40.0), ("start", 1.0), ("restarts", 1.0)]),
    (
        "pgd",
        "Foolbox, L2 and L1",
        &[L2, L1],
        None,
        &[("step", 0.0075), ("steps", 50.0), ("start", 1.0), ("restarts", 1.0)],
    ),
    (
        "pgd",
        "torchattacks",
        &[Linf],
        Some(8.0 / 255.0),
        &[("step", 2.0 / 255.0), ("steps", 10.0), ("start", 1.0), ("restarts", 1.0)],
    ),
    ("mi-fgsm", "CleverHans", &[Linf], None, &[("step", 0.06), ("steps", 10.0), ("decay", 1.0)]),
    ("mi-fgsm", "torchattacks", &[Linf], Some(8.0 / 255.0), &[("step", 2.0 / 255.0), ("steps", 10.0), ("decay", 1.0)]),
    ("apgd-ce", "Croce and Hein", &Norm::ALL, None, &[("steps", 100.0), ("restarts", 1.0), ("funnel", 1.0)]),
    ("apgd-dlr", "Croce and Hein", &Norm::ALL, None, &[("steps", 100.0), ("restarts", 1.0), ("funnel", 1.0)]),
    ("apgd-t", "Croce and Hein", &Norm::ALL, None, &[("steps", 100.0), ("targets", 9.0), ("funnel", 1.0)]),
    (
        "fab",
        "Croce and Hein",
        &Norm::ALL,
        None,
        &[("steps", 100.0), ("targets", 9.0), ("alpha", 0.1), ("eta", 1.05), ("beta", 0.9)],
    ),
    ("square", "AutoAttack", &[Linf, L2], None, &[("queries", 5000.0), ("p", 0.8), ("rescale", 0.0)]),
    ("autoattack", "Standard", &[Linf, L2], None, &[("steps", 100.0), ("targets", 9.0), ("queries", 5000.0)]),
    (
        "cw",
        "Carlini and Wagner",
        &[L2],
        None,
        &[("search", 9.0), ("steps", 10_000.0), ("lr", 0.01), ("first", 0.001), ("confidence", 0.0)],
    ),
    (
        "cw",
        "Foolproof, live",
        &[L2],
        None,
        &[("search", 7.0), ("steps", 200.0), ("lr", 0.03), ("first", 10.0), ("confidence", 0.0)],
    ),
    ("deepfool", "Foolbox", &[L2, Linf], None, &[("steps", 50.0), ("candidates", 10.0), ("overshoot", 0.02)]),
    (
        "ead",
        "Chen et al., L1 rule",
        &[L1],
        None,
        &[
            ("search", 9.0),
            ("steps", 1000.0),
            ("lr", 0.01),
            ("first", 0.001),
            ("beta", 0.01),
            ("l1", 1.0),
            ("confidence", 0.0),
        ],
    ),
    (
        "ead",
        "Chen et al., EN rule",
        &[L1],
        None,
        &[
            ("search", 9.0),
            ("steps", 1000.0),
            ("lr", 0.01),
            ("first", 0.001),
            ("beta", 0.01),
            ("l1", 0.0),
            ("confidence", 0.0),
        ],
    ),
    ("jsma", "Papernot et al.", &[L1], None, &[("pairs", 39.0), ("theta", 1.0)]),
    ("boundary", "Brendel et al.", &[L2], None, &[("steps", 25_000.0)]),
    ("hopskipjump", "Chen et al.", &[L2, Linf], None, &[("steps", 64.0), ("first", 100.0), ("most", 10_000.0)]),
    (
        "nes",
        "Ilyas et al., NES",
        &[Linf],
        None,
        &[("samples", 128.0), ("delta", 0.01), ("step", 0.01), ("steps", 40.0), ("signs", 0.0)],
    ),
    (
        "nes",
        "Uesato et al., SPSA",
        &[Linf],
        None,
        &[("samples", 128.0), ("delta", 0.01), ("step", 0.01), ("steps", 40.0), ("signs", 1.0)],
    ),
    (
        "spatial",
        "Foolbox",
        &Norm::ALL,
        None,
        &[("turn", 30.0), ("shift", 81.0 / 28.0), ("turns", 5.0), ("shifts", 5.0), ("random", 0.0)],
    ),
];

fn card(id: &str) -> Card {
    attacks::cards().into_iter().find(|card| card.id == id).unwrap()
}

/// The attack of a preset that is chosen after every knob was turned as far as it goes.
fn chosen(card: &Card, name: &str) -> AttackSpec {
    let preset = card.presets.iter().find(|preset| preset.name == name).unwrap();
    let (manifest, catalog) = (zoo::manifest(), Catalog { attacks: attacks::cards(), ..Catalog::default() });
    let facts = Facts { manifest: &manifest, catalog: Some(&catalog), own: true };
    let far = |knob: &foolproof_core::catalog::Knob| if knob.default == Some(knob.min) { knob.max } else { knob.min };
    // Presets say nothing of what is done about defences.
    let own = card.knobs.iter().filter(|knob| !modifiers::has(&knob.key));
    let turned: Vec<String> = own.map(|knob| format!("{}={}", link_key(card, knob), far(knob))).collect();
    let link = format!("attack={}&norm={}&eps={EPS}&{}", card.id, preset.norms[0].id(), turned.join("&"));
    let mut settings = Settings::read(&link).0;
    settings.check(facts);
    assert!(!preset::is_in_force(&settings, card, preset), "{} {name}", card.id);
    preset::take(&mut settings, card, preset);
    assert_eq!(settings.check(facts), [], "{} {name} is out of range", card.id);
    assert!(preset::is_in_force(&settings, card, preset), "{} {name}", card.id);
    // A link keeps it.
    let mut again = Settings::read(&settings.fragment()).0;
    again.check(facts);
    assert!(preset::is_in_force(&again, card, preset), "{} {name}", card.id);
    let subject = Subject { pixels: vec![0.5; zoo::PIXELS].into(), label: Some(7) };
    plan::attack(&again, facts, &subject, &[zoo::NATURAL.to_owned()]).unwrap().attack
}

#[test]
fn presets_set_what_their_sources_set() {
    for (id, name, norms, eps, knobs) in ROWS {
        let card = card(id);
        let preset = card.presets.iter().find(|preset| preset.name == name).unwrap_or_else(|| panic!("{id}: {name}"));
        assert_eq!(preset.norms, norms, "{id} {name}");
        let attack = chosen(&card, name);
        assert_eq!(attack.eps, eps.unwrap_or(EPS) as f32, "{id} {name}");
        let expected: std::collections::BTreeMap<String, f64> =
            knobs.iter().map(|&(key, value)| (key.into(), value)).collect();
        assert_eq!(attack.knobs, expected, "{id} {name}");
    }
}

#[test]
fn every_preset_sets_every_knob_and_is_chosen_whole() {
    for card in attacks::cards() {
        for preset in &card.presets {
            let what = format!("{} {}", card.id, preset.name);
            assert!(!preset.norms.is_empty() && preset.norms.iter().all(|norm| card.norms.contains(norm)), "{what}");
            let keys: Vec<&str> = preset.values.iter().map(|(key, _)| key.as_str()).collect();
            // Shares of the radius are of the preset's own.
            assert!(keys.iter().position(|key| *key == "eps").is_none_or(|at| at == 0), "{what}");
            for knob in card.knobs.iter().filter(|knob| !modifiers::has(&knob.key)) {
                assert_eq!(keys.iter().filter(|key| **key == knob.key).count(), 1, "{what}: {}", knob.key);
            }
            let auto = |(key, value): &(String, PresetValue)| {
                *value == PresetValue::Auto && card.knobs.iter().any(|knob| knob.key == *key && knob.auto.is_none())
            };
            assert!(!preset.values.iter().any(auto), "{what}");
            chosen(&card, &preset.name);
        }
    }
}

/// Where an attack of no knobs but these begins, and its plan.
fn begun(id: &str, knobs: &[(&str, f64)]) -> (Vec<u32>, f32, bool) {
    let clean = Tensor::<4>::full([1, 1, 2, 2], 0.5, &Device::flex());
    let case =
        Case::new(clean.clone(), Tensor::zeros([1, 10], &Device::flex()), one_hot(&[3], 10, &Device::flex()), 1, 0);
    let (attack, ball): (Box<dyn Attack>, Ball) = attacks::make(&zoo::spec(id, Linf, 0.25, knobs)).unwrap();
    let start = attack.begin(&case, &ball, 0).0;
    assert_eq!(attack.aim(), Aim::Within);
    (attack.plan(), attack.step_size(), start.into_data() == clean.into_data())
}

#[test]
fn fgsm_and_bim_begin_at_the_clean_input_and_pgd_at_a_random_point() {
    assert_eq!((begun("fgsm", &[]), card("fgsm").knobs.len()), ((vec![1], 0.25, true), 2));
    assert_eq!(begun("bim", &[("step", 0.05)]), (vec![10], 0.05, true));
    assert_eq!(begun("pgd", &[]), (vec![40], 2.5 * 0.25 / 40.0, false));
    assert_eq!(begun("pgd", &[("start", 0.0)]), (vec![40], 2.5 * 0.25 / 40.0, true));
}
