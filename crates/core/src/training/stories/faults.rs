//! Runs in which numbers are not finite or workers are lost.

use super::*;
use crate::protocol::{Fault, FaultKind};

#[test]
fn not_a_number_goes_back_to_the_last_examination_at_half_the_rate() {
    let mut world = world(ONE_EPOCH, 1, |_| 0.5);
    while world.run.checkpoint().batch < 50 {
        world.turn();
    }
    let orders = world.run.next(world.now);
    let Order::Round { tag, job } = &orders[0] else { panic!("a round") };
    let fault = Fault::new(FaultKind::NotFinite, "diverged");
    world.run.hear(*tag, Answer::Failed { replica: 0, fault: fault.clone() }, world.now);
    let again = world.run.next(world.now);
    let Order::Round { job: second, .. } = &again[0] else { panic!("a round") };
    assert_eq!((second.round.first, second.recipe.rate), (40, 0.5 * job.recipe.rate));
    assert_eq!(second.learner.weights[0], 40.0);
    // Again and again: it gives up with the best that there is.
    world.run.hear(*tag + 1, Answer::Failed { replica: 0, fault: fault.clone() }, world.now);
    for _ in 0..4 {
        if let Some(Order::Round { tag, .. }) = world.run.next(world.now).first() {
            world.run.hear(*tag, Answer::Failed { replica: 0, fault: fault.clone() }, world.now);
        }
    }
    assert_eq!(world.run.ending(), Some(Ending::Restored));
}

#[test]
fn a_lost_worker_costs_its_part_of_the_round_and_nothing_else() {
    let mut world = world(ONE_EPOCH, 2, |_| 0.5);
    world.turn();
    let orders = world.run.next(world.now);
    let answers: Vec<_> = orders.into_iter().map(|order| world.answer(order)).collect();
    world.run.hear(answers[0].0, answers[0].1.clone(), world.now);
    let fault = Fault::new(FaultKind::Crash, "gone");
    world.run.hear(answers[1].0, Answer::Failed { replica: 1, fault }, world.now);
    let again = world.run.next(world.now);
    assert!(matches!(&again[..], [Order::Round { job, .. }] if job.round.replica == 1));
    assert_eq!(world.run.checkpoint().batch, 0);
    let (tag, answer) = world.answer(again[0].clone());
    world.run.hear(tag, answer, world.now);
    assert_eq!(world.run.checkpoint().batch, 10);
}

#[test]
fn a_fault_that_stays_ends_the_run_and_is_told() {
    let mut world = world(ONE_EPOCH, 1, |_| 0.5);
    world.turn();
    let orders = world.run.next(world.now);
    let Order::Round { tag, .. } = &orders[0] else { panic!("a round") };
    let fault = Fault::new(FaultKind::Input, "There are no pictures.");
    world.run.hear(*tag, Answer::Failed { replica: 0, fault: fault.clone() }, world.now);
    assert_eq!((world.run.ending(), world.run.fault()), (Some(Ending::Cancelled), Some(&fault)));
}

#[test]
fn an_examination_that_is_not_a_number_goes_back_too() {
    let mut world = world(ONE_EPOCH, 1, |_| 0.5);
    let fail = |world: &mut World| {
        let orders = world.run.next(world.now);
        let Some(Order::Examine { tag, .. }) = orders.first() else { panic!("{orders:?}") };
        let fault = Fault::new(FaultKind::NotFinite, "The logits are not finite.");
        world.run.hear(*tag, Answer::Failed { replica: 0, fault }, world.now);
    };
    // The second on the way is due after 80 batches, the first was after 40.
    while world.run.checkpoint().batch < 80 {
        world.turn();
    }
    fail(&mut world);
    let state = world.run.checkpoint();
    assert_eq!((state.batch, state.rate, state.learner.weights[0]), (40, 0.5, 40.0));
    assert_eq!(world.finish(), Ending::Finished);
    assert_eq!(world.run.checkpoint().batch, 200);
    // Of the model that it began with a lower rate makes no other.
    let mut world = self::world(ONE_EPOCH, 1, |_| 0.5);
    fail(&mut world);
    assert_eq!(
        (world.run.ending(), world.run.fault().map(|fault| fault.kind)),
        (Some(Ending::Cancelled), Some(FaultKind::NotFinite))
    );
}

/// F40: all workers of a run of ten seconds end without a word, and are missed a minute later.
#[test]
fn time_in_which_nobody_worked_is_none_of_the_budget() {
    let whole = {
        let mut world = world(TEN_SECONDS, 2, |_| 0.5);
        (world.finish(), world.rounds.len(), world.now)
    };
    let mut world = world(TEN_SECONDS, 2, |_| 0.5);
    while world.run.checkpoint().batch < 50 {
        world.turn();
    }
    let before = world.run.progress();
    let orders = world.run.next(world.now);
    // Somebody looks at the time now and then.
    for _ in 0..60 {
        world.now += 1000.0;
        assert!(world.run.next(world.now).is_empty());
    }
    world.run.lost(world.now);
    world.run.lost(world.now);
    assert_eq!(world.run.progress().seconds, before.seconds);
    world.now += ROUND;
    for order in orders {
        let (tag, answer) = world.answer(order);
        world.run.hear(tag, answer, world.now);
    }
    assert_eq!((world.finish(), world.rounds.len(), world.now - 60_000.0), whole);
}

