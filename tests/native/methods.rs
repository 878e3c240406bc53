//! The methods paragraph of a report names every hyper-parameter of every attack.

use foolproof::evaluate::methods;
use foolproof::evaluate::plan::Plan;
use foolproof::evaluate::report::About;
use foolproof::evaluate::request::EvaluationRequest;
use foolproof::evaluate::study::Study;
use foolproof::link::Settings;
use foolproof_core::catalog::{Catalog, KnobKind, Norm};
use foolproof_core::manifest::Manifest;
use foolproof_engine::{attacks, modifiers};

fn paragraph(fragment: &str) -> String {
    let catalog = Catalog { attacks: attacks::cards(), ..Catalog::default() };
    let text = std::fs::read_to_string(crate::checkout::root().join("static/manifest.json")).unwrap();
    let manifest: Manifest = serde_json::from_str(&text).unwrap();
    let (settings, _) = Settings::read(fragment);
    let (request, remarks) = EvaluationRequest::read(&settings, &manifest, &catalog);
    assert_eq!(remarks, vec![], "{fragment}");
    let plan = Plan::of(&settings, request, &manifest, &catalog).unwrap();
    let asides = methods::asides(&plan, &catalog);
    Study::new(plan, &[7; 12]).report(About { asides, workers: 2, ..About::default() }).methods()
}

#[test]
fn every_knob_of_every_attack_is_named_with_its_value_or_rule() {
    let mut named = 0;
    for card in attacks::cards().into_iter().filter(|card| card.id != "none") {
        for &norm in &card.norms {
            let said = paragraph(&format!("norm={}&measure.attacks={}&measure.audit=0", norm.id(), card.id));
            // What is done about defences is told where there is one.
            for knob in card.knobs.iter().filter(|knob| !modifiers::has(&knob.key)) {
                let value = |value: f64| match knob.kind {
                    KnobKind::Integer | KnobKind::Toggle => (value as u64).to_string(),
                    KnobKind::Real => value.to_string(),
                };
                let expected = match (&knob.auto, knob.default) {
                    (Some(formula), _) => format!("Where {} names no {}, it is {formula}.", card.id, knob.key),
                    (None, Some(usual)) => format!("{} {}", knob.key, value(usual)),
                    (None, None) => panic!("{} has neither value nor rule for {}", card.id, knob.key),
                };
                assert!(said.contains(&expected), "{} {norm:?}: “{expected}” is not in: {said}", card.id);
                named += 1;
            }
        }
    }
    assert!(named > 60, "{named} knobs");
}

#[test]
fn settings_of_the_whole_are_named() {
    let fragment =
        "norm=linf&eps=.25&seed=9&measure.n=12&measure.attacks=pgd:steps:7:step:.02:restarts:3&measure.weight=.3";
    let said = paragraph(fragment);
    for part in [
        "mnist-cnn, mnist-cnn-robust",
        "the first 12 images of the test split of MNIST",
        "pixels in [0, 1]",
        "pgd (L∞, epsilon 0.25, ",
        "restarts 3",
        "step 0.02",
        "steps 7",
        "Seed 9",
        "CPU, WebAssembly SIMD, 2 workers",
        "halving with 10 steps of PGD, up to 0.5",
        "weighs the worst case with 0.3",
        "The auditor ran noise (L∞, epsilon 0.25); fgsm (L∞, epsilon 0.25); pgd (L∞, epsilon 0.25, steps 40)",
        "square (L∞, epsilon 0.25, queries 1000)",
        "Where pgd names no step, it is 2.5·ε/steps.",
        "at most the first 50 inputs",
        "Wilson's at 95 %",
    ] {
        assert!(said.contains(part), "“{part}” is not in: {said}");
    }
    assert_eq!(paragraph("measure.audit=0&norm=l2").matches("auditor").count(), 0);
    assert!(paragraph(&format!("norm={}&measure.attacks=pgd", Norm::L1.id())).contains("L1"));
}
