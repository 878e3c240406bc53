//! Links whose data, models and attacks exist, and links whose do not.

use super::*;
use crate::fixture::{card, catalog, manifest};
use foolproof_core::input_kind::{Column, InputKind};

/// Reads and checks a fragment; the keys that remarks name.
fn checked(fragment: &str) -> (Settings, Vec<String>) {
    checked_against(fragment, &manifest(), &catalog())
}

fn checked_against(fragment: &str, manifest: &Manifest, catalog: &Catalog) -> (Settings, Vec<String>) {
    let (mut settings, mut remarks) = Settings::read(fragment);
    remarks.extend(settings.check(Facts { manifest, catalog: Some(catalog), own: true }));
    let key = |remark: &Remark| match remark {
        Remark::Ignored { key } | Remark::Clamped { key, .. } => key.clone(),
        Remark::TooLong { .. } => String::new(),
    };
    let keys = remarks.iter().map(key).collect();
    (settings, keys)
}

#[test]
fn an_empty_link_is_the_datasets_own_experiment() {
    let (settings, keys) = checked("");
    assert_eq!(settings.model.as_deref(), Some("natural"));
    assert_eq!(settings.eps, Some(0.3));
    assert!(keys.is_empty());
}

#[test]
fn a_challenge_is_of_pictures_and_of_a_class_that_there_is() {
    let (settings, keys) = checked("challenge=3:0.1");
    assert_eq!((settings.challenge, keys), (Some(Challenge::Beat { class: 3, eps: 0.1 }), vec![]));
    assert_eq!(checked("challenge=10:0.1&input=test:1").1, ["challenge"]);
    let mut manifest = manifest();
    manifest.datasets[0].shape = [3, 8, 8];
    let (settings, keys) = checked_against("challenge=draw", &manifest, &catalog());
    assert_eq!((settings.input, keys), (blank(192), vec![]), "the pad has the size of the data");
    manifest.datasets[0].kind = InputKind::Plane;
    let (settings, keys) = checked_against("challenge=friend", &manifest, &catalog());
    assert_eq!((settings.challenge, keys), (None, vec!["challenge".to_owned()]));
}

/// F34: knobs of attacks are known once an engine is up.
#[test]
fn a_control_that_no_attack_has_is_named() {
    let (settings, keys) = checked("hide=seed,pgd.start,pgd.wings,train.eps&lock=magic.knob");
    assert_eq!(settings.hide.iter().collect::<Vec<_>>(), ["pgd.start", "seed", "train.eps"]);
    assert_eq!((settings.lock.len(), keys), (0, vec!["hide".to_owned(), "lock".to_owned()]));
}

/// Data that a visitor has brought.
fn with_own(natural: &str) -> Manifest {
    let mut manifest = manifest();
    let (id, natural, robust) = ("mine:pets".into(), natural.into(), String::new());
    let own = Dataset { id, natural, robust, ..manifest.datasets[0].clone() };
    manifest.datasets.push(own);
    manifest
}

#[test]
fn own_data_wait_for_what_the_browser_keeps() {
    let (mut settings, _) = Settings::read("data=mine:pets&model=mine:a&input=test:7");
    let given = settings.clone();
    let remarks = settings.check(Facts { manifest: &manifest(), catalog: Some(&catalog()), own: false });
    assert_eq!((&settings, remarks), (&given, vec![]));
    let remarks = settings.check(Facts { manifest: &manifest(), catalog: Some(&catalog()), own: true });
    assert_eq!((settings.data.as_str(), settings.model.as_deref()), ("mnist", Some("natural")));
    let said = remarks[0].sentence();
    assert_eq!(said, "This browser keeps no data “mine:pets”; they are mnist instead.");
}

#[test]
fn own_data_may_have_no_model_yet() {
    let (settings, keys) = checked_against("data=mine:pets", &with_own(""), &catalog());
    assert_eq!((settings.data.as_str(), settings.model, keys), ("mine:pets", None, vec![]));
    let (settings, keys) = checked_against("data=mine:pets&model=natural", &with_own(""), &catalog());
    assert_eq!((settings.model, keys), (None, vec!["model".to_owned()]));
    let (settings, _) = checked_against("data=mine:pets", &with_own("mine:a"), &catalog());
    assert_eq!(settings.model.as_deref(), Some("mine:a"));
}

#[test]
fn the_usual_radius_follows_the_norm() {
    assert_eq!(checked("norm=l2").0.eps, Some(2.0));
    assert_eq!(checked("norm=l1").0.eps, Some(10.0));
}

#[test]
fn what_is_not_there_becomes_the_usual_with_a_remark() {
    let (settings, keys) = checked("data=imagenet&model=resnet&attack=magic&target=12&input=test:100");
    assert_eq!((settings.data.as_str(), settings.model.as_deref()), ("mnist", Some("natural")));
    assert_eq!((settings.attack.as_str(), settings.target), ("pgd", None));
    assert_eq!(settings.input, Input::Test(99));
    assert_eq!(keys, ["data", "model", "input", "attack", "target"]);
}

