//! Kinds of input as a worker gets them: training, evaluations with their report and exports, radii, and what is refused.

use super::data::{CLASSES, Toy, all, colour, table};
use super::files;
use crate::toy::spec;
use burn::tensor::Device;
use foolproof_core::catalog::{Aim, Norm};
use foolproof_core::protocol::*;
use foolproof_core::report::{Ledger, Trial, csv, methods, npy};
use foolproof_engine::session::Session;
use foolproof_engine::training_methods;

/// A worker that has the toy's network and its training inputs.
pub fn worker(toy: &Toy, weights: Vec<u8>) -> Session {
    let mut session = Session::new(Device::flex(), Engine { kind: EngineKind::Cpu, name: "test".into() });
    let (values, labels) = toy.draw(1, 60);
    let architecture = toy.architecture.clone();
    session.accept(Request::Model { id: "net".into(), architecture, weights });
    let half = values.len() / 2;
    let [first, second] = [values.part(0..half), values.part(half..values.len())].map(Option::unwrap);
    let id = || "toy".to_owned();
    let pictures = Request::Pictures { id: id(), shape: toy.shape, values: first, labels: labels[..30].to_vec() };
    assert_eq!(session.accept(pictures), []);
    assert_eq!(session.accept(Request::MorePictures { id: id(), values: second, labels: labels[30..].to_vec() }), []);
    session
}

/// What it says until it is done.
pub fn all_events(session: &mut Session, request: Request) -> Vec<Event> {
    let mut events = session.accept(request);
    let time = std::cell::Cell::new(0.0);
    while session.busy() {
        events.extend(pollster::block_on(session.advance(|| time.replace(time.get() + 1000.0))));
    }
    events
}

/// So many test inputs.
pub fn inputs(toy: &Toy, count: usize) -> Inputs {
    let (values, labels) = toy.draw(2, count);
    let [channels, rows, columns] = toy.shape;
    let labels = Some(labels.into_iter().map(u32::from).collect());
    Inputs { shape: [count, channels, rows, columns], pixels: values.all(), labels }
}

fn training(toy: &Toy, recipe: Recipe) -> Request {
    let round = Round { replica: 0, replicas: 1, first: 0, steps: 4, from: 0.0, to: 1.0 };
    let (architecture, pictures, learner) = (toy.architecture.clone(), "toy".into(), Learner::default());
    Request::Train { ticket: Ticket(1), job: Box::new(TrainingJob { architecture, pictures, recipe, round, learner }) }
}

#[test]
fn every_method_trains_on_every_kind() {
    for (toy, weights) in all().iter().zip(files()) {
        let mut session = worker(toy, weights.clone());
        for card in training_methods::cards() {
            let augment = vec![Augment::Shift(1), Augment::Cutout(2), Augment::Mixup(0.2)];
            let sources = if card.id == "ensemble" { vec!["net".into()] } else { Vec::new() };
            let recipe = Recipe { augment, sources, ..toy.recipe(&card.id) };
            let events = all_events(&mut session, training(toy, recipe));
            match &events[..] {
                [Event::Trained { lesson, .. }, Event::Done { .. }] => {
                    assert!(lesson.loss.is_finite() && lesson.images > 0, "{}: {lesson:?}", card.id)
                }
                other => panic!("{} on {}: {other:?}", card.id, toy.id),
            }
        }
    }
}

/// PGD, DeepFool and Square within the toy's limits, and radii by PGD.
fn evaluation(toy: &Toy, count: usize, norm: Norm, eps: f32) -> EvaluationJob {
    let bound = |spec: AttackSpec| AttackSpec { limits: toy.limits.clone(), ..spec };
    let mut attacks = vec![bound(spec("pgd", norm, eps, &[("steps", 10.0)]))];
    if norm != Norm::L1 {
        attacks.push(bound(spec("deepfool", norm, eps, &[("steps", 10.0)])));
        attacks.push(bound(spec("square", norm, eps, &[("queries", 30.0)])));
    }
    let radius = Some(bound(spec("pgd", norm, 4.0 * eps, &[("steps", 20.0)])));
    EvaluationJob { radius, ..EvaluationJob::new(vec!["net".into()], inputs(toy, count), attacks, 1) }
}

