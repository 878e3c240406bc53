//! Attacks that only ask for scores: what their papers promise, and how many queries they need.

use crate::toy;
use crate::toy::PIXELS;
use crate::zoo;
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::{AttackSpec, Sample, Target};
use foolproof_engine::attacks::Square;

fn told(samples: &[Sample]) -> Vec<(bool, Option<u32>)> {
    samples.iter().map(|sample| (sample.success, sample.queries)).collect()
}

#[test]
fn squares_shrink_on_the_papers_schedule() {
    let whole = Square { queries: 10_000, share: 0.8, rescale: true };
    let halved = |square: Square, step: u32| (square.share / square.share_at(step)).log2().round() as u32;
    let steps = [0, 10, 11, 50, 51, 201, 501, 1001, 2001, 4001, 6001, 8001, 9999];
    let expected = [0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9];
    assert_eq!(steps.map(|step| halved(whole, step)), expected);
    let half = Square { queries: 5000, ..whole };
    assert_eq!(steps.map(|step| halved(half, step.div_ceil(2))), expected);
    // AutoAttack's 5000 queries are the first half of that.
    let cut = Square { rescale: false, ..half };
    assert_eq!([501, 4001, 4999].map(|step| halved(cut, step)), [4, 7, 7]);
}

#[test]
fn every_pixel_of_square_is_at_an_edge_of_ball_or_box() {
    let (network, clean) = (toy::trained(), toy::pixels(1, 8));
    let labels = toy::answers(&network, &clean);
    let spec = toy::spec("square", Norm::Linf, 0.05, &[("queries", 60.0)]);
    let finished = toy::attack(&network, toy::case(&network, &clean, &labels, None, 1, 0), &spec).unwrap();
    for (clean, sample) in clean.chunks(PIXELS).zip(&finished.samples) {
        // No iterate need be better than the clean input.
        let moved = sample.pixels.iter().zip(clean).any(|(x, clean)| x != clean);
        for (x, clean) in sample.pixels.iter().zip(clean).filter(|_| moved) {
            let edges = [clean - 0.05, clean + 0.05].map(|edge| edge.clamp(0.0, 1.0));
            assert!(edges.iter().any(|edge| (x - edge).abs() < 1e-6), "{x} from {clean}");
        }
    }
    assert!(finished.samples.iter().any(|sample| sample.distance.linf > 0.04));
}

#[test]
fn square_rests_once_a_sample_is_fooled_and_loses_nothing_by_dropping_it() {
    let (network, clean) = (toy::trained(), toy::pixels(1, 8));
    let labels = toy::answers(&network, &clean);
    for (norm, eps) in [(Norm::Linf, 0.22), (Norm::L2, 1.1)] {
        let spec = toy::spec("square", norm, eps, &[("queries", 120.0)]);
        let case = || toy::case(&network, &clean, &labels, None, 1, 0);
        let all = toy::attack(&network, case(), &spec).unwrap();
        let (attack, ball) = foolproof_engine::attacks::make(&spec).unwrap();
        let mut drive = foolproof_engine::drive::Drive::new(network.clone(), case(), ball, attack);
        while drive.advance(7) {
            pollster::block_on(drive.keep_survivors()).unwrap();
        }
        let survivors = pollster::block_on(drive.finish()).unwrap();
        assert_eq!(told(&all.samples), told(&survivors.samples));
        for (all, early) in all.samples.iter().zip(&survivors.samples) {
            assert_eq!(all.pixels, early.pixels);
            let Some(queries) = all.queries else { continue };
            // The clean input is the first query, and the loss of iterate number 0 the second.
            let after = &all.loss[queries as usize - 2..];
            assert!(after.iter().all(|loss| loss == &after[0]), "moved after query {queries}: {after:?}");
        }
        assert!(all.samples.iter().zip(&survivors.samples).any(|(all, early)| early.loss.len() < all.loss.len()));
        let fooled = all.samples.iter().filter(|sample| sample.success).count();
        assert!(fooled > 0 && fooled < 8, "{norm:?}: {fooled} of 8, nothing to tell apart");
    }
}

