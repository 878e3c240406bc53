//! What breaks a defence. Each attack that one hides from has its control, the same attack through the defence's surrogate.

use super::{spec, tensor};
use crate::session::{job, session, work};
use crate::{toy, zoo};
use burn::tensor::Device;
use foolproof_core::architecture::{Architecture, LayerSpec};
use foolproof_core::catalog::Norm;
use foolproof_core::defence::defended;
use foolproof_core::protocol::{AttackJob, Event, Outcome, Request, SampleOutcome, Ticket};
use foolproof_engine::case::{Case, one_hot};
use foolproof_engine::sequential::Sequential;
use foolproof_engine::{defences, modifiers};

/// Inputs left right and outcomes of PGD with 20 steps at .2 on the shipped natural network behind this defence.
fn left(text: &str, knobs: &[(&str, f64)], count: usize) -> (usize, usize, Vec<SampleOutcome>) {
    let (pixels, labels) = zoo::pictures(count);
    let attack = zoo::spec("pgd", Norm::Linf, 0.2, &[&[("steps", 20.0)], knobs].concat());
    let network = zoo::model(zoo::NATURAL).defended(defences::make(&[spec(text)], [1, 28, 28]).unwrap());
    let network = network.under(modifiers::read(&attack, 1).unwrap());
    let samples = zoo::attack(&network, &pixels, &labels, &attack);
    let clean = samples.iter().filter(|sample| sample.clean.label == sample.truth).count();
    let right = samples.iter().filter(|sample| sample.adversarial.label == sample.truth).count();
    (clean, right, samples.into_iter().map(|sample| sample.outcome).collect())
}

#[test]
fn what_hides_its_gradient_holds_until_it_is_passed_back_as_the_identity() {
    for text in ["quantise:levels:8", "median:size:2", "jpeg:quality:75", "bits:bits:3"] {
        let (clean, masked, outcomes) = left(text, &[], 20);
        assert!(clean >= 18 && masked >= 18, "{text}: {clean} right, {masked} left");
        assert!(outcomes.iter().filter(|outcome| **outcome == SampleOutcome::NoGradient).count() >= 18, "{text}");
        let (_, broken, _) = left(text, &[("bpda", 1.0)], 20);
        assert!(broken <= 2, "{text}: {broken} left under BPDA");
    }
    // The control: what two levels leave is no illusion.
    let (_, honest, _) = left("bits:bits:1", &[("bpda", 1.0)], 20);
    assert!(honest >= 15, "black and white digits do not cross .5 by .2: {honest}");
}

#[test]
fn a_random_defence_is_judged_by_draws_that_no_attack_saw() {
    let clean = left("noise:sigma:.2", &[("eot", 1.0)], 8);
    assert!(clean.0 >= 7, "{clean:?}");
    let followed = left("noise:sigma:.2", &[], 8).1;
    assert!(followed <= clean.1.min(3), "the mean of twenty draws breaks it: {followed} left, {} with one", clean.1);
    // The judge's draws are its own: the same answers however often the network was looked at before.
    let network = zoo::model(zoo::NATURAL).noisy(0.6, 5);
    let x = tensor(zoo::pictures(6).0, [6, 1, 28, 28]);
    let first = toy::values(network.judged(&x, &[]));
    network.forward(x.clone());
    assert_eq!(first, toy::values(network.judged(&x, &[])));
    let shares: f32 = first[..10].iter().map(|log| log.exp()).sum();
    assert!((shares - 1.0).abs() < 1e-4, "shares of 51 draws: {shares}");
    assert_eq!((network.draws(), network.looks()), (51, 20));
}

#[test]
fn a_sample_fares_alike_in_every_batch() {
    let (pixels, labels) = zoo::pictures(4);
    for text in ["noise:sigma:.3", "shift:pixels:3"] {
        let attack = zoo::spec("pgd", Norm::Linf, 0.1, &[("steps", 3.0), ("eot", 2.0)]);
        let network = zoo::model(zoo::NATURAL).defended(defences::make(&[spec(text)], [1, 28, 28]).unwrap());
        let network = network.under(modifiers::read(&attack, 1).unwrap());
        let of = |from: usize, to: usize| {
            let x = tensor(pixels[from * 784..to * 784].to_vec(), [to - from, 1, 28, 28]);
            let truth = one_hot(&labels[from..to], 10, &Device::flex());
            let case = Case::new(x.clone(), network.judged(&x, &[]), truth, 1, from as u64);
            toy::attack(&network, case, &attack).unwrap().samples
        };
        let (all, parts) = (of(0, 4), [of(0, 1), of(1, 4)].concat());
        for (one, other) in all.iter().zip(&parts) {
            // A batch of another size adds up in another order.
            let far = one.pixels.iter().zip(&other.pixels).filter(|(a, b)| (**a - **b).abs() > 1e-5).count();
            assert!(far <= 8 && one.adversarial.label == other.adversarial.label, "{text}: {far} pixels");
        }
        // The control: another seed draws otherwise.
        let other = network.clone().under(modifiers::read(&attack, 2).unwrap());
        let x = tensor(pixels.clone(), [4, 1, 28, 28]);
        let said = |network: &Sequential| toy::values(network.expected(&[]).forward(x.clone()));
        assert_ne!(said(&network), said(&other), "{text}");
    }
}

