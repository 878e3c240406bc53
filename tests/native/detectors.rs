//! Detectors of adversarial inputs: how their scores change with the input, what they catch, and what passes them.

use crate::{toy, zoo};
use burn::tensor::{Device, Tensor};
use foolproof_core::catalog::Norm;
use foolproof_core::defence::DefenceSpec;
use foolproof_core::protocol::{Detection, Engine, EngineKind, EvaluationJob, Event, Inputs, Request, Ticket};
use foolproof_core::report::{DetectorReport, Ledger, Trial};
use foolproof_engine::session::Session;
use foolproof_engine::{attacks, loss, watch::Watch};

fn list(text: &str) -> Vec<DefenceSpec> {
    text.split('+').map(|text| DefenceSpec::read(text).unwrap()).collect()
}

/// What is usual: training pictures.
fn detection(data: &str, detectors: &str, references: usize) -> Detection {
    let (pixels, labels) = zoo::training_of(data, references);
    let references = Inputs { shape: [references, 1, 28, 28], pixels, labels: Some(labels) };
    Detection { detectors: list(detectors), fpr: 0.05, references }
}

/// The toy network and its own kind of inputs.
fn toy_detection(detectors: &str) -> Detection {
    let pixels = toy::pixels(8, 60);
    let labels = toy::answers(&toy::trained(), &pixels);
    let [channels, rows, columns] = toy::SHAPE;
    let references = Inputs { shape: [60, channels, rows, columns], pixels, labels: Some(labels) };
    Detection { detectors: list(detectors), fpr: 0.1, references }
}

#[test]
fn scores_have_the_slope_that_detectors_say() {
    for text in ["mahalanobis", "neighbour", "energy", "confidence", "energy+confidence"] {
        let network = toy::trained();
        let watch = pollster::block_on(Watch::set(&network, &toy_detection(text), &Device::flex())).unwrap();
        let pixels = toy::pixels(5, 2);
        let (slack, gradient) = watch.slack_gradient(&toy::images(&pixels));
        let (own, gradient) = (toy::values(slack), toy::values(gradient));
        assert!(close(&own, &toy::values(watch.slack(&toy::images(&pixels))), 1e-4), "{text}: two ways to a score");
        let largest = gradient.iter().fold(0.0f32, |most, one| most.max(one.abs()));
        assert!(largest > 1e-3, "{text}: a slope that is there");
        for at in [0, 7, 20, toy::PIXELS + 3, toy::PIXELS + 11] {
            let by = |step: f32| {
                let mut other = pixels.clone();
                other[at] += step;
                f64::from(toy::values(watch.slack(&toy::images(&other)))[at / toy::PIXELS])
            };
            let slope = (by(2e-3) - by(-2e-3)) / 4e-3;
            let off = (slope - f64::from(gradient[at])).abs();
            assert!(off < 0.05 * f64::from(largest), "{text}, pixel {at}: {slope} and {}", gradient[at]);
        }
    }
}

#[test]
fn a_squeezer_is_passed_back_as_the_identity() {
    // Beside the input a squeezer moves it by something that does not change: that is what BPDA follows.
    let network = toy::trained();
    let watch = |text: &str| pollster::block_on(Watch::set(&network, &toy_detection(text), &Device::flex())).unwrap();
    let alone = watch("squeeze:bits:2:median:1");
    let pixels = toy::pixels(5, 1);
    let x = toy::images(&pixels);
    let squeezed = x.clone().mul_scalar(3.0).add_scalar(0.5).floor().div_scalar(3.0);
    let moved = toy::values(squeezed).iter().zip(&pixels).map(|(to, from)| to - from).collect::<Vec<f32>>();
    let score = |pixels: &[f32]| {
        let other: Vec<f32> = pixels.iter().zip(&moved).map(|(pixel, by)| pixel + by).collect();
        let shares = |pixels: &[f32]| loss::softmax(&network.forward(toy::images(pixels)));
        f64::from(toy::values((shares(pixels) - shares(&other)).abs().sum())[0])
    };
    // The slack is the score in other units, turned round.
    let (slack, gradient) = alone.slack_gradient(&x);
    let two = toy::images(&toy::pixels(6, 1));
    let squeezed = |x: &Tensor<4>| toy::values(alone.slack(x))[0];
    let gradient = toy::values(gradient);
    assert!(close(&toy::values(slack), &[squeezed(&x)], 1e-4) && squeezed(&x) != squeezed(&two));
    let slope = |at: usize| {
        let by = |step: f32| {
            let mut other = pixels.clone();
            other[at] += step;
            score(&other)
        };
        (by(2e-3) - by(-2e-3)) / 4e-3
    };
    let places = [0usize, 5, 12, 20, 30];
    let (dot, theirs, own) = places.iter().fold((0.0, 0.0, 0.0), |(dot, theirs, own), &at| {
        let (a, b) = (-slope(at), f64::from(gradient[at]));
        (dot + a * b, theirs + a * a, own + b * b)
    });
    assert!(dot > 0.99 * (theirs * own).sqrt(), "the same direction: {dot} of {}", (theirs * own).sqrt());
}

