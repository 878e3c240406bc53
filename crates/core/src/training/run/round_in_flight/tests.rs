//! How far a round takes a run, and what becomes of its parts.

use super::*;
use crate::architecture::{Architecture, LayerSpec};
use crate::training::{Budget, Settings, preset};

/// A run of 100 batches an epoch, ten a round, before its first.
fn state(epochs: f64, seconds: f64) -> Checkpoint {
    let layers = vec![LayerSpec::Flatten, LayerSpec::linear(4, 2)];
    let architecture = Architecture::new([1, 2, 2], 2, layers);
    let settings = preset("minute").unwrap().settings(architecture, "some", 0.3, 2, 1);
    let budget = Budget { epochs, seconds };
    Checkpoint::new(Settings { budget, images: 6400, round: 10, replicas: 2, ..settings }, Learner::default())
}

/// Where the round leads that begins after so many seconds, when rounds take two.
fn reached(state: &Checkpoint, seconds: f64) -> f64 {
    RoundInFlight::plan(&Checkpoint { seconds, ..state.clone() }, Some(2.0), 0.0).to
}

#[test]
fn by_the_clock_a_round_leads_as_far_as_it_takes_and_the_last_to_the_end() {
    let state = state(0.0, 10.0);
    assert_eq!([0.0, 4.0, 6.5].map(|seconds| reached(&state, seconds)), [0.2, 0.6, 0.85]);
    // With less than half a round left over it is the last.
    assert_eq!([6.75, 7.0, 9.5, 30.0].map(|seconds| reached(&state, seconds)), [0.875, 1.0, 1.0, 1.0]);
    let first = RoundInFlight::plan(&Checkpoint { seconds: 1.0, ..state.clone() }, None, 0.0);
    assert_eq!((first.steps, first.to), (10, 0.1), "nobody knows how long the first takes");
    assert_eq!(reached(&Checkpoint { share: 0.7, ..state }, 4.0), 0.7, "no round leads back");
}

#[test]
fn by_the_steps_a_round_is_a_part_of_them_and_the_last_what_is_left() {
    let round = |batch: u64| {
        let round = RoundInFlight::plan(&Checkpoint { batch, ..state(1.0, 0.0) }, Some(2.0), 0.0);
        (round.steps, round.to)
    };
    assert_eq!([0, 40, 95, 100].map(round), [(10, 0.1), (10, 0.5), (5, 1.0), (1, 1.0)]);
}

#[test]
fn of_two_budgets_the_one_that_is_spent_sooner_says_where_a_round_leads() {
    let state = state(1.0, 10.0);
    assert_eq!(reached(&Checkpoint { batch: 70, ..state.clone() }, 2.0), 0.8);
    assert_eq!(reached(&Checkpoint { batch: 10, ..state }, 2.0), 0.4);
    assert_eq!(reached(&self::state(0.0, 0.0), 0.0), 1.0, "without any there is one round");
}

#[test]
fn a_round_is_the_mean_of_its_parts_once_the_last_one_is_there() {
    let lesson = |of: f32| Lesson {
        loss: of,
        right: 2.0 * of,
        gradient: 3.0 * of,
        rate: 0.5,
        eps: 0.25,
        images: 10,
        millis: f64::from(100.0 * of),
    };
    let learner = |of: f32| Learner { weights: vec![of], ..Learner::default() };
    let mut round = RoundInFlight::plan(&state(1.0, 0.0), None, 0.0);
    assert!(round.land(0, learner(9.0), lesson(9.0)).is_none(), "nobody was asked yet");
    assert_eq!(round.unsent().iter().map(|part| (part.replica, part.replicas)).collect::<Vec<_>>(), [(0, 2), (1, 2)]);
    assert!(round.unsent().is_empty(), "each is sent once");
    assert!(round.land(1, learner(3.0), lesson(3.0)).is_none());
    // What has come is not lost again, nor replaced; and there is no third part.
    round.lose(1);
    assert!(round.unsent().is_empty() && round.land(1, learner(9.0), lesson(9.0)).is_none());
    assert!(round.land(2, learner(9.0), lesson(9.0)).is_none());
    round.lose(0);
    assert_eq!(round.unsent().iter().map(|part| part.replica).collect::<Vec<_>>(), [0]);
    let (mean, told) = round.land(0, learner(1.0), lesson(1.0)).unwrap();
    assert_eq!(mean.weights, [2.0]);
    assert_eq!(told, Lesson { images: 20, millis: 300.0, ..lesson(2.0) });
}
