//! Unusual inputs: the features against the layer that reads them, and the session's neighbours against a search written
//! out.

use crate::toy::*;
use burn::tensor::Device;
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::*;
use foolproof_engine::explain::NEAREST;
use foolproof_engine::sequential::{Sequential, Values};
use foolproof_engine::session::Session;

#[test]
fn features_are_what_the_last_layer_reads() {
    for network in [trained(), linear(3)] {
        let (x, parameters) = (pixels(2, 3), network.parameters());
        let [.., Values::Matrix(weight), Values::Bias(bias)] = parameters.as_slice() else { panic!("no linear layer") };
        let features = network.features(images(&x));
        let logits = features.matmul(weight.clone().transpose()) + bias.clone().unsqueeze();
        let expected = values(network.forward(images(&x)));
        assert!(values(logits).iter().zip(&expected).all(|(found, expected)| (found - expected).abs() < 1e-5));
    }
    let alone = pixels(2, 1);
    assert_eq!(values(linear(3).features(images(&alone))), alone, "one layer reads the input itself");
}

/// References, and then the inputs asked about: one of their own, one new, and the second reference again.
const REFERENCES: usize = 150;

fn job(references: u32, pixels: Vec<f32>) -> ExplainJob {
    let inputs = Inputs { shape: [pixels.len() / PIXELS, 1, 8, 8], pixels, labels: None };
    let job = AttackJob {
        models: vec!["one".into()],
        inputs,
        attack: spec("pgd", Norm::Linf, 0.1, &[]),
        company: None,
        detection: None,
        seed: 7,
    };
    ExplainJob { job, adversarial: Vec::new(), question: Question::Neighbours(references) }
}

fn inputs() -> Vec<f32> {
    let mut all = pixels(1, REFERENCES);
    all.extend(pixels(9, 2));
    all.extend_from_within(PIXELS..2 * PIXELS);
    all
}

fn answer(job: &ExplainJob) -> Vec<Event> {
    let mut session = Session::new(Device::flex(), Engine { kind: EngineKind::Cpu, name: "test".into() });
    session.accept(Request::Model { id: "one".into(), architecture: architecture(), weights: trained_file() });
    let mut events = session.accept(Request::Explain { ticket: Ticket(3), job: pack(job).unwrap() });
    while session.busy() {
        events.extend(pollster::block_on(session.advance(|| 0.0)));
    }
    events
}

fn neighbours(job: &ExplainJob) -> Neighbours {
    match &answer(job)[..] {
        [Event::Explained { answer, .. }, Event::Done { .. }] => match unpack(answer).unwrap() {
            Explained::Neighbours(found) => found,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// Each input's nearest references but those at the places left out: place and distance.
fn search(network: &Sequential, all: &[f32], of: usize, left_out: &[usize]) -> Vec<(u32, f32)> {
    let features = values(network.features(images(all)));
    let width = features.len() / (all.len() / PIXELS);
    let row = |at: usize| {
        let row = &features[at * width..(at + 1) * width];
        let length = row.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
        row.iter().map(|value| f64::from(*value) / length).collect::<Vec<f64>>()
    };
    let own = row(of);
    let far = |at: usize| row(at).iter().zip(&own).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt() as f32;
    let others = (0..REFERENCES).filter(|at| !left_out.contains(at));
    let mut found: Vec<(u32, f32)> = others.map(|at| (at as u32, far(at))).collect();
    found.sort_by(|a, b| a.1.total_cmp(&b.1));
    found.truncate(NEAREST);
    found
}

#[test]
fn neighbours_are_the_nearest_and_no_picture_is_its_own() {
    let (all, network) = (inputs(), trained());
    let found = neighbours(&job(REFERENCES as u32, all.clone()));
    assert_eq!((found.usual.len(), found.near.len()), (REFERENCES, 3));
    for (place, near) in found.near.iter().enumerate() {
        // The last input is the second reference.
        let left_out: &[usize] = if place == 2 { &[1] } else { &[] };
        let expected = search(&network, &all, REFERENCES + place, left_out);
        for ((at, far), (wanted, distance)) in near.iter().zip(&expected) {
            assert!(at == wanted && (far - distance).abs() < 1e-5, "{place}: {near:?} against {expected:?}");
        }
        assert_eq!(near.len(), NEAREST);
    }
    for of in [0, 1, 77, REFERENCES - 1] {
        let expected = search(&network, &all, of, &[of])[NEAREST - 1].1;
        assert!((found.usual[of] - expected).abs() < 1e-5, "{of}: {} against {expected}", found.usual[of]);
    }
}

#[test]
fn a_picture_among_its_copies_has_no_neighbour() {
    let found = neighbours(&job(8, pixels(1, 1).repeat(9)));
    assert_eq!((found.usual, found.near), (vec![2.0; 8], vec![Vec::new()]));
}

#[test]
fn neighbours_are_sought_among_enough_and_for_somebody() {
    let fits = job(NEAREST as u32 + 1, inputs());
    assert!(matches!(answer(&fits).last(), Some(Event::Done { .. })));
    for references in [0, NEAREST as u32, REFERENCES as u32 + 3, u32::MAX] {
        let events = answer(&job(references, inputs()));
        let [Event::Fault { ticket: Some(Ticket(3)), fault }] = &events[..] else { panic!("{events:?}") };
        assert!(fault.message.contains("6 inputs or more"), "{fault:?}");
    }
}
