//! Said, not guessed: networks that always say the same, logits beyond float, and attacks that had nothing to do or to
//! start from. Rows F3 to F5 of what people run into.

use crate::kinds::jobs::all_events;
use crate::report::{part, trial};
use crate::scales::knobs;
use crate::zoo::{self, MLP};
use crate::{session::session, toy};
use burn::tensor::Device;
use foolproof_core::catalog::{Access, Aim, Card, Norm};
use foolproof_core::protocol::*;
use foolproof_core::report::{AttackFigures, Ledger, ModelReport, Trial, csv, table};
use foolproof_core::weights::{self, Precision};
use foolproof_engine::attacks::cards;
use foolproof_engine::session::Session;
use std::slice::from_ref;

const MANY: usize = 100;

/// A worker that has the MLP with all its weights at one value.
fn worker(value: f32) -> Session {
    let architecture = zoo::entry(MLP).architecture;
    let count = weights::read(&architecture, &zoo::studied_weights(MLP)).unwrap().len();
    let weights = weights::write(&architecture, &vec![value; count], Precision::Full).unwrap();
    let mut session = Session::new(Device::flex(), Engine { kind: EngineKind::Cpu, name: "test".into() });
    let request = Request::Model { id: "one".into(), architecture, weights };
    assert_eq!(session.accept(request), [Event::ModelReady { id: "one".into() }]);
    session
}

fn inputs(count: usize) -> Inputs {
    let (pixels, labels) = zoo::pictures(count);
    Inputs { shape: [count, 1, 28, 28], pixels, labels: Some(labels) }
}

fn evaluation(specs: &[AttackSpec], count: usize, radius: Option<AttackSpec>) -> EvaluationJob {
    let models = vec!["one".into()];
    EvaluationJob { radius, ..EvaluationJob::new(models, inputs(count), specs.to_vec(), 1) }
}

/// The report of an evaluation of these attacks.
pub fn report(session: &mut Session, trials: &[Trial], count: usize, radius: Option<AttackSpec>) -> ModelReport {
    let specs: Vec<AttackSpec> = trials.iter().map(|trial| trial.spec.clone()).collect();
    let job = evaluation(&specs, count, radius.clone());
    let mut ledger = Ledger::new(job.models.clone(), trials.to_vec(), job.inputs.labels.clone().unwrap(), 10);
    ledger.most = radius.map(|spec| spec.eps);
    for event in all_events(session, Request::Evaluate { ticket: Ticket(1), job }) {
        match event {
            Event::Evaluated { part, .. } => ledger.add(part).unwrap(),
            Event::Radii { found, .. } => ledger.add_radii(found).unwrap(),
            Event::Fault { fault, .. } => panic!("{fault}"),
            _ => {}
        }
    }
    ledger.figures(0, 0.5)
}

fn all_in(norm: Norm) -> (Vec<Card>, Vec<Trial>) {
    let cards: Vec<Card> = cards().into_iter().filter(|card| card.norms.contains(&norm)).collect();
    // Where nothing changes, a few steps say as much as many.
    let brief = |(key, value): (&'static str, f64)| match key {
        "steps" | "pairs" | "random" => (key, value.min(4.0)),
        _ => (key, value),
    };
    let brief = |card: &Card| knobs(card).into_iter().map(brief).collect::<Vec<_>>();
    let trial = |card: &Card| Trial { spec: zoo::spec(&card.id, norm, 0.3, &brief(card)), aim: card.aim };
    let trials = cards.iter().map(trial).collect();
    (cards, trials)
}

/// What a figure says of inputs that the network reads right and the attack could not be carried out on.
fn untried(figures: &AttackFigures) -> [usize; 3] {
    [figures.blind, figures.idle, figures.unstarted]
}

/// F3.
#[test]
fn f3_a_network_that_always_says_the_same_is_told_as_that() {
    let mut session = worker(0.0);
    for norm in Norm::ALL {
        let (cards, trials) = all_in(norm);
        let search = zoo::spec("pgd", norm, 0.6, &[("steps", 10.0)]);
        let found = report(&mut session, &trials, MANY, Some(search));
        assert_eq!((found.clean.value, found.worst.value, found.clean.n), (0.08, 0.08, MANY));
        let bits = 10f64.log2();
        assert!((found.entropy.0 - bits).abs() < 1e-4 && (found.entropy.1 - bits).abs() < 1e-4, "{:?}", found.entropy);
        for (card, figures) in cards.iter().zip(&found.attacks) {
            let name = format!("{} {norm:?}: {figures:?}", card.id);
            assert_eq!((figures.accuracy.value, figures.accuracy.n), (0.08, MANY), "{name}");
            assert!(figures.distance.is_none() && figures.queries.is_none() && figures.by_queries.is_empty(), "{name}");
            match (card.access, card.aim) {
                // What all share is laid over each input as it is.
                (_, Aim::Shared) => {}
                (Access::Gradient, _) => assert_eq!(untried(figures), [8, 0, 0], "{name}"),
                (Access::Decision, _) => assert_eq!(untried(figures), [0, 0, 8], "{name}"),
                (Access::None, _) => assert_eq!(untried(figures), [0, 8, 0], "{name}"),
                (Access::Scores, _) => assert_eq!(untried(figures), [0, 0, 0], "{name}"),
            }
        }
        for row in found.samples.iter().filter(|row| row.clean == row.truth) {
            assert_eq!((row.radius, row.margin.flatten(), row.broken.len()), (Some(None), None, 0), "{row:?}");
            assert_eq!(row.certified.unwrap_or(0.0), 0.0, "equal logits are no proof");
        }
        let none = |value: &Option<f32>| value.is_none_or(|value| value == 0.0);
        assert!(found.radius.values.iter().all(none) && found.margin.iter().all(|(_, of)| of.values.iter().all(none)));
        assert_eq!(found.radius.values.iter().filter(|value| value.is_none()).count(), 8);
        let (text, lines) = (table(&trials, from_ref(&found)), csv(&trials, &[found]));
        assert!(text.contains("8.0 % [4.1, 15.0], n = 100 (8 without a gradient to follow)"), "{text}");
        assert!(lines.contains("pgd:no-gradient"), "{lines}");
    }
}

