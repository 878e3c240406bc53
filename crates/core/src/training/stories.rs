//! Runs from beginning to end, with workers that answer what the story needs.

mod examinations;
mod faults;
mod progress;

use super::*;
use crate::architecture::{Architecture, LayerSpec};
use crate::protocol::{Learner, Lesson, Round};
use crate::report::Accuracy;

/// Milliseconds that a round takes, and an examination.
const ROUND: f64 = 500.0;
const EXAM: f64 = 200.0;

fn settings(budget: Budget, replicas: u32) -> Settings {
    let layers = vec![LayerSpec::Flatten, LayerSpec::linear(4, 2)];
    let architecture = Architecture::new([1, 2, 2], 2, layers);
    let preset = preset("minute").unwrap();
    let settings = preset.settings(architecture, "some", 0.3, 2, 1);
    Settings { budget, replicas, images: 6400, round: 10, examinations: 5, ..settings }
}

fn start() -> Learner {
    Learner { weights: vec![0.0; 10], ..Learner::default() }
}

/// A page with workers: it carries out every order at once and counts the time.
struct World {
    run: Run,
    now: f64,
    rounds: Vec<Round>,
    rates: Vec<f64>,
    /// What the n-th examination finds.
    robust: fn(usize) -> f64,
    /// How many pictures of 100 it finds read right as they are.
    clean: fn(usize) -> usize,
    exams: usize,
}

impl World {
    fn new(run: Run, robust: fn(usize) -> f64) -> World {
        World { run, now: 0.0, rounds: Vec::new(), rates: Vec::new(), robust, clean: |_| 98, exams: 0 }
    }

    /// Carries out the run's orders; answers whether there were any.
    fn turn(&mut self) -> bool {
        let orders = self.run.next(self.now);
        let any = !orders.is_empty();
        self.now += match orders.first() {
            Some(Order::Round { .. }) => ROUND,
            Some(Order::Examine { .. }) => EXAM,
            None => 0.0,
        };
        for order in orders {
            let (tag, answer) = self.answer(order);
            self.run.hear(tag, answer, self.now);
        }
        any
    }

    fn answer(&mut self, order: Order) -> (u64, Answer) {
        match order {
            Order::Examine { tag, weights } => {
                assert_eq!(weights.len(), 10);
                let robust = Accuracy::of(((self.robust)(self.exams) * 100.0).round() as usize, 100);
                let clean = (self.clean)(self.exams);
                self.exams += 1;
                let [clean, single] = [clean, 97].map(|right| Accuracy::of(right, 100));
                (tag, Answer::Examined(Examination { clean, robust, single }))
            }
            Order::Round { tag, job } => {
                self.rounds.push(job.round);
                self.rates.push(job.recipe.rate);
                // Each batch adds one to every weight, and the replica's number besides.
                let add = job.round.steps as f32 + job.round.replica as f32;
                let weights = job.learner.weights.iter().map(|weight| weight + add).collect();
                let steps = job.learner.steps + u64::from(job.round.steps);
                let learner = Learner { weights, steps, ..Learner::default() };
                let lesson = Lesson { loss: 1.0, images: 320, millis: ROUND, ..Lesson::default() };
                (tag, Answer::Trained { replica: job.round.replica, learner, lesson })
            }
        }
    }

    fn finish(&mut self) -> Ending {
        while self.turn() {}
        self.run.ending().expect("an ending")
    }
}

fn world(budget: Budget, replicas: u32, robust: fn(usize) -> f64) -> World {
    World::new(Run::new(Checkpoint::new(settings(budget, replicas), start())), robust)
}

const ONE_EPOCH: Budget = Budget { epochs: 1.0, seconds: 0.0 };
const TEN_SECONDS: Budget = Budget { epochs: 0.0, seconds: 10.0 };

