//! What the loop around every attack owes them: survivors, and the traces of long attacks.

use crate::toy;
use crate::toy::*;
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::Sample;
use foolproof_engine::{attacks, drive::Drive};

#[test]
fn restarts_on_survivors_alone_fool_as_many() {
    let network = trained();
    let clean = pixels(1, 8);
    let labels = answers(&network, &clean);
    let spec = spec("pgd", Norm::Linf, 0.15, &[("steps", 3.0), ("restarts", 4.0)]);
    let all = attack(&network, case(&network, &clean, &labels, None, 1, 0), &spec).unwrap();
    let (attack, ball) = attacks::make(&spec).unwrap();
    let mut drive = Drive::new(network.clone(), case(&network, &clean, &labels, None, 1, 0), ball, attack);
    while drive.advance(3) {
        pollster::block_on(drive.keep_survivors()).unwrap();
    }
    let survivors = pollster::block_on(drive.finish()).unwrap();
    let told = |samples: &[Sample]| -> Vec<(bool, Option<u32>)> {
        samples.iter().map(|sample| (sample.success, sample.queries)).collect()
    };
    assert_eq!(told(&all.samples), told(&survivors.samples));
    let fooled = all.samples.iter().filter(|sample| sample.success).count();
    assert!(fooled > 0 && fooled < 8, "{fooled} of 8: nothing to tell apart");
    assert!(all.samples.iter().zip(&survivors.samples).any(|(all, early)| early.loss.len() < all.loss.len()));
}

#[test]
fn a_very_long_attack_notes_every_second_loss() {
    let network = trained();
    let clean = pixels(1, 1);
    let labels = answers(&network, &clean);
    let losses = |steps: f64, restarts: f64| {
        let spec = spec("pgd", Norm::Linf, 0.1, &[("steps", steps), ("restarts", restarts)]);
        attack(&network, case(&network, &clean, &labels, None, 1, 0), &spec).unwrap().samples[0].loss.clone()
    };
    assert_eq!(losses(499.0, 2.0).len(), 1000);
    let long = losses(500.0, 2.0);
    assert_eq!(long.len(), 501);
    assert!(long.iter().all(|loss| loss.is_finite()));
}

#[test]
fn examples_do_not_depend_on_the_pieces_they_are_made_in() {
    let network = trained();
    let clean = pixels(1, 8);
    let labels = answers(&network, &clean);
    let few: &[(&str, &[(&str, f64)])] = &[
        ("pgd", &[("steps", 6.0), ("restarts", 3.0)]),
        ("apgd-dlr", &[("steps", 12.0), ("restarts", 2.0)]),
        ("patch", &[("size", 0.4), ("steps", 12.0)]),
        ("spatial", &[("turns", 5.0), ("shifts", 3.0), ("turn", 8.0), ("shift", 0.5)]),
        ("nes", &[("steps", 20.0), ("samples", 200.0)]),
        ("autoattack", &[("steps", 10.0), ("targets", 2.0), ("queries", 40.0)]),
    ];
    for (id, knobs) in few {
        let spec = spec(id, Norm::Linf, 0.2, knobs);
        let made = |piece: u32| {
            let (attack, ball) = attacks::make(&spec).unwrap();
            let mut drive = Drive::new(network.clone(), case(&network, &clean, &labels, None, 1, 0), ball, attack);
            while drive.advance(piece) {
                pollster::block_on(drive.keep_survivors()).unwrap();
            }
            pollster::block_on(drive.finish()).unwrap().samples
        };
        let whole = made(u32::MAX);
        let fooled = whole.iter().filter(|sample| sample.success).count();
        assert!(fooled > 0, "{id} fools none, so that none can leave early");
        for piece in [1, 5] {
            for (place, (whole, cut)) in whole.iter().zip(made(piece)).enumerate() {
                assert_eq!((whole.success, whole.queries), (cut.success, cut.queries), "{id}, input {place}");
                let apart = whole.pixels.iter().zip(&cut.pixels).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(apart < 1e-5, "{id}, input {place}, pieces of {piece}: {apart} apart");
            }
        }
    }
}

#[test]
fn the_first_success_is_at_the_step_from_which_on_fewer_do_not_do() {
    let network = trained();
    let clean = pixels(1, 8);
    let labels = answers(&network, &clean);
    let after = |steps: u32, restarts: f64| {
        let knobs = [("steps", f64::from(steps)), ("step", 0.01), ("start", 0.0), ("restarts", restarts)];
        let spec = spec("pgd", Norm::Linf, 0.15, &knobs);
        attack(&network, case(&network, &clean, &labels, None, 1, 0), &spec).unwrap().samples
    };
    let whole = after(20, 1.0);
    let fallen: Vec<usize> = (0..8).filter(|&place| whole[place].success).collect();
    assert!(fallen.len() > 2, "{fallen:?}");
    for place in fallen {
        let step = whole[place].iterate.unwrap();
        assert!(step > 0 && after(step, 1.0)[place].success, "input {place} falls at step {step}");
        assert!(step == 1 || !after(step - 1, 1.0)[place].success, "input {place} falls before step {step}");
    }
    let held = whole.iter().find(|sample| !sample.success).expect("one holds");
    assert_eq!(held.iterate, None);
}

#[test]
fn numbers_that_are_not_finite_are_a_fault_and_no_result() {
    use foolproof_core::protocol::FaultKind;
    let (network, clean) = (toy::scaled_last_layer(&toy::trained(), 3e38), toy::pixels(1, 4));
    for (id, norm) in [("pgd", Norm::Linf), ("deepfool", Norm::L2), ("square", Norm::Linf)] {
        let case = toy::case(&network, &clean, &[0, 1, 2, 3], None, 1, 0);
        let found = toy::attack(&network, case, &toy::spec(id, norm, 0.3, &[]));
        let fault = found.err().unwrap_or_else(|| panic!("{id} made something of infinite logits"));
        assert_eq!(fault.kind, FaultKind::NotFinite, "{id}");
    }
}
