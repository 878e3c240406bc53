//! Balls of four features, in numbers that can be worked out by hand.

mod draws;

use super::*;
use burn::tensor::{Device, TensorData};

/// Twice as far, half as far, not at all, as without limits.
pub(super) const LIMITS: [f32; 4] = [2.0, 0.5, 0.0, 1.0];

/// Samples of 2 x 2 pixels.
pub(super) fn picture(values: &[f32]) -> Tensor<4> {
    let batch = values.len() / 4;
    Tensor::from_data(TensorData::new(values.to_vec(), [batch, 1, 2, 2]), &Device::flex())
}

#[track_caller]
pub(super) fn close<const D: usize>(found: Tensor<D>, wanted: &[f32]) {
    let found: Vec<f32> = found.into_data().iter::<f32>().collect();
    let near = found.len() == wanted.len() && found.iter().zip(wanted).all(|(one, other)| (one - other).abs() < 1e-5);
    assert!(near, "{found:?} and not {wanted:?}");
}

fn limited(norm: Norm, radius: f32) -> Ball {
    Ball::new(norm, radius).limited(&LIMITS)
}

#[test]
fn another_radius_or_norm_keeps_all_else() {
    let ball = limited(Norm::L2, 0.25);
    assert_eq!(ball.with_radius(3.0), limited(Norm::L2, 3.0));
    assert_eq!(ball.with_norm(Norm::L1), limited(Norm::L1, 0.25));
    assert_eq!(Ball::new(Norm::L1, 1.0).limited(&[1.0; 4]), Ball::new(Norm::L1, 1.0), "these are no limits");
    assert_ne!(ball, Ball::new(Norm::L2, 0.25));
    assert_ne!(ball, Ball::new(Norm::L2, 0.25).limited(&[2.0, 0.5, 0.0, 2.0]));
}

#[test]
fn in_linf_each_feature_goes_as_far_as_it_may() {
    let (clean, x) = (picture(&[0.1, 0.5, 0.95, 0.5]), picture(&[-0.5, 0.9, 1.5, 0.55]));
    let ball = Ball::new(Norm::Linf, 0.25);
    close(ball.pull(&clean, x.clone()), &[-0.15, 0.75, 1.2, 0.55]);
    close(ball.project(&clean, x.clone()), &[0.0, 0.75, 1.0, 0.55]);
    let ball = limited(Norm::Linf, 0.25);
    close(ball.pull(&clean, x.clone()), &[-0.4, 0.625, 0.95, 0.55]);
    close(ball.project(&clean, x), &[0.0, 0.625, 0.95, 0.55]);
}

