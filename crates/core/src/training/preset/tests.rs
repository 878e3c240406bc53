//! What the recipes of the presets have to be, beside one another and by their own words.

use super::*;
use crate::architecture::LayerSpec;

fn architecture() -> Architecture {
    Architecture::new([1, 2, 2], 2, vec![LayerSpec::Flatten, LayerSpec::linear(4, 2)])
}

fn settings(id: &str) -> Settings {
    preset(id).unwrap().settings(architecture(), "some", 0.2, 2, 9)
}

#[test]
fn recipes_train_a_little_beyond_the_radius_that_is_to_hold() {
    for id in ["minute", "ten", "custom"] {
        let Settings { recipe, hold, .. } = settings(id);
        assert!(hold == 0.2 && recipe.eps > 1.05 * hold && recipe.eps < 1.2 * hold, "{id}: {}", recipe.eps);
    }
}

#[test]
fn ten_minutes_are_one_minutes_recipe_with_larger_batches_a_lower_rate_and_a_longer_average() {
    let (minute, ten) = (settings("minute").recipe, settings("ten").recipe);
    assert!(ten.batch > minute.batch && ten.rate < minute.rate && ten.average > minute.average, "{ten:?}");
    assert_eq!(Recipe { batch: minute.batch, rate: minute.rate, average: minute.average, ..ten }, minute);
}

#[test]
fn the_overfitting_demo_steps_the_whole_radius_from_the_clean_picture_at_a_high_rate() {
    let (minute, Settings { recipe, hold, .. }) = (settings("minute").recipe, settings("overfit"));
    assert_eq!((recipe.knobs["step"], recipe.knobs["noise"]), (1.0, 0.0));
    assert_eq!((recipe.method.as_str(), recipe.eps, recipe.ramp), ("fast", hold, 0.0));
    assert!(recipe.rate > minute.rate && recipe.memory < minute.memory && recipe.batch > minute.batch, "{recipe:?}");
    // Nothing holds it up.
    assert_eq!(
        (recipe.schedule, recipe.average, recipe.smooth, recipe.augment),
        (Schedule::Constant, 0.0, 0.0, vec![])
    );
}

#[test]
fn points_are_trained_with_pgd_at_the_radius_itself_in_full_batches_a_few_passes_a_round() {
    let Settings { recipe, hold, images, round, .. } = points(architecture(), "some", 0.05, 200.0, 9);
    assert_eq!((recipe.method.as_str(), recipe.eps, hold, recipe.seed), ("pgd", 0.05, 0.05, 9));
    assert_eq!(recipe.knobs.into_iter().collect::<Vec<_>>(), [("steps".to_string(), 10.0)]);
    assert_eq!((images % recipe.batch, round * recipe.batch / images), (0, 4));
    // What is done to pictures and to what is learnt of them is not done to points.
    assert_eq!((recipe.average, recipe.smooth, recipe.augment), (0.0, 0.0, vec![]));
    let minute = settings("minute").recipe;
    assert!(recipe.rate > minute.rate && recipe.memory > minute.memory, "few pictures, many passes");
    assert!(recipe.ramp > minute.ramp && recipe.warm < minute.warm);
}

#[test]
fn more_workers_train_a_replica_each_in_longer_rounds() {
    let seats = |id: &str, workers: u32| {
        let settings = preset(id).unwrap().settings(architecture(), "some", 0.2, workers, 9);
        (settings.replicas, settings.round)
    };
    assert_eq!([0, 1, 2].map(|workers| seats("minute", workers)), [(1, 16), (1, 16), (2, 16)]);
    assert_eq!([3, 4, 8, 64].map(|workers| seats("minute", workers)), [(3, 32), (4, 32), (8, 64), (8, 64)]);
    assert_eq!(seats("overfit", 8), (1, 16), "the demo is the same everywhere");
}

#[test]
fn bounds_are_trained_beyond_the_radius_with_a_slow_ramp_and_labels_as_they_are() {
    let base = settings("minute");
    let Settings { recipe, hold, replicas, images, .. } = of_method("ibp", &base);
    assert_eq!((recipe.method.as_str(), hold, replicas, images), ("ibp", base.hold, base.replicas, base.images));
    assert!(recipe.eps > 1.05 * hold && recipe.ramp > 0.5 && recipe.clip > 0.0, "{recipe:?}");
    assert_eq!((recipe.smooth, recipe.augment, recipe.knobs.len()), (0.0, vec![], 0));
    let pgd = of_method("pgd", &base).recipe;
    assert_eq!(Recipe { knobs: pgd.knobs.clone(), ..base.recipe.clone() }, pgd);
    assert_eq!((pgd.knobs.len(), of_method("fast", &base).recipe.knobs.len()), (0, 2));
}
