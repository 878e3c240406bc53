//! Attacks that look for the nearest input, against what other libraries make of the same weights.

use crate::libraries::*;
use burn::tensor::Device;
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::Sample;
use foolproof_engine::case::one_hot;

/// Our mean distance as a multiple of the library's, on the first `count` pictures; both must fool as many.
fn ratio(name: &str, job: &str, norm: Norm, count: usize, id: &str, knobs: &[(&str, f64)]) -> f32 {
    let (model, theirs) = (model(name), reference(name, job));
    let samples = attack(&model, case(&model, count), &spec(id, norm, 0.3, knobs));
    assert!(standing(&samples) <= theirs.standing_of(count), "{name} {job}: {} stand", standing(&samples));
    let (ours, theirs) = (mean(&samples, norm), theirs.mean_of(norm, count));
    println!("{name} {job}: mean {ours} against {theirs} on {count}");
    ours / theirs
}

/// Pictures of the first `count` in which a pixel differs from the library's.
fn differing_pictures(name: &str, job: &str, norm: Norm, count: usize) -> usize {
    let (model, theirs) = (model(name), reference(name, job));
    let ours = last_iterate(&model, &case(&model, count), &spec("deepfool", norm, 0.3, &[]));
    differing(&ours, &theirs.pixels()[..count * PIXELS]).into_iter().filter(|off| *off > 0).count()
}

#[test]
fn deepfool_is_foolboxs_pixel_by_pixel() {
    assert_eq!(differing_pictures(NATURAL, "deepfool-l2", Norm::L2, 50), 0);
    assert_eq!(differing_pictures(NATURAL, "deepfool-linf", Norm::Linf, 50), 0);
    assert_eq!(differing_pictures(ROBUST, "deepfool-linf", Norm::Linf, 20), 0);
}

#[test]
fn deepfool_is_the_same_when_the_fooled_leave_the_batch() {
    let (model, knobs) = (model(NATURAL), [("steps", 12.0)]);
    let (case, spec) = (case(&model, 30), spec("deepfool", Norm::L2, 1.0, &knobs));
    let whole = last_iterate(&model, &case, &spec);
    let samples = attack_every(1, &model, case, &spec);
    assert!(samples.iter().any(|sample| sample.loss.len() < 10), "nobody left early");
    for (sample, whole) in samples.iter().zip(whole.chunks(PIXELS)).filter(|(sample, _)| sample.success) {
        assert!(sample.pixels.iter().zip(whole).all(|(a, b)| (a - b).abs() < 1e-4));
    }
}

#[test]
fn deepfool_is_as_near_where_rounding_parts_the_ways() {
    // On the robust model in L2 both wander for 50 steps, and a fifth of the pictures stands.
    let found = ratio(ROBUST, "deepfool-l2", Norm::L2, 50, "deepfool", &[]);
    assert!(found <= 1.05, "{found}");
}

#[test]
#[ignore = "half a minute: cargo xtask test --only long"]
fn deepfool_is_as_near_on_a_hundred_pictures() {
    for name in [NATURAL, ROBUST] {
        for (norm, job) in [(Norm::L2, "deepfool-l2-100"), (Norm::Linf, "deepfool-linf-100")] {
            let found = ratio(name, job, norm, 100, "deepfool", &[]);
            assert!(found <= 1.05, "{name} {job}: {found}");
        }
    }
}

#[test]
fn cw_is_near_with_few_steps() {
    for (name, allowed) in [(NATURAL, 1.1), (ROBUST, 1.25)] {
        let found = ratio(name, "cw-l2", Norm::L2, 5, "cw", &[]);
        assert!(found <= allowed, "{name}: {found}");
    }
}

#[test]
#[ignore = "minutes: cargo xtask test --only long"]
fn cw_is_as_near_at_the_same_settings() {
    for name in [NATURAL, ROBUST] {
        let knobs = [("search", 9.0), ("steps", 1000.0), ("lr", 0.01), ("first", 0.001)];
        let found = ratio(name, "cw-l2", Norm::L2, 100, "cw", &knobs);
        assert!(found <= 1.05, "{name}: {found}");
    }
}

#[test]
fn cw_moves_pixels_that_are_black_or_white() {
    let model = model(NATURAL);
    let (pixels, _) = pictures(3);
    let samples = attack(&model, case(&model, 3), &spec("cw", Norm::L2, 1.0, &[("search", 3.0)]));
    let moved = |bound: f32| {
        let found = samples.iter().flat_map(|sample| &sample.pixels);
        pixels.iter().zip(found).filter(|(x, found)| **x == bound && (*found - bound).abs() > 0.01).count()
    };
    assert!(moved(0.0) > 100, "{} black pixels", moved(0.0));
    // Few pixels of a stroke are all white.
    assert!(moved(1.0) >= 1, "{} white pixels", moved(1.0));
}

