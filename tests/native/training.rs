//! Training as a worker does it: every method hardens, a round goes on exactly where the last one ended, and what cannot
//! be done is said before anything is taken.

use crate::toy::task::*;
use crate::toy::*;
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::*;
use foolproof_core::report::Accuracy;
use foolproof_core::training::{Answer, Budget, Checkpoint, Examination, Order, Run, Settings, preset};
use foolproof_engine::session::Session;
use foolproof_engine::training_methods;

const STEPS: u32 = 120;

/// A recipe of this method on the task.
fn on_task(method: &str) -> Recipe {
    Recipe { eps: RADIUS, batch: 16, ramp: 0.2, schedule: Schedule::OneCycle, ..recipe(method) }
}

/// From fresh weights to the end.
fn whole(session: &mut Session, recipe: &Recipe) -> (Learner, Lesson) {
    train(session, job(recipe, alone(0, STEPS, 0.0, 1.0), Learner::default())).unwrap()
}

#[test]
fn every_method_holds_where_standard_training_falls_and_does_so_alike_each_time() {
    let mut session = worker(128);
    let (learner, lesson) = whole(&mut session, &on_task("standard"));
    let (clean, natural) = judge(&learner);
    assert!(clean > 0.95 && natural < 0.5 && lesson.images == 16 * u64::from(STEPS), "{clean}, {natural}");
    let file = foolproof_core::weights::write(&layers(), &learner.weights, foolproof_core::weights::Precision::Full);
    let source = Request::Model { id: "natural".into(), architecture: layers(), weights: file.unwrap() };
    assert_eq!(session.accept(source), [Event::ModelReady { id: "natural".into() }]);
    // Noise is there to be smoothed, not to hold attacks.
    let methods =
        training_methods::cards().into_iter().filter(|card| !matches!(card.id.as_str(), "standard" | "gaussian"));
    for card in methods {
        let recipe = Recipe { sources: vec!["natural".into()], ..on_task(&card.id) };
        let (learner, _) = whole(&mut session, &recipe);
        let (clean, robust) = judge(&learner);
        assert!(clean > 0.7 && robust > natural + 0.25, "{}: {clean}, {robust} against {natural}", card.id);
        assert_eq!(whole(&mut session, &recipe).0, learner, "{}", card.id);
        let other = whole(&mut session, &Recipe { seed: 2, ..recipe }).0;
        assert_ne!(other, learner, "{} does not follow its seed", card.id);
    }
}

#[test]
fn a_round_goes_on_exactly_where_the_last_one_ended() {
    for optimizer in [Optimizer::Sgd, Optimizer::Adam, Optimizer::AdamW] {
        let augment = vec![Augment::Shift(1), Augment::Elastic(1.0), Augment::Mixup(0.4)];
        let care = Recipe { average: 0.9, clip: 1.0, decay: 1e-3, smooth: 0.1, augment, ..on_task("fast") };
        let recipe = Recipe { optimizer, schedule: Schedule::Constant, ramp: 0.0, ..care };
        let straight = train(&mut worker(64), job(&recipe, alone(0, 12, 0.0, 1.0), Learner::default())).unwrap().0;
        let mut learner = Learner::default();
        for first in (0..12).step_by(4) {
            // A fresh worker each time: nothing but the learner is carried over.
            learner = train(&mut worker(64), job(&recipe, alone(first, 4, 0.0, 1.0), learner)).unwrap().0;
        }
        assert!(learner == straight, "{optimizer:?}");
        assert_eq!(learner.steps, 12);
    }
}