/// F4.
#[test]
fn f4_logits_beyond_float_are_one_sentence_and_the_next_model_works() {
    let mut session = worker(3e38);
    let attack = |id: &str, norm: Norm| zoo::spec(id, norm, 0.3, &[]);
    let job = |id: &str, norm: Norm| AttackJob {
        models: vec!["one".into()],
        inputs: inputs(2),
        attack: attack(id, norm),
        company: None,
        detection: None,
        seed: 1,
    };
    let (ticket, pgd) = (Ticket(7), attack("pgd", Norm::Linf));
    let mut requests: Vec<Request> = ["none", "fgsm", "pgd", "deepfool", "square"]
        .map(|id| Request::Attack { ticket, job: job(id, Norm::Linf) })
        .into();
    requests.push(Request::Attack { ticket, job: job("boundary", Norm::L2) });
    requests.push(Request::Radius { ticket, job: job("pgd", Norm::Linf) });
    requests.push(Request::Evaluate { ticket, job: evaluation(from_ref(&pgd), 2, Some(pgd.clone())) });
    let architecture = zoo::entry(MLP).architecture;
    let values = inputs(8).pixels.iter().map(|pixel| (255.0 * pixel) as u8).collect::<Vec<u8>>().into();
    let labels = inputs(8).labels.unwrap().into_iter().map(|label| label as u8).collect();
    let none = session.accept(Request::Pictures { id: "some".into(), shape: [1, 28, 28], values, labels });
    assert_eq!(none, []);
    let weights = vec![3e38; weights::read(&architecture, &zoo::studied_weights(MLP)).unwrap().len()];
    requests.push(Request::Train {
        ticket,
        job: Box::new(TrainingJob {
            architecture: architecture.clone(),
            pictures: "some".into(),
            recipe: toy::recipe("standard"),
            round: Round { replica: 0, replicas: 1, first: 0, steps: 2, from: 0.0, to: 1.0 },
            learner: Learner { weights, ..Learner::default() },
        }),
    });
    for request in requests {
        let name = format!("{request:?}").chars().take(80).collect::<String>();
        let events = all_events(&mut session, request);
        let faults: Vec<&Event> = events.iter().filter(|event| matches!(event, Event::Fault { .. })).collect();
        let [Event::Fault { ticket: Some(Ticket(7)), fault }] = faults[..] else { panic!("{name}: {events:?}") };
        assert_eq!(
            (fault.kind, fault.message.matches(". ").count() < 2),
            (FaultKind::NotFinite, true),
            "{name}: {fault}"
        );
        assert!(
            !events.iter().any(|event| matches!(event, Event::Attacked { .. } | Event::Evaluated { .. })),
            "{name}"
        );
    }
    // An engine is not to blame for numbers that none has.
    let checks = all_events(&mut session, Request::SelfTest { ticket });
    assert!(
        matches!(&checks[..], [Event::Parity { checks, .. }] if checks.iter().all(|check| check.passed)),
        "{checks:?}"
    );
    session.accept(Request::Model { id: "one".into(), architecture, weights: zoo::studied_weights(MLP) });
    let events = all_events(&mut session, Request::Attack { ticket, job: job("pgd", Norm::Linf) });
    assert!(events.iter().any(|event| matches!(event, Event::Attacked { .. })), "{events:?}");
}

