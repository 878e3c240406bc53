//! Attacks that see decisions only, beside other libraries on the same weights and pictures (`tests/reference`).

use crate::zoo;
use foolproof_core::catalog::Norm;

/// Mean L2 distance of another library's attack over its first `count` pictures, all of which it fooled.
fn theirs(path: &str, count: usize) -> f32 {
    let reference = zoo::reference(path);
    let rows = reference["images"].as_array().unwrap()[..count].iter();
    rows.map(|row| row["l2"].as_f64().filter(|_| row["success"] == true).unwrap() as f32).sum::<f32>() / count as f32
}

/// As `theirs`, of ours.
fn ours(model: &str, id: &str, count: usize, knobs: &[(&str, f64)]) -> f32 {
    let (pixels, labels) = zoo::pictures(count);
    let samples = zoo::attack(&zoo::studied(model), &pixels, &labels, &zoo::spec(id, Norm::L2, 2.0, knobs));
    assert!(samples.iter().all(|sample| sample.success));
    samples.iter().map(|sample| sample.distance.l2).sum::<f32>() / count as f32
}

#[test]
fn a_short_run_of_hopskipjump_comes_near_what_a_long_one_of_foolbox_finds() {
    // A sixth of the queries that Foolbox's took.
    let found = ours(zoo::NATURAL, "hopskipjump", 3, &[("steps", 20.0)]);
    let best = theirs("mnist-cnn/hopskipjump-l2", 3);
    assert!(found < 1.25 * best, "{found} against {best}");
}

#[test]
fn a_short_walk_of_boundary_comes_near_what_a_long_one_of_foolbox_finds() {
    // An eighth of Foolbox's steps.
    let found = ours(zoo::NATURAL, "boundary", 3, &[("steps", 3000.0)]);
    let best = theirs("mnist-cnn/boundary-l2", 3);
    println!("{found} against {best}");
    assert!(found < 1.4 * best, "{found} against {best}");
}

#[test]
#[ignore = "minutes: cargo xtask test --only long"]
fn long_runs_find_foolboxs_distances() {
    for (id, steps) in [("hopskipjump", 64.0), ("boundary", 25_000.0)] {
        for model in [zoo::NATURAL, zoo::ROBUST] {
            let found = ours(model, id, 20, &[("steps", steps)]);
            let best = theirs(&format!("{model}/{id}-l2"), 20);
            println!("{model}, {id}: {found} against {best}");
            assert!(found < 1.05 * best, "{model}, {id}: {found} against {best}");
        }
    }
}
