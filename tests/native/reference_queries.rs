//! Attacks that only ask, beside other libraries on the same weights and pictures (`tests/reference`).

use crate::zoo;
use foolproof_core::catalog::Norm;

/// Pictures among the first `count` that another library's attack left right.
fn left_right(path: &str, count: usize) -> usize {
    zoo::reference(path)["robust"].as_str().unwrap()[..count].matches('1').count()
}

#[test]
fn square_leaves_as_few_right_as_autoattack() {
    // AutoAttack's 5000 queries on the first pictures; most that fall do so within the first thousand of ours.
    let count = 24;
    let (pixels, labels) = zoo::pictures(count);
    let spec = zoo::spec("square", Norm::Linf, 0.3, &[("queries", 1000.0)]);
    let ours = zoo::standing(&zoo::attack(&zoo::studied(zoo::ROBUST), &pixels, &labels, &spec));
    let theirs = left_right("mnist-cnn-robust/square-linf-0.3", count);
    assert!(ours <= theirs + 1, "{ours} of {count} against {theirs}");
}

#[test]
fn square_needs_no_more_queries_than_autoattack() {
    let count = 50;
    let (pixels, labels) = zoo::pictures(count);
    let spec = zoo::spec("square", Norm::Linf, 0.2, &[("rescale", 0.0)]);
    let samples = zoo::attack(&zoo::studied(zoo::NATURAL), &pixels, &labels, &spec);
    let record = zoo::reference("mnist-cnn/square-queries-linf-0.2");
    let theirs: Vec<f32> =
        record["queries"].as_array().unwrap()[..count].iter().map(|queries| queries.as_f64().unwrap() as f32).collect();
    assert_eq!((zoo::standing(&samples), left_right("mnist-cnn/square-queries-linf-0.2", count)), (0, 0));
    // They do not count the clean input. One picture may take hundreds, so that means scatter.
    let (ours, theirs) = (zoo::meter(&samples).0 - 1.0, theirs.iter().sum::<f32>() / count as f32);
    assert!(ours < 1.3 * theirs, "{ours} against {theirs}");
}

#[test]
fn nes_leaves_no_more_right_than_foolbox() {
    let count = 8;
    let (pixels, labels) = zoo::pictures(count);
    let spec = zoo::spec("nes", Norm::Linf, 0.3, &[("step", 0.01), ("steps", 40.0)]);
    let ours = zoo::standing(&zoo::attack(&zoo::studied(zoo::NATURAL), &pixels, &labels, &spec));
    let theirs = left_right("mnist-cnn/nes-linf-0.3", count);
    assert!(ours <= theirs, "{ours} of {count} against {theirs}");
}

#[test]
#[ignore = "minutes: cargo xtask test --only long"]
fn square_on_500_pictures() {
    let (pixels, labels) = zoo::pictures(500);
    let spec = zoo::spec("square", Norm::Linf, 0.3, &[("rescale", 0.0)]);
    let start = std::time::Instant::now();
    let samples = zoo::attack(&zoo::studied(zoo::ROBUST), &pixels, &labels, &spec);
    let (ours, theirs) = (zoo::standing(&samples), left_right("mnist-cnn-robust/square-linf-0.3", 500));
    println!("{ours} of 500 against {theirs}, queries {:?}, {:?}", zoo::meter(&samples), start.elapsed());
    // 1.5 points.
    assert!(ours <= theirs + 7, "{ours} of 500 against {theirs}");
}

#[test]
#[ignore = "a minute: cargo xtask test --only long"]
fn square_needs_no_more_queries_at_other_radii() {
    let (pixels, labels) = zoo::pictures(100);
    for (eps, job) in [(0.1, "square-queries-linf-0.1"), (0.3, "square-queries-linf-0.3")] {
        let spec = zoo::spec("square", Norm::Linf, eps, &[("rescale", 0.0)]);
        let samples = zoo::attack(&zoo::studied(zoo::NATURAL), &pixels, &labels, &spec);
        let record = zoo::reference(&format!("{}/{job}", zoo::NATURAL));
        let (ours, theirs) = (zoo::standing(&samples), left_right(&format!("{}/{job}", zoo::NATURAL), 100));
        let (mean, their_mean) = (zoo::meter(&samples).0 - 1.0, record["summary"]["queries"]["mean"].as_f64().unwrap());
        println!("{job}: {ours} of 100 against {theirs}, queries {mean} against {their_mean}");
        assert!(ours <= theirs + 2 && mean < 1.3 * their_mean as f32, "{job}: {ours}, {mean}");
    }
}

#[test]
#[ignore = "minutes: cargo xtask test --only long"]
fn square_in_l2_on_100_pictures() {
    let (pixels, labels) = zoo::pictures(100);
    let spec = zoo::spec("square", Norm::L2, 2.0, &[("rescale", 0.0)]);
    let (mut ours, mut theirs) = (0, 0);
    for model in [zoo::NATURAL, zoo::ROBUST] {
        let samples = zoo::attack(&zoo::studied(model), &pixels, &labels, &spec);
        let left = left_right(&format!("{model}/square-l2-2"), 100);
        println!("{model}: {} of 100 against {left}, queries {:?}", zoo::standing(&samples), zoo::meter(&samples));
        (ours, theirs) = (ours + zoo::standing(&samples), theirs + left);
    }
    // 1.5 points of both together: either search is a matter of luck for some pictures.
    assert!(ours <= theirs + 3, "{ours} of 200 against {theirs}");
}

#[test]
#[ignore = "minutes: cargo xtask test --only long"]
fn estimated_gradients_on_50_pictures() {
    let (pixels, labels) = zoo::pictures(50);
    let spsa = [("samples", 256.0), ("signs", 1.0), ("step", 0.01), ("steps", 40.0)];
    let nes = [("samples", 128.0), ("signs", 0.0), ("step", 0.01), ("steps", 40.0)];
    for (model, name, knobs) in [
        (zoo::NATURAL, "nes-linf-0.3", nes),
        (zoo::NATURAL, "spsa-linf-0.3", spsa),
        (zoo::ROBUST, "spsa-linf-0.3", spsa),
    ] {
        let samples = zoo::attack(&zoo::studied(model), &pixels, &labels, &zoo::spec("nes", Norm::Linf, 0.3, &knobs));
        let (ours, theirs) = (zoo::standing(&samples), left_right(&format!("{model}/{name}"), 50));
        println!("{model}/{name}: {ours} of 50 against {theirs}, queries {:?}", zoo::meter(&samples));
        assert!(ours <= theirs, "{model}/{name}: {ours} of 50 against {theirs}");
    }
}
