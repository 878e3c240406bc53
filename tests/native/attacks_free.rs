//! Attacks beyond the norm ball of one input: a perturbation for a whole batch, a patch, rotations and shifts.

use crate::toy;
use crate::toy::PIXELS;
use crate::zoo;
use foolproof::attack::sticker::Sticker;
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::{AttackJob, AttackSpec, Inputs, Sample};
use foolproof_engine::attacks::{Patch, cards, make};
use foolproof_engine::warp::Warp;

fn run(clean: &[f32], spec: &AttackSpec) -> Vec<Sample> {
    let network = toy::trained();
    let labels = toy::answers(&network, clean);
    toy::attack(&network, toy::case(&network, clean, &labels, None, 1, 0), spec).unwrap().samples
}

#[test]
fn a_card_says_what_its_attack_is_after() {
    for card in cards() {
        let (attack, _) = make(&toy::spec(&card.id, card.norms[0], 0.1, &[])).unwrap();
        assert_eq!(card.aim, attack.aim(), "{}", card.id);
    }
}

#[test]
fn a_universal_perturbation_is_one_for_all_up_to_the_box() {
    for (norm, eps) in [(Norm::Linf, 0.1), (Norm::L2, 0.8)] {
        // A third of the pixels is 0, a third 1.
        let clean = toy::pixels(1, 8);
        let samples = run(&clean, &toy::spec("universal", norm, eps, &[("steps", 15.0)]));
        let pairs = || samples.iter().zip(clean.chunks(PIXELS));
        let mut shared = vec![0.0f32; PIXELS];
        for (sample, clean) in pairs() {
            for ((x, clean), most) in sample.pixels.iter().zip(clean).zip(&mut shared) {
                *most = if (x - clean).abs() > most.abs() { x - clean } else { *most };
            }
        }
        assert!(shared.iter().any(|change| change.abs() > 0.01));
        for (sample, clean) in pairs() {
            for ((x, clean), change) in sample.pixels.iter().zip(clean).zip(&shared) {
                assert!((x - (clean + change).clamp(0.0, 1.0)).abs() < 1e-6, "{norm:?}: {x} from {clean} by {change}");
            }
        }
    }
}

#[test]
fn one_perturbation_fools_many_pictures_but_no_more_than_their_own() {
    let (pixels, labels) = zoo::pictures(30);
    let fooled = |id: &str, model: &_, eps: f32| {
        30 - zoo::standing(&zoo::attack(model, &pixels, &labels, &zoo::spec(id, Norm::Linf, eps, &[("steps", 20.0)])))
    };
    let natural = zoo::model(zoo::NATURAL);
    let shared = fooled("universal", &natural, 0.2);
    assert!(shared >= 12 && shared <= fooled("pgd", &natural, 0.2), "{shared} of 30");
    // Saturated scores hide nothing.
    let saturated = fooled("universal", &zoo::sharpened(zoo::NATURAL, 1024.0), 0.2);
    assert!(saturated + 4 >= shared, "{saturated} against {shared} of 30");
    assert!(fooled("universal", &zoo::model(zoo::ROBUST), 0.2) <= 3);
}

#[test]
fn a_patch_changes_its_square_only() {
    let clean = toy::pixels(1, 4);
    // Three of eight pixels, at the bottom and in the middle column.
    let square = |at: usize| (5..8).contains(&(at / 8)) && (3..6).contains(&(at % 8));
    let knobs = [("size", 0.375), ("row", 1.0), ("column", 0.5), ("steps", 20.0)];
    for (sample, clean) in run(&clean, &toy::spec("patch", Norm::Linf, 0.0, &knobs)).iter().zip(clean.chunks(PIXELS)) {
        for (at, (x, clean)) in sample.pixels.iter().zip(clean).enumerate() {
            assert!((0.0..=1.0).contains(x) && (square(at) || x == clean), "pixel {at}");
        }
    }
    let patch = Patch { size: 0.375, place: [1.0, 0.5], steps: 1, step: 0.1, restarts: 1 };
    assert_eq!(patch.square(8, 8), (5, 3, 3));
    assert_eq!(Patch { size: 1.0, ..patch }.square(8, 6), (2, 0, 6));
}