#[test]
fn more_queries_never_lose_a_success() {
    let (network, clean) = (toy::trained(), toy::pixels(2, 8));
    let labels = toy::answers(&network, &clean);
    for (norm, eps) in [(Norm::Linf, 0.15), (Norm::L2, 0.8)] {
        let run = |queries: f64| {
            let spec = toy::spec("square", norm, eps, &[("queries", queries), ("rescale", 0.0)]);
            told(&toy::attack(&network, toy::case(&network, &clean, &labels, None, 1, 0), &spec).unwrap().samples)
        };
        let (few, many) = (run(20.0), run(80.0));
        assert!(few.iter().zip(&many).all(|(few, many)| !few.0 || few == many), "{few:?} {many:?}");
    }
}

#[test]
fn square_fares_alike_alone_and_in_a_batch() {
    let (network, clean) = (toy::trained(), toy::pixels(1, 4));
    let labels = toy::answers(&network, &clean);
    for norm in [Norm::Linf, Norm::L2] {
        let spec = toy::spec("square", norm, 0.2, &[("queries", 40.0)]);
        let together = toy::attack(&network, toy::case(&network, &clean, &labels, None, 1, 0), &spec).unwrap().samples;
        for at in 0..4 {
            let own = &clean[at * PIXELS..(at + 1) * PIXELS];
            let alone = toy::case(&network, own, &labels[at..=at], None, 1, at as u64);
            let alone = &toy::attack(&network, alone, &spec).unwrap().samples[0];
            assert_eq!((alone.success, alone.queries), (together[at].success, together[at].queries));
            let apart = alone.pixels.iter().zip(&together[at].pixels).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(apart < 1e-4, "sample {at} differs by {apart}");
        }
    }
}

#[test]
fn square_sees_through_saturated_scores() {
    // Probabilities are 0 and 1 there, margins keep their order.
    let (pixels, labels) = zoo::pictures(12);
    let spec = zoo::spec("square", Norm::Linf, 0.15, &[("queries", 150.0)]);
    let plain = told(&zoo::attack(&zoo::model(zoo::NATURAL), &pixels, &labels, &spec));
    assert!(plain.iter().any(|sample| sample.0));
    for factor in [16.0, 128.0, 1024.0] {
        assert_eq!(told(&zoo::attack(&zoo::sharpened(zoo::NATURAL, factor), &pixels, &labels, &spec)), plain);
    }
}

#[test]
fn square_reaches_its_target() {
    let (pixels, labels) = zoo::pictures(10);
    let spec = zoo::spec("square", Norm::Linf, 0.3, &[("queries", 600.0)]);
    let mut reached = 0;
    for target in [3, 8] {
        let samples = zoo::attack(
            &zoo::model(zoo::NATURAL),
            &pixels,
            &labels,
            &AttackSpec { target: Some(Target::Class(target)), ..spec.clone() },
        );
        reached += samples.iter().filter(|sample| sample.success && sample.adversarial.label == target).count();
    }
    assert!(reached >= 16, "{reached} of 20");
}

/// Pixels clear of the box's edges.
fn inner(batch: usize) -> Vec<f32> {
    toy::pixels(3, batch).into_iter().map(|pixel| 0.4 + 0.2 * pixel).collect()
}

/// Cosine of two vectors.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[test]
fn an_estimated_gradient_is_as_near_the_true_one_as_its_samples_allow() {
    // On a linear network an estimate from P pairs in d dimensions is w plus noise of length |w| sqrt(d / P).
    let network = toy::linear(5);
    let clean = inner(12);
    let labels = toy::answers(&network, &clean);
    let case = || toy::case(&network, &clean, &labels, None, 1, 0);
    let slope = |logits: &burn::tensor::Tensor<2>| foolproof_engine::loss::margin_slope(logits, &case().class);
    let (_, true_one) = network.input_gradient(&case().clean, slope);
    let true_one = toy::values(true_one);
    for signs in [0.0, 1.0] {
        for pairs in [8.0f64, 64.0, 1000.0] {
            let knobs = [("steps", 1.0), ("step", 0.01), ("samples", 2.0 * pairs), ("signs", signs)];
            let samples = toy::attack(&network, case(), &toy::spec("nes", Norm::L2, 0.01, &knobs)).unwrap().samples;
            let step = |at: usize| -> Vec<f32> {
                let before = &clean[at * PIXELS..(at + 1) * PIXELS];
                samples[at].pixels.iter().zip(before).map(|(x, before)| x - before).collect()
            };
            let mean =
                (0..12).map(|at| cosine(&step(at), &true_one[at * PIXELS..(at + 1) * PIXELS])).sum::<f32>() / 12.0;
            let theory = (pairs / (pairs + PIXELS as f64)).sqrt() as f32;
            assert!((mean - theory).abs() < 0.25 * (1.0 - theory) + 0.02, "{pairs} pairs: {mean} against {theory}");
        }
    }
}

