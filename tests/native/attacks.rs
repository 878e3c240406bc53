//! Properties that every attack must have, whatever the input.

use crate::toy::*;
use foolproof_core::catalog::{Aim, Card, Knob, KnobKind, Norm};
use foolproof_core::protocol::{FaultKind, Target};
use foolproof_engine::attacks::cards;
use foolproof_engine::ball::Ball;
use foolproof_engine::random::Stream;
use proptest::prelude::*;

/// What rounding may add to a distance.
fn allowed(radius: f32) -> f32 {
    radius * (1.0 + 1e-6) + 1e-7
}

fn norm() -> impl Strategy<Value = Norm> {
    prop::sample::select(Norm::ALL.to_vec())
}

fn size(norm: Norm, clean: &[f32], x: &[f32]) -> f32 {
    let distance = Ball::new(norm, 0.0).sizes(clean, x);
    match norm {
        Norm::Linf => distance.linf,
        Norm::L2 => distance.l2,
        Norm::L1 => distance.l1,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_projection_is_inside_ball_and_box_and_stays(norm in norm(), radius in 0.0f32..8.0, seed in 0u64..1000, push in 0.01f32..4.0) {
        let clean = pixels(seed, 3);
        let mut stream = Stream::new(seed, 1, 1);
        let far: Vec<f32> = clean.iter().map(|x| x + push * stream.normal()).collect();
        let ball = Ball::new(norm, radius);
        let once = ball.project(&images(&clean), images(&far));
        let inside = values(once.clone());
        prop_assert!(inside.iter().all(|x| (0.0..=1.0).contains(x)));
        for (clean, x) in clean.chunks(PIXELS).zip(inside.chunks(PIXELS)) {
            prop_assert!(size(norm, clean, x) <= allowed(radius), "{} of {radius}", size(norm, clean, x));
        }
        let twice = values(ball.project(&images(&clean), once));
        prop_assert!(inside.iter().zip(&twice).all(|(a, b)| (a - b).abs() < 1e-5));
    }

    #[test]
    fn a_random_start_is_inside_the_ball(norm in norm(), radius in 0.0f32..8.0, seed in 0u64..1000) {
        let clean = pixels(seed, 2);
        let mut streams = [Stream::new(seed, 0, 0), Stream::new(seed, 1, 0)];
        let start = Ball::new(norm, radius).random_start(&images(&clean), &mut streams);
        for (clean, x) in clean.chunks(PIXELS).zip(values(start).chunks(PIXELS)) {
            prop_assert!(size(norm, clean, x) <= radius * (1.0 + 1e-5) + 1e-5);
        }
    }

    #[test]
    fn the_l1_projection_is_the_nearest_point(radius in 0.1f32..8.0, seed in 0u64..1000) {
        let clean = pixels(seed, 1);
        let mut stream = Stream::new(seed, 2, 2);
        let far: Vec<f32> = clean.iter().map(|x| x + stream.normal()).collect();
        let found = values(Ball::new(Norm::L1, radius).project(&images(&clean), images(&far)));
        let exact = nearest_in_l1(&clean, &far, f64::from(radius));
        for (found, exact) in found.iter().zip(exact) {
            prop_assert!((f64::from(*found) - exact).abs() < 1e-5);
        }
    }

    #[test]
    fn every_attack_stays_in_its_budget(norm in norm(), eps in 0.0f32..2.0, seed in 0u64..100, targeted in any::<bool>()) {
        let network = network(seed);
        let clean = pixels(seed, 2);
        let labels = answers(&network, &clean);
        for card in cards().into_iter().filter(|card| card.norms.contains(&norm)) {
            let target = (targeted && card.targeted).then_some(1);
            let aimed = target.map(Target::Class);
            let spec = foolproof_core::protocol::AttackSpec { target: aimed, ..spec(&card.id, norm, eps, &short(&card)) };
            let bounded = matches!(card.aim, Aim::Within | Aim::Shared);
            let finished = attack(&network, case(&network, &clean, &labels, target, seed, 0), &spec).unwrap();
            for (clean, sample) in clean.chunks(PIXELS).zip(&finished.samples) {
                prop_assert!(sample.pixels.iter().all(|x| (0.0..=1.0).contains(x)));
                prop_assert!(!bounded || size(norm, clean, &sample.pixels) <= allowed(eps), "{}", card.id);
                prop_assert!(!sample.success || sample.queries.is_some(), "{}", card.id);
                prop_assert_eq!(answers(&network, &sample.pixels)[0], sample.adversarial.label);
            }
        }
    }

    #[test]
    fn a_radius_of_zero_gives_the_clean_input_bit_for_bit(norm in norm(), seed in 0u64..100) {
        let network = network(seed);
        let clean = pixels(seed, 2);
        let labels = answers(&network, &clean);
        let bounded = |card: &Card| matches!(card.aim, Aim::Within | Aim::Shared) && card.norms.contains(&norm);
        for card in cards().into_iter().filter(bounded) {
            let spec = spec(&card.id, norm, 0.0, &short(&card));
            let finished = attack(&network, case(&network, &clean, &labels, None, seed, 0), &spec).unwrap();
            for (clean, sample) in clean.chunks(PIXELS).zip(&finished.samples) {
                prop_assert_eq!(&sample.pixels[..], clean);
                prop_assert!(!sample.success);
                prop_assert_eq!(&sample.clean, &sample.adversarial);
            }
        }
    }

    #[test]
    fn more_steps_and_more_restarts_never_lose_a_success(norm in norm(), eps in 0.05f32..1.0, seed in 0u64..100) {
        let network = network(seed);
        let clean = pixels(seed, 8);
        let labels = answers(&network, &clean);
        let fooled = |steps: f64, restarts: f64| -> Vec<bool> {
            let knobs = [("steps", steps), ("step", f64::from(eps) / 4.0), ("restarts", restarts)];
            let finished = attack(&network, case(&network, &clean, &labels, None, 7, 0), &spec("pgd", norm, eps, &knobs)).unwrap();
            finished.samples.iter().map(|sample| sample.success).collect()
        };
        let implied = |less: &[bool], more: &[bool]| less.iter().zip(more).all(|(less, more)| !less || *more);
        let few = fooled(3.0, 1.0);
        prop_assert!(implied(&few, &fooled(6.0, 1.0)));
        prop_assert!(implied(&few, &fooled(3.0, 3.0)));
    }
}

/// The card's knobs with few steps and targets, so that sixty cases take seconds.
pub fn short(card: &Card) -> Vec<(&str, f64)> {
    let long = |knob: &&Knob| knob.kind == KnobKind::Integer && knob.default > Some(8.0);
    card.knobs.iter().filter(long).map(|k| (k.key.as_str(), k.min.max(if k.max < 10.0 { 0.0 } else { 10.0 }))).collect()
}

/// The nearest point of ball and box by trying every interval between the places where the norm's slope changes.
fn nearest_in_l1(clean: &[f32], far: &[f32], radius: f64) -> Vec<f64> {
    let parts: Vec<(f64, f64, f64)> = clean
        .iter()
        .zip(far)
        .map(|(&clean, &far)| {
            let delta = f64::from(far - clean);
            let room = if delta > 0.0 { 1.0 - f64::from(clean) } else { f64::from(clean) };
            (delta.signum(), delta.abs(), room)
        })
        .collect();
    let norm = |threshold: f64| parts.iter().map(|(_, size, room)| (size - threshold).clamp(0.0, *room)).sum::<f64>();
    let mut corners: Vec<f64> = parts.iter().flat_map(|(_, size, room)| [*size, size - room]).collect();
    corners.retain(|corner| *corner > 0.0);
    corners.push(0.0);
    corners.sort_by(f64::total_cmp);
    let threshold = if norm(0.0) <= radius {
        0.0
    } else {
        let at = corners.windows(2).find(|pair| norm(pair[0]) >= radius && norm(pair[1]) <= radius).unwrap();
        let (high, low) = (norm(at[0]), norm(at[1]));
        if high > low { at[0] + (high - radius) / (high - low) * (at[1] - at[0]) } else { at[0] }
    };
    clean
        .iter()
        .zip(parts)
        .map(|(&x, (sign, size, room))| f64::from(x) + sign * (size - threshold).clamp(0.0, room))
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_picture_and_another_seed_another() {
    let network = network(1);
    let clean = pixels(1, 2);
    let labels = answers(&network, &clean);
    let run = |seed| {
        let finished = attack(
            &network,
            case(&network, &clean, &labels, None, seed, 0),
            &spec("pgd", Norm::L2, 0.5, &[("steps", 3.0)]),
        );
        finished.unwrap().samples
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1)[0].loss, run(2)[0].loss);
}

#[test]
fn a_sample_fares_alike_alone_and_in_a_batch() {
    let network = network(1);
    let clean = pixels(1, 5);
    let labels = answers(&network, &clean);
    let spec = spec("pgd", Norm::Linf, 0.2, &[("steps", 6.0), ("restarts", 2.0)]);
    let together = attack(&network, case(&network, &clean, &labels, None, 1, 0), &spec).unwrap().samples;
    for index in 0..5 {
        let alone =
            case(&network, &clean[index * PIXELS..(index + 1) * PIXELS], &labels[index..=index], None, 1, index as u64);
        let alone = &attack(&network, alone, &spec).unwrap().samples[0];
        assert_eq!(alone.success, together[index].success);
        let difference =
            alone.pixels.iter().zip(&together[index].pixels).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(difference < 1e-4, "sample {index} differs by {difference}");
    }
}

#[test]
fn fgsm_moves_every_pixel_by_epsilon_along_the_gradients_sign() {
    let network = network(1);
    let clean = pixels(1, 1);
    let labels = answers(&network, &clean);
    let case = case(&network, &clean, &labels, None, 1, 0);
    let gradient = values(gradient(&network, &case));
    let sample = &attack(&network, case, &spec("fgsm", Norm::Linf, 0.1, &[])).unwrap().samples[0];
    assert!(sample.loss[1] > sample.loss[0]);
    for ((clean, gradient), x) in clean.iter().zip(gradient).zip(&sample.pixels) {
        let sign = if gradient == 0.0 { 0.0 } else { gradient.signum() };
        assert!((x - (clean + 0.1 * sign).clamp(0.0, 1.0)).abs() < 1e-6);
    }
}

#[test]
fn a_targeted_attack_descends_toward_its_target() {
    let network = network(2);
    let clean = pixels(2, 6);
    let labels = answers(&network, &clean);
    let mut closer = 0;
    for target in 0..4 {
        let spec = foolproof_core::protocol::AttackSpec {
            target: Some(Target::Class(target)),
            ..spec("pgd", Norm::Linf, 0.5, &[("start", 0.0)])
        };
        let samples = attack(&network, case(&network, &clean, &labels, Some(target), 1, 0), &spec).unwrap().samples;
        for (sample, truth) in samples.iter().zip(&labels) {
            assert!(sample.loss.last().unwrap() <= sample.loss.first().unwrap());
            assert_eq!(sample.truth, *truth);
            // A clean input that is the target already is no success of the attack.
            assert_eq!(sample.success, sample.adversarial.label == target && *truth != target);
        }
        closer += samples.iter().filter(|sample| sample.loss.last() < sample.loss.first()).count();
    }
    // In each of two dozen pairs the target is nearer than before. `shipped.rs` counts how many are reached.
    assert_eq!(closer, 24);
}

#[test]
fn an_input_that_is_wrong_already_is_no_success() {
    let network = network(1);
    let clean = pixels(1, 3);
    let wrong: Vec<u32> = answers(&network, &clean).iter().map(|label| (label + 1) % 4).collect();
    let samples = attack(&network, case(&network, &clean, &wrong, None, 1, 0), &spec("pgd", Norm::Linf, 0.3, &[]))
        .unwrap()
        .samples;
    assert!(samples.iter().all(|sample| sample.clean.label != sample.truth && !sample.success));
}

#[test]
fn zero_gradients_are_told() {
    // Behind a last layer without weights every input gets the same answer, and there is no gradient to follow.
    let constant = changed(&architecture(), &network(1), |left, values| {
        if left == 1 {
            values.fill(0.0);
        }
    });
    // A last layer a million times over only makes the answers surer.
    let (plain, saturated) = (network(1), scaled_last_layer(&network(1), 1e6));
    let clean = pixels(1, 4);
    let blind = |id: &str, norm: Norm, network| -> Vec<bool> {
        let labels = answers(network, &clean);
        let finished = attack(network, case(network, &clean, &labels, None, 1, 0), &spec(id, norm, 0.1, &[])).unwrap();
        finished.samples.iter().map(|sample| sample.zero_gradient).collect()
    };
    for id in ["fgsm", "bim", "mi-fgsm", "pgd", "apgd-ce", "deepfool", "fab", "cw", "patch"] {
        let norm = if id == "cw" { Norm::L2 } else { Norm::Linf };
        assert_eq!(blind(id, norm, &constant), [true; 4], "{id}");
        for seeing in [&saturated, &plain] {
            assert_eq!(blind(id, norm, seeing), [false; 4], "{id}");
        }
    }
}

#[test]
fn a_bad_setting_is_named() {
    let refused = |spec| match foolproof_engine::attacks::make(&spec) {
        Ok(_) => panic!("taken"),
        Err(fault) => fault,
    };
    assert_eq!(refused(spec("nonsense", Norm::L2, 0.1, &[])).kind, FaultKind::Unknown);
    assert!(refused(spec("pgd", Norm::L2, f32::NAN, &[])).message.contains("NaN"));
    assert!(refused(spec("pgd", Norm::L2, -1.0, &[])).message.contains("-1"));
    assert!(refused(spec("pgd", Norm::L2, 0.1, &[("steps", 1e9)])).message.contains("between 1 and 1000"));
    assert!(refused(spec("pgd", Norm::L2, 0.1, &[("step", f64::NAN)])).message.contains("NaN"));
    assert!(refused(spec("fgsm", Norm::L2, 0.1, &[("steps", 3.0)])).message.contains("no knob"));
}
