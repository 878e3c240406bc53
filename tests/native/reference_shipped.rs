//! The robust model as it ships, against what other libraries make of it; and the targeted members of AutoAttack, and
//! AutoAttack whole, in L2.

use crate::libraries::*;
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::Sample;

/// Pictures of the first `count` that stand within the radius; a nearest input beyond it does not count.
fn left(name: &str, id: &str, norm: Norm, eps: f32, count: usize) -> usize {
    let model = model(name);
    let samples = attack(&model, case(&model, count), &spec(id, norm, eps, &[]));
    let wrong = |sample: &&Sample| sample.clean.label != sample.truth;
    let within = |sample: &&Sample| sample.success && sample.distance.of(norm) <= eps * (1.0 + 1e-6);
    count - samples.iter().filter(|sample| wrong(sample) || within(sample)).count()
}

/// Holds an attack to leaving no more than AutoAttack's code, but for `chance`: both draw.
fn as_strong(name: &str, job: &str, id: &str, norm: Norm, eps: f32, count: usize, chance: usize) {
    let (ours, theirs) = (left(name, id, norm, eps, count), reference(name, job).standing_of(count));
    println!("{name} {job}: {ours} of {count} stand, against {theirs}");
    assert!(ours <= theirs + chance, "{name} {job}: {ours} of {count} stand, against {theirs}");
}

/// Our mean distance as a multiple of the library's.
fn ratio(name: &str, job: &str, norm: Norm, count: usize, id: &str, knobs: &[(&str, f64)]) -> f32 {
    let (model, theirs) = (model(name), reference(name, job));
    let samples = attack(&model, case(&model, count), &spec(id, norm, 0.3, knobs));
    // A search of seven weights is over before it finds anything for a picture in a hundred, whoever searches.
    assert!(
        standing(&samples) <= theirs.standing_of(count) + count / 100,
        "{name} {job}: {} stand",
        standing(&samples)
    );
    let (ours, theirs) = (mean(&samples, norm), theirs.mean_of(norm, count));
    println!("{name} {job}: mean {ours} against {theirs} on {count}, ratio {}", ours / theirs);
    ours / theirs
}

#[test]
fn autoattack_fells_the_pictures_that_its_own_code_does() {
    // Of the first thirty pictures one falls, and who stands takes every query there is: a minute that tells little. These
    // fall, one member after another, and leave the batch as they do; all thirty-six and those that stand are in the long stage.
    let model = model(LATEST);
    let fallen = &reference(LATEST, "autoattack-linf-0.3").fallen()[..12];
    let samples = attack(&model, picked(&model, fallen), &spec("autoattack", Norm::Linf, 0.3, &[]));
    let stand = samples.iter().zip(fallen).filter(|(sample, _)| sample.adversarial.label == sample.truth);
    let stand: Vec<usize> = stand.map(|(_, at)| *at).collect();
    assert!(stand.len() <= 1, "{stand:?} stand");
    // One gradient attack is not what fells them.
    let alone = standing(&attack(&model, picked(&model, fallen), &spec("pgd", Norm::Linf, 0.3, &[])));
    assert!(alone >= 3, "{alone} stand against PGD");
}

#[test]
fn targeted_members_are_as_strong_as_autoattacks_in_l2_and_l1() {
    for (name, l2, l1) in [(NATURAL, 1, 5), (LATEST, 2, 10)] {
        as_strong(name, &format!("apgd-t-l2-{l2}"), "apgd-t", Norm::L2, l2 as f32, 8, 1);
        as_strong(name, &format!("apgd-t-l1-{l1}"), "apgd-t", Norm::L1, l1 as f32, 6, 1);
        as_strong(name, &format!("fab-t-l2-{l2}"), "fab", Norm::L2, l2 as f32, 8, 1);
    }
}

#[test]
fn autoattack_is_as_strong_in_l2() {
    as_strong(NATURAL, "autoattack-l2-1", "autoattack", Norm::L2, 1.0, 8, 0);
    as_strong(LATEST, "autoattack-l2-2", "autoattack", Norm::L2, 2.0, 6, 1);
}