#[test]
fn nes_counts_every_query() {
    let network = toy::network(1);
    let clean = inner(2);
    let labels = toy::answers(&network, &clean);
    let knobs = [("steps", 3.0), ("samples", 20.0)];
    let case = toy::case(&network, &clean, &labels, None, 1, 0);
    let finished = toy::attack(&network, case, &toy::spec("nes", Norm::Linf, 0.1, &knobs)).unwrap();
    // The clean input, four iterates, and twenty for each of three estimates.
    assert_eq!(finished.queries, 1 + 4 + 60);
}

#[test]
fn nes_rests_once_a_sample_is_fooled_and_asks_no_more() {
    let (network, clean) = (toy::trained(), toy::pixels(1, 8));
    let labels = toy::answers(&network, &clean);
    for (norm, eps) in [(Norm::Linf, 0.2), (Norm::L2, 1.0)] {
        let spec = toy::spec("nes", norm, eps, &[("steps", 12.0), ("samples", 40.0)]);
        let case = || toy::case(&network, &clean, &labels, None, 1, 0);
        let all = toy::attack(&network, case(), &spec).unwrap();
        let (attack, ball) = foolproof_engine::attacks::make(&spec).unwrap();
        let mut drive = foolproof_engine::drive::Drive::new(network.clone(), case(), ball, attack);
        while drive.advance(5) {
            pollster::block_on(drive.keep_survivors()).unwrap();
        }
        let survivors = pollster::block_on(drive.finish()).unwrap();
        assert_eq!(told(&all.samples), told(&survivors.samples));
        for (all, early) in all.samples.iter().zip(&survivors.samples) {
            assert!(all.pixels.iter().zip(&early.pixels).all(|(a, b)| (a - b).abs() < 1e-5));
            // The clean input, each iterate, and forty for each estimate before the one that fools.
            let Some(queries) = all.queries else { continue };
            assert!(queries == 1 || (queries - 2).is_multiple_of(41), "{queries} queries");
            let after = &all.loss[(queries.saturating_sub(2) / 41) as usize..];
            assert!(after.iter().all(|loss| loss == &after[0]), "moved after query {queries}: {after:?}");
        }
        let fooled = all.samples.iter().filter(|sample| sample.success).count();
        assert!(fooled > 0 && fooled < 8, "{norm:?}: {fooled} of 8, nothing to tell apart");
        // One that stands takes every query; the fooled ones alone take what the slowest of them took.
        assert_eq!(all.queries, 1 + 12 * 41 + 1);
        let place = all.samples.iter().position(|sample| sample.success).unwrap();
        let own = &clean[place * PIXELS..(place + 1) * PIXELS];
        let alone = toy::case(&network, own, &labels[place..=place], None, 1, place as u64);
        let alone = toy::attack(&network, alone, &spec).unwrap();
        assert_eq!(Some(alone.queries), alone.samples[0].queries);
    }
}

#[test]
fn an_estimate_fools_most_of_what_a_gradient_does() {
    let (pixels, labels) = zoo::pictures(8);
    let model = zoo::model(zoo::NATURAL);
    for signs in [0.0, 1.0] {
        let knobs = [("steps", 10.0), ("samples", 64.0), ("signs", signs)];
        let spec = zoo::spec("nes", Norm::Linf, 0.3, &knobs);
        let plain = zoo::attack(&model, &pixels, &labels, &spec);
        assert!(zoo::standing(&plain) <= 1);
        assert_eq!(told(&zoo::attack(&zoo::sharpened(zoo::NATURAL, 1024.0), &pixels, &labels, &spec)), told(&plain));
    }
}
