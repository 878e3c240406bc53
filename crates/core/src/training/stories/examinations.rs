//! What a run makes of its examinations.

use super::*;

/// A run of one epoch with other settings, to its end.
fn finished(change: fn(&mut Settings), robust: fn(usize) -> f64) -> World {
    let mut state = Checkpoint::new(settings(ONE_EPOCH, 1), start());
    change(&mut state.settings);
    let mut world = World::new(Run::new(state), robust);
    world.finish();
    world
}

#[test]
fn a_run_that_is_not_monitored_goes_on_to_its_end_and_keeps_the_last_model() {
    let world = finished(|settings| settings.monitored = false, |exam| [0.9, 0.9, 0.1, 0.0, 0.0, 0.0][exam]);
    assert_eq!((world.run.ending(), world.exams), (Some(Ending::Finished), 6));
    let state = world.run.checkpoint();
    assert_eq!((state.model()[0], state.shown().unwrap().robust.value), (200.0, 0.0));
}

#[test]
fn where_the_best_on_the_way_is_as_good_as_what_the_run_began_with_that_one_comes_back() {
    let world = finished(|_| (), |exam| [0.9, 0.9, 0.4, 0.0, 0.0, 0.0][exam]);
    assert!(matches!(world.run.ending(), Some(Ending::Overfitting { .. })), "{:?}", world.run.ending());
    assert_eq!(world.run.checkpoint().model()[0], 40.0);
    let world = finished(|_| (), |exam| [0.9, 0.4, 0.0, 0.0, 0.0, 0.0][exam]);
    assert_eq!(world.run.checkpoint().model()[0], 0.0, "there was none on the way");
}

#[test]
fn of_equally_good_models_the_later_one_is_the_best_and_those_in_a_row_that_are_worse_are_counted() {
    let mut world = world(ONE_EPOCH, 1, |exam| [0.0, 0.5, 0.5, 0.48, 0.47, 0.5][exam]);
    let mut since = Vec::new();
    while world.turn() {
        if world.exams > since.len() {
            since.push(world.run.checkpoint().since);
        }
    }
    assert_eq!(since, [0, 0, 0, 1, 2, 0]);
    assert_eq!(world.run.checkpoint().best.as_ref().unwrap().batch, 200);
}

#[test]
fn several_examinations_that_come_due_at_once_are_one() {
    // Two rounds, of half the run each, and examinations at every quarter.
    let change = |settings: &mut Settings| (settings.round, settings.examinations) = (100, 4);
    let world = finished(change, |_| 0.5);
    assert_eq!((world.exams, world.run.checkpoint().examined), (3, 4), "before, in the middle and at the end");
    let mut state = Checkpoint::new(settings(ONE_EPOCH, 1), start());
    change(&mut state.settings);
    let mut world = World::new(Run::new(state), |_| 0.5);
    while world.exams < 2 {
        world.turn();
    }
    assert_eq!(world.run.checkpoint().examined, 2, "a reload examines none of them again");
}

#[test]
fn a_run_from_random_weights_is_not_examined_before_its_first_step() {
    let state = Checkpoint::new(settings(ONE_EPOCH, 1), Learner::default());
    assert!(matches!(Run::new(state).next(0.0)[..], [Order::Round { .. }]));
}
