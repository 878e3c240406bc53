//! Training on the GPU against training in memory.

use super::{agree, architecture, draw, gpu, network, values};
use crate::loss::pairs::soft_slope;
use crate::optimizer::{Pace, Rows, length};
use crate::pictures::{Batches, Pictures};
use crate::trainer::Trainer;
use crate::upload::floats;
use burn::tensor::{Device, Tensor};
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::{Augment, Learner, Lesson, Optimizer, Recipe, Schedule};
use foolproof_core::values::Values;

#[test]
fn slopes_of_soft_labels_are_what_they_are_in_memory() {
    for scale in [1e-6f32, 1.0, 30.0, 1e4] {
        let logits: Vec<f32> = draw(700, 3).into_iter().map(|value| scale * value).collect();
        let class: Vec<f32> = (0..700).map(|at| if at % 10 == at / 10 % 10 { 0.91 } else { 0.01 }).collect();
        let on = |device: &Device| {
            soft_slope(&floats(logits.clone(), [70, 10], device), &floats(class.clone(), [70, 10], device))
        };
        agree(on(&gpu()), on(&Device::flex()), &format!("logits times {scale}"));
    }
}

#[test]
fn gradients_by_what_was_learnt_are_what_they_are_in_memory() {
    for (batch, wanted) in [(1, false), (5, true), (33, false)] {
        let on = |device: &Device| {
            let slope = floats(draw(batch * 7, 9), [batch, 7], device);
            let x = floats(draw(batch * 330, 8), [batch, 3, 10, 11], device);
            network(device).learn(&x, wanted, |_| slope)
        };
        let (own, expected) = (on(&gpu()), on(&Device::flex()));
        agree(own.logits, expected.logits, "logits");
        agree(own.weights, expected.weights, "gradient by what was learnt");
        match (own.input, expected.input) {
            (Some(own), Some(expected)) => agree(own, expected, "gradient by the input"),
            (own, expected) => assert!(own.is_none() && expected.is_none() && !wanted),
        }
    }
}

#[test]
fn every_optimiser_steps_as_in_memory() {
    let row = |seed: u64, device: &Device| floats(draw(5000, seed), [5000], device);
    for optimizer in [Optimizer::Sgd, Optimizer::Adam, Optimizer::AdamW] {
        for (decay, clip, average) in [(0.0, 0.0, 0.0), (0.2, 0.0, 0.99), (0.0, 1.0, 0.99), (0.3, 1e6, 0.0)] {
            let pace = Pace { optimizer, rate: 0.05, decay, memory: 0.98, clip, average };
            let on = |device: &Device| {
                let weights = row(1, device);
                let moments = vec![weights.zeros_like(); optimizer.rows()];
                let average = (average > 0.0).then(|| weights.clone());
                let mut rows = Rows { weights, moments, average, steps: 0 };
                let shared = rows.moments[0].clone();
                for seed in 2..5 {
                    let gradient = row(seed, device);
                    let length = length(&gradient);
                    rows.learn(gradient, &length, &pace);
                }
                assert!(values(shared).iter().all(|moment| *moment == 0.0), "what somebody else has is not written");
                rows
            };
            let (own, expected, what) = (on(&gpu()), on(&Device::flex()), format!("{pace:?}"));
            agree(own.weights, expected.weights, &what);
            assert_eq!((own.moments.len(), own.steps), (expected.moments.len(), 3));
            for (own, expected) in own.moments.into_iter().zip(expected.moments) {
                agree(own, expected, &what);
            }
            match (own.average, expected.average) {
                (Some(own), Some(expected)) => agree(own, expected, &what),
                (own, expected) => assert!(own.is_none() && expected.is_none()),
            }
        }
    }
}

