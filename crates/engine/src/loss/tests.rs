//! Losses and slopes, worked out and held against differences.

use super::*;
use burn::tensor::{Device, TensorData};

fn row(values: &[f32]) -> Tensor<2> {
    Tensor::from_data(TensorData::new(values.to_vec(), [1, values.len()]), &Device::flex())
}

fn number(x: Tensor<2>) -> f32 {
    x.into_scalar::<f32>()
}

/// Holds a slope against the differences of its loss.
fn agree(logits: [f32; 5], loss: impl Fn(&Tensor<2>) -> Tensor<2>, slope: impl Fn(&Tensor<2>) -> Tensor<2>) {
    let slope = slope(&row(&logits)).into_data().try_to_vec::<f32>().unwrap();
    for index in 0..logits.len() {
        let at = |change: f32| {
            let mut moved = logits;
            moved[index] += change;
            number(loss(&row(&moved)))
        };
        let difference = (at(1e-2) - at(-1e-2)) / 2e-2;
        assert!((difference - slope[index]).abs() < 1e-3, "logit {index}: {difference} against {}", slope[index]);
    }
}

#[test]
fn slopes_agree_with_finite_differences() {
    let logits = [0.3f32, -1.2, 2.0, 0.1, 0.7];
    for class in [row(&[0.0, 1.0, 0.0, 0.0, 0.0]), row(&[0.0, 0.0, 1.0, 0.0, 0.0])] {
        agree(logits, |x| cross_entropy(x, &class), |x| cross_entropy_slope(x, &class));
        agree(logits, |x| margin(x, &class), |x| margin_slope(x, &class));
        agree(logits, |x| log_odds(x, &class), |x| log_odds_slope(x, &class));
        agree(logits, |x| ratio(x, &class, None).0, |x| ratio(x, &class, None).1);
        let target = row(&[1.0, 0.0, 0.0, 0.0, 0.0]);
        agree(logits, |x| ratio(x, &class, Some(&target)).0, |x| ratio(x, &class, Some(&target)).1);
    }
}

#[test]
fn the_ratio_is_the_papers_and_forgets_the_scale() {
    let (logits, class, target) = ([3.0, 1.0, 2.0, 0.5], row(&[1.0, 0.0, 0.0, 0.0]), row(&[0.0, 1.0, 0.0, 0.0]));
    for scale in [1.0f32, 10.0, 100.0, 1000.0] {
        let logits = row(&logits.map(|logit| logit * scale));
        assert!((number(ratio(&logits, &class, None).0) - -0.5).abs() < 1e-6);
        assert!((number(ratio(&logits, &class, Some(&target)).0) - -2.0 / 2.25).abs() < 1e-6);
    }
    let equal = ratio(&row(&[1.0; 4]), &class, None);
    assert!(number(equal.0) == 0.0 && number(equal.1.abs().max_dim(1)).is_finite());
}

#[test]
fn log_odds_order_what_cross_entropy_cannot_tell_apart() {
    let class = row(&[1.0, 0.0, 0.0]);
    let (sure, surer) = (row(&[40.0, 1.0, 0.0]), row(&[41.0, 1.0, 0.0]));
    assert_eq!(number(cross_entropy(&sure, &class)), number(cross_entropy(&surer, &class)));
    assert!((number(log_odds(&sure, &class)) - number(log_odds(&surer, &class)) - 1.0).abs() < 1e-4);
}

#[test]
fn a_confident_sample_keeps_the_slope_of_its_own_class() {
    let slope = cross_entropy_slope(&row(&[20.0, 0.0, 0.0]), &row(&[1.0, 0.0, 0.0]));
    let slope = slope.into_data().try_to_vec::<f32>().unwrap();
    let other = (-20.0f32).exp();
    assert!((slope[0] / (-2.0 * other) - 1.0).abs() < 1e-5 && (slope[1] / other - 1.0).abs() < 1e-5, "{slope:?}");
}

#[test]
fn no_sureness_takes_a_slope_or_turns_it() {
    // However far the class leads, the others share the slope alike: e to one.
    for lead in [30.0, 50.0, 200.0, 1e4, 1e6, 1e9, 1e20] {
        let (class, logits) = (row(&[1.0, 0.0, 0.0]), row(&[lead, 1.0, 0.0]));
        let soft = pairs::soft_slope(&logits, &class);
        for slope in [cross_entropy_slope(&logits, &class), soft] {
            let slope = slope.into_data().try_to_vec::<f32>().unwrap();
            assert!(slope[2] > 1e-30 && (slope[1] / slope[2] / 1f32.exp() - 1.0).abs() < 1e-5, "{lead}: {slope:?}");
            assert!((slope[0] / (slope[1] + slope[2]) + 1.0).abs() < 1e-6, "{lead}: {slope:?}");
        }
    }
}

#[test]
fn a_ratio_does_not_know_how_large_the_logits_are() {
    let class = row(&[0.0, 1.0, 0.0, 0.0, 0.0]);
    let of = |scale: f32| ratio(&row(&[0.3, -1.2, 2.0, 0.1, 0.7].map(|logit| scale * logit)), &class, None);
    let plain = number(of(1.0).0);
    for scale in [1e-15, 1e-6, 1e6, 1e15] {
        let (value, slope) = of(scale);
        assert!((number(value) / plain - 1.0).abs() < 1e-5, "{scale}");
        let slope = slope.into_data().try_to_vec::<f32>().unwrap();
        assert!(slope[1] < 0.0 && slope.iter().all(|slope| slope.is_finite()), "{scale}: {slope:?}");
    }
    let (value, slope) = ratio(&row(&[0.0; 5]), &class, None);
    assert!(number(value) == 0.0 && slope.into_data().iter::<f32>().all(f32::is_finite));
}

#[test]
fn a_class_left_out_is_left_out_of_any_logits() {
    let (class, logits) = (row(&[0.0, 1.0, 0.0]), row(&[1e30, 4e30, 2e30]));
    assert_eq!(number(margin(&logits, &class)), -2e30);
}

#[test]
fn huge_logits_stay_finite() {
    let class = row(&[1.0, 0.0]);
    assert_eq!(number(cross_entropy(&row(&[-5e4, 5e4]), &class)), 1e5);
    assert_eq!(number(cross_entropy(&row(&[5e4, -5e4]), &class)), 0.0);
    assert_eq!(number(margin(&row(&[5e4, -5e4]), &class)), -1e5);
}

#[test]
fn margin_changes_sign_with_the_answer() {
    let class = row(&[0.0, 1.0, 0.0]);
    assert!(number(margin(&row(&[1.0, 3.0, 2.0]), &class)) == -1.0);
    assert!(number(margin(&row(&[4.0, 3.0, 2.0]), &class)) == 1.0);
}
