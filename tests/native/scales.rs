//! Networks that answer alike and are only surer or less sure of it: all logits multiplied by one number. No answer
//! changes, so no figure may either, but where an attack's own definition counts in logits.

use crate::toy;
use crate::zoo::{self, MLP, sharpened, spec, standing};
use burn::tensor::{Device, Tensor, TensorData};
use foolproof_core::catalog::{Aim, Card, Norm};
use foolproof_core::protocol::{Learner, Optimizer, Recipe, Sample};
use foolproof_engine::attack::Probe;
use foolproof_engine::attacks::cards;
use foolproof_engine::ball::Ball;
use foolproof_engine::case::{Case, one_hot};
use foolproof_engine::explain::stages;
use foolproof_engine::trainer::Trainer;
use foolproof_engine::training_method::BatchContext;
use foolproof_engine::{loss, training_methods};

/// What the logits are multiplied by.
const FACTORS: [f32; 6] = [1e-6, 1e-3, 3.0, 5.0, 1e3, 1e6];
/// Pictures attacked, and in the long test.
const FEW: usize = 20;
const MANY: usize = 100;
/// Radii of the toy network's training examples.
const RADII: [(Norm, f32); 3] = [(Norm::Linf, 0.1), (Norm::L2, 0.6), (Norm::L1, 3.0)];
/// Largest change of a mean distance that counts as none.
const SAME: f32 = 0.02;
/// Attacks that see answers alone walk along the boundary, where rounding decides an answer: another walk, and on the mean
/// as long a one. On few pictures that mean is off by more.
const WALKS: [&str; 2] = ["boundary", "hopskipjump"];
const SAME_WALK: f32 = 0.05;

/// How an attack is tied to the scale of the logits by its definition.
#[derive(Clone, Copy, PartialEq)]
enum Tie {
    /// It looks at differences of logits, and at nothing but which is larger.
    No,
    /// It follows cross-entropy, which weighs the other classes by their probabilities: the best one alone where the model
    /// is sure, all alike where it is not. That is another way up, and the longer one. So surer networks must fare as the
    /// plain one up to an input of twenty, and unsure ones like each other: both are at the end where all weigh alike.
    Slope,
    /// A constant weighs logits against distances, and the search for it begins at one number for all networks. Where that
    /// number is divided by the scale, nothing may differ.
    Weight,
}

/// Attacks that are tied to the scale.
const TIED: [(&str, Tie); 8] = [
    ("fgsm", Tie::Slope),
    ("bim", Tie::Slope),
    ("mi-fgsm", Tie::Slope),
    ("pgd", Tie::Slope),
    ("apgd-ce", Tie::Slope),
    ("patch", Tie::Slope),
    ("cw", Tie::Weight),
    ("ead", Tie::Weight),
];

/// Few steps, and as many as let the attack fool somebody.
pub fn knobs(card: &Card) -> Vec<(&'static str, f64)> {
    match card.id.as_str() {
        "bim" | "mi-fgsm" | "pgd" => vec![("steps", 10.0)],
        "apgd-ce" | "apgd-dlr" => vec![("steps", 20.0)],
        "apgd-t" | "fab" => vec![("steps", 12.0), ("targets", 3.0)],
        "cw" | "ead" => vec![("steps", 40.0), ("search", 4.0)],
        "deepfool" => vec![("steps", 20.0)],
        "jsma" => vec![("pairs", 20.0)],
        "square" => vec![("queries", 150.0)],
        "nes" => vec![("steps", 12.0), ("samples", 32.0)],
        "boundary" => vec![("steps", 60.0)],
        "hopskipjump" => vec![("steps", 3.0)],
        "autoattack" => vec![("steps", 8.0), ("targets", 2.0), ("queries", 50.0)],
        "universal" => vec![("steps", 15.0)],
        "patch" => vec![("steps", 12.0)],
        "spatial" => vec![("random", 20.0)],
        _ => vec![],
    }
}

/// A radius at which attacks leave some inputs and not others.
fn radius(norm: Norm) -> f32 {
    match norm {
        Norm::Linf => 0.06,
        Norm::L2 => 1.0,
        Norm::L1 => 8.0,
    }
}

fn size(norm: Norm, sample: &Sample) -> f32 {
    match norm {
        Norm::Linf => sample.distance.linf,
        Norm::L2 => sample.distance.l2,
        Norm::L1 => sample.distance.l1,
    }
}

/// What an attack made of its inputs: how many are left, how far it went on the mean, how many had no gradient.
#[derive(Clone, Copy, Debug)]
struct Outcome {
    left: usize,
    mean: f32,
    blind: usize,
}

