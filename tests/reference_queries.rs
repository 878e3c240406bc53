//! Attacks that only ask, beside other libraries on the same weights and pictures (`tests/reference`).

mod zoo;

use foolproof::catalog::Norm;

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
    let ours = zoo::standing(&zoo::attack(&zoo::model(zoo::ROBUST), &pixels, &labels, &spec));
    let theirs = left_right("mnist-cnn-robust/square-linf-0.3", count);
    assert!(ours <= theirs + 1, "{ours} of {count} against {theirs}");
}

#[test]
#[ignore = "minutes: cargo test --features native --test reference_queries -- --ignored --nocapture"]
fn square_on_500_pictures() {
    let (pixels, labels) = zoo::pictures(500);
    let spec = zoo::spec("square", Norm::Linf, 0.3, &[("rescale", 0.0)]);
    let start = std::time::Instant::now();
    let samples = zoo::attack(&zoo::model(zoo::ROBUST), &pixels, &labels, &spec);
    let (ours, theirs) = (zoo::standing(&samples), left_right("mnist-cnn-robust/square-linf-0.3", 500));
    println!("{ours} of 500 against {theirs}, queries {:?}, {:?}", zoo::meter(&samples), start.elapsed());
    // 1.5 points.
    assert!(ours <= theirs + 7, "{ours} of 500 against {theirs}");
}