#[test]
fn deepfool_is_as_near_on_what_ships() {
    for (norm, job) in [(Norm::L2, "deepfool-l2-100"), (Norm::Linf, "deepfool-linf-100")] {
        let found = ratio(LATEST, job, norm, 100, "deepfool", &[]);
        assert!(found <= 1.05, "{job}: {found}");
    }
}

#[test]
fn cw_is_as_near_at_the_steps_of_the_page() {
    // Foolbox at the page's own settings: 7 searches of 200 steps.
    for name in [NATURAL, LATEST] {
        let found = ratio(name, "cw-l2-brief", Norm::L2, 10, "cw", &[]);
        assert!(found <= 1.05, "{name}: {found}");
    }
}

#[test]
#[ignore = "minutes: cargo xtask test --only long"]
fn cw_is_as_near_on_all_pictures() {
    for name in [NATURAL, ROBUST, LATEST] {
        let found = ratio(name, "cw-l2-brief", Norm::L2, 100, "cw", &[]);
        assert!(found <= 1.05, "{name}: {found}");
    }
    let knobs = [("search", 9.0), ("steps", 1000.0), ("lr", 0.01), ("first", 0.001)];
    let found = ratio(LATEST, "cw-l2", Norm::L2, 100, "cw", &knobs);
    assert!(found <= 1.05, "{found}");
}

#[test]
#[ignore = "minutes: cargo xtask test --only long"]
fn fab_is_as_strong_on_500_pictures() {
    as_strong(ROBUST, "fab-t-linf-0.3", "fab", Norm::Linf, 0.3, 500, 7);
}

#[test]
#[ignore = "minutes: cargo xtask test --only long"]
fn autoattack_on_what_ships_is_within_six_tenths_of_a_point() {
    let (ours, theirs) =
        (left(LATEST, "autoattack", Norm::Linf, 0.3, 500), reference(LATEST, "autoattack-linf-0.3").standing_of(500));
    println!("{ours} of 500 stand, against {theirs}");
    assert!(ours.abs_diff(theirs) <= 3, "{ours} of 500 stand, against {theirs}");
}

/// Much hangs on the start in L1, for either code: one draw leaves between 34 and 46 of a hundred pictures of the older
/// robust network. AutoAttack's L1 goes through five targets, not nine.
fn apgd_t_is_as_strong_over_three_draws(name: &str, eps: u32) {
    let spec = spec("apgd-t", Norm::L1, eps as f32, &[("targets", 5.0)]);
    let network = model(name);
    let ours: Vec<usize> = (1..=3).map(|seed| standing(&attack(&network, drawn(&network, 100, seed), &spec))).collect();
    let job = format!("apgd-t-l1-{eps}");
    let jobs = [job.clone(), format!("{job}-seed-1"), format!("{job}-seed-2")];
    let theirs: Vec<usize> = jobs.iter().map(|job| reference(name, job).standing_of(100)).collect();
    println!("{name} {job}: {ours:?} stand, against {theirs:?}");
    let sum = |counts: &[usize]| counts.iter().sum::<usize>();
    assert!(sum(&ours) <= sum(&theirs) + 9, "{name} {job}: {ours:?} stand, against {theirs:?}");
}

#[test]
#[ignore = "minutes: cargo xtask test --only long"]
fn members_and_whole_are_as_strong_on_all_pictures() {
    for (name, l2, l1) in [(NATURAL, 1, 5), (ROBUST, 2, 10), (LATEST, 2, 10)] {
        for (id, job) in [("apgd-t", "apgd-t"), ("fab", "fab-t")] {
            as_strong(name, &format!("{job}-l2-{l2}"), id, Norm::L2, l2 as f32, 100, 2);
        }
        as_strong(name, &format!("fab-t-l1-{l1}"), "fab", Norm::L1, l1 as f32, 100, 2);
        apgd_t_is_as_strong_over_three_draws(name, l1);
        as_strong(name, &format!("autoattack-l2-{l2}"), "autoattack", Norm::L2, l2 as f32, 100, 2);
    }
    for norm in Norm::ALL {
        let found = ratio(LATEST, &format!("fab-targeted-{}", norm.id()), norm, 50, "fab", &[]);
        assert!(found <= 1.05, "{norm:?}: {found}");
    }
}
