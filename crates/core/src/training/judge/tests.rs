//! Examinations on both sides of each threshold.

use super::super::preset;
use super::*;
use crate::architecture::{Architecture, LayerSpec};

/// So many of a hundred pictures read right under PGD-10; all of them as they are.
fn robust(right: usize) -> Examination {
    Examination { clean: Accuracy::of(100, 100), robust: Accuracy::of(right, 100), single: Accuracy::of(97, 100) }
}

/// An examination of this clean accuracy and its interval.
fn clean(low: f64, value: f64, high: f64) -> Examination {
    Examination { clean: Accuracy { value, low, high, n: 100 }, ..robust(0) }
}

fn settings(patience: u32, fall: f64) -> Settings {
    let layers = vec![LayerSpec::Flatten, LayerSpec::linear(4, 2)];
    let architecture = Architecture::new([1, 2, 2], 2, layers);
    Settings { patience, fall, ..preset("minute").unwrap().settings(architecture, "some", 0.3, 1, 1) }
}

/// The verdict on an examination after a best one, both of a hundred pictures.
fn judged(best: Option<usize>, now: usize, settings: &Settings, spent: bool) -> Option<Ending> {
    verdict(&robust(now), best.map(|best| best as f64 / 100.0), 1, settings, spent)
}

#[test]
fn each_ending_has_its_word_and_keeps_the_last_model_or_the_best() {
    let overfitting = Ending::Overfitting { best: 0.7, fell: 0.1, single: 0.9 };
    let ruined = Ending::Ruined { rate: 1.0, before: 0.9, after: 0.1 };
    let told = [
        (Ending::Finished, "finished", false),
        (Ending::Stuck { clean: 0.1 }, "stuck", false),
        (Ending::Cancelled, "cancelled", false),
        (Ending::Early, "early", true),
        (overfitting, "overfitting", true),
        (Ending::Restored, "restored", true),
        (ruined, "restored", true),
    ];
    for (ending, word, keeps_best) in told {
        assert_eq!((ending.word(), ending.keeps_best()), (word, keeps_best), "{ending:?}");
    }
}

#[test]
fn a_model_is_ruined_where_even_the_interval_lies_below_half_of_what_it_read() {
    let before = clean(0.7, 0.8, 0.9);
    let found = [0.39, 0.4, 0.45, 0.9].map(|high| ruined(&clean(0.1, 0.2, high), &before));
    assert_eq!(found, [true, false, false, false]);
}

#[test]
fn a_model_guesses_where_its_interval_holds_one_of_its_classes() {
    let guess = |low: f64, classes: usize| guesses(&clean(low, 0.6, 0.7), classes);
    assert_eq!(
        [guess(0.25, 4), guess(0.26, 4), guess(0.26, 3), guess(0.1, 10), guess(0.11, 10)],
        [true, false, true, true, false]
    );
    assert!(guess(1.0, 0), "a model of no classes can do no more");
}

#[test]
fn a_run_has_lost_what_it_began_with_below_half_of_it_and_by_the_fall() {
    let lost = |before: usize, now: usize| lost(&robust(now), before as f64 / 100.0, FALL);
    assert_eq!(lost(50, 25), None, "half is left");
    assert_eq!(lost(50, 24), Some(Ending::Overfitting { best: 0.5, fell: 0.24, single: 0.97 }));
    assert_eq!(lost(30, 11), None, "less than half is left, and it is not much that is lost");
    assert_eq!(lost(30, 10), Some(Ending::Overfitting { best: 0.3, fell: 0.1, single: 0.97 }));
    assert_eq!(lost(90, 50), None, "the price of a high rate");
}

#[test]
fn a_fall_of_a_fifth_ends_a_run_whatever_it_falls_from() {
    for best in 20..=100 {
        let fell = judged(Some(best), best - 20, &settings(0, FALL), false);
        assert!(matches!(fell, Some(Ending::Overfitting { .. })), "from {best}: {fell:?}");
        assert_eq!(judged(Some(best), best - 19, &settings(0, FALL), false), None, "from {best}");
    }
    assert_eq!(judged(Some(90), 41, &settings(0, 0.5), false), None, "a run may allow more");
    let fell = Some(Ending::Overfitting { best: 0.9, fell: 0.4, single: 0.97 });
    assert_eq!(judged(Some(90), 40, &settings(0, 0.5), false), fell);
}

#[test]
fn patience_is_a_number_of_examinations_in_a_row_and_0_is_without_end() {
    let after = |since: u32, patience: u32| verdict(&robust(50), Some(0.5), since, &settings(patience, FALL), false);
    assert_eq!(
        [after(0, 3), after(2, 3), after(3, 3), after(4, 3)],
        [None, None, Some(Ending::Early), Some(Ending::Early)]
    );
    assert_eq!([after(0, 0), after(1000, 0)], [None, None]);
}

#[test]
fn a_spent_budget_ends_a_run_and_brings_the_best_back_where_the_last_is_more_than_a_twentieth_below() {
    let settings = settings(0, 1.0);
    for best in 6..=100 {
        let spent = |below: usize| judged(Some(best), best - below, &settings, true);
        assert_eq!([spent(0), spent(5)], [Some(Ending::Finished); 2], "{best} and {}", best - 5);
        assert_eq!(spent(6), Some(Ending::Restored), "{best} and {}", best - 6);
    }
    assert_eq!(judged(None, 0, &settings, true), Some(Ending::Finished), "there is no other");
    assert_eq!(judged(Some(50), 80, &settings, true), Some(Ending::Finished), "the last is the best");
    assert_eq!(judged(Some(50), 40, &settings, false), None, "there is time left");
}