fn close(one: &[f32], other: &[f32], tolerance: f32) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| (a - b).abs() <= tolerance * (1.0 + b.abs()))
}

/// Id, radius and knobs.
type Attack = (&'static str, f32, &'static [(&'static str, f64)]);

/// What detectors say of an attack on the first test pictures of these data, before their shipped natural network.
fn reports(data: &str, detectors: &str, (id, eps, knobs): Attack, n: usize) -> Vec<DetectorReport> {
    let model = &format!("{data}-cnn");
    let (pixels, labels) = zoo::pictures_of(data, n);
    let specs = vec![zoo::spec(id, Norm::Linf, eps, knobs)];
    let inputs = Inputs { shape: [n, 1, 28, 28], pixels, labels: Some(labels.clone()) };
    let detection = detection(data, detectors, 1000);
    let mut ledger = Ledger::new(
        vec![model.clone()],
        specs.iter().map(|spec| Trial { spec: spec.clone(), aim: attacks::make(spec).unwrap().0.aim() }).collect(),
        labels,
        10,
    );
    ledger.detection = Some((detection.detectors.clone(), detection.fpr));
    let job = EvaluationJob { detection: Some(detection), ..EvaluationJob::new(vec![model.clone()], inputs, specs, 1) };
    for event in evaluated(model, job) {
        match event {
            Event::Evaluated { part, .. } => ledger.add(part).unwrap(),
            Event::Fault { fault, .. } => panic!("{}", fault.message),
            _ => {}
        }
    }
    ledger.detectors(0)
}

fn evaluated(model: &str, job: EvaluationJob) -> Vec<Event> {
    let mut session = Session::new(Device::flex(), Engine { kind: EngineKind::Cpu, name: "test".into() });
    let (architecture, weights) = (zoo::entry(model).architecture, zoo::studied_weights(model));
    session.accept(Request::Model { id: model.into(), architecture, weights });
    let mut events = session.accept(Request::Evaluate { ticket: Ticket(1), job });
    events.extend(crate::session::work(&mut session));
    events
}

#[test]
fn squeezing_catches_pgd_and_lets_pass_who_knows_of_it() {
    let found = reports("mnist", "squeeze+squeeze:bits:3+mahalanobis+energy", ("pgd", 0.3, &[("steps", 40.0)]), 60);
    let area = |place: usize| found[place].attacks[0].area.unwrap().value;
    assert!(found.iter().all(|one| one.false_alarms.value < 0.12), "{found:?}");
    assert!(area(0) >= 0.95 && area(2) >= 0.9, "one bit and the Mahalanobis distance see it: {found:?}");
    // The controls: PGD makes a network surer, and three bits keep what it does.
    assert!(area(3) < 0.3 && area(1) < 0.8, "{} and {}", area(3), area(1));
    assert!(found[0].attacks[0].passed.value < 0.1 && found[3].attacks[0].passed.value > 0.9);
    // One bit is a defence below .5, and three bits are none.
    let passed = |detector: &str, attack: Attack| reports("mnist", detector, attack, 30)[0].attacks[0].passed.value;
    let once: Attack = ("pgd-adaptive", 0.3, &[]);
    assert!(passed("squeeze:bits:3", once) >= 0.95);
    assert!(passed("squeeze", once) < 0.3);
    assert!(passed("squeeze", ("pgd-adaptive", 0.5, &[("restarts", 2.0)])) >= 0.95);
    assert!(passed("mahalanobis", ("pgd-orthogonal", 0.3, &[])) >= 0.9);
}