/// What comes of an attack job on models of these ids.
fn outcomes(models: &[String], knobs: &[(&str, f64)]) -> Result<Vec<Outcome>, String> {
    let mut session = session();
    let job = AttackJob { models: models.to_vec(), ..job(0.3, knobs) };
    let mut events = session.accept(Request::Attack { ticket: Ticket(1), job });
    events.extend(work(&mut session));
    events
        .into_iter()
        .filter_map(|event| match event {
            Event::Attacked { outcome, .. } => Some(Ok(outcome)),
            Event::Fault { fault, .. } => Some(Err(fault.message)),
            _ => None,
        })
        .collect()
}

#[test]
fn a_job_names_defences_behind_a_model() {
    let steps = ("steps", 5.0);
    let id = defended("one", &[spec("quantise:levels:3")]);
    let found = outcomes(&["one".into(), id.clone(), format!("{id}+two")], &[steps]).unwrap();
    let zero: Vec<bool> = found.iter().map(|outcome| outcome.samples[0].zero_gradient).collect();
    assert_eq!(zero, [false, true, false], "the ensemble's other member has no defence");
    let through = outcomes(std::slice::from_ref(&id), &[steps, ("bpda", 1.0)]).unwrap();
    assert!(!through[0].samples[0].zero_gradient && through[0].model == id);
    let random = outcomes(&["one~noise:sigma:.1".into()], &[steps, ("eot", 3.0)]).unwrap();
    assert_eq!((random[0].draws, random[0].queries % 3), (51, 0));
    for (id, says) in [
        ("one~magic", "There is no defence “magic”."),
        ("one~bits:bits:9", "Bits is 9, and must be between 1 and 8."),
        ("one~bits:size:1", "Fewer bits has no knob “size”."),
        ("one~bits:", "There is no model “one~bits:” here."),
        ("one~thermometer", "“one~thermometer” needs a network that was trained behind this defence."),
        ("gone~bits", "There is no model “gone~bits” here."),
    ] {
        assert_eq!(outcomes(&[id.into()], &[steps]), Err(says.to_owned()));
    }
    let wrong = outcomes(&["one".into()], &[("eot", 1000.0)]);
    assert_eq!(wrong, Err("EOT is 1000, and must be between 1 and 100.".to_owned()));
}

#[test]
fn draws_that_are_divided_are_wrong() {
    // Behind noise a pixel above .5 is of class 0, one below of class 1, and one between them of class 2.
    let architecture = Architecture::new([1, 1, 1], 3, vec![LayerSpec::Flatten, LayerSpec::linear(1, 3)]);
    let mut parameters = [vec![1.0, -1.0, 0.0], vec![-0.5, 0.5, 0.01]].into_iter();
    let network = Sequential::build(&architecture, &Device::flex(), || Ok(parameters.next().unwrap())).unwrap();
    let network = network.noisy(0.1, 1);
    let input = |pixel: f32| tensor(vec![pixel], [1, 1, 1, 1]);
    let shares = |pixel: f32| toy::values(network.judged(&input(pixel), &[]));
    let divided =
        (0..2000).map(|step| 0.45 + step as f32 / 20_000.0).find(|&pixel| shares(pixel)[0] == shares(pixel)[1]);
    let divided = divided.expect("somewhere as many draws say either");
    let said = |pixel: f32, truth: u32| {
        let class = one_hot(&[truth], 3, &Device::flex());
        let case = Case::new(input(pixel), network.forward(input(pixel)), class, 1, 0);
        toy::attack(&network, case, &toy::spec("none", Norm::Linf, 0.1, &[])).unwrap().samples[0].clean.label
    };
    assert_eq!((said(divided, 0), said(divided, 1)), (1, 0), "whichever of the two is true, the other one is answered");
    assert_eq!((said(0.6, 0), said(0.6, 1)), (0, 0), "a majority is an answer");
}
