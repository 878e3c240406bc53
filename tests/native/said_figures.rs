//! Said, not guessed: networks that draw at random, and accuracies that rise with epsilon. Rows F6 and F7 of what people run
//! into.

use crate::kinds::jobs::all_events;
use crate::report::part;
use crate::said::report;
use crate::zoo::{self, MLP, ROBUST, spec};
use burn::tensor::Device;
use foolproof_core::catalog::{Aim, Norm};
use foolproof_core::protocol::*;
use foolproof_core::report::{Ledger, Trial, Verdict, csv, nearer, own_checks, table};
use foolproof_engine::session::Session;
use std::slice::from_ref;

/// Inputs of each test.
const FEW: usize = 20;
const SOME: usize = 50;

/// F6: of fifty tries the luckiest draw fools many, and says nothing of the network.
#[test]
fn f6_a_network_that_draws_at_random_is_judged_by_many_draws() {
    let (pixels, labels) = zoo::pictures(FEW);
    let noisy = |seed: u64| zoo::model(MLP).noisy(0.5, seed);
    let network = noisy(5);
    assert!(network.is_random() && network.draws() == 51 && !zoo::model(MLP).is_random());
    let right = |answers: &[u32]| answers.iter().zip(&labels).filter(|(answer, truth)| answer == truth).count();
    // One draw each, fifty times: an input is read wrong at one of them.
    let single: Vec<Vec<u32>> = (0..50).map(|_| zoo::answers(&network, &pixels)).collect();
    let lucky = (0..FEW).filter(|&at| single.iter().any(|answers| answers[at] != labels[at])).count();
    let attacked =
        |seed: u64| zoo::attack(&noisy(seed), &pixels, &labels, &spec("noise", Norm::Linf, 1e-4, &[("tries", 50.0)]));
    let samples = attacked(5);
    let clean = right(&samples.iter().map(|sample| sample.clean.label).collect::<Vec<_>>());
    let left = zoo::standing(&samples);
    assert!(lucky >= 8, "{lucky} fall to a single draw of fifty");
    assert!(left + 1 >= clean && clean >= FEW / 2, "a change of nothing: {left} of {clean} are left");
    // Other draws, the same answers but for an input that is undecided.
    let other = attacked(6);
    let differ = samples.iter().zip(&other).filter(|(a, b)| a.clean.label != b.clean.label).count();
    assert!(differ <= 1, "{differ} of {FEW}");
    // An honest attack goes through, since it follows the mean of draws.
    let pgd = spec("pgd", Norm::Linf, 0.2, &[("steps", 10.0)]);
    let fallen = zoo::attack(&network, &pixels, &labels, &pgd);
    assert!(zoo::standing(&fallen) <= 2, "{} are left", zoo::standing(&fallen));
    let x: Vec<f32> = fallen.iter().flat_map(|sample| sample.pixels.iter().copied()).collect();
    let votes: Vec<Vec<u32>> = (0..200).map(|_| zoo::answers(&network, &x)).collect();
    for (at, sample) in fallen.iter().enumerate() {
        let share = votes.iter().filter(|answers| answers[at] == sample.adversarial.label).count();
        assert!(share >= 60, "input {at}: only {share} of 200 draws say what the report says");
        assert!(sample.queries.is_none_or(|queries| queries % 20 == 0), "every look counts");
    }
    let trials = vec![Trial { spec: pgd, aim: Aim::Within }];
    let mut ledger = Ledger::new(vec!["one".into(), "two".into()], trials, labels, 10);
    ledger.add(Part { draws: network.draws(), ..part("one", 0, 0, fallen) }).unwrap();
    let models = [ledger.figures(0, 0.5), ledger.figures(1, 0.5)];
    assert_eq!([models[0].draws, models[1].draws], [51, 1]);
    assert!(table(&ledger.trials, &models).contains("| draws an answer | 51 | 1 |"));
    assert!(csv(&ledger.trials, &models).lines().skip(1).all(|line| line.ends_with(",51")));
    assert_eq!(foolproof::evaluate::wording::draws(&models[0]).unwrap(), "; each judged by 51 draws");
}

/// A worker that has a shipped network as "one".
fn worker(id: &str) -> Session {
    let mut session = Session::new(Device::flex(), Engine { kind: EngineKind::Cpu, name: "test".into() });
    let shipped = zoo::entry(id);
    let (architecture, weights) = (shipped.architecture, zoo::bytes(&format!("static/{}", shipped.weights.path)));
    session.accept(Request::Model { id: "one".into(), architecture, weights });
    session
}