/// A run of two replicas to its end; with `reloads` the page is loaded anew before each order, and has other workers.
fn run(reloads: bool) -> Checkpoint {
    let base = preset("custom").unwrap().settings(layers(), "task", RADIUS, 2, 1);
    let recipe = Recipe { ramp: 0.5, average: 0.9, augment: vec![Augment::Shift(1)], ..on_task("fast") };
    let (budget, images) = (Budget { epochs: 3.0, seconds: 0.0 }, 128);
    let settings = Settings { recipe, budget, images, round: 5, examinations: 2, ..base };
    let workers = || [worker(128), worker(128)];
    let (mut run, mut troop) = (Run::new(Checkpoint::new(settings, Learner::default())), workers());
    let mut now = 0.0;
    while run.ending().is_none() {
        if reloads {
            let kept = postcard::to_allocvec(run.checkpoint()).unwrap();
            (run, troop) = (Run::new(postcard::from_bytes(&kept).unwrap()), workers());
        }
        let orders = run.next(now);
        now += 1000.0;
        for order in orders {
            let (tag, answer) = match order {
                Order::Round { tag, job } => {
                    let replica = job.round.replica;
                    let (learner, lesson) = train(&mut troop[replica as usize], job).unwrap();
                    (tag, Answer::Trained { replica, learner, lesson })
                }
                Order::Examine { tag, .. } => {
                    let half = Accuracy::of(1, 2);
                    (tag, Answer::Examined(Examination { clean: half, robust: half, single: half }))
                }
            };
            run.hear(tag, answer, now);
        }
    }
    run.checkpoint().clone()
}

#[test]
fn a_run_that_is_loaded_anew_all_the_time_ends_bit_for_bit_as_one_that_is_not() {
    let straight = run(false);
    assert_eq!((straight.batch, straight.curve().len(), straight.examined), (12, 3, 2));
    let rates: Vec<f64> = straight.curve().iter().map(|point| point.lesson.rate).collect();
    assert!(rates[0] != rates[1] && rates[1] != rates[2], "the schedule moves: {rates:?}");
    assert_eq!(run(true), straight);
}

#[test]
fn replicas_take_turns_with_the_batches() {
    let recipe = Recipe { schedule: Schedule::Constant, ramp: 0.0, ..on_task("fast") };
    let round = |replica, replicas, first, steps| Round { replica, replicas, first, steps, from: 0.0, to: 1.0 };
    let part = |round, learner| train(&mut worker(64), job(&recipe, round, learner)).unwrap().0;
    let (zero, one) = (part(round(0, 2, 0, 1), Learner::default()), part(round(1, 2, 0, 1), Learner::default()));
    assert_ne!(zero.weights, one.weights);
    // The second of two replicas' first batch is the run's second.
    let second = part(round(0, 1, 1, 1), Learner::default());
    assert_eq!(one, second);
    let mean = foolproof_core::training::mean(&[zero.clone(), one.clone()]);
    let (clean, _) = judge(&part(round(0, 2, 1, 40), mean));
    assert!(clean > 0.5, "{clean}");
}

#[test]
fn free_counts_every_replay_as_a_step_of_the_optimiser() {
    let recipe = Recipe { knobs: [("replays".to_string(), 3.0)].into(), ..on_task("free") };
    let (learner, lesson) = train(&mut worker(64), job(&recipe, alone(0, 5, 0.0, 1.0), Learner::default())).unwrap();
    assert_eq!((learner.steps, lesson.images), (15, 80));
}

#[test]
fn a_share_of_none_is_standard_training() {
    let mut session = worker(64);
    let mut learner = |method: &str, ratio| {
        let recipe = Recipe { ratio, ..on_task(method) };
        train(&mut session, job(&recipe, alone(0, 6, 0.5, 1.0), Learner::default())).unwrap().0
    };
    let standard = learner("standard", 1.0);
    for method in ["fast", "trades", "mart", "pairing"] {
        assert_eq!(learner(method, 0.0), standard, "{method}");
        assert_ne!(learner(method, 0.5), standard, "{method}");
    }
}

#[test]
fn other_norms_are_held_too() {
    let mut session = worker(128);
    let natural = whole(&mut session, &on_task("standard")).0;
    for (norm, eps) in [(Norm::L2, 0.8), (Norm::L1, 4.0)] {
        let (_, before) = judge_within(&natural, norm, eps);
        for method in ["pgd", "fast"] {
            let (learner, lesson) = whole(&mut session, &Recipe { norm, eps, ..on_task(method) });
            let (clean, robust) = judge_within(&learner, norm, eps);
            println!("{method} {norm:?}: {clean}, {robust} against {before}");
            assert!(clean > 0.7 && robust > before + 0.2, "{method}, {norm:?}: {clean}, {robust} against {before}");
            assert_eq!(lesson.eps, eps);
        }
    }
}