fn outcome(card: &Card, norm: Norm, factor: f32, first: Option<f64>, count: usize) -> Outcome {
    let (pixels, labels) = zoo::pictures(count);
    let mut knobs = knobs(card);
    knobs.extend(first.map(|first| ("first", first)));
    let samples = zoo::attack(&sharpened(MLP, factor), &pixels, &labels, &spec(&card.id, norm, radius(norm), &knobs));
    let mean = samples.iter().map(|sample| size(norm, sample)).sum::<f32>() / count as f32;
    Outcome { left: standing(&samples), mean, blind: samples.iter().filter(|sample| sample.zero_gradient).count() }
}

/// Holds an attack in a norm to its outcome on the plain network; `slack` inputs may fare otherwise.
fn compare(card: &Card, norm: Norm, count: usize, slack: usize) {
    let tie = TIED.iter().find(|(id, _)| *id == card.id).map_or(Tie::No, |(_, tie)| *tie);
    let same = if count < MANY && WALKS.contains(&card.id.as_str()) { SAME_WALK } else { SAME };
    let near = |what: &str, found: Outcome, plain: Outcome, slack: usize| {
        let name = format!("{} {norm:?} {what}: {found:?} against {plain:?}", card.id);
        assert_eq!(found.blind, 0, "{name}: no sureness takes a gradient away");
        assert!(found.left.abs_diff(plain.left) <= slack, "{name}");
        assert!(card.aim != Aim::Nearest || (found.mean / plain.mean - 1.0).abs() <= same, "{name}");
    };
    let at = |factor: f32, first: Option<f64>| outcome(card, norm, factor, first, count);
    let plain = at(1.0, None);
    for factor in FACTORS {
        let what = format!("times {factor:e}");
        match tie {
            Tie::No => near(&what, at(factor, None), plain, slack),
            Tie::Slope if factor > 1.0 => near(&what, at(factor, None), plain, slack.max(count / 20)),
            Tie::Weight if factor > 1.0 => near(&what, at(factor, Some(10.0 / f64::from(factor))), plain, slack),
            Tie::Slope | Tie::Weight => {}
        }
    }
    match tie {
        Tie::Slope => near("times 1e-6 beside 1e-3", at(1e-6, None), at(1e-3, None), slack.max(count / 20)),
        Tie::Weight => near("times 1e-2", at(1e-2, Some(1e3)), plain, slack),
        Tie::No => {}
    }
}

fn compare_all(count: usize, slack: usize) {
    for card in cards().into_iter().filter(|card| !card.straw_man) {
        card.norms.iter().for_each(|&norm| compare(&card, norm, count, slack));
    }
}

/// F1 and F2: steps that vanish on sure networks, and very unsure ones.
#[test]
fn no_attack_fares_otherwise_on_surer_and_less_sure_networks() {
    compare_all(FEW, 0);
}

#[test]
#[ignore = "minutes: cargo xtask test --only long"]
fn no_attack_fares_otherwise_on_a_hundred_pictures() {
    compare_all(MANY, 2);
}

#[test]
fn pgd_in_l2_leaves_no_more_of_a_network_that_is_surer() {
    let (pixels, labels) = zoo::pictures(MANY);
    let left = |factor: f32| {
        standing(&zoo::attack(&sharpened(MLP, factor), &pixels, &labels, &spec("pgd", Norm::L2, 2.0, &[])))
    };
    let plain = left(1.0);
    assert!(plain <= 3, "{plain}");
    for factor in [3.0, 5.0] {
        assert!(left(factor).abs_diff(plain) <= 2, "times {factor}: {} against {plain}", left(factor));
    }
}

#[test]
fn a_single_step_goes_as_far_on_a_network_that_is_surer() {
    let (pixels, labels) = zoo::pictures(1);
    let ball = Ball::new(Norm::L2, 2.0);
    let moved = |factor: f32| {
        let model = sharpened(MLP, factor);
        let clean = Tensor::<4>::from_data(TensorData::new(pixels.clone(), [1, 1, 28, 28]), &Device::flex());
        let case = Case::new(clean.clone(), model.forward(clean.clone()), one_hot(&labels, 10, &Device::flex()), 1, 0);
        let stepped = stages(&mut Probe::new(&model, &case, &ball, clean.clone(), 0), ball.radius).stepped;
        let step = &zoo::attack(&model, &pixels, &labels, &spec("fgsm", ball.norm, ball.radius, &[]))[0];
        assert!(!step.zero_gradient && step.success, "times {factor}");
        (toy::values(ball.distance(&clean, &stepped))[0], step.distance.l2)
    };
    // The step is as long as the radius; the ends of the pixel range take a fifth of it.
    let plain = moved(1.0).1;
    for factor in FACTORS.into_iter().chain([100.0, 1e30]) {
        let (step, clipped) = moved(factor);
        assert!((step - 2.0).abs() < 1e-4 && clipped > 0.9 * plain, "times {factor}: {step}, {clipped} of {plain}");
    }
}