#[test]
fn ead_is_near_with_few_steps() {
    for name in [NATURAL, ROBUST] {
        let found = ratio(name, "ead-l1", Norm::L1, 5, "ead", &[]);
        assert!(found <= 1.1, "{name}: {found}");
    }
}

#[test]
#[ignore = "minutes: cargo xtask test --only long"]
fn ead_is_as_near_at_the_same_settings() {
    for (job, l1) in [("ead-l1", 1.0), ("ead-en", 0.0)] {
        for name in [NATURAL, ROBUST] {
            let knobs = [("search", 9.0), ("steps", 1000.0), ("first", 0.001), ("l1", l1)];
            let found = ratio(name, job, Norm::L1, 50, "ead", &knobs);
            assert!(found <= 1.05, "{name} {job}: {found}");
        }
    }
}

#[test]
fn each_rule_of_ead_keeps_the_nearest_by_its_own_measure() {
    let model = model(NATURAL);
    let run = |l1: f64| {
        let knobs = [("search", 4.0), ("steps", 100.0), ("l1", l1)];
        attack(&model, case(&model, 4), &spec("ead", Norm::L1, 1.0, &knobs))
    };
    let (net, flat) = (run(0.0), run(1.0));
    let elastic = |sample: &Sample| 0.01 * sample.distance.l1 + sample.distance.l2 * sample.distance.l2;
    for (net, flat) in net.iter().zip(&flat) {
        assert!(net.success && flat.success);
        assert!(elastic(net) < elastic(flat) && flat.distance.l1 < net.distance.l1);
    }
}

/// A targeted attack toward the class after the label, on the first `count` pictures.
fn toward_the_next(name: &str, count: usize) -> foolproof_engine::case::Case {
    let model = model(name);
    let (_, labels) = pictures(count);
    let next: Vec<u32> = labels.iter().map(|label| (label + 1) % 10).collect();
    case(&model, count).toward(one_hot(&next, 10, &Device::flex()))
}

#[test]
fn jsma_is_torchattacks_pixel_by_pixel() {
    // On the natural model a pair qualifies in every step. Where none does, ours rests and theirs raises pixel 0.
    let ours = spec("jsma", Norm::L1, 1.0, &[("pairs", 40.0)]);
    let ours = last_iterate(&model(NATURAL), &toward_the_next(NATURAL, 12), &ours);
    let theirs = reference(NATURAL, "jsma-pairs").pixels();
    assert_eq!(differing(&ours, &theirs[..12 * PIXELS]), [0; 12]);
}

#[test]
fn no_scale_of_the_logits_blinds_a_margin() {
    // A descent on cross-entropy stops where softmax is 1 to the last digit; these look at differences of logits.
    let cw: &[(&str, f64)] = &[("search", 3.0), ("steps", 60.0)];
    let fab: &[(&str, f64)] = &[("steps", 20.0), ("targets", 1.0)];
    for (id, norm, knobs) in [
        ("deepfool", Norm::L2, &[][..]),
        ("fab", Norm::L2, fab),
        ("cw", Norm::L2, cw),
        ("ead", Norm::L1, cw),
        ("jsma", Norm::L1, &[]),
    ] {
        let found = |factor: f32| {
            let model = sharpened(NATURAL, factor);
            attack(&model, case(&model, 4), &spec(id, norm, 1.0, knobs))
        };
        let (plain, sharp) = (found(1.0), found(1000.0));
        assert!(standing(&plain) <= 1 && standing(&sharp) <= standing(&plain), "{id}");
        assert!(sharp.iter().all(|sample| !sample.zero_gradient), "{id}");
        // The hinge of C&W and EAD grows with the logits, and a few halvings of its weight do not make up for it: they go
        // further than they must, and fool all the same.
        let scales = matches!(id, "cw" | "ead");
        assert!(scales || mean(&sharp, norm) <= 1.01 * mean(&plain, norm), "{id}");
    }
}

#[test]
fn minimum_norm_attacks_reach_their_target() {
    for (id, norm) in [("fab", Norm::L2), ("cw", Norm::L2), ("ead", Norm::L1), ("jsma", Norm::L1)] {
        let knobs: &[(&str, f64)] = if id == "fab" { &[("steps", 30.0), ("targets", 1.0)] } else { &[] };
        let samples = attack(&model(NATURAL), toward_the_next(NATURAL, 3), &spec(id, norm, 1.0, knobs));
        for sample in samples {
            assert_eq!((sample.success, sample.adversarial.label), (true, (sample.truth + 1) % 10), "{id}");
        }
    }
}