#[test]
fn the_page_frames_the_square_that_is_painted() {
    for ([rows, columns], size, place) in [
        ([28, 28], 0.3, [0.0, 1.0]),
        ([28, 28], 0.25, [0.475, 0.525]),
        ([32, 48], 0.01, [0.5, 0.99]),
        ([9, 8], 1.0, [0.7, 0.2]),
    ] {
        let knobs = [("size", size), ("row", place[0]), ("column", place[1])];
        let job = AttackJob {
            models: Vec::new(),
            inputs: Inputs { shape: [1, 1, rows, columns], pixels: vec![0.0; rows * columns], labels: None },
            attack: toy::spec("patch", Norm::Linf, 0.0, &knobs),
            company: None,
            detection: None,
            seed: 1,
        };
        let framed = Sticker::of(&job).unwrap();
        let place = place.map(|share| share as f32);
        let painted = Patch { size: size as f32, place, steps: 1, step: 0.1, restarts: 1 }.square(rows, columns);
        assert_eq!((framed.at[0], framed.at[1], framed.side), painted, "{rows} x {columns}, {size}, {place:?}");
    }
}

#[test]
fn a_larger_patch_fools_more() {
    let (pixels, labels) = zoo::pictures(20);
    let model = zoo::model(zoo::NATURAL);
    let fooled = |size: f64| {
        let knobs = [("size", size), ("row", 0.5), ("column", 0.5), ("steps", 30.0)];
        20 - zoo::standing(&zoo::attack(&model, &pixels, &labels, &zoo::spec("patch", Norm::Linf, 0.0, &knobs)))
    };
    let [small, middle, whole] = [fooled(0.05), fooled(0.3), fooled(1.0)];
    assert!(small < middle && middle <= whole && whole == 20, "{small}, {middle}, {whole} of 20");
}

#[test]
fn no_turn_and_no_shift_is_the_picture_itself() {
    let clean = toy::pixels(1, 2);
    assert_eq!(toy::values(Warp::default().apply(&toy::images(&clean))), clean);
    let knobs = [("turn", 0.0), ("shift", 0.0), ("turns", 1.0), ("shifts", 1.0)];
    let samples = run(&clean, &toy::spec("spatial", Norm::Linf, 0.0, &knobs));
    for (sample, clean) in samples.iter().zip(clean.chunks(PIXELS)) {
        assert_eq!(&sample.pixels[..], clean);
        assert!(!sample.success);
    }
}

#[test]
fn a_quarter_turn_and_a_whole_shift_move_every_pixel_to_its_place() {
    let clean = toy::pixels(1, 1);
    let warped = |warp: Warp| toy::values(warp.apply(&toy::images(&clean)));
    // Counter-clockwise: the right edge becomes the upper one.
    for (at, x) in warped(Warp { degrees: 90.0, ..Warp::default() }).into_iter().enumerate() {
        assert!((x - clean[at % 8 * 8 + 7 - at / 8]).abs() < 1e-5, "pixel {at}");
    }
    for (at, x) in warped(Warp { right: 2.0, down: -1.0, ..Warp::default() }).into_iter().enumerate() {
        let inside = at % 8 >= 2 && at / 8 < 7;
        assert_eq!(x, if inside { clean[(at / 8 + 1) * 8 + at % 8 - 2] } else { 0.0 }, "pixel {at}");
    }
    // Half a pixel is the mean of two.
    for (at, x) in warped(Warp { down: 0.5, ..Warp::default() }).into_iter().enumerate() {
        let above = if at < 8 { 0.0 } else { clean[at - 8] };
        assert!((x - (clean[at] + above) / 2.0).abs() < 1e-6, "pixel {at}");
    }
}

#[test]
fn every_turn_is_one_query_and_more_of_them_lose_nothing() {
    let network = toy::trained();
    let clean = toy::pixels(1, 8);
    let labels = toy::answers(&network, &clean);
    let finished = |knobs: &[(&str, f64)]| {
        let case = toy::case(&network, &clean, &labels, None, 1, 0);
        toy::attack(&network, case, &toy::spec("spatial", Norm::Linf, 0.0, knobs)).unwrap()
    };
    assert_eq!(finished(&[("turns", 3.0), ("shifts", 3.0)]).queries, 1 + 27);
    let [few, many] = [finished(&[("random", 5.0)]), finished(&[("random", 50.0)])];
    assert_eq!((few.queries, many.queries), (1 + 5, 1 + 50));
    assert!(few.samples.iter().zip(&many.samples).all(|(few, many)| !few.success || many.success));
    assert!(many.samples.iter().any(|sample| sample.success));
}
