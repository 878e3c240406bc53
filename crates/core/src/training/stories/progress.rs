//! What a run tells of its progress, and which time counts.

use super::*;
use crate::protocol::{Fault, FaultKind};

/// Turns until the run has so many batches behind it.
fn until(world: &mut World, batch: u64) {
    while world.run.checkpoint().batch < batch {
        assert!(world.turn(), "there is more to do");
    }
}

#[test]
fn the_time_left_is_told_once_two_rounds_show_a_pace() {
    let mut world = world(ONE_EPOCH, 1, |_| 0.5);
    until(&mut world, 10);
    assert_eq!(world.run.progress().left, None, "the first round also starts engines");
    until(&mut world, 20);
    let progress = world.run.progress();
    // A tenth is done after 20 batches of 50 ms: 180 are left.
    assert!((progress.left.unwrap() - 9.0).abs() < 1e-9, "{progress:?}");
    assert_eq!((progress.batch, progress.share, progress.seconds, progress.images), (20, 0.1, 1.2, 640));
    until(&mut world, 30);
    assert!((world.run.progress().left.unwrap() - 8.5).abs() < 1e-9, "{:?}", world.run.progress());
}

#[test]
fn of_two_budgets_the_one_that_ends_first_tells_the_time_left() {
    let left = |budget, batch| {
        let mut world = world(budget, 1, |_| 0.5);
        until(&mut world, batch);
        world.run.progress().left.unwrap()
    };
    assert!((left(TEN_SECONDS, 10) - 9.3).abs() < 1e-9, "by the clock, until there is a pace");
    assert!((left(Budget { epochs: 1.0, seconds: 1000.0 }, 20) - 9.0).abs() < 1e-9, "by the steps");
    assert!(left(Budget { epochs: 1000.0, seconds: 10.0 }, 100) <= 10.0 - 5.0, "by the clock");
}

#[test]
fn a_run_is_paused_once_its_round_has_ended_and_that_time_still_counts() {
    let mut world = world(ONE_EPOCH, 1, |_| 0.5);
    world.turn();
    let orders = world.run.next(world.now);
    world.run.pause();
    assert!(!world.run.progress().paused, "a round is under way");
    world.now += ROUND;
    let (tag, answer) = world.answer(orders[0].clone());
    world.run.hear(tag, answer, world.now);
    assert_eq!((world.run.progress().paused, world.run.progress().seconds), (true, 0.7));
    world.run.go_on();
    assert!(!world.run.progress().paused);
}

#[test]
fn between_two_rounds_the_clock_goes_on_and_after_the_end_it_stands() {
    let mut world = world(ONE_EPOCH, 1, |_| 0.5);
    until(&mut world, 20);
    let before = world.run.progress().seconds;
    world.now += 2000.0;
    world.run.next(world.now);
    assert_eq!(world.run.progress().seconds, before + 2.0, "a page that is slow to ask spends the budget");
    world.run.cancel();
    world.run.next(world.now + 5000.0);
    assert_eq!(world.run.progress().seconds, before + 2.0);
}

#[test]
fn an_answer_of_another_order_changes_nothing() {
    let mut world = world(ONE_EPOCH, 1, |_| 0.5);
    world.turn();
    let first = world.run.next(world.now)[0].clone();
    let (tag, answer) = world.answer(first);
    world.run.hear(tag - 1, answer.clone(), world.now);
    assert_eq!(world.run.checkpoint().batch, 0, "of the order before");
    world.run.hear(tag, answer.clone(), world.now);
    assert_eq!(world.run.checkpoint().batch, 10);
    let late = Answer::Failed { replica: 0, fault: Fault::new(FaultKind::NotFinite, "diverged") };
    world.run.hear(tag, late, world.now);
    assert_eq!((world.run.checkpoint().batch, world.run.checkpoint().falls), (10, 0), "its round is over");
}
