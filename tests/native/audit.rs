//! The auditor on the shipped models and on models that cheat: one behind a step function, one behind noise. The cheats
//! are flagged by name, and the honest models are failed by nothing.

use crate::zoo;
use foolproof_core::catalog::{Aim, Norm};
use foolproof_core::protocol::{AttackSpec, Part, ThreatModel, Timeline};
use foolproof_core::report::{Check, Ledger, Role, Trial, Verdict, audit, plan};
use foolproof_engine::sequential::Sequential;

/// Inputs audited: enough for the checks of order, few enough for a test.
const INPUTS: usize = 24;

/// Runs the audit's attacks on the first test pictures.
fn audited(network: &Sequential, eps: f32) -> Vec<Check> {
    audited_on(network, eps, INPUTS)
}

/// The same on so many.
fn audited_on(network: &Sequential, eps: f32, count: usize) -> Vec<Check> {
    let (pixels, labels) = zoo::pictures(count);
    let threat = ThreatModel { norm: Norm::Linf, eps, limits: Vec::new() };
    let (roles, specs): (Vec<Role>, Vec<AttackSpec>) = plan(&threat, zoo::PIXELS).into_iter().unzip();
    let trials = specs.iter().map(|spec| Trial { spec: spec.clone(), aim: Aim::Within }).collect();
    let mut ledger = Ledger::new(vec!["one".into()], trials, labels.clone(), 10);
    for (place, spec) in specs.iter().enumerate() {
        let samples = zoo::attack(network, &pixels, &labels, spec);
        let own = samples.iter().map(|sample| sample.adversarial.label).collect();
        let (timeline, transfer) = (Timeline::default(), vec![own]);
        ledger
            .add(Part {
                model: "one".into(),
                attack: place,
                first: 0,
                samples,
                timeline,
                transfer,
                draws: network.draws(),
                detected: Vec::new(),
                millis: 0.0,
            })
            .unwrap();
    }
    audit(&ledger, 0, &roles)
}

fn verdict(checks: &[Check], name: &str) -> Verdict {
    checks.iter().find(|check| check.check == name).unwrap_or_else(|| panic!("{name} is not in {checks:#?}")).verdict
}

fn failed(checks: &[Check]) -> Vec<&Check> {
    checks.iter().filter(|check| check.verdict == Verdict::Fail).collect()
}

#[test]
fn a_step_function_before_the_network_is_found_out() {
    let network = zoo::model(zoo::NATURAL).quantised(8);
    let (pixels, labels) = zoo::pictures(INPUTS);
    let right = zoo::answers(&network, &pixels).iter().zip(&labels).filter(|(answer, truth)| answer == truth).count();
    assert!(right >= INPUTS - 2, "it reads clean digits as well as before, {right}");
    let checks = audited(&network, 0.2);
    for name in ["zero-gradient", "large-radius"] {
        assert_eq!(verdict(&checks, name), Verdict::Fail, "{checks:#?}");
    }
    let blind = checks.iter().find(|check| check.check == "zero-gradient");
    assert!(blind.is_some_and(|check| check.sample.is_some()), "an input shows it");
}

#[test]
fn noise_in_the_forward_pass_is_found_out() {
    // Each question is twenty looks, so a small network and few inputs.
    let checks = audited_on(&zoo::model(zoo::MLP).noisy(0.1, 5), 0.2, 4);
    assert_eq!(verdict(&checks, "deterministic"), Verdict::Fail, "{checks:#?}");
}

#[test]
fn saturated_logits_are_found_out() {
    let spec = foolproof_core::defence::DefenceSpec::new("saturate", &[("factor", 100.0)]);
    let defences = foolproof_engine::defences::make(&[spec], [1, 28, 28]).unwrap();
    let checks = audited(&zoo::model(zoo::NATURAL).defended(defences), 0.2);
    assert_eq!(verdict(&checks, "saturated"), Verdict::Fail, "{checks:#?}");
}

#[test]
fn honest_models_are_failed_by_nothing() {
    // The robust one within the radius that it was trained for.
    for (id, eps) in [(zoo::NATURAL, 0.2), (zoo::ROBUST, 0.3)] {
        let checks = audited(&zoo::model(id), eps);
        assert!(failed(&checks).is_empty(), "{id}: {:#?}", failed(&checks));
        assert_eq!(verdict(&checks, "deterministic"), Verdict::Pass, "{id}");
        assert_eq!(verdict(&checks, "zero-gradient"), Verdict::Pass, "{id}");
    }
}

#[test]
fn the_same_seed_makes_the_same_noise() {
    let (pixels, _) = zoo::pictures(4);
    let looks = || {
        let network = zoo::model(zoo::NATURAL).noisy(0.3, 5);
        [zoo::answers(&network, &pixels), zoo::answers(&network, &pixels)]
    };
    assert_eq!(looks(), looks());
}