#[test]
fn an_epoch_is_every_batch_once_and_the_curve_tells_it() {
    let mut world = world(ONE_EPOCH, 2, |exam| 0.1 * exam as f64);
    assert_eq!(world.finish(), Ending::Finished);
    // 6400 pictures, 32 a batch, two replicas: 100 batches each, ten rounds of ten.
    assert_eq!(world.rounds.len(), 20);
    let of = |replica| world.rounds.iter().filter(move |round| round.replica == replica);
    for replica in 0..2 {
        assert_eq!(of(replica).map(|round| round.first).collect::<Vec<_>>(), Vec::from_iter((0..100).step_by(10)));
        assert!(of(replica).all(|round| round.steps == 10 && round.replicas == 2));
        assert!((of(replica).next_back().unwrap().to - 1.0).abs() < 1e-12);
    }
    assert!(world.rounds.windows(2).all(|pair| pair[0].to <= pair[1].from || pair[0].first == pair[1].first));
    // One examination before, five on the way.
    assert_eq!(world.exams, 6);
    let state = world.run.checkpoint();
    assert_eq!(state.before.as_ref().unwrap().examination.robust.value, 0.0);
    assert_eq!(state.curve().len(), 10);
    assert_eq!(state.curve().iter().filter(|point| point.examination.is_some()).count(), 5);
    // Replica 1 ran ahead by one a round; the mean by a half.
    assert_eq!((state.batch, state.model()[0]), (100, 105.0));
    assert_eq!(world.run.progress().images, 6400);
}

#[test]
fn a_run_by_the_clock_ends_on_time_with_its_schedule_done() {
    let mut world = world(TEN_SECONDS, 1, |_| 0.5);
    assert_eq!(world.finish(), Ending::Finished);
    assert_eq!(world.rounds.last().unwrap().to, 1.0);
    assert!((world.now / 1000.0 - 10.0).abs() < 1.0, "{} ms", world.now);
    assert_eq!(world.run.progress().left, Some(0.0));
}

#[test]
fn whichever_budget_ends_first_ends_the_run() {
    let both = |epochs, seconds| {
        let mut world = world(Budget { epochs, seconds }, 1, |_| 0.5);
        world.finish();
        (world.rounds.len(), world.now)
    };
    assert_eq!(both(0.25, 1000.0).0, 5);
    assert!(both(100.0, 3.0).1 < 4000.0);
}

#[test]
fn patience_ends_a_run_and_keeps_the_best_model() {
    let mut state = Checkpoint::new(settings(ONE_EPOCH, 1), start());
    state.settings.patience = 2;
    let mut world = World::new(Run::new(state), |exam| [0.0, 0.5, 0.6, 0.58, 0.55, 0.9][exam]);
    assert_eq!(world.finish(), Ending::Early);
    let state = world.run.checkpoint();
    let best = state.best.as_ref().unwrap();
    assert_eq!((best.examination.robust.value, best.weights[0]), (0.6, 80.0));
    assert_eq!((state.model()[0], state.batch), (80.0, 160));
    assert_eq!(state.shown().unwrap().robust.value, 0.6);
}

#[test]
fn catastrophic_overfitting_is_caught_and_the_best_model_comes_back() {
    let mut world = world(ONE_EPOCH, 1, |exam| [0.0, 0.3, 0.7, 0.02, 0.0, 0.0][exam]);
    assert_eq!(world.finish(), Ending::Overfitting { best: 0.7, fell: 0.02, single: 0.97 });
    assert_eq!(world.run.checkpoint().model()[0], 80.0);
    assert_eq!(world.run.ending().unwrap().word(), "overfitting");
}

#[test]
fn a_run_may_allow_a_larger_fall() {
    let mut state = Checkpoint::new(settings(ONE_EPOCH, 1), start());
    state.settings.fall = 0.8;
    let mut world = World::new(Run::new(state), |exam| [0.9, 0.9, 0.4, 0.2, 0.05, 0.0][exam]);
    assert_eq!(world.finish(), Ending::Overfitting { best: 0.9, fell: 0.05, single: 0.97 });
}

#[test]
fn a_robust_start_that_loses_a_little_is_no_overfitting() {
    let mut world = world(ONE_EPOCH, 1, |exam| [0.9, 0.6, 0.6, 0.7, 0.8, 0.85][exam]);
    assert_eq!(world.finish(), Ending::Finished);
}

#[test]
fn a_robust_start_that_loses_more_than_half_comes_back() {
    let mut world = world(ONE_EPOCH, 1, |exam| [0.9, 0.5, 0.4, 0.0, 0.0, 0.0][exam]);
    assert_eq!(world.finish(), Ending::Overfitting { best: 0.9, fell: 0.4, single: 0.97 });
    let state = world.run.checkpoint();
    assert_eq!((state.model()[0], state.shown().unwrap().robust.value), (0.0, 0.9));
}