/// F7: FGSM from 1/16 to 1: on the natural network it loses its way, on the robust one it does not.
#[test]
fn f7_an_accuracy_that_rises_with_epsilon_wears_a_badge() {
    assert!(badges(zoo::NATURAL) > 0);
    assert_eq!(badges(ROBUST), 0);
}

/// At how many radii FGSM leaves more of a network than at a smaller one, each told in every place.
fn badges(id: &str) -> usize {
    let mut session = worker(id);
    let fgsm = |eps: f32| Trial { spec: spec("fgsm", Norm::Linf, eps, &[]), aim: Aim::Within };
    let radii: Vec<f32> = (1..=16).map(|at| at as f32 / 16.0).collect();
    let trials: Vec<Trial> = radii.iter().copied().map(fgsm).collect();
    let (pixels, labels) = zoo::pictures(SOME);
    let mut audited = Ledger::new(vec!["one".into()], trials.clone(), labels.clone(), 10);
    for (at, trial) in trials.iter().enumerate() {
        let samples = zoo::attack(&zoo::model(id), &pixels, &labels, &trial.spec);
        let answers = samples.iter().map(|sample| sample.adversarial.label).collect();
        audited.add(Part { transfer: vec![answers], ..part("one", at, 0, samples) }).unwrap();
    }
    let (mut badges, mut left) = (0, Vec::new());
    for (at, trial) in trials.iter().enumerate() {
        let mut own = report(&mut session, from_ref(trial), SOME, None);
        left.push((own.attacks[0].accuracy.value * SOME as f64).round() as usize);
        let smaller: Vec<usize> = (0..at).collect();
        let found = nearer(&own, 0, &audited, &smaller);
        assert_eq!(found.is_some(), at > 0);
        let Some(found) = found else { continue };
        let rises = left[at] > left[..at].iter().min().unwrap() + 1;
        assert_eq!((found.rises, found.raw.len()), (rises, at), "{left:?}");
        let least = found.raw.iter().map(|(_, left)| left.value).fold(found.own.value, f64::min);
        assert!(found.worst.value <= least, "the worst over all smaller radii");
        own.attacks[0].nearer = Some(found);
        let checks = own_checks(&own, from_ref(trial));
        let check = checks.iter().find(|check| check.check == "rising").unwrap();
        assert_eq!(check.verdict, if rises { Verdict::Warn } else { Verdict::Pass }, "{}", check.evidence);
        assert_eq!(foolproof::evaluate::wording::risen(&own.attacks[0]).is_some(), rises);
        let text = table(from_ref(trial), &[own]);
        assert_eq!(text.contains("(rises with epsilon: "), rises, "{text}");
        badges += usize::from(rises);
    }
    badges
}

/// F7: an attack that does worse with more room says nothing for the model at the larger radius.
#[test]
fn f7_the_curve_is_the_worst_over_smaller_radii() {
    let mut session = worker(zoo::NATURAL);
    let fgsm = |eps: f32| Trial { spec: spec("fgsm", Norm::Linf, eps, &[]), aim: Aim::Within };
    let trials = [1.0, 0.5, 0.25].map(fgsm);
    let found = report(&mut session, &trials, SOME, Some(trials[0].spec.clone()));
    assert!(found.curve.windows(2).all(|pair| pair[0].1.value >= pair[1].1.value), "{:?}", found.curve);
    let mut mended = 0;
    for row in &found.samples {
        let least = row.broken.iter().map(|&at| trials[at].spec.eps).reduce(f32::min);
        let radius = row.radius.unwrap().unwrap_or(f32::MAX);
        // What falls at a radius that the search halves to has no larger one.
        if let Some(least) = least.filter(|_| !row.broken.contains(&0)) {
            assert!(radius <= least, "{row:?}");
            mended += 1;
        }
    }
    assert!(mended > 0, "on no input does FGSM do worse with more room");
    let place = found.samples.iter().position(|row| row.broken.contains(&1) && !row.broken.contains(&0)).unwrap();
    let (pixels, labels) = zoo::pictures(SOME);
    let picture = pixels[place * zoo::PIXELS..(place + 1) * zoo::PIXELS].to_vec();
    let inputs = Inputs { shape: [1, 1, 28, 28], pixels: picture, labels: Some(vec![labels[place]]) };
    let attack = trials[0].spec.clone();
    let job = AttackJob { models: vec!["one".into()], inputs, attack, company: None, detection: None, seed: 1 };
    let events = all_events(&mut session, Request::Radius { ticket: Ticket(1), job });
    let Event::Radius { radius: Some(radius), .. } = &events[0] else { panic!("{events:?}") };
    assert!(*radius <= 0.5, "the mark on the slider is where it falls: {radius}");
}
