//! Limits on four features: twice as far, half as far, not at all, as without.

use super::super::tests::{LIMITS, close, picture};
use super::*;
use burn::tensor::{Device, TensorData};
use foolproof_core::catalog::Norm;

fn balls() -> [Ball; 2] {
    [Ball::new(Norm::L2, 0.1), Ball::new(Norm::L2, 0.1).limited(&LIMITS)]
}

/// Two changes of one sample.
fn rows() -> Tensor<3> {
    Tensor::from_data(TensorData::new(vec![1.0f32, 2.0, 3.0, 4.0, -1.0, -2.0, -3.0, -4.0], [1, 2, 4]), &Device::flex())
}

#[test]
fn without_limits_nothing_is_scaled() {
    let (ball, x) = (&balls()[0], picture(&[0.1, 0.2, 0.3, 0.4]));
    for same in [ball.scaled(x.clone()), ball.units(x.clone()), ball.open(x.clone()), ball.scaled_beside(x.clone(), &x)]
    {
        close(same, &[0.1, 0.2, 0.3, 0.4]);
    }
    close(ball.keep(&picture(&[0.5; 4]), x.clone()), &[0.1, 0.2, 0.3, 0.4]);
    let same = [1.0, 2.0, 3.0, 4.0, -1.0, -2.0, -3.0, -4.0];
    close(ball.scaled_rows(rows(), &x), &same);
    close(ball.units_rows(rows(), &x), &same);
    assert!(ball.scale(&x).is_none() && ball.shut(&x).is_none());
    assert_eq!((ball.scale_of(2), ball.widest(7)), (1.0, 7.0));
}

#[test]
fn limits_scale_there_and_units_back() {
    let (ball, x) = (&balls()[1], picture(&[0.1, 0.2, 0.3, 0.4, -1.0, 1.0, 1.0, 1.0]));
    close(ball.scaled(x.clone()), &[0.2, 0.1, 0.0, 0.4, -2.0, 0.5, 0.0, 1.0]);
    close(ball.units(x.clone()), &[0.05, 0.4, 0.0, 0.4, -0.5, 2.0, 0.0, 1.0]);
    close(ball.scale(&x).unwrap(), &LIMITS);
    close(ball.scaled_rows(rows(), &x), &[2.0, 1.0, 0.0, 4.0, -2.0, -1.0, 0.0, -4.0]);
    close(ball.units_rows(rows(), &x), &[0.5, 4.0, 0.0, 4.0, -0.5, -4.0, 0.0, -4.0]);
    assert_eq!([0, 1, 2, 3].map(|feature| ball.scale_of(feature)), LIMITS);
    assert_eq!(ball.widest(4), 0.5 + 2.0 + 1.0);
}

#[test]
fn what_is_alike_along_a_side_is_scaled_for_each_of_its_features() {
    let near = picture(&[0.0; 4]);
    let row = Tensor::from_data(TensorData::new(vec![3.0f32, 5.0], [1, 1, 2, 1]), &Device::flex());
    close(balls()[1].scaled_beside(row, &near), &[6.0, 1.5, 0.0, 5.0]);
}

#[test]
fn a_feature_that_stays_is_shut_and_the_others_are_as_they_were() {
    let (ball, x) = (&balls()[1], picture(&[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]));
    close(ball.open(x.clone()), &[0.1, 0.2, 0.0, 0.4, 0.5, 0.6, 0.0, 0.8]);
    let clean = picture(&[1.0, 1.0, 0.9, 1.0, 1.0, 1.0, 0.8, 1.0]);
    close(ball.keep(&clean, x.clone()), &[0.1, 0.2, 0.9, 0.4, 0.5, 0.6, 0.8, 0.8]);
    let shut: Vec<bool> = ball.shut(&x).unwrap().into_data().iter::<bool>().collect();
    assert_eq!(shut, [false, false, true, false, false, false, true, false]);
}

#[test]
fn sizes_are_of_the_changes_in_the_balls_units() {
    let [free, limited] = balls();
    let (clean, x) = ([0.5, 0.5, 0.5, 0.25], [0.875, 0.5, 0.0, 0.25]);
    assert_eq!(free.sizes(&clean, &x), Distance { l0: 2.0, l1: 0.875, l2: 0.625, linf: 0.5 });
    // Twice as far is half the distance, and what stays has none, but has changed.
    let (clean, x) = ([0.5, 0.5, 0.5, 0.25], [0.875, 0.625, 0.0, 0.25]);
    let l2 = (0.1875f64 * 0.1875 + 0.25 * 0.25).sqrt() as f32;
    assert_eq!(limited.sizes(&clean, &x), Distance { l0: 3.0, l1: 0.4375, l2, linf: 0.25 });
}

#[test]
fn limits_fit_or_it_is_said_why_they_do_not() {
    let shape = [1, 2, 2];
    for fit in [&[][..], &LIMITS, &[1e-6, 1e6, 0.0, 0.0], &[1.0; 4]] {
        assert_eq!(check(fit, shape), Ok(()), "{fit:?}");
    }
    let why = |limits: &[f32]| {
        let fault = check(limits, shape).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Input);
        fault.message
    };
    assert_eq!(why(&[1.0; 3]), "There are 3 limits, and an input has 4 features.");
    let range = "and must be 0, or between 0.000001 and 1000000.";
    assert_eq!(why(&[1.0, 2e6, 1.0, 1.0]), format!("The limit of feature 1 is 2000000, {range}"));
    assert_eq!(why(&[1.0, 0.0, -1.0, 1.0]), format!("The limit of feature 2 is -1, {range}"));
    assert_eq!(why(&[f32::NAN, 1.0, 1.0, 1.0]), format!("The limit of feature 0 is NaN, {range}"));
    assert_eq!(why(&[0.0; 4]), "No feature may move: every limit is 0.");
}
