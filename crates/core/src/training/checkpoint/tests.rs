//! Which model and which examination a run has to show.

use super::super::preset;
use super::*;
use crate::architecture::{Architecture, LayerSpec};
use crate::protocol::Lesson;
use crate::report::Accuracy;

fn found(right: usize) -> Examination {
    let [clean, robust, single] = [Accuracy::of(right, 100); 3];
    Examination { clean, robust, single }
}

/// A run whose best model has the weight 1, and its last one 2.
fn run() -> Checkpoint {
    let layers = vec![LayerSpec::Flatten, LayerSpec::linear(4, 2)];
    let architecture = Architecture::new([1, 2, 2], 2, layers);
    let settings = preset("minute").unwrap().settings(architecture, "some", 0.3, 1, 1);
    let mut run = Checkpoint::new(settings, Learner { weights: vec![2.0], ..Learner::default() });
    run.best = Some(Kept { weights: vec![1.0], batch: 10, examination: found(90) });
    run.before = Some(Kept { weights: vec![0.0], batch: 0, examination: found(10) });
    run
}

fn examined(mut run: Checkpoint) -> Checkpoint {
    let examination = Some(found(80));
    run.curve.add(Point { batch: 20, seconds: 1.0, lesson: Lesson::default(), examination });
    run
}

#[test]
fn the_best_model_is_shown_where_the_run_ended_badly_and_the_last_one_otherwise() {
    let shown = |ending: Option<Ending>| {
        let run = Checkpoint { ending, ..examined(run()) };
        (run.model()[0], run.shown().unwrap().clean.value)
    };
    for ending in [None, Some(Ending::Finished), Some(Ending::Cancelled), Some(Ending::Stuck { clean: 0.1 })] {
        assert_eq!(shown(ending), (2.0, 0.8), "{ending:?}");
    }
    for ending in [Ending::Early, Ending::Restored] {
        assert_eq!(shown(Some(ending)), (1.0, 0.9), "{ending:?}");
    }
    let unknown = Checkpoint { ending: Some(Ending::Early), best: None, ..examined(run()) };
    assert_eq!((unknown.model()[0], unknown.shown().unwrap().clean.value), (2.0, 0.8), "there is no better one");
}

#[test]
fn before_the_first_examination_on_the_way_what_the_run_began_with_is_shown() {
    assert_eq!(run().shown().unwrap().clean.value, 0.1);
    assert_eq!(Checkpoint { before: None, ..run() }.shown(), None);
}

#[test]
fn a_running_average_is_the_model() {
    let mut run = run();
    assert_eq!(run.last(), [2.0]);
    run.learner.average = vec![3.0];
    assert_eq!((run.last(), run.model()), (&[3.0][..], &[3.0][..]));
}

#[test]
fn examinations_are_spread_evenly_and_the_last_one_is_at_the_end() {
    let overdue = |examined: u32, share: f64| {
        let mut run = Checkpoint { batch: 10, share, examined, ..run() };
        run.settings.examinations = 5;
        run.overdue()
    };
    assert_eq!([overdue(0, 0.19), overdue(0, 0.2), overdue(1, 0.39), overdue(1, 0.4)], [false, true, false, true]);
    assert!(overdue(5, 1.0), "what has come early spares none at the end");
    assert!(!Checkpoint { batch: 0, ..run() }.overdue());
}

#[test]
fn a_roll_back_halves_the_rate_and_goes_to_the_last_examination_or_the_start() {
    let start = Learner { weights: vec![5.0], ..Learner::default() };
    let mut run = Checkpoint { batch: 30, share: 0.3, ..run() };
    run.roll_back(&start);
    assert_eq!((run.learner.weights[0], run.batch, run.share, run.rate, run.falls), (5.0, 0, 0.0, 0.5, 1));
    run.safe = Some((Learner { weights: vec![4.0], ..Learner::default() }, 20, 0.2));
    run.roll_back(&start);
    assert_eq!((run.learner.weights[0], run.batch, run.share, run.rate, run.falls), (4.0, 20, 0.2, 0.25, 2));
}
