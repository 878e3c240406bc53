//! What a report says in words, from parts that are known by construction, and the auditor on models that are honest or
//! saturated. The figures themselves, and the auditor's thresholds, are tested beside their code in `crates/core`.

use crate::toy::*;
use burn::tensor::Device;
use foolproof::evaluate::wording::below;
use foolproof_core::catalog::{Aim, Norm};
use foolproof_core::protocol::*;
use foolproof_core::report::*;
use foolproof_engine::sequential::Sequential;
use foolproof_engine::session::Session;
use foolproof_engine::{attacks, weights};

pub fn trial(id: &str, aim: Aim, eps: f32) -> Trial {
    Trial { spec: spec(id, Norm::Linf, eps, &[("steps", 3.0)]), aim }
}

fn prediction(label: u32, sure: f32) -> Prediction {
    let share = |class| if class == label { sure } else { (1.0 - sure) / 3.0 };
    Prediction { label, probabilities: (0..4).map(share).collect() }
}

/// An input of class `truth` that is answered `clean` and then `attacked`, this far away.
pub fn sample(truth: u32, clean: u32, attacked: u32, linf: f32) -> Sample {
    Sample {
        truth,
        target: None,
        clean: prediction(clean, 1.0),
        adversarial: prediction(attacked, 0.25),
        pixels: vec![0.0; PIXELS],
        distance: Distance { linf, ..Distance::default() },
        queries: (attacked != truth).then_some(4),
        iterate: (attacked != truth).then_some(3),
        loss: vec![1.0, 3.0],
        success: clean == truth && attacked != truth,
        eight_bit: EightBit { label: attacked, success: clean == truth && attacked != truth },
        zero_gradient: false,
        outcome: if attacked == truth { SampleOutcome::Held } else { SampleOutcome::Fooled },
    }
}

pub fn part(model: &str, attack: usize, first: u64, samples: Vec<Sample>) -> Part {
    let own: Vec<u32> = samples.iter().map(|sample| sample.adversarial.label).collect();
    let timeline = Timeline { runs: vec![3, 3], every: 2, members: vec![("a".into(), 1), ("b".into(), 1)] };
    Part {
        model: model.into(),
        attack,
        first,
        transfer: vec![own.clone(), own],
        timeline,
        samples,
        draws: 1,
        detected: Vec::new(),
        millis: 10.0,
    }
}

/// Audits a network on thirty inputs with the labels it gives them itself.
fn audited(network: &Sequential, eps: f32) -> Vec<Check> {
    let mut session = Session::new(Device::flex(), Engine { kind: EngineKind::Cpu, name: "test".into() });
    let weights = pollster::block_on(weights::save(&architecture(), network, weights::Precision::Full)).unwrap();
    session.accept(Request::Model { id: "one".into(), architecture: architecture(), weights });
    let is_known = |spec: &AttackSpec| attacks::cards().iter().any(|card| card.id == spec.id);
    let threat = ThreatModel { norm: Norm::Linf, eps, limits: Vec::new() };
    let (roles, specs): (Vec<Role>, Vec<AttackSpec>) =
        plan(&threat, PIXELS).into_iter().filter(|(_, spec)| is_known(spec)).unzip();
    let clean = pixels(4, 30);
    let labels = answers(network, &clean);
    let [channels, rows, columns] = SHAPE;
    let job = EvaluationJob::new(
        vec!["one".into()],
        Inputs { shape: [30, channels, rows, columns], pixels: clean, labels: Some(labels.clone()) },
        specs.clone(),
        1,
    );
    assert_eq!(session.accept(Request::Evaluate { ticket: Ticket(1), job }), []);
    let trials = specs.into_iter().map(|spec| Trial { spec, aim: Aim::Within }).collect();
    let mut ledger = Ledger::new(vec!["one".into()], trials, labels, 4);
    while session.busy() {
        for event in pollster::block_on(session.advance(|| 0.0)) {
            if let Event::Evaluated { part, .. } = event {
                ledger.add(part).unwrap();
            }
        }
    }
    audit(&ledger, 0, &roles)
}

#[test]
fn inputs_without_a_gradient_to_follow_are_counted() {
    let mut ledger = Ledger::new(vec!["one".into()], vec![trial("pgd", Aim::Within, 0.1)], vec![0], 4);
    ledger.add(part("one", 0, 0, vec![Sample { zero_gradient: true, ..sample(0, 0, 1, 0.1) }])).unwrap();
    let figures = ledger.figures(0, 0.5).attacks.swap_remove(0);
    assert_eq!(figures.blind, 1);
    assert!(below(&figures).contains("; 4 queries to fall; 1 with zero gradient"), "{}", below(&figures));
}

#[test]
fn an_honest_model_passes_every_check() {
    let checks = audited(&trained(), 0.1);
    assert!(checks.len() >= 7, "{checks:#?}");
    let names: Vec<&str> = checks.iter().map(|check| check.check.as_str()).collect();
    for name in ["order", "convergence", "large-radius", "zero-gradient", "deterministic"] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    let bad: Vec<&Check> = checks.iter().filter(|check| check.verdict == Verdict::Fail).collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn saturated_logits_hide_nothing_and_are_told() {
    // No answer differs, so no honest figure may: the attacks see through, and every check comes out as it did but the one
    // that is about how sure answers are.
    let verdicts = |checks: Vec<Check>| -> Vec<(String, Verdict)> {
        checks.into_iter().map(|check| (check.check, check.verdict)).collect()
    };
    let mut plain = verdicts(audited(&trained(), 0.1));
    for (factor, sure) in [(1e-6, Verdict::Pass), (1e3, Verdict::Fail), (1e6, Verdict::Fail)] {
        plain.iter_mut().filter(|(check, _)| check == "saturated").for_each(|(_, verdict)| *verdict = sure);
        assert_eq!(verdicts(audited(&scaled_last_layer(&trained(), factor), 0.1)), plain, "times {factor}");
    }
}
