//! Randomized smoothing: its certificates beside statsmodels', its votes, and what they may never claim.

use crate::toy::*;
use crate::zoo;
use burn::tensor::Device;
use foolproof_core::architecture::{Architecture, LayerSpec};
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::{Engine, EngineKind, EvaluationJob, Event, Inputs, Request, Smoothing, Ticket, Votes};
use foolproof_core::report::{ALPHA, Certificate, lower_bound, radius};
use foolproof_engine::sequential::Values;
use foolproof_engine::session::Session;
use foolproof_engine::weights;
use serde_json::Value;

/// Largest difference of a radius from SciPy's that counts as none.
const TOLERANCE: f64 = 1e-6;

#[test]
fn radii_are_those_of_statsmodels() {
    let reference = zoo::reference("smoothing/certificates");
    let number = |value: &Value| value.as_f64();
    assert_eq!(number(&reference["alpha"]), Some(ALPHA));
    let sigma = number(&reference["sigma"]).unwrap();
    let rows = reference["rows"].as_array().unwrap();
    assert!(rows.len() > 60, "the results are not where this test looks for them");
    for row in rows {
        let [count, draws] = ["count", "draws"].map(|key| row[key].as_u64().unwrap() as u32);
        let low = lower_bound(count, draws, ALPHA);
        assert!((low - number(&row["low"]).unwrap()).abs() < TOLERANCE, "{row}: {low}");
        match (radius(count, draws, sigma), number(&row["radius"])) {
            (Some(own), Some(theirs)) => assert!((own - theirs).abs() < TOLERANCE, "{row}: {own}"),
            (own, theirs) => assert_eq!(own, theirs, "{row}"),
        }
    }
}

const SMOOTHING: Smoothing = Smoothing { sigma: 0.5, select: 20, draws: 200 };

/// The votes of an evaluation without attacks on the toy network.
fn votes(pixels: &[f32], first: u64, smoothing: Smoothing) -> Vec<(u32, u32)> {
    votes_of((architecture(), trained_file()), pixels, first, smoothing)
}

fn votes_of(
    (architecture, weights): (Architecture, Vec<u8>),
    pixels: &[f32],
    first: u64,
    smoothing: Smoothing,
) -> Vec<(u32, u32)> {
    let mut session = Session::new(Device::flex(), Engine { kind: EngineKind::Cpu, name: "native".into() });
    session.accept(Request::Model { id: "one".into(), architecture, weights });
    let count = pixels.len() / PIXELS;
    let [channels, rows, columns] = SHAPE;
    let inputs =
        Inputs { shape: [count, channels, rows, columns], pixels: pixels.to_vec(), labels: Some(vec![0; count]) };
    let job = EvaluationJob {
        first,
        smoothing: Some(smoothing),
        ..EvaluationJob::new(vec!["one".into()], inputs, Vec::new(), 3)
    };
    session.accept(Request::Evaluate { ticket: Ticket(1), job });
    let mut found = Vec::new();
    while session.busy() {
        for event in pollster::block_on(session.advance(|| 0.0)) {
            match event {
                Event::Votes { found: Votes { votes, .. }, .. } => found.extend(votes),
                Event::Fault { fault, .. } => panic!("{fault:?}"),
                _ => {}
            }
        }
    }
    found
}

#[test]
fn votes_are_the_same_in_any_share_and_others_for_another_input() {
    let clean = pixels(9, 60);
    let whole = votes(&clean, 0, SMOOTHING);
    assert_eq!(whole.len(), 60);
    let parts = [(0, 7), (7, 60)].map(|(from, to)| votes(&clean[from * PIXELS..to * PIXELS], from as u64, SMOOTHING));
    assert_eq!(parts.concat(), whole);
    let again = votes(&clean[..PIXELS], 1, SMOOTHING);
    assert_ne!(again[0].1, whole[0].1, "another number draws other copies");
    assert!(whole.iter().all(|(_, count)| *count <= SMOOTHING.draws));
}