#[test]
fn a_ruined_model_gives_way_to_one_that_is_not_and_the_rate_is_named() {
    let mut one = world(ONE_EPOCH, 1, |_| 0.0);
    one.clean = |exam| [99, 14, 12, 10, 12, 14][exam];
    let rate = one.run.checkpoint().settings.recipe.rate;
    assert_eq!(one.finish(), Ending::Ruined { rate, before: 0.99, after: 0.14 });
    let state = one.run.checkpoint();
    assert_eq!((state.model()[0], state.shown().unwrap().clean.value), (0.0, 0.99), "what it began with");
    let mut other = world(ONE_EPOCH, 1, |exam| [0.0, 0.1, 0.3, 0.2, 0.15, 0.2][exam]);
    other.clean = |exam| [99, 97, 95, 60, 20, 14][exam];
    assert_eq!(other.finish().word(), "restored");
    assert_eq!(other.run.checkpoint().model()[0], 80.0, "the best on the way, which was not ruined");
    let mut cheap = world(ONE_EPOCH, 1, |_| 0.5);
    cheap.clean = |exam| [99, 90, 80, 60, 60, 60][exam];
    assert_eq!(cheap.finish(), Ending::Finished, "robustness costs some accuracy");
}

#[test]
fn a_model_that_guesses_has_learnt_nothing() {
    let mut world = world(ONE_EPOCH, 1, |_| 0.4);
    world.clean = |_| 52;
    assert_eq!(world.finish(), Ending::Stuck { clean: 0.52 });
    assert_eq!(world.run.checkpoint().model()[0], 200.0, "there is no better one");
}

#[test]
fn a_last_model_well_below_the_best_gives_way_to_it() {
    let mut world = world(ONE_EPOCH, 1, |exam| [0.0, 0.3, 0.7, 0.6, 0.6, 0.6][exam]);
    assert_eq!(world.finish(), Ending::Restored);
    assert_eq!(world.run.checkpoint().model()[0], 80.0);
}

#[test]
fn a_pause_lets_the_round_end_and_costs_no_time() {
    let mut world = world(TEN_SECONDS, 1, |_| 0.5);
    world.turn();
    let orders = world.run.next(world.now);
    world.run.pause();
    world.now += ROUND;
    let (tag, answer) = world.answer(orders[0].clone());
    world.run.hear(tag, answer, world.now);
    assert!(world.run.next(world.now).is_empty() && world.run.progress().paused);
    let before = world.run.progress().seconds;
    world.now += 20_000.0;
    assert!(world.run.next(world.now).is_empty());
    assert_eq!(world.run.progress().seconds, before);
    // One step is one round.
    world.run.step();
    assert!(world.turn());
    assert_eq!((world.run.checkpoint().batch, world.run.progress().paused), (20, true));
    world.run.go_on();
    assert_eq!(world.finish(), Ending::Finished);
}

#[test]
fn cancelled_it_keeps_the_last_model_and_hears_nothing_more() {
    let mut world = world(ONE_EPOCH, 1, |_| 0.5);
    world.turn();
    world.turn();
    let orders = world.run.next(world.now);
    world.run.cancel();
    let (tag, answer) = world.answer(orders[0].clone());
    world.run.hear(tag, answer, world.now);
    assert_eq!((world.run.ending(), world.run.checkpoint().model()[0]), (Some(Ending::Cancelled), 10.0));
    assert!(world.run.next(world.now).is_empty());
}

#[test]
fn a_reload_goes_on_from_the_checkpoint_as_if_nothing_had_been() {
    let straight = {
        let mut world = world(ONE_EPOCH, 2, |_| 0.5);
        world.finish();
        (world.run.checkpoint().model().to_vec(), world.rounds)
    };
    let mut world = world(ONE_EPOCH, 2, |_| 0.5);
    while world.run.checkpoint().batch < 50 {
        world.turn();
    }
    let reload = |run: &Run| Run::new(postcard::from_bytes(&postcard::to_allocvec(run.checkpoint()).unwrap()).unwrap());
    world.run = reload(&world.run);
    assert_eq!(world.finish(), Ending::Finished);
    assert_eq!(reload(&world.run).ending(), Some(Ending::Finished));
    assert_eq!((world.run.checkpoint().model().to_vec(), world.rounds), straight);
}

#[test]
fn presets_have_a_budget_and_name_a_method_and_their_own_replicas() {
    assert_eq!(presets().iter().map(|preset| preset.id).collect::<Vec<_>>(), ["minute", "ten", "overfit", "custom"]);
    for preset in presets() {
        let settings = preset.settings(settings(ONE_EPOCH, 1).architecture, "some", 0.3, 16, 7);
        assert!(settings.budget.seconds > 0.0 && settings.recipe.seed == 7 && settings.replicas <= 8);
        assert!(settings.recipe.eps >= 0.3 && settings.examination().eps == 0.3);
    }
}