/// F40, in the middle of an examination, and when nothing is under way.
#[test]
fn a_worker_lost_in_an_examination_or_a_pause_moves_no_clock_either() {
    let mut world = world(TEN_SECONDS, 1, |_| 0.5);
    let orders = world.run.next(world.now);
    assert!(matches!(orders[..], [Order::Examine { .. }]));
    world.run.lost(20_000.0);
    assert_eq!(world.run.progress().seconds, 0.0);
    let (tag, answer) = world.answer(orders[0].clone());
    world.run.hear(tag, answer, 20_500.0);
    let worked = world.run.progress().seconds;
    assert_eq!(worked, 0.5);
    world.run.lost(20_500.0);
    assert_eq!(world.run.progress().seconds, worked);
}

/// Lets the order under way fail for this reason, and answers whether it is sent again.
fn fails(world: &mut World, kind: FaultKind) -> bool {
    let orders = world.run.next(world.now);
    let Some(Order::Round { tag, .. } | Order::Examine { tag, .. }) = orders.first() else { panic!("{orders:?}") };
    let fault = Fault::new(kind, "gone");
    world.run.hear(*tag, Answer::Failed { replica: 0, fault }, world.now);
    world.run.ending().is_none()
}

#[test]
fn a_round_or_an_examination_is_sent_again_three_times_in_a_row() {
    for kind in [FaultKind::Crash, FaultKind::Gpu] {
        for turns in [0, 1] {
            let mut world = world(ONE_EPOCH, 1, |_| 0.5);
            (0..turns).for_each(|_| assert!(world.turn()));
            assert_eq!([(); 3].map(|()| fails(&mut world, kind)), [true; 3], "{kind:?} after {turns}");
            assert!(world.turn(), "the fourth time it is done");
            assert_eq!([(); 3].map(|()| fails(&mut world, kind)), [true; 3], "the next is another one");
            assert!(!fails(&mut world, kind));
            assert_eq!(world.run.ending(), Some(Ending::Cancelled));
            assert_eq!(world.run.fault().map(|fault| fault.kind), Some(kind));
        }
    }
}

#[test]
fn an_examination_that_fails_a_fourth_time_in_a_row_ends_the_run_and_says_why() {
    for kind in [FaultKind::Crash, FaultKind::Gpu] {
        let mut world = world(ONE_EPOCH, 1, |_| 0.5);
        assert_eq!([(); 3].map(|()| fails(&mut world, kind)), [true; 3]);
        assert!(!fails(&mut world, kind), "{kind:?}");
        assert_eq!((world.exams, world.run.ending()), (0, Some(Ending::Cancelled)));
        assert_eq!(world.run.fault().map(|fault| fault.kind), Some(kind));
    }
}

#[test]
fn the_fifth_time_that_a_loss_is_not_a_number_ends_the_run() {
    let mut world = world(ONE_EPOCH, 1, |_| 0.5);
    assert!(world.turn());
    assert_eq!([(); 4].map(|()| fails(&mut world, FaultKind::NotFinite)), [true; 4]);
    assert_eq!((world.run.checkpoint().rate, world.run.checkpoint().falls), (1.0 / 16.0, 4));
    assert!(!fails(&mut world, FaultKind::NotFinite));
    assert_eq!((world.run.ending(), world.run.fault()), (Some(Ending::Restored), None));
}

#[test]
fn an_examination_that_is_sent_again_is_not_answered_by_the_one_that_was_lost() {
    let mut world = world(ONE_EPOCH, 1, |_| 0.5);
    let orders = world.run.next(world.now);
    let (tag, late) = world.answer(orders[0].clone());
    let fault = Fault::new(FaultKind::Crash, "gone");
    world.run.hear(tag, Answer::Failed { replica: 0, fault }, world.now);
    world.run.hear(tag, late, world.now);
    assert!(world.run.checkpoint().before.is_none());
    let again = world.run.next(world.now);
    assert!(matches!(&again[..], [Order::Examine { tag: second, .. }] if *second == tag + 1), "{again:?}");
}

#[test]
fn a_run_whose_gpu_is_lost_goes_on_with_others_from_the_last_round() {
    let mut world = world(ONE_EPOCH, 1, |_| 0.5);
    let workers = world.run.checkpoint().settings.seats();
    world.run.reseat(Seats { batch: 64, round: 25, ..workers }, world.now);
    while world.run.checkpoint().examined < 1 {
        world.turn();
    }
    let orders = world.run.next(world.now);
    let (tag, late) = world.answer(orders[0].clone());
    let seconds = world.run.progress().seconds;
    world.run.reseat(Seats { replicas: 2, batch: 32, round: 10 }, world.now + 900.0);
    let again = world.run.next(world.now + 900.0);
    assert!((world.run.progress().seconds - seconds).abs() < 1e-9, "what was lost was no work");
    let round = |order: &Order| match order {
        Order::Round { job, .. } => (job.round.replica, job.round.first, job.round.steps, job.recipe.batch),
        Order::Examine { .. } => panic!("a round"),
    };
    assert_eq!(again.iter().map(round).collect::<Vec<_>>(), [(0, 25, 10, 32), (1, 25, 10, 32)]);
    world.run.hear(tag, late, world.now);
    assert_eq!(world.run.checkpoint().batch, 25, "what the lost one says now no longer counts");
    let (answers, before): (Vec<_>, _) = (again.into_iter().map(|order| world.answer(order)).collect(), 25.0);
    for (tag, answer) in answers {
        world.run.hear(tag, answer, world.now);
    }
    assert_eq!((world.run.checkpoint().batch, world.run.checkpoint().learner.weights[0]), (35, before + 10.5));
    assert_eq!(world.finish(), Ending::Finished);
}