#[test]
fn next_to_no_noise_is_the_networks_own_answer_and_much_of_it_is_none() {
    let clean = pixels(4, 30);
    let faint = votes(&clean, 0, Smoothing { sigma: 1e-6, ..SMOOTHING });
    let own = answers(&trained(), &clean);
    assert_eq!(faint.iter().map(|votes| votes.0).collect::<Vec<_>>(), own);
    assert!(faint.iter().all(|votes| votes.1 == SMOOTHING.draws));
    let loud = votes(&clean, 0, Smoothing { sigma: 50.0, ..SMOOTHING });
    let mean = loud.iter().map(|votes| f64::from(votes.1)).sum::<f64>() / (30.0 * f64::from(SMOOTHING.draws));
    assert!(mean < 0.6, "{mean}");
}

fn certificates(votes: &[(u32, u32)], smoothing: Smoothing) -> Vec<Certificate> {
    votes.iter().enumerate().map(|(at, votes)| Certificate::of(at, votes.0, *votes, &smoothing)).collect()
}

/// Where two classes are parted by a plane, noise answers as the network does and the radius is the distance to the plane.
/// One certificate in a thousand may be larger, and hardly more are; read off the bare share of votes, half would be.
#[test]
fn certificates_go_beyond_the_plane_that_parts_two_classes_as_seldom_as_they_say() {
    const COUNT: usize = 2000;
    let architecture = Architecture::new(SHAPE, 2, vec![LayerSpec::Flatten, LayerSpec::linear(PIXELS, 2)]);
    let network = weights::fresh(&architecture, 5, &Device::flex()).unwrap();
    let file = pollster::block_on(weights::save(&architecture, &network, weights::Precision::Full)).unwrap();
    let clean = pixels(8, COUNT);
    let logits = values(network.forward(images(&clean)));
    let Values::Matrix(rows) = network.parameters().swap_remove(0) else { panic!("the first parameter is the matrix") };
    let rows = values(rows);
    let apart = (0..PIXELS).map(|at| (rows[at] - rows[PIXELS + at]).powi(2)).sum::<f32>().sqrt();
    let smoothing = Smoothing { sigma: 0.3, select: 100, draws: 1000 };
    let found = certificates(&votes_of((architecture, file), &clean, 0, smoothing), smoothing);
    let (mut proven, mut beyond, mut near, mut bare) = (0, 0, 0, 0);
    for (certificate, logits) in found.iter().zip(logits.chunks(2)) {
        let distance = f64::from((logits[0] - logits[1]).abs() / apart);
        let Some(radius) = certificate.radius else { continue };
        assert_eq!(certificate.class, u32::from(logits[1] > logits[0]));
        proven += 1;
        beyond += usize::from(radius > distance);
        near += usize::from(radius > 0.7 * distance);
        // The same with the share as it was counted in place of its lower bound.
        let share = f64::from(certificate.count) / f64::from(smoothing.draws);
        bare += usize::from(share > 0.5 + 0.5 * erf(distance / 0.3 / 2f64.sqrt()));
    }
    assert!(proven > COUNT / 2 && beyond <= 6, "{beyond} of {proven} certificates are false");
    assert!(near > proven / 2, "{near} of {proven} come near the truth");
    assert!(bare > proven / 3, "{bare} of {proven}");
}

/// The error function to four digits (Abramowitz and Stegun 1964, 7.1.27).
fn erf(x: f64) -> f64 {
    let sum = 1.0 + x * (0.278393 + x * (0.230389 + x * (0.000972 + x * 0.078108)));
    1.0 - 1.0 / sum.powi(4)
}

/// The strongest attack within nine tenths of a certificate moves the input, and not what most of its copies say.
#[test]
fn an_attack_within_a_certificate_changes_no_smoothed_answer() {
    let smoothing = Smoothing { sigma: 0.15, ..SMOOTHING };
    let (clean, network) = (pixels(12, 40), trained());
    let found = certificates(&votes(&clean, 0, smoothing), smoothing);
    let proven: Vec<&Certificate> = found.iter().filter(|certificate| certificate.radius.is_some()).collect();
    assert!(proven.len() > 12, "{}", proven.len());
    for certificate in proven.iter().take(12) {
        let picture = &clean[certificate.index * PIXELS..][..PIXELS];
        let eps = 0.9 * certificate.radius.unwrap() as f32;
        let case = case(&network, picture, &[certificate.class], None, 1, 0);
        let attacked = attack(&network, case, &spec("pgd", Norm::L2, eps, &[("steps", 40.0)])).unwrap();
        let again = votes(&attacked.samples[0].pixels, 0, smoothing);
        assert_eq!(again[0].0, certificate.class, "input {} at {eps}", certificate.index);
    }
}
