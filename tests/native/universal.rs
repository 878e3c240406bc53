//! One perturbation for all inputs: what it does to inputs that it was not crafted on, and in whose company a page's one
//! input is attacked.

use crate::evaluation;
use crate::session::{session, work};
use crate::toy::*;
use crate::zoo;
use burn::tensor::{Device, Tensor, TensorData};
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::*;
use foolproof_engine::attacks::make;
use foolproof_engine::case::{Case, one_hot};
use foolproof_engine::drive::{Drive, lay};

#[test]
fn a_perturbation_crafted_on_some_pictures_fools_others_too() {
    let (pixels, labels) = zoo::pictures(60);
    let (model, device) = (zoo::model(zoo::NATURAL), Device::flex());
    let case = |range: std::ops::Range<usize>| {
        let clean = pixels[range.start * zoo::PIXELS..range.end * zoo::PIXELS].to_vec();
        let clean = Tensor::from_data(TensorData::new(clean, [range.len(), 1, 28, 28]), &device);
        Case::new(clean.clone(), model.forward(clean), one_hot(&labels[range], 10, &device), 1, 0)
    };
    let (attack, ball) = make(&zoo::spec("universal", Norm::Linf, 0.2, &[("steps", 20.0)])).unwrap();
    let mut drive = Drive::new(model.clone(), case(0..40), ball.clone(), attack);
    while drive.advance(10) {}
    let delta = pollster::block_on(drive.shared()).unwrap().unwrap();
    assert!(delta.iter().all(|change| change.abs() <= 0.2));
    let laid = |delta: &[f32], range: std::ops::Range<usize>| {
        let delta = Tensor::from_data(TensorData::new(delta.to_vec(), [1, 1, 28, 28]), &device);
        pollster::block_on(lay(&model, &case(range), &ball, delta)).unwrap()
    };
    let changed = |delta: &[f32]| {
        laid(delta, 40..60).iter().filter(|sample| sample.adversarial.label != sample.clean.label).count()
    };
    let mirrored: Vec<f32> = delta.iter().map(|change| -change).collect();
    let (carried, turned) = (changed(&delta), changed(&mirrored));
    assert!(carried >= 6 && carried > turned + 3, "{carried} and {turned} of 20");
    // On what it was crafted on it makes what the drive kept.
    for (kept, laid) in pollster::block_on(drive.finish()).unwrap().samples.iter().zip(laid(&delta, 0..40)) {
        assert_eq!((kept.adversarial.label, kept.success), (laid.adversarial.label, laid.success));
        assert!(kept.pixels.iter().zip(&laid.pixels).all(|(a, b)| (a - b).abs() < 1e-6));
    }
}

#[test]
fn a_perturbation_for_all_is_crafted_in_company_and_told_of_one() {
    let mut session = session();
    let all = pixels(4, 6);
    let labels = answers(&trained(), &all);
    let [channels, rows, columns] = SHAPE;
    let some = |range: std::ops::Range<usize>, labelled: bool| Inputs {
        shape: [range.len(), channels, rows, columns],
        pixels: all[range.start * PIXELS..range.end * PIXELS].to_vec(),
        labels: labelled.then(|| labels[range].to_vec()),
    };
    let attack_of = spec("universal", Norm::Linf, 0.2, &[("steps", 10.0)]);
    let job = |labelled| AttackJob {
        models: vec!["one".into()],
        inputs: some(0..1, labelled),
        attack: attack_of.clone(),
        company: Some(some(1..6, true)),
        detection: None,
        seed: 1,
    };
    let whole =
        attack(&trained(), crate::toy::case(&trained(), &all, &labels, None, 1, 0), &attack_of).unwrap().samples;
    let fooled = whole.iter().filter(|sample| sample.adversarial.label != sample.clean.label).count() as u32;
    assert!(fooled > 0);
    for labelled in [true, false] {
        session.accept(Request::Attack { ticket: Ticket(1), job: job(labelled) });
        let told = work(&mut session).into_iter().find_map(|event| match event {
            Event::Attacked { outcome, .. } => Some(outcome),
            _ => None,
        });
        let outcome = told.unwrap();
        assert_eq!((&outcome.samples[..], outcome.fooled), (&whole[..1], Some((fooled, 6))), "labelled: {labelled}");
    }
    let mut bad = job(true);
    bad.company.iter_mut().for_each(|company| company.pixels[0] = 2.0);
    let refused = session.accept(Request::Attack { ticket: Ticket(2), job: bad });
    assert!(matches!(&refused[..], [Event::Fault { fault, .. }] if fault.message.contains("between 0 and 1")));
}

/// An evaluation with one perturbation for all, crafted on the first twenty inputs.
fn universal(from: usize, to: usize) -> EvaluationJob {
    let whole = evaluation::job(0, 70);
    let [channels, rows, columns] = SHAPE;
    let crafted_on = Inputs {
        shape: [20, channels, rows, columns],
        pixels: whole.inputs.pixels[..20 * PIXELS].to_vec(),
        labels: whole.inputs.labels.map(|labels| labels[..20].to_vec()),
    };
    let attacks = vec![spec("universal", Norm::Linf, 0.15, &[("steps", 8.0), ("crafted", 20.0)])];
    EvaluationJob { crafted_on: Some(crafted_on), attacks, radius: None, ..evaluation::job(from, to) }
}

/// The adversarial pixels of each input, by model.
fn examples(jobs: Vec<EvaluationJob>) -> Vec<(String, u64, Vec<f32>)> {
    let mut session = session();
    let mut found = Vec::new();
    for job in jobs {
        session.accept(Request::Evaluate { ticket: Ticket(1), job });
        while session.busy() {
            for event in pollster::block_on(session.advance(|| 0.0)) {
                if let Event::Evaluated { part, .. } = event {
                    let numbered = part.samples.into_iter().zip(part.first..);
                    found.extend(numbered.map(|(sample, number)| (part.model.clone(), number, sample.pixels)));
                }
            }
        }
    }
    found.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    found
}

#[test]
fn a_perturbation_for_all_is_one_however_the_inputs_are_cut() {
    let whole = examples(vec![universal(0, 70)]);
    assert_eq!(whole.len(), 140);
    // Shares one after another on one worker, which crafts once, and on workers of their own.
    let shares = || [universal(50, 70), universal(0, 7), universal(7, 50)];
    assert_eq!(examples(shares().to_vec()), whole);
    for (place, share) in shares().into_iter().enumerate() {
        let range = share.first..share.first + share.inputs.shape[0] as u64;
        let own: Vec<_> = whole.iter().filter(|(_, number, _)| range.contains(number)).cloned().collect();
        assert_eq!(examples(vec![share]), own, "share {place}");
    }
    // The whole job's own first inputs are what it falls back to; others make another perturbation.
    assert_eq!(examples(vec![EvaluationJob { crafted_on: None, ..universal(0, 70) }]), whole);
    let again = EvaluationJob { crafted_on: Some(universal(30, 50).inputs), ..universal(0, 70) };
    let both = examples(vec![universal(0, 70), again.clone()]);
    assert_eq!(both.len(), 280);
    let alone = examples(vec![again]);
    assert_ne!(alone, whole);
    assert!(alone.iter().all(|row| both.contains(row)), "what was crafted on other inputs is not taken for it");
}