#[test]
fn numbers_are_clamped_to_what_the_card_and_the_pixels_allow() {
    let (settings, keys) = checked("eps=7&steps=9999&restarts=51&pgd.start=3&pgd.nothing=1&deep.overshoot=.5");
    assert_eq!((settings.eps, settings.steps, settings.restarts), (Some(1.0), Some(500), 50));
    assert_eq!(settings.knobs.get("pgd.start"), Some(&1.0));
    assert_eq!(settings.knobs.get("deep.overshoot"), Some(&0.5));
    assert!(!settings.knobs.contains_key("pgd.nothing"));
    assert_eq!(keys, ["steps", "restarts", "pgd.nothing", "pgd.start", "eps"]);
    assert_eq!(checked("norm=l2&eps=1e6").0.eps, Some(28.0));
    assert_eq!(checked("norm=l1&eps=1e6").0.eps, Some(784.0));
}

#[test]
fn an_attack_brings_its_norm_and_drops_a_target_it_cannot_aim_at() {
    let (settings, keys) = checked("attack=deep&norm=linf&target=3&eps=1");
    assert_eq!((settings.norm, settings.target), (Norm::L2, None));
    assert_eq!(keys, ["norm", "target"]);
    // So it is with a mode, but where an evaluation has attacks of its own.
    let (settings, keys) = checked("attack=deep&target=least");
    assert_eq!((settings.target, keys), (None, vec!["target".to_owned()]));
    let (settings, keys) = checked("page=measure&attack=deep&target=least");
    assert_eq!((settings.target, keys.len()), (Some(Target::Least), 0));
    // A link that names no norm has the attack's own, and nothing to be told.
    let (settings, keys) = checked("attack=deep&eps=1");
    assert_eq!((settings.norm, keys.len()), (Norm::L2, 0));
}

#[test]
fn a_drawing_of_another_size_is_not_taken() {
    let small = crate::link::Drawing::new(&[9; 100]).unwrap();
    let (settings, keys) = checked(&format!("input=draw:{}", small.encode()));
    assert_eq!((settings.input, keys), (Input::Test(0), vec!["input".to_owned()]));
}

/// The checks of a table of two columns, the second fixed and whole.
fn checked_row(fragment: &str) -> (Settings, Vec<String>) {
    let mut manifest = manifest();
    let column = |name: &str, whole, scale| Column {
        name: name.into(),
        unit: String::new(),
        min: 10.0,
        max: 20.0,
        whole,
        scale,
    };
    let dataset = &mut manifest.datasets[0];
    (dataset.shape, dataset.kind) =
        ([1, 1, 2], InputKind::Table(vec![column("Size", false, 0.5), column("Age", true, 0.0)]));
    let mut catalog = catalog();
    catalog.attacks.push(Card { pictures_only: true, ..card("patch", &[Norm::Linf], false, vec![]) });
    checked_against(fragment, &manifest, &catalog)
}

#[test]
fn a_row_is_held_to_its_columns_and_a_picture_has_none() {
    let taken = |fragment: &str| checked_row(fragment).0.input;
    assert_eq!(
        checked_row("input=row:12.5,13"),
        (Settings { input: Input::Row(vec![12.5, 13.0]), ..checked_row("").0 }, vec![])
    );
    assert_eq!(taken("input=row:9,13.4"), Input::Row(vec![10.0, 13.0]));
    assert_eq!(checked_row("input=row:9,13.4").1, ["input"]);
    let drawing = crate::link::Drawing::new(&[9, 9]).unwrap().encode();
    for wrong in ["input=row:1", "input=row:1,2,3", &format!("input=draw:{drawing}")] {
        assert_eq!((taken(wrong), checked_row(wrong).1), (Input::Test(0), vec!["input".to_owned()]), "{wrong}");
    }
    let (settings, keys) = checked("input=row:1,2");
    assert_eq!((settings.input, keys), (Input::Test(0), vec!["input".to_owned()]));
}

#[test]
fn a_mask_that_lets_nothing_move_is_none() {
    let mask =
        |fragment: &str| (checked_row(fragment).0.mask.map(|mask| mask.text()), checked_row(fragment).1.join(","));
    assert_eq!(mask("mask=Size"), (Some("Size".into()), String::new()));
    for idle in ["mask=Age", "mask=Height", "mask=Size,Height"] {
        assert_eq!(mask(idle), (None, "mask".into()), "{idle}");
    }
    let drawing = |pixels: &[u8]| format!("mask=draw:{}", crate::link::Drawing::new(pixels).unwrap().encode());
    assert!(checked(&drawing(&[1; 784])).0.mask.is_some());
    for idle in [drawing(&[0; 784]), drawing(&[1; 9]), "mask=Size".into()] {
        assert_eq!(checked(&idle).0.mask, None, "{idle}");
    }
}

#[test]
fn attacks_that_take_pictures_alone_are_not_for_rows() {
    let (settings, keys) = checked_row("attack=patch");
    assert_eq!((settings.attack.as_str(), keys), ("pgd", vec!["attack".to_owned()]));
}

#[test]
fn nothing_shipped_changes_nothing() {
    let (mut settings, _) = Settings::read("model=x&eps=.1");
    let before = settings.clone();
    assert!(settings.check(Facts { manifest: &Manifest::default(), catalog: None, own: true }).is_empty());
    assert_eq!(settings, before);
}