#[test]
fn attacks_come_before_training() {
    let mut session = worker(64);
    session.accept(Request::Model { id: "one".into(), architecture: architecture(), weights: file(1) });
    let round = job(&on_task("fast"), alone(0, 50, 0.0, 1.0), Learner::default());
    session.accept(Request::Train { ticket: Ticket(1), job: round });
    assert!(pollster::block_on(session.advance(|| 0.0)).is_empty());
    let [channels, rows, columns] = SHAPE;
    let inputs = Inputs { shape: [1, channels, rows, columns], pixels: pixels(1, 1), labels: None };
    let attack = spec("fgsm", Norm::Linf, 0.1, &[]);
    let attack = AttackJob { models: vec!["one".into()], inputs, attack, company: None, detection: None, seed: 1 };
    session.accept(Request::Attack { ticket: Ticket(2), job: attack });
    let first = pollster::block_on(session.advance(|| 0.0));
    assert!(matches!(&first[..], [Event::Attacked { ticket: Ticket(2), .. }, ..]), "{first:?}");
    assert!(session.busy());
    session.accept(Request::Stop { ticket: Ticket(3) });
    assert!(!session.busy());
}

#[test]
fn a_run_that_diverges_says_so_and_hands_out_no_learner() {
    let recipe = Recipe { optimizer: Optimizer::Sgd, rate: 100.0, decay: 10.0, ..on_task("fast") };
    let fault = train(&mut worker(64), job(&recipe, alone(0, 60, 0.4, 0.4), Learner::default())).unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotFinite);
}

#[test]
fn what_cannot_be_done_is_refused_in_one_sentence() {
    let mut session = worker(64);
    let mut refused = |change: &dyn Fn(&mut TrainingJob)| -> String {
        let mut job = job(&on_task("fast"), alone(0, 1, 0.0, 1.0), Learner::default());
        change(&mut job);
        match &session.accept(Request::Train { ticket: Ticket(1), job })[..] {
            [Event::Fault { ticket: Some(Ticket(1)), fault }] => fault.message.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert!(refused(&|job| job.recipe.method = "magic".into()).contains("magic"));
    let bounds = |job: &mut TrainingJob| (job.recipe.method, job.recipe.norm) = ("ibp".into(), Norm::L2);
    assert!(refused(&bounds).contains("for L∞ alone"));
    assert!(refused(&|job| job.recipe.knobs = [("spell".to_string(), 1.0)].into()).contains("spell"));
    assert!(refused(&|job| job.pictures = "cats".into()).contains("cats"));
    assert!(refused(&|job| job.recipe.eps = f32::NAN).contains("NaN"));
    assert!(refused(&|job| job.recipe.batch = 0).contains("batch"));
    assert!(refused(&|job| job.recipe.ratio = 1.5).contains("1.5"));
    assert!(refused(&|job| job.recipe.augment = vec![Augment::Scale(-1.0)]).contains("Scale"));
    assert!(refused(&|job| job.recipe.method = "ensemble".into()).contains("other model"));
    assert!(refused(&|job| job.recipe.sources = vec!["nobody".into()]).contains("nobody"));
    assert!(refused(&|job| job.learner.weights = vec![0.0; 3]).contains("gets 3"));
    assert!(refused(&|job| job.learner.moments = vec![Vec::new(); 5]).contains("gets 5"));
    assert!(refused(&|job| job.round.replica = 4).contains("round"));
    assert!(refused(&|job| job.round.to = f64::NAN).contains("round"));
    assert!(refused(&|job| job.architecture.input = [1, 9, 9]).contains("layer 1"));
    let pictures =
        |shape, bytes: Vec<u8>, labels| Request::Pictures { id: "bad".into(), shape, values: bytes.into(), labels };
    for request in [pictures(SHAPE, vec![0; 63], vec![0]), pictures(SHAPE, Vec::new(), Vec::new())] {
        assert!(matches!(&session.accept(request)[..], [Event::Fault { ticket: None, .. }]));
    }
    session.accept(pictures(SHAPE, vec![0; 64], vec![9]));
    let mut job = job(&on_task("fast"), alone(0, 1, 0.0, 1.0), Learner::default());
    job.pictures = "bad".into();
    let said = session.accept(Request::Train { ticket: Ticket(1), job });
    assert!(matches!(&said[..], [Event::Fault { fault, .. }] if fault.message.contains("Class 9")));
}
