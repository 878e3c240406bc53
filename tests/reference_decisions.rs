//! Attacks that see decisions only, beside other libraries on the same weights and pictures (`tests/reference`).

mod zoo;

use foolproof::catalog::Norm;

/// Mean L2 distance of another library's attack over its first `count` pictures, all of which it fooled.
fn theirs(path: &str, count: usize) -> f32 {
    let reference = zoo::reference(path);
    let rows = reference["images"].as_array().unwrap()[..count].iter();
    rows.map(|row| row["l2"].as_f64().filter(|_| row["success"] == true).unwrap() as f32).sum::<f32>() / count as f32
}

/// As `theirs`, of ours.
fn ours(model: &str, id: &str, count: usize, knobs: &[(&str, f64)]) -> f32 {
    let (pixels, labels) = zoo::pictures(count);
    let samples = zoo::attack(&zoo::model(model), &pixels, &labels, &zoo::spec(id, Norm::L2, 2.0, knobs));
    assert!(samples.iter().all(|sample| sample.success));
    samples.iter().map(|sample| sample.distance.l2).sum::<f32>() / count as f32
}

#[test]
fn a_short_run_comes_near_what_a_long_one_of_foolbox_finds() {
    // A tenth of the queries that Foolbox's boundary attack spent.
    let (found, best) = (ours(zoo::NATURAL, "hopskipjump", 3, &[("steps", 12.0)]), theirs("mnist-cnn/boundary-l2", 3));
    assert!(found < 1.25 * best, "{found} against {best}");
}

#[test]
#[ignore = "minutes: cargo test --features native --test reference_decisions -- --ignored --nocapture"]
fn the_boundary_attack_finds_foolboxs_distances() {
    for model in [zoo::NATURAL, zoo::ROBUST] {
        let found = ours(model, "boundary", 20, &[("steps", 25_000.0)]);
        let best = theirs(&format!("{model}/boundary-l2"), 20);
        println!("{model}: {found} against {best}");
        assert!(found < 1.05 * best, "{model}: {found} against {best}");
    }
}
