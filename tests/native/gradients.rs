//! Gradients against finite differences, and what attacking and training do to the weights.

use crate::attacks::short;
use crate::toy::*;
use foolproof_core::protocol::Recipe;
use foolproof_engine::attacks::cards;
use foolproof_engine::loss;
use foolproof_engine::random::Stream;
use foolproof_engine::weights::{self, Precision};

fn cross_entropy(network: &foolproof_engine::sequential::Sequential, pixels: &[f32], labels: &[u32]) -> f64 {
    let class = case(network, pixels, labels, None, 1, 0).class;
    values(loss::cross_entropy(&network.forward(images(pixels)), &class)).iter().map(|&loss| f64::from(loss)).sum()
}

#[test]
fn input_gradients_agree_with_finite_differences() {
    let (network, labels) = (network(3), [0, 1, 2]);
    let clean = pixels(5, 3);
    let gradient = values(gradient(&network, &case(&network, &clean, &labels, None, 1, 0)));
    let mut stream = Stream::new(11, 0, 0);
    for trial in 0..8 {
        // Along the gradient itself and along random directions.
        let direction: Vec<f32> = gradient.iter().map(|g| if trial == 0 { *g } else { stream.normal() }).collect();
        let length = direction.iter().map(|d| d * d).sum::<f32>().sqrt();
        let at = |h: f32| {
            let moved: Vec<f32> = clean.iter().zip(&direction).map(|(x, d)| x + h * d / length).collect();
            cross_entropy(&network, &moved, &labels)
        };
        let numeric = (at(5e-3) - at(-5e-3)) / 1e-2;
        let exact: f64 = gradient.iter().zip(&direction).map(|(g, d)| f64::from(g * d / length)).sum();
        let scale = gradient.iter().map(|g| f64::from(g * g)).sum::<f64>().sqrt();
        assert!((numeric - exact).abs() < 0.02 * scale, "trial {trial}: {numeric} against {exact} of {scale}");
    }
}

#[test]
fn attacking_leaves_the_weights_as_they_were() {
    let network = network(3);
    let file = || pollster::block_on(weights::save(&architecture(), &network, Precision::Full)).unwrap();
    let before = file();
    let labels = answers(&network, &pixels(5, 4));
    for card in cards() {
        for norm in &card.norms {
            let case = case(&network, &pixels(5, 4), &labels, None, 1, 0);
            attack(&network, case, &spec(&card.id, *norm, 0.5, &short(&card))).unwrap();
            assert!(file() == before, "{} {norm:?}", card.id);
        }
    }
}

#[test]
fn training_steps_lower_the_loss_and_do_so_alike_each_time() {
    let run = || {
        let (mut trainer, batch) = (trainer(&recipe("standard")), batch(&pixels(5, 8), &[0, 1, 2, 3, 0, 1, 2, 3]));
        let mut step = || {
            trainer.step(&batch, 0.0);
            pollster::block_on(trainer.lesson()).unwrap().loss
        };
        let losses: Vec<f32> = (0..60).map(|_| step()).collect();
        (losses, values(trainer.model().forward(batch.clean)))
    };
    let (losses, answer) = run();
    assert!(losses[59] < 0.5 * losses[0], "{} to {}", losses[0], losses[59]);
    assert_eq!(run(), (losses, answer));
}

#[test]
fn training_follows_the_gradient_of_the_mean_loss() {
    // Adam's first step moves each weight by the rate against the sign of its gradient, so a small rate must lower the
    // loss by close to rate * |gradient|_1, which finite differences over the rate confirm.
    let batch = batch(&pixels(5, 4), &[0, 1, 2, 3]);
    let after = |rate: f64| {
        let mut trainer = trainer(&Recipe { rate, ..recipe("standard") });
        trainer.step(&batch, 0.0);
        f64::from(values(loss::cross_entropy(&trainer.model().forward(batch.clean.clone()), &batch.class).mean())[0])
    };
    let start = after(0.0);
    let (one, two) = (start - after(1e-4), start - after(2e-4));
    assert!(one > 0.0 && (two / one - 2.0).abs() < 0.2, "{one} then {two}");
}
