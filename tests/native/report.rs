//! The report's figures from parts that are known by construction, and the auditor on models that are honest or not.

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
        millis: 10.0,
    }
}

/// Four inputs of classes 0 to 3: one held by all, one broken by the second attack only, one beyond the radius of the
/// nearest-input attack, one wrong already.
pub fn ledger() -> Ledger {
    let trials = vec![trial("pgd", Aim::Within, 0.1), trial("deepfool", Aim::Nearest, 0.1)];
    let mut ledger = Ledger::new(vec!["one".into(), "two".into()], trials, vec![0, 1, 2, 3], 4);
    ledger.most = Some(0.4);
    ledger.add(part("one", 0, 0, vec![sample(0, 0, 0, 0.1), sample(1, 1, 1, 0.1)])).unwrap();
    ledger.add(part("one", 0, 2, vec![sample(2, 2, 2, 0.1), sample(3, 0, 0, 0.0)])).unwrap();
    let nearest = vec![sample(0, 0, 0, 0.0), sample(1, 1, 2, 0.05), sample(2, 2, 3, 0.3), sample(3, 0, 0, 0.0)];
    ledger.add(part("one", 1, 0, nearest)).unwrap();
    let radii = Radii {
        model: "one".into(),
        first: 0,
        radii: vec![None, Some(0.06), Some(0.2), Some(0.0)],
        certified: vec![0.01, 0.02, 0.03, 0.0],
    };
    ledger.add_radii(radii).unwrap();
    ledger
}

#[test]
fn accuracies_and_worst_case_follow_the_definitions() {
    let figures = ledger().figures(0, 0.5);
    let shares: Vec<f64> = figures.attacks.iter().map(|attack| attack.accuracy.value).collect();
    assert_eq!((figures.clean.value, figures.clean.n, shares), (0.75, 4, vec![0.75, 0.5]));
    assert_eq!((figures.worst.value, figures.worst.n), (0.5, 4));
    assert_eq!(figures.score, 0.5 * 0.5 + 0.5 * 0.75);
    assert_eq!(figures.attacks[1].queries, Some(4.0));
    assert!(figures.attacks[1].by_queries.is_empty(), "the first answer of a nearest-input attack may lie beyond");
    assert!((figures.attacks[1].distance.unwrap() - 0.05).abs() < 1e-7);
    assert_eq!(figures.attacks[0].loss, [1.0, 3.0]);
    assert_eq!(figures.attacks[0].millis, 20.0);
    let (norm, margin) = figures.margin.unwrap();
    assert_eq!((norm, margin.values), (Norm::Linf, vec![Some(0.0), Some(0.05), Some(0.3), None]));
    assert_eq!(figures.radius.values, [Some(0.0), Some(0.06), Some(0.2), None]);
    assert_eq!(figures.samples[1].broken, [1]);
    assert_eq!(figures.samples[2].broken, [0usize; 0]);
    // A certain answer has no entropy, a uniform one of four two bits; all inputs count.
    assert!(figures.entropy.0.abs() < 1e-12 && (figures.entropy.1 - 2.0).abs() < 1e-6);
    assert!((figures.defensive_margin - 0.75).abs() < 1e-6);
    assert_eq!(figures.classes.0.confusion[3][0], 1);
    assert_eq!(figures.classes.1.confusion[1][2], 1);
    let (first, last) = (figures.curve.first().unwrap(), figures.curve.last().unwrap());
    assert_eq!((first.0, first.1.value, last.0, last.1.value), (0.0, 0.75, 0.4, 0.25));
    let margins: Vec<Option<f32>> = figures.samples.iter().map(|row| row.margin.unwrap()).collect();
    assert_eq!(margins, [None, Some(0.05), Some(0.3), Some(0.0)]);
    assert!(ledger().figures(1, 0.5).curve.is_empty(), "nothing was searched");
}

#[test]
fn an_empty_or_partial_ledger_is_a_report_of_fewer_inputs() {
    let trials = vec![trial("pgd", Aim::Within, 0.1), trial("fgsm", Aim::Within, 0.1)];
    let mut ledger = Ledger::new(vec!["one".into(), "two".into()], trials, vec![0, 1], 4);
    let figures = ledger.figures(0, 0.5);
    assert_eq!((figures.clean.n, figures.worst.n, figures.samples.len()), (0, 0, 0));
    ledger.add(part("one", 0, 1, vec![sample(1, 1, 0, 0.1)])).unwrap();
    let figures = ledger.figures(0, 0.5);
    assert_eq!((figures.clean.n, figures.attacks[0].accuracy.n, figures.worst.n), (1, 1, 0));
    assert_eq!(figures.samples[0].open, [1]);
    assert_eq!(ledger.figures(1, 0.5).clean.n, 0);
    assert!(ledger.add(part("three", 0, 0, vec![])).is_err());
    assert!(ledger.add(part("one", 2, 0, vec![])).is_err());
    assert!(ledger.add(part("one", 0, 1, vec![sample(1, 1, 0, 0.1); 2])).is_err());
    assert!(ledger.add(part("one", 0, u64::MAX, vec![sample(1, 1, 0, 0.1)])).is_err());
}