fn recipe(method: &str, knobs: &[(&str, f64)]) -> Recipe {
    Recipe {
        method: method.into(),
        knobs: knobs.iter().map(|(key, value)| ((*key).to_owned(), *value)).collect(),
        norm: Norm::Linf,
        eps: 0.1,
        limits: Vec::new(),
        ramp: 0.0,
        ratio: 1.0,
        batch: 16,
        optimizer: Optimizer::Sgd,
        memory: 0.9,
        rate: 0.01,
        schedule: Schedule::Constant,
        warm: 0.0,
        decay: 0.0,
        clip: 0.0,
        average: 0.9,
        smooth: 0.1,
        augment: Vec::new(),
        sources: Vec::new(),
        seed: 4,
    }
}

/// What three steps of a recipe teach, and what they showed.
fn trained(recipe: &Recipe, device: &Device) -> (Learner, Lesson) {
    let pixels: Vec<f32> = draw(64 * 330, 6).into_iter().map(|value| value.abs()).collect();
    let labels = (0..64).map(|at| at % 7).collect();
    let pictures = Pictures::new([3, 10, 11], Values::Floats(pixels), labels).unwrap();
    let mut trainer = Trainer::new(&architecture(), recipe, &Learner::default(), Vec::new(), device).unwrap();
    let mut batches = Batches::new(recipe, 7);
    for number in 0..3 {
        trainer.step(&batches.take(&pictures, number, device), 0.5);
    }
    pollster::block_on(async { (trainer.learner().await.unwrap(), trainer.lesson().await.unwrap()) })
}

#[test]
fn every_method_teaches_what_it_teaches_in_memory() {
    let plain = [
        recipe("standard", &[]),
        recipe("fast", &[("step", 1.24), ("noise", 1.5)]),
        recipe("pgd", &[("steps", 3.0)]),
        recipe("free", &[("replays", 3.0)]),
        recipe("trades", &[("steps", 2.0)]),
        recipe("mart", &[("steps", 2.0)]),
        recipe("pairing", &[("steps", 2.0)]),
    ];
    let fast = recipe("fast", &[]);
    let others = [
        Recipe { ratio: 0.5, ..fast.clone() },
        Recipe { norm: Norm::L2, eps: 1.0, clip: 0.5, ..fast.clone() },
        Recipe { norm: Norm::L1, eps: 5.0, smooth: 0.0, ..fast.clone() },
        Recipe { augment: vec![Augment::Mixup(0.5)], average: 0.0, ..fast },
    ];
    for recipe in plain.into_iter().chain(others) {
        let ((own, seen), (expected, known)) = (trained(&recipe, &gpu()), trained(&recipe, &Device::flex()));
        let what = format!("{recipe:?}");
        let row = |values: &[f32]| -> Tensor<1> { floats(values.to_vec(), [values.len()], &Device::flex()) };
        let far = |own: &[f32], expected: &[f32]| {
            assert_eq!(own.len(), expected.len(), "{what}");
            let (own, expected) = (row(own), row(expected));
            let apart: f32 = length(&(own - expected.clone())).into_scalar();
            apart / length(&expected).into_scalar::<f32>()
        };
        let moved =
            far(&expected.weights, &trained(&Recipe { rate: 0.0, ..recipe.clone() }, &Device::flex()).0.weights);
        assert!(moved > 1e-3, "{moved}: something was learnt, {what}");
        assert!(far(&own.weights, &expected.weights) < 1e-3 * moved, "{what}");
        assert!(far(&own.moments[0], &expected.moments[0]) < 1e-3, "{what}");
        if recipe.average > 0.0 {
            assert!(far(&own.average, &expected.average) < 1e-3 * moved, "{what}");
        }
        let close = |own: f32, expected: f32| (own - expected).abs() <= 1e-4 * expected.abs().max(1.0);
        let all =
            close(seen.loss, known.loss) && close(seen.right, known.right) && close(seen.gradient, known.gradient);
        assert!(all, "{seen:?} and {known:?}, {what}");
        assert_eq!(own.steps, expected.steps);
    }
}