#[test]
fn in_l2_a_change_is_shortened_to_the_radius_and_then_clipped() {
    let clean = picture(&[0.9, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
    // The second sample is inside already.
    let x = picture(&[1.5, 1.3, 0.5, 0.5, 0.8, 0.1, 0.5, 0.5]);
    let ball = Ball::new(Norm::L2, 0.5);
    close(ball.pull(&clean, x.clone()), &[1.2, 0.9, 0.5, 0.5, 0.8, 0.1, 0.5, 0.5]);
    close(ball.project(&clean, x), &[1.0, 0.9, 0.5, 0.5, 0.8, 0.1, 0.5, 0.5]);
    let (clean, x) = (picture(&[0.1; 4]), picture(&[0.7, 0.3, 0.8, 0.1]));
    close(limited(Norm::L2, 0.25).project(&clean, x), &[0.4, 0.2, 0.1, 0.1]);
}

#[test]
fn in_l1_all_changes_lose_as_much_and_none_leaves_the_box() {
    let clean = picture(&[0.5, 0.5, 0.5, 0.5, 0.9, 0.05, 0.5, 0.5]);
    let x = picture(&[0.9, 0.6, 0.2, 0.5, 1.4, -0.45, 0.9, 0.5]);
    let of = |radius: f32| Ball::new(Norm::L1, radius).project(&clean, x.clone());
    close(of(0.5), &[0.8, 0.5, 0.3, 0.5, 1.0, 0.0, 0.85, 0.5]);
    close(of(0.3), &[0.7, 0.5, 0.4, 0.5, 1.0, 0.0, 0.65, 0.5]);
    close(of(0.0), &[0.5, 0.5, 0.5, 0.5, 0.9, 0.05, 0.5, 0.5]);
    // A radius that holds both is no reason to move.
    close(of(9.0), &[0.9, 0.6, 0.2, 0.5, 1.0, 0.0, 0.9, 0.5]);
    close(Ball::new(Norm::L1, 0.3).pull(&clean, x), &[0.7, 0.5, 0.4, 0.5, 1.0, 0.0, 0.65, 0.5]);
    let (clean, x) = (picture(&[0.5; 4]), picture(&[1.3, 0.7, 1.4, 0.2]));
    close(limited(Norm::L1, 0.5).project(&clean, x.clone()), &[0.9, 0.6, 0.5, 0.4]);
    // Here the first may not use the whole of its limit.
    close(limited(Norm::L1, 0.75).project(&clean, x), &[1.0, 0.65, 0.5, 0.3]);
}

#[test]
fn rounding_carries_no_l1_projection_beyond_its_radius_nor_far_below_it() {
    for (batch, side, radius) in [(1, 2, 3.0f32), (1, 2, 0.75), (4, 64, 40.0)] {
        for shade in 1..24u8 {
            // Alike in all pixels, so that all are rounded alike.
            let shade = f32::from(shade) / 47.0;
            let clean = Tensor::<4>::full([batch, 1, side, side], shade, &Device::flex());
            let x = clean.clone().add_scalar(1.0);
            let ball = Ball::new(Norm::L1, radius);
            let found: Vec<f32> = ball.project(&clean, x).into_data().iter::<f32>().collect();
            for sample in found.chunks(side * side) {
                let far: f64 = sample.iter().map(|pixel| (f64::from(*pixel) - f64::from(shade)).abs()).sum();
                let whole = f64::from(radius).min((side * side) as f64 * (1.0 - f64::from(shade)));
                let lost = 3e-6 * whole + 2.0 * (side * side) as f64 * f64::from(ROUNDING);
                assert!(far <= f64::from(radius) && far >= whole - lost, "{shade}: {far} of {whole}");
            }
        }
    }
}

#[test]
fn a_step_is_the_sign_or_the_gradient_at_length_one() {
    let gradient = picture(&[3.0, -4.0, 0.0, 0.0, 0.0, 1e-30, 0.0, -1e-30]);
    let of = |norm: Norm| Ball::new(norm, 0.1).steepest(gradient.clone());
    let half = 0.5f32.sqrt();
    close(of(Norm::Linf), &[1.0, -1.0, 0.0, 0.0, 0.0, 1.0, 0.0, -1.0]);
    close(of(Norm::L2), &[0.6, -0.8, 0.0, 0.0, 0.0, half, 0.0, -half]);
    close(of(Norm::L1), &[3.0 / 7.0, -4.0 / 7.0, 0.0, 0.0, 0.0, 0.5, 0.0, -0.5]);
    for norm in Norm::ALL {
        close(Ball::new(norm, 0.1).steepest(picture(&[0.0; 4])), &[0.0; 4]);
    }
}

#[test]
fn in_limits_a_step_is_steepest_in_the_balls_units_and_moves_by_them() {
    let gradient = picture(&[3.0, -4.0, 5.0, 0.0]);
    let of = |norm: Norm| limited(norm, 0.1).steepest(gradient.clone());
    let length = 40.0f32.sqrt();
    close(of(Norm::Linf), &[2.0, -0.5, 0.0, 0.0]);
    close(of(Norm::L2), &[12.0 / length, -1.0 / length, 0.0, 0.0]);
    close(of(Norm::L1), &[1.5, -0.125, 0.0, 0.0]);
    close(limited(Norm::L1, 0.1).direction(gradient.clone()), &[0.5, -1.0 / 6.0, 0.0, 0.0]);
}

#[test]
fn a_distance_is_each_samples_own_in_the_balls_units() {
    let (clean, x) = (picture(&[0.5; 8]), picture(&[0.8, 0.1, 0.5, 0.5, 0.5, 0.7, 0.9, 0.3]));
    let of = |norm: Norm| Ball::new(norm, 0.1).distance(&clean, &x);
    close(of(Norm::Linf), &[0.4, 0.4]);
    close(of(Norm::L2), &[0.5, 0.24f32.sqrt()]);
    close(of(Norm::L1), &[0.7, 0.8]);
    assert_eq!(of(Norm::L1).dims(), [2, 1, 1, 1]);
    let of = |norm: Norm| limited(norm, 0.1).distance(&clean, &x);
    close(of(Norm::Linf), &[0.8, 0.4]);
    close(of(Norm::L2), &[0.6625f32.sqrt(), 0.2f32.sqrt()]);
    close(of(Norm::L1), &[0.95, 0.6]);
}