#[test]
fn exports_name_every_setting_and_every_input() {
    let ledger = ledger();
    let models = [ledger.figures(0, 0.5), ledger.figures(1, 0.5)];
    let csv = csv(&ledger.trials, &models);
    assert_eq!(
        csv.lines().next(),
        Some("model,index,truth,clean,attacked,radius,broken,certified,margin,doubled,audit,untried,draws")
    );
    assert_eq!(csv.lines().nth(2), Some("one,1,1,1,2,0.06,deepfool,0.02,0.05,,,,1"));
    assert_eq!(csv.lines().nth(1), Some("one,0,0,0,0,beyond,,0.01,beyond,,,,1"));
    assert_eq!(csv.lines().count(), 5);
    let table = table(&ledger.trials, &models);
    assert!(table.contains("| pgd (L∞, epsilon 0.1, steps 3) | 75.0 % [30.1, 95.4], n = 4 |"), "{table}");
    let methods =
        methods(&Default::default(), &["one", "two"], &ledger.trials, "the first 4 images of MNIST", 7, "CPU");
    for part in ["one, two", "first 4 images", "deepfool (L∞, epsilon 0.1, steps 3)", "Seed 7", "CPU"] {
        assert!(methods.contains(part), "{part} is not in {methods}");
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
    let job = EvaluationJob {
        models: vec!["one".into()],
        inputs: Inputs { shape: [30, channels, rows, columns], pixels: clean, labels: Some(labels.clone()) },
        first: 0,
        crafted_on: None,
        attacks: specs.clone(),
        radius: None,
        seed: 1,
    };
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
fn accuracy_against_queries_ends_at_the_accuracy() {
    let mut ledger = Ledger::new(vec!["one".into()], vec![trial("pgd", Aim::Within, 0.1)], vec![0, 1, 2, 3], 4);
    let late = |queries: u32, sample: Sample| Sample { queries: sample.queries.map(|_| queries), ..sample };
    let samples =
        vec![sample(0, 0, 1, 0.1), late(30, sample(1, 1, 2, 0.1)), sample(2, 2, 2, 0.1), sample(3, 0, 0, 0.0)];
    ledger.add(part("one", 0, 0, samples)).unwrap();
    let figures = ledger.figures(0, 0.5);
    let line: Vec<(u32, f64)> = figures.attacks[0].by_queries.iter().map(|(at, left)| (*at, left.value)).collect();
    assert_eq!(line, [(0, 0.75), (4, 0.5), (30, 0.25)]);
    assert_eq!(line.last().map(|(_, left)| *left), Some(figures.attacks[0].accuracy.value));
}

#[test]
fn accuracy_against_steps_counts_runs_one_after_another() {
    let figures = |aim: Aim, samples: Vec<Sample>| {
        let mut ledger = Ledger::new(vec!["one".into()], vec![trial("pgd", aim, 0.1)], vec![0, 1, 2, 3], 4);
        ledger.add(part("one", 0, 0, samples)).unwrap();
        ledger.figures(0, 0.5).attacks.swap_remove(0)
    };
    let at = |iterate: u32, sample: Sample| Sample { iterate: sample.iterate.map(|_| iterate), ..sample };
    let fallen = || {
        // The start of the first run, its end, and two steps into the second one: iterates 0, 3 and 6.
        vec![at(0, sample(0, 0, 1, 0.1)), sample(1, 1, 2, 0.1), at(6, sample(2, 2, 3, 0.1)), sample(3, 0, 0, 0.0)]
    };
    let found = figures(Aim::Within, fallen());
    let line: Vec<(u32, f64)> = found.by_steps.iter().map(|(at, left)| (*at, left.value)).collect();
    assert_eq!(line, [(0, 0.75), (0, 0.5), (3, 0.25), (5, 0.0)]);
    let members: Vec<(&str, f64)> = found.members.iter().map(|(name, left)| (name.as_str(), left.value)).collect();
    assert_eq!(members, [("a", 0.25), ("b", 0.0)]);
    for aim in [Aim::Nearest, Aim::Shared] {
        let found = figures(aim, fallen());
        assert!(found.by_steps.is_empty() && found.by_queries.is_empty(), "a first success says nothing there");
    }
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
fn a_mean_loss_is_of_the_same_step_for_all() {
    // Losses are told of every second iterate: a sample that left at the end of the first run keeps its last one.
    let losses = |losses: &[f32]| Sample { loss: losses.to_vec(), ..sample(0, 0, 0, 0.1) };
    let mut ledger = Ledger::new(vec!["one".into()], vec![trial("pgd", Aim::Within, 0.1)], vec![0, 0], 4);
    ledger.add(part("one", 0, 0, vec![losses(&[1.0, 3.0, 5.0]), losses(&[1.0, 1.0, 1.0, 1.0, 1.0])])).unwrap();
    let found = ledger.figures(0, 0.5).attacks.swap_remove(0);
    assert_eq!((found.loss, found.loss_at), (vec![1.0, 2.0, 3.0, 3.0, 3.0], vec![0, 2, 3, 5, 6]));
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
fn saturated_logits_hide_nothing_and_fool_no_check() {
    // No answer differs, so no honest figure may: the attacks see through, and every check comes out as it did.
    let verdicts = |checks: Vec<Check>| -> Vec<(String, Verdict)> {
        checks.into_iter().map(|check| (check.check, check.verdict)).collect()
    };
    let plain = verdicts(audited(&trained(), 0.1));
    for factor in [1e-6, 1e3, 1e6] {
        assert_eq!(verdicts(audited(&scaled_last_layer(&trained(), factor), 0.1)), plain, "times {factor}");
    }
}

#[test]
fn a_single_input_without_a_gradient_fails_the_check() {
    let mut ledger = Ledger::new(vec!["one".into()], vec![trial("pgd", Aim::Within, 0.1)], vec![0; 20], 4);
    let samples = (0..20).map(|at| Sample { zero_gradient: at == 7, ..sample(0, 0, 0, 0.1) });
    ledger.add(part("one", 0, 0, samples.collect())).unwrap();
    let checks = audit(&ledger, 0, &[Role::Pgd]);
    let blind = checks.iter().find(|check| check.check == "zero-gradient").unwrap();
    assert_eq!((blind.verdict, blind.sample), (Verdict::Fail, Some(7)), "{}", blind.evidence);
    assert!(blind.evidence.starts_with("1 of 20"), "{}", blind.evidence);
}

#[test]
fn an_attack_that_twice_the_steps_outdo_is_told() {
    let trials = || vec![trial("pgd", Aim::Within, 0.1), trial("pgd", Aim::Within, 0.1)];
    let checked = |longer: [u32; 4]| {
        let mut ledger = Ledger::new(vec!["one".into()], trials(), vec![0, 1, 2, 3], 4);
        let samples = |answers: [u32; 4]| (0..4).map(|at| sample(at, at, answers[at as usize], 0.1)).collect();
        ledger.add(part("one", 0, 0, samples([0, 1, 2, 3]))).unwrap();
        ledger.add(part("one", 1, 0, samples(longer))).unwrap();
        let checks = audit(&ledger, 0, &[Role::Pgd, Role::Longer]);
        checks.into_iter().find(|check| check.check == "convergence").unwrap()
    };
    let told = checked([0, 1, 0, 0]);
    assert_eq!((told.verdict, told.sample), (Verdict::Warn, Some(2)), "{}", told.evidence);
    assert!(told.evidence.contains("100.0 %") && told.evidence.contains("50.0 %"), "{}", told.evidence);
    assert_eq!(checked([0, 1, 2, 3]).verdict, Verdict::Pass);
}

#[test]
fn an_input_that_only_falls_beyond_the_radius_counts_as_it_was_answered_within() {
    // The nearest input that fools lies at .3; the radius is .1.
    let figures = |trials: Vec<Trial>, parts: Vec<Part>| {
        let mut ledger = Ledger::new(vec!["one".into(), "two".into()], trials, vec![2], 4);
        parts.into_iter().for_each(|part| ledger.add(part).unwrap());
        ledger.figures(0, 0.5)
    };
    let beyond = || part("one", 0, 0, vec![sample(2, 2, 3, 0.3)]);
    let alone = figures(vec![trial("deepfool", Aim::Nearest, 0.1)], vec![beyond()]);
    assert_eq!((alone.worst.value, alone.samples[0].attacked, alone.classes.1.confusion[2][2]), (1.0, 2, 1));
    assert_eq!((alone.defensive_margin, alone.entropy.1), (0.0, alone.entropy.0));
    let trials = vec![trial("deepfool", Aim::Nearest, 0.1), trial("pgd", Aim::Within, 0.1)];
    let both = figures(trials, vec![beyond(), part("one", 1, 0, vec![sample(2, 2, 2, 0.1)])]);
    assert_eq!((both.worst.value, both.classes.1.confusion[2][2]), (1.0, 1));
    assert!((both.defensive_margin - 0.75).abs() < 1e-6, "{}", both.defensive_margin);
}