/// F5: the target is what the network answers already, or the true class.
#[test]
fn f5_a_target_that_is_there_already_is_nothing_to_do() {
    let model = zoo::model(MLP);
    let (pixels, mut labels) = zoo::pictures(3);
    let checked = |labels: &[u32], target: u32| {
        for card in cards().into_iter().filter(|card| card.targeted && card.aim != Aim::Shared) {
            let spec = zoo::spec(&card.id, card.norms[0], 0.3, &knobs(&card));
            let samples = zoo::attack(
                &model,
                &pixels[..784],
                labels,
                &AttackSpec { target: Some(Target::Class(target)), ..spec },
            );
            let [sample] = &samples[..] else { panic!("{}", card.id) };
            assert_eq!((sample.outcome, sample.success), (SampleOutcome::NothingToDo, false), "{}", card.id);
            assert!(!sample.eight_bit.success, "{}", card.id);
        }
    };
    checked(&labels[..1], labels[0]);
    // A label that the network does not give: to reach it fools nobody, and to reach its answer is no work.
    let answer = labels[0];
    labels[0] = (answer + 1) % 10;
    checked(&labels[..1], labels[0]);
    checked(&labels[..1], answer);
}

/// F5: no pixel left to use, no point to begin with.
#[test]
fn f5_no_pixel_left_and_no_start_are_said_and_counted() {
    let model = zoo::model(MLP);
    let (white, black) = (vec![1.0; 784], vec![0.0; 784]);
    let mut samples = Vec::new();
    for (picture, theta) in [(&white, 1.0), (&black, -1.0)] {
        let own = zoo::answers(&model, picture);
        for target in [None, Some(Target::Class((own[0] + 1) % 10))] {
            let spec = zoo::spec("jsma", Norm::L1, 10.0, &[("theta", theta)]);
            samples.extend(zoo::attack(&model, picture, &own, &AttackSpec { target, ..spec }));
        }
    }
    assert!(samples.iter().all(|one| one.outcome == SampleOutcome::NothingToDo && !one.success), "no pair can move");
    // The other way there is something to do.
    let own = zoo::answers(&model, &white);
    let darker = &zoo::attack(&model, &white, &own, &zoo::spec("jsma", Norm::L1, 10.0, &[("theta", -1.0)]))[0];
    assert!(darker.outcome.is_tried() && darker.distance.l0 > 0.0, "{:?}", darker.outcome);
    // Few noise pictures are read as anything but an 8 by this network, so that most targets are out of reach.
    let (pixels, labels) = zoo::pictures(1);
    for (id, norm) in [("boundary", Norm::L2), ("hopskipjump", Norm::L2), ("hopskipjump", Norm::Linf)] {
        let steps = if id == "boundary" { 20.0 } else { 1.0 };
        let toward = |target: u32| {
            let spec =
                AttackSpec { target: Some(Target::Class(target)), ..zoo::spec(id, norm, 1.0, &[("steps", steps)]) };
            zoo::attack(&model, &pixels, &labels, &spec).remove(0)
        };
        let all: Vec<Sample> = (0..10).filter(|target| *target != labels[0]).map(toward).collect();
        for sample in &all {
            let expected = if sample.success { SampleOutcome::Fooled } else { SampleOutcome::NoStart };
            assert_eq!(sample.outcome, expected, "{id} {norm:?}");
        }
        let lost: Vec<Sample> = all.into_iter().filter(|sample| !sample.success).collect();
        assert!(!lost.is_empty(), "{id}");
        samples.push(lost.into_iter().next().unwrap());
    }
    let labels: Vec<u32> = samples.iter().map(|sample| sample.truth).collect();
    let trials = vec![trial("jsma", Aim::Nearest, 10.0)];
    let mut ledger = Ledger::new(vec!["one".into(), "two".into()], trials, labels, 10);
    ledger.add(part("one", 0, 0, samples)).unwrap();
    let figures = ledger.figures(0, 0.5);
    assert_eq!(untried(&figures.attacks[0]), [0, 4, 3]);
    assert!(
        foolproof::evaluate::wording::below(&figures.attacks[0]).contains("; 4 with nothing to do; 3 without a start")
    );
    let (text, lines) = (table(&ledger.trials, from_ref(&figures)), csv(&ledger.trials, &[figures]));
    assert!(text.contains("n = 7 (4 with nothing to do) (3 without a start) |"), "{text}");
    assert_eq!(
        (lines.matches(",jsma:nothing-to-do,").count(), lines.matches(",jsma:no-start,").count()),
        (4, 3),
        "{lines}"
    );
}

/// F5: on the attack page the result says so too.
#[test]
fn f5_a_worker_tells_what_was_not_carried_out() {
    let mut session = session();
    let clean = toy::pixels(1, 1);
    let own = toy::answers(&toy::trained(), &clean);
    let [channels, rows, columns] = toy::SHAPE;
    let job = AttackJob {
        models: vec!["one".into()],
        inputs: Inputs { shape: [1, channels, rows, columns], pixels: clean, labels: Some(own.clone()) },
        attack: AttackSpec { target: Some(Target::Class(own[0])), ..toy::spec("pgd", Norm::Linf, 0.1, &[]) },
        company: None,
        detection: None,
        seed: 1,
    };
    let events = all_events(&mut session, Request::Attack { ticket: Ticket(1), job });
    let found = events.iter().find(|event| matches!(event, Event::Attacked { .. }));
    let Some(Event::Attacked { outcome, .. }) = found else { panic!("{events:?}") };
    assert_eq!((outcome.samples[0].outcome, outcome.draws), (SampleOutcome::NothingToDo, 1));
}