#[test]
fn a_direction_has_length_one_whatever_the_gradients() {
    let shape = toy::pixels(3, 2);
    for norm in [Norm::L2, Norm::L1] {
        let ball = Ball::new(norm, 1.0);
        for factor in [1e-37f32, 1e-30, 1e-20, 1e-10, 1.0, 1e10, 1e20, 1e30, 1e38] {
            let gradient = toy::images(&shape).sub_scalar(0.5).mul_scalar(factor);
            let found = ball.distance(&gradient.zeros_like(), &ball.steepest(gradient.clone()));
            let lengths = toy::values(found);
            assert!(lengths.iter().all(|length| (length - 1.0).abs() < 1e-5), "{norm:?} {factor:e}: {lengths:?}");
        }
        let none = toy::images(&shape).zeros_like();
        assert!(toy::values(ball.steepest(none)).iter().all(|&part| part == 0.0));
    }
}

/// What a training method makes of these pictures on the toy network, its last layer multiplied: how far the examples lie
/// on the mean, and how many fool.
fn made(method: &str, norm: Norm, eps: f32, factor: f32) -> (f32, usize) {
    let (clean, device) = (toy::pixels(4, 24), Device::flex());
    let labels = toy::answers(&toy::trained(), &clean);
    let sources = if method == "ensemble" { vec!["other".into()] } else { Vec::new() };
    let method = training_methods::make(&Recipe { sources, ..toy::recipe(method) }).unwrap();
    let (model, ball) = (toy::scaled_last_layer(&toy::trained(), factor), Ball::new(norm, eps));
    let case = Case::unanswered(toy::images(&clean), one_hot(&labels, 4, &device), 1, 0);
    let context = BatchContext { model: &model, sources: &[], case: &case, ball: &ball, soft: false, number: 0 };
    let examples = method.attack(&context);
    let far = toy::values(ball.distance(&case.clean, &examples)).iter().sum::<f32>() / 24.0;
    let margins = toy::values(loss::margin(&model.forward(examples), &case.class));
    (far, margins.iter().filter(|&&margin| margin > 0.0).count())
}

#[test]
fn every_training_method_makes_its_examples_on_surer_networks_too() {
    for (norm, eps) in RADII {
        // Free training makes none before it learns, the next test is about it; bounds make none at all.
        let none = |card: &Card| matches!(card.id.as_str(), "standard" | "free" | "ibp");
        for card in training_methods::cards().into_iter().filter(|card| !none(card)) {
            let plain = made(&card.id, norm, eps, 1.0);
            for factor in [3.0, 30.0, 1e3, 1e6] {
                let found = made(&card.id, norm, eps, factor);
                let name = format!("{} {norm:?} times {factor:e}: {found:?} against {plain:?}", card.id);
                assert!((found.0 / plain.0 - 1.0).abs() < 0.01 && found.1.abs_diff(plain.1) <= 1, "{name}");
            }
        }
    }
}

#[test]
fn free_training_moves_its_examples_on_surer_networks_too() {
    let first = toy::batch(&toy::pixels(1, 8), &[0, 1, 2, 3, 0, 1, 2, 3]);
    let mut trainer = toy::trainer(&Recipe { seed: 3, ..toy::recipe("standard") });
    (0..150).for_each(|_| trainer.step(&first, 0.0));
    let weights = pollster::block_on(trainer.learner()).unwrap().weights;
    let others = toy::pixels(4, 24);
    let batch = toy::batch(&others, &toy::answers(&toy::trained(), &others));
    // At a rate of 0 the network stays, and the share of right answers falls as the examples go their way.
    let right = |norm: Norm, eps: f32, factor: f32, step: f64| {
        let mut weights = weights.clone();
        let last = weights.len() - 13 * 4;
        weights[last..].iter_mut().for_each(|weight| *weight *= factor);
        let knobs = [("replays".to_string(), 4.0), ("step".to_string(), step)].into();
        let recipe = Recipe { norm, eps, knobs, rate: 0.0, optimizer: Optimizer::Sgd, ..toy::recipe("free") };
        let learner = Learner { weights, ..Learner::default() };
        let mut trainer = Trainer::new(&toy::architecture(), &recipe, &learner, Vec::new(), &Device::flex()).unwrap();
        trainer.step(&batch, 0.0);
        pollster::block_on(trainer.lesson()).unwrap().right
    };
    for (norm, eps) in RADII {
        let (plain, still) = (right(norm, eps, 1.0, 1.0), right(norm, eps, 1.0, 0.0));
        assert!(plain < still - 0.2, "{norm:?}: {plain} and {still}");
        for factor in [3.0, 30.0, 1e3, 1e6] {
            let found = right(norm, eps, factor, 1.0);
            assert!((found - plain).abs() < 0.05, "{norm:?} times {factor:e}: {found} against {plain}");
        }
    }
}
