//! Training on interval bounds: what it learns is proven, where other training proves nothing.

use crate::toy::task::*;
use crate::toy::*;
use burn::tensor::Device;
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::{Learner, Recipe, Schedule};
use foolproof_engine::ball::Ball;
use foolproof_engine::case::one_hot;
use foolproof_engine::{certify, weights};

/// Steps of a run.
const STEPS: u32 = 200;

fn recipe_of(method: &str, kappa: Option<f64>) -> Recipe {
    let knobs = kappa.map(|kappa| ("kappa".to_string(), kappa)).into_iter().collect();
    Recipe { eps: RADIUS, batch: 16, ramp: 0.6, schedule: Schedule::OneCycle, knobs, ..recipe(method) }
}

fn trained_by(recipe: &Recipe, learner: Learner) -> Learner {
    train(&mut worker(128), job(recipe, alone(0, STEPS, 0.0, 1.0), learner)).unwrap().0
}

/// Share of 64 other pictures that no attack within the radius can turn.
fn proven_share(learner: &Learner) -> f64 {
    let file = foolproof_core::weights::write(&layers(), &learner.weights, weights::Precision::Half).unwrap();
    let network = weights::load(&layers(), &file, &Device::flex()).unwrap();
    let (pixels, labels) = pictures(2, 64);
    let pixels: Vec<f32> = pixels.into_iter().map(|pixel| f32::from(pixel) / 255.0).collect();
    let labels: Vec<u32> = labels.into_iter().map(u32::from).collect();
    let class = one_hot(&labels, 4, &Device::flex());
    let holds = certify::holds(&network, &images(&pixels), &class, &Ball::new(Norm::Linf, RADIUS)).unwrap();
    holds.into_data().iter::<bool>().filter(|holds| *holds).count() as f64 / 64.0
}

#[test]
fn bounds_prove_what_was_trained_on_them_and_hardly_anything_else() {
    let [natural, attacked, bounded] =
        ["standard", "pgd", "ibp"].map(|method| trained_by(&recipe_of(method, None), Learner::default()));
    let shares = [&natural, &attacked, &bounded].map(proven_share);
    let (clean, robust) = judge(&bounded);
    println!("proven: {shares:?}; clean {clean}, PGD {robust}");
    assert!(shares[0] < 0.05, "the control: {}", shares[0]);
    assert!(shares[2] > 0.6 && shares[2] > shares[1] + 0.1, "{shares:?}");
    assert!(shares[2] <= robust && robust <= clean, "{shares:?}, {robust}, {clean}");
}

#[test]
fn all_weight_on_clean_pictures_a_radius_or_a_share_of_none_is_plain_training() {
    let start = trained_by(&recipe_of("standard", None), Learner::default());
    let go_on = |recipe: Recipe| trained_by(&recipe, start.clone());
    let plain = go_on(recipe_of("standard", None));
    assert_eq!(go_on(recipe_of("ibp", Some(1.0))), plain);
    assert_eq!(go_on(Recipe { eps: 0.0, ..recipe_of("ibp", None) }), plain);
    assert_eq!(go_on(Recipe { ratio: 0.0, ..recipe_of("ibp", None) }), plain);
    let some = [1.0, 0.5].map(|ratio| go_on(Recipe { ratio, ..recipe_of("ibp", None) }));
    assert!(some[0] != plain && some[1] != plain && some[0] != some[1]);
}

#[test]
fn fresh_weights_are_drawn_for_bounds_and_those_that_are_there_stay() {
    let still = Recipe { rate: 0.0, ..recipe_of("ibp", None) };
    let fresh = trained_by(&still, Learner::default()).weights;
    let wide = |row: &[f32]| (row.iter().map(|weight| weight * weight).sum::<f32>() / row.len() as f32).sqrt();
    let first = &fresh[..PIXELS * 32];
    let expected = std::f32::consts::TAU.sqrt() / PIXELS as f32;
    assert!((wide(first) / expected - 1.0).abs() < 0.1, "{} for {expected}", wide(first));
    let last = &fresh[fresh.len() - 4 - 32 * 4..fresh.len() - 4];
    assert!((wide(last) / (1.0 / (3.0f32 * 32.0).sqrt()) - 1.0).abs() < 0.2, "the last layer's are PyTorch's");
    let start = trained_by(&recipe_of("standard", None), Learner::default());
    assert_eq!(trained_by(&still, start.clone()).weights, start.weights);
}

#[test]
fn the_radius_stays_at_none_for_a_while_and_grows_to_the_end_of_the_ramp() {
    let eps = |from: f64| {
        let round = job(&recipe_of("ibp", None), alone(0, 1, from, from), Learner::default());
        train(&mut worker(64), round).unwrap().1.eps
    };
    assert_eq!([0.0, 0.05].map(eps), [0.0; 2]);
    assert!((eps(0.325) - 0.5 * RADIUS).abs() < 1e-6);
    assert_eq!([0.6, 1.0].map(eps), [RADIUS; 2]);
}
