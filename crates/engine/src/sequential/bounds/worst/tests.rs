//! Gradients beside finite differences, and the worst logits beside what certifies.

use crate::ball::Ball;
use crate::loss::{cross_entropy, pairs::soft_slope};
use crate::one_hot::one_hot;
use crate::random::Stream;
use crate::sequential::{Margin, Sequential};
use crate::upload::floats;
use crate::{flat, weights};
use burn::tensor::{Device, Tensor};
use foolproof_core::architecture::{Architecture, LayerSpec};
use foolproof_core::catalog::Norm;

fn network(layers: Vec<LayerSpec>) -> Sequential {
    weights::fresh(&Architecture::new([1, 6, 6], 3, layers), 3, &Device::flex()).unwrap()
}

/// One that the kernels compute, and one that burn does.
fn networks() -> [Sequential; 2] {
    let head = |features: usize| {
        vec![LayerSpec::Flatten, LayerSpec::linear(features, 8), LayerSpec::Relu, LayerSpec::linear(8, 3)]
    };
    let mut convolution = vec![LayerSpec::conv2d(1, 2, 3, 2, 1), LayerSpec::Tanh];
    convolution.extend(head(18));
    [network(head(36)), network(convolution)]
}

fn inputs() -> (Tensor<4>, Tensor<2>) {
    let mut stream = Stream::new(2, 0, 0);
    let pixels = (0..5 * 36).map(|_| stream.uniform()).collect();
    (floats(pixels, [5, 1, 6, 6], &Device::flex()), one_hot(&[0, 1, 2, 0, 1], 3, &Device::flex()))
}

fn values<const D: usize>(x: Tensor<D>) -> Vec<f32> {
    x.into_data().iter::<f32>().collect()
}

/// The summed loss, and its gradient.
fn loss(network: &Sequential, ball: &Ball) -> (f32, Vec<f32>) {
    let ((clean, class), mut value) = (inputs(), 0.0);
    let learnt = network.learn_worst(&clean, ball, &class, |logits| {
        value = values(cross_entropy(logits, &class)).iter().sum();
        soft_slope(logits, &class)
    });
    (value, values(learnt.unwrap().weights))
}

#[test]
fn gradients_through_bounds_are_finite_differences() {
    for network in networks() {
        let ball = Ball::new(Norm::Linf, 0.03);
        let (row, (_, gradient)) = (values(flat::row(&network)), loss(&network, &ball));
        let mut stream = Stream::new(5, 0, 0);
        for _ in 0..6 {
            // Along the gradient and at random, so that what is far from 0 is looked at.
            let way: Vec<f32> = gradient.iter().map(|slope| slope + 0.3 * stream.normal()).collect();
            let length = way.iter().map(|part| part * part).sum::<f32>().sqrt();
            let at = |by: f32| {
                let moved = row.iter().zip(&way).map(|(weight, way)| weight + by * way / length).collect();
                loss(&flat::frozen(&network, &floats(moved, [row.len()], &Device::flex())), &ball).0
            };
            let found: f32 = gradient.iter().zip(&way).map(|(slope, way)| slope * way / length).sum();
            let expected = (at(2e-3) - at(-2e-3)) / 4e-3;
            assert!((found - expected).abs() < 0.01 * expected.abs().max(1.0), "{found} against {expected}");
        }
    }
}

#[test]
fn the_worst_logits_are_as_bad_as_the_certificate_says() {
    let (clean, class) = inputs();
    for (network, limits) in networks().iter().flat_map(|network| [(network, vec![]), (network, vec![0.5; 36])]) {
        for radius in [0.0, 0.02, 0.3] {
            let ball = Ball::new(Norm::Linf, radius).limited(&limits);
            let radii = class.clone().sum_dim(1).full_like(radius);
            let Margin { least, .. } = network.least_margin(&clean, &radii, &ball, &class).unwrap();
            let worst = network.learn_worst(&clean, &ball, &class, |logits| logits.clone()).unwrap().logits;
            let found = values(crate::loss::margin(&worst, &class));
            let apart = found.iter().zip(values(least)).map(|(a, b)| (a + b).abs()).fold(0.0, f32::max);
            assert!(apart < 1e-5, "{apart} at {radius}");
            assert!(values(worst * class.clone()).iter().all(|own| *own == 0.0));
        }
    }
}

#[test]
fn without_a_radius_it_is_the_loss_of_the_clean_logits() {
    let (clean, class) = inputs();
    for network in networks() {
        let (value, gradient) = loss(&network, &Ball::new(Norm::Linf, 0.0));
        let mut plain = 0.0;
        let learnt = network.learn(&clean, false, |logits| {
            plain = values(cross_entropy(logits, &class)).iter().sum::<f32>();
            soft_slope(logits, &class)
        });
        assert!((value - plain).abs() < 1e-5, "{value} against {plain}");
        let apart = gradient.iter().zip(values(learnt.weights)).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 1e-5, "{apart}");
    }
}

#[test]
fn noise_has_no_worst_logits() {
    let (clean, class) = inputs();
    let [network, _] = networks();
    assert!(network.has_bounds());
    let noisy = network.noisy(0.1, 1);
    assert!(!noisy.has_bounds());
    assert!(noisy.learn_worst(&clean, &Ball::new(Norm::Linf, 0.1), &class, |logits| logits.clone()).is_none());
}