#[test]
fn an_evaluation_its_report_and_its_exports_know_no_kind() {
    for (toy, weights) in all().iter().zip(files()) {
        let mut session = worker(toy, weights.clone());
        let job = evaluation(toy, 20, Norm::L2, if toy.shape[0] == 3 { 2.0 } else { 0.3 });
        let aim = |spec: &AttackSpec| if spec.id == "deepfool" { Aim::Nearest } else { Aim::Within };
        let trials = job.attacks.iter().map(|spec| Trial { spec: spec.clone(), aim: aim(spec) }).collect();
        let mut ledger = Ledger::new(job.models.clone(), trials, job.inputs.labels.clone().unwrap(), CLASSES);
        ledger.most = job.radius.as_ref().map(|spec| spec.eps);
        let features = toy.features();
        let clean = job.inputs.pixels.clone();
        for event in all_events(&mut session, Request::Evaluate { ticket: Ticket(2), job }) {
            match event {
                Event::Evaluated { part, .. } => {
                    for (sample, clean) in part.samples.iter().zip(clean.chunks(features)) {
                        let stays = |at: &usize| toy.limits[*at] == 0.0;
                        assert!(
                            (0..features).filter(stays).all(|at| sample.pixels[at].to_bits() == clean[at].to_bits())
                        );
                        let arrays = npy::floats(&[1, features], sample.pixels.iter().copied());
                        assert_eq!(arrays.len(), 128 + 4 * features);
                    }
                    ledger.add(part).unwrap()
                }
                Event::Radii { found, .. } => ledger.add_radii(found).unwrap(),
                Event::Progress { .. } | Event::Done { .. } => {}
                other => panic!("{other:?}"),
            }
        }
        let figures = ledger.figures(0, 0.5);
        assert!(figures.clean.value > 0.9, "{}: {:?}", toy.id, figures.clean);
        assert!(figures.attacks.iter().all(|attack| attack.accuracy.n == 20));
        assert!(figures.attacks[0].accuracy.value < figures.clean.value, "{}: nothing falls", toy.id);
        assert_eq!(csv(&ledger.trials, std::slice::from_ref(&figures)).lines().count(), 21);
        let told = methods(&toy.kind, &["toy"], &ledger.trials, "toys", 1, "a test");
        assert!(told.contains("features move by at most"), "{told}");
    }
}

#[test]
fn what_is_proven_within_limits_no_attack_breaks() {
    for (toy, weights) in all().iter().zip(files()) {
        let mut session = worker(toy, weights.clone());
        for (norm, eps) in [(Norm::Linf, 0.1), (Norm::L2, 0.3), (Norm::L1, 0.6)] {
            let job = evaluation(toy, 12, norm, eps);
            let events = all_events(&mut session, Request::Evaluate { ticket: Ticket(3), job });
            let found = events.iter().find_map(|event| match event {
                Event::Radii { found, .. } => Some(found),
                _ => None,
            });
            let Radii { radii, certified, .. } = found.unwrap();
            assert_eq!((radii.len(), certified.len()), (12, 12));
            assert!(certified.iter().any(|&proven| proven > 0.0), "{} {norm:?}: nothing is proven", toy.id);
            for (found, proven) in radii.iter().zip(certified) {
                assert!(found.is_none_or(|found| *proven <= found), "{} {norm:?}: {proven} above {found:?}", toy.id);
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_refused_in_a_sentence() {
    let refused = |toy: &Toy, weights: &[u8], id: &str, limits: Vec<f32>| {
        let mut session = worker(toy, weights.to_vec());
        let attack = AttackSpec { limits, ..spec(id, Norm::Linf, 0.1, &[]) };
        let job = AttackJob {
            models: vec!["net".into()],
            inputs: inputs(toy, 2),
            attack,
            company: None,
            detection: None,
            seed: 1,
        };
        match &session.accept(Request::Attack { ticket: Ticket(1), job })[..] {
            [Event::Fault { fault, .. }] => fault.message.clone(),
            other => panic!("{other:?}"),
        }
    };
    let [_, net] = files();
    let told = |limits: Vec<f32>| refused(&table(), net, "pgd", limits);
    assert_eq!(told(vec![1.0; 4]), "There are 4 limits, and an input has 5 features.");
    assert!(told(vec![1.0, f32::NAN, 1.0, 1.0, 1.0]).contains("feature 1 is NaN"));
    assert!(told(vec![1.0, 1.0, -1.0, 1.0, 1.0]).contains("feature 2 is -1"));
    assert!(told(vec![1.0, 1.0, 1.0, 1e-38, 1.0]).contains("feature 3 is"));
    assert!(told(vec![0.0; 5]).contains("No feature may move"));
    for id in ["patch", "spatial"] {
        assert!(refused(&table(), net, id, Vec::new()).contains("takes pictures with rows and columns"));
    }
    assert!(refused(&colour(), &files()[0], "patch", vec![0.0; 192]).contains("No feature may move"));
    let mut session = worker(&table(), net.clone());
    let recipe = Recipe { limits: vec![1.0; 3], ..table().recipe("pgd") };
    let said = session.accept(training(&table(), recipe));
    assert!(matches!(&said[..], [Event::Fault { fault, .. }] if fault.message.contains("3 limits")), "{said:?}");
}
