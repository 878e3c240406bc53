//! Random starts: points uniform in the ball.

use super::*;

const DRAWS: u32 = 4000;

/// Many draws of so many features.
fn draws(ball: &Ball, features: usize) -> Vec<Vec<f32>> {
    (0..DRAWS).map(|at| ball.perturbation(features, &mut Stream::new(7, 0, at))).collect()
}

fn share(draws: &[Vec<f32>], of: impl Fn(&[f32]) -> bool) -> f64 {
    draws.iter().filter(|draw| of(draw)).count() as f64 / draws.len() as f64
}

#[track_caller]
fn half(share: f64) {
    assert!((share - 0.5).abs() < 0.04, "{share}");
}

/// The norm of a draw in the ball's units.
fn size(ball: &Ball, draw: &[f32]) -> f32 {
    let distance = ball.sizes(&vec![0.0; draw.len()], draw);
    match ball.norm {
        Norm::Linf => distance.linf,
        Norm::L2 => distance.l2,
        Norm::L1 => distance.l1,
    }
}

/// Half of the volume lies within this share of the radius.
fn middle(dimensions: i32) -> f32 {
    0.5f32.powf(1.0 / dimensions as f32)
}

#[test]
fn half_of_the_starts_lie_in_the_inner_half_of_the_volume_and_on_either_side() {
    for norm in Norm::ALL {
        for (features, radius) in [(2, 0.25), (3, 3.0)] {
            let ball = Ball::new(norm, radius);
            let draws = draws(&ball, features);
            assert!(draws.iter().all(|draw| draw.len() == features && size(&ball, draw) <= radius * 1.000_001));
            half(share(&draws, |draw| size(&ball, draw) < radius * middle(features as i32)));
            (0..features).for_each(|feature| half(share(&draws, |draw| draw[feature] > 0.0)));
            // No feature goes further than another one.
            (1..features).for_each(|feature| half(share(&draws, |draw| draw[feature].abs() > draw[0].abs())));
        }
    }
}

#[test]
fn in_limits_starts_are_uniform_over_the_features_that_move() {
    for norm in Norm::ALL {
        let ball = Ball::new(norm, 0.25).limited(&LIMITS);
        let draws = draws(&ball, 4);
        assert!(draws.iter().all(|draw| draw[2] == 0.0 && size(&ball, draw) <= 0.250_001));
        half(share(&draws, |draw| size(&ball, draw) < 0.25 * middle(3)));
        [0, 1, 3].into_iter().for_each(|feature| half(share(&draws, |draw| draw[feature] > 0.0)));
        for feature in [0, 1] {
            half(share(&draws, |draw| draw[feature].abs() / LIMITS[feature] > draw[3].abs()));
        }
    }
}

#[test]
fn a_start_is_the_sample_and_a_draw_of_its_own_stream() {
    let mut streams = [Stream::new(1, 0, 0), Stream::new(1, 1, 0)];
    let clean: Vec<f32> = (0..24).map(|at| at as f32 / 24.0).collect();
    let tensor = Tensor::from_data(TensorData::new(clean.clone(), [2, 2, 3, 2]), &Device::flex());
    let ball = Ball::new(Norm::L2, 1.5);
    let start = ball.random_start(&tensor, &mut streams);
    assert_eq!(start.dims(), [2, 2, 3, 2]);
    let drawn = [0, 1].map(|key| ball.perturbation(12, &mut Stream::new(1, key, 0)));
    let wanted: Vec<f32> = clean.iter().zip(drawn.concat()).map(|(clean, draw)| clean + draw).collect();
    close(start, &wanted);
}
