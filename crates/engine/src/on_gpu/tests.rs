//! The kernels against what is computed in memory. There is a GPU to test on where Vulkan has a driver, which may be one in
//! software: `cargo test -p foolproof-engine --features wgpu --lib on_gpu`, a part of `cargo xtask test --only long`. In
//! browsers the stories of the GPU engine compare attack by attack.

mod attacks;
mod training;

use crate::ball::Ball;
use crate::case::Goal;
use crate::loss;
use crate::one_hot::one_hot;
use crate::random::Stream;
use crate::sequential::Sequential;
use crate::upload::floats;
use burn::tensor::{Device, Tensor};
use foolproof_core::architecture::{Architecture, Conv2dSpec, LayerSpec, LinearSpec, Padding, Pair};
use foolproof_core::catalog::Norm;

fn gpu() -> Device {
    Device::wgpu(Default::default())
}

fn draw(count: usize, seed: u64) -> Vec<f32> {
    let mut stream = Stream::new(seed, 0, 0);
    (0..count).map(|_| 2.0 * stream.uniform() - 1.0).collect()
}

fn values<const D: usize>(x: Tensor<D>) -> Vec<f32> {
    x.into_data().try_to_vec().unwrap()
}

/// Equal but for rounding, which the largest number decides.
#[track_caller]
fn agree<const D: usize>(a: Tensor<D>, b: Tensor<D>, what: &str) {
    assert_eq!(a.dims(), b.dims(), "{what}");
    let (a, b) = (values(a), values(b));
    let size = b.iter().fold(1e-3f32, |most, value| most.max(value.abs()));
    for (a, b) in a.into_iter().zip(b) {
        assert!((a - b).abs() <= 1e-5 * size, "{what}: {a} and {b}, of {size}");
    }
}

#[test]
fn losses_are_what_they_are_in_memory() {
    let (cpu, gpu) = (Device::flex(), gpu());
    for scale in [1e-6f32, 1.0, 30.0, 1e4] {
        let logits: Vec<f32> = draw(700, 3).into_iter().map(|value| scale * value).collect();
        let labels: Vec<u32> = (0..70).map(|row| row % 10).collect();
        let on = |device: &Device| (floats(logits.clone(), [70, 10], device), one_hot(&labels, 10, device));
        let ((logits, class), (own, of)) = (on(&cpu), on(&gpu));
        let what = format!("logits times {scale}");
        let (margins, losses) = super::margin_and_cross_entropy(&own, &of).unwrap();
        agree(margins, loss::margin(&logits, &class), &what);
        agree(losses, loss::cross_entropy(&logits, &class), &what);
        agree(super::margin(&own, &of).unwrap(), loss::margin(&logits, &class), &what);
        agree(super::cross_entropy(&own, &of).unwrap(), loss::cross_entropy(&logits, &class), &what);
        agree(super::cross_entropy_slope(&own, &of).unwrap(), loss::cross_entropy_slope(&logits, &class), &what);
        let (value, slope) = super::log_odds(&own, &of).unwrap();
        agree(value, loss::log_odds(&logits, &class), &what);
        agree(slope, loss::log_odds_slope(&logits, &class), &what);
        let ((value, slope), (ratio, by_logits)) =
            (super::ratio(&own, &of).unwrap(), loss::ratio(&logits, &class, None));
        agree(value, ratio, &what);
        agree(slope, by_logits, &what);
    }
}

#[test]
fn steps_and_projections_are_what_they_are_in_memory() {
    let (cpu, gpu) = (Device::flex(), gpu());
    for (seed, dims) in [[1, 1, 28, 28], [3, 3, 5, 7], [65, 1, 1, 5]].into_iter().enumerate() {
        let count: usize = dims.iter().product();
        let clean: Vec<f32> = draw(count, seed as u64).into_iter().map(|value| value.clamp(0.0, 1.0)).collect();
        let x: Vec<f32> = draw(count, 9).iter().zip(&clean).map(|(change, clean)| clean + change).collect();
        let on = |device: &Device| (floats(clean.clone(), dims, device), floats(x.clone(), dims, device));
        let ((clean, x), (own_clean, own)) = (on(&cpu), on(&gpu));
        for norm in Norm::ALL {
            for radius in [0.0, 0.05, 0.3, 2.0, 50.0] {
                let (ball, what) = (Ball::new(norm, radius), format!("{norm:?} {radius} {dims:?}"));
                let pulled = |boxed| super::pull(norm, radius, &own_clean, &own, boxed).unwrap();
                agree(pulled(true), ball.project(&clean, x.clone()), &what);
                agree(pulled(false), ball.pull(&clean, x.clone()), &what);
            }
            for (radius, length) in [(0.05, 0.01), (0.3, 1.0), (2.0, 0.5)] {
                let (ball, what) = (Ball::new(norm, radius), format!("a climb, {norm:?} {radius} {dims:?}"));
                let gradient = |device: &Device| floats(draw(count, 4), dims, device);
                let climbed = super::climb(norm, radius, &own_clean, &own, &gradient(&gpu), length).unwrap();
                agree(climbed, ball.climb(&clean, &x, gradient(&cpu), length), &what);
            }
            let moved = super::step(&own_clean, &own, -0.25).unwrap();
            agree(moved, clean.clone() + x.clone().mul_scalar(-0.25), "a step");
            let still = super::pull(norm, 0.3, &own_clean, &own_clean, true).unwrap();
            agree(still, clean.clone(), "a buffer that is bound twice");
            let gradient = |scale: f32| (x.clone() - clean.clone()).mul_scalar(scale);
            for scale in [0.0, 1e-12, 1.0, 1e12] {
                let direction = Ball::new(norm, 1.0).direction(gradient(scale));
                let own = floats(values(gradient(scale)), dims, &gpu);
                agree(super::direction(norm, &own).unwrap(), direction, &format!("{norm:?}, gradient {scale}"));
            }
        }
    }
}

#[test]
fn the_best_are_kept_where_a_margin_is_greater() {
    let gpu = gpu();
    let rows = |values: Vec<f32>, width| floats(values, [3, width], &gpu);
    let pixels = |value: f32| floats(vec![value; 3 * 70], [3, 1, 7, 10], &gpu);
    let mut kept = (pixels(0.0), rows(vec![0.0; 6], 2), rows(vec![-1.0, 0.5, -1.0], 1), rows(vec![0.0, 1.0, 0.0], 1));
    let shared = kept.0.clone();
    for (turn, scores) in [[-0.5, 0.5, -2.0], [0.25, 0.75, -2.0], [0.5, 0.1, 1.0]].into_iter().enumerate() {
        let turn = turn as f32 + 1.0;
        let (x, logits, score) = (pixels(turn), rows(vec![turn; 6], 2), rows(scores.to_vec(), 1));
        kept = super::keep(|| kept, &x, &logits, &score, 10 * turn as u32).unwrap();
    }
    let (x, logits, score, queries) = kept;
    let first = |values: Vec<f32>, width: usize| values.chunks(width).map(|row| row[0]).collect::<Vec<_>>();
    assert_eq!(first(values(x), 70), [3.0, 2.0, 3.0]);
    assert_eq!(first(values(logits), 2), [3.0, 2.0, 3.0]);
    assert_eq!((values(score), values(queries)), (vec![0.5, 0.75, 1.0], vec![20.0, 1.0, 30.0]));
    assert_eq!(values(shared)[0], 0.0, "what somebody else has is not written");
}

#[test]
fn columns_are_joined_in_order() {
    for parts in [1, 2, 7, 8, 60] {
        let part = |device: &Device, at: usize| {
            let width = 1 + at % 3 * 40;
            floats(draw(5 * width, at as u64), [5, width], device)
        };
        let on = |device: &Device| (0..parts).map(|at| part(device, at)).collect::<Vec<_>>();
        let expected = values(Tensor::cat(on(&Device::flex()), 1));
        assert_eq!(values(super::joined(&on(&gpu())).unwrap()), expected, "{parts}");
    }
}

/// Convolutions of odd shapes, and linear layers.
fn architecture() -> Architecture {
    let convolution = |channels, out, kernel, stride, padding| {
        LayerSpec::Conv2d(Conv2dSpec { kernel, stride, padding, ..Conv2dSpec::new(channels, out, 1) })
    };
    let linear = |r#in, out| LayerSpec::Linear(LinearSpec { r#in, out, bias: out != 20 });
    let layers = vec![
        convolution(3, 6, Pair(4, 3), Pair(2, 1), Padding::Sides([1, 0, 2, 1])),
        LayerSpec::Relu,
        convolution(6, 8, Pair(3, 3), Pair(2, 2), Padding::all(1)),
        LayerSpec::Dropout,
        LayerSpec::Relu,
        LayerSpec::Flatten,
        linear(8 * 3 * 5, 20),
        LayerSpec::Relu,
        linear(20, 7),
    ];
    Architecture::new([3, 10, 11], 7, layers)
}

fn network(device: &Device) -> Sequential {
    let architecture = architecture();
    let mut counts = architecture.parameters().unwrap().into_iter().map(|parameter| parameter.count());
    Sequential::build(&architecture, device, || Ok(draw(counts.next().unwrap(), 5))).unwrap()
}

#[test]
fn logits_and_gradients_are_what_they_are_in_memory() {
    let (cpu, gpu) = (Device::flex(), gpu());
    for batch in [1, 5] {
        let on = |device: &Device| {
            let slope = floats(draw(batch * 7, 9), [batch, 7], device);
            let x = floats(draw(batch * 330, 8), [batch, 3, 10, 11], device);
            let (logits, gradient) = network(device).input_gradient(&x, |_| slope);
            (logits, gradient, network(device).forward(x))
        };
        let ((own, gradient, again), (logits, expected, _)) = (on(&gpu), on(&cpu));
        agree(own, logits.clone(), "logits");
        agree(again, logits, "logits alone");
        agree(gradient, expected, "gradient");
    }
    assert!(network(&gpu).has_gpu_kernels(), "it was not burn that computed");
}

#[test]
fn an_ascent_is_a_pass_with_its_losses() {
    let (cpu, gpu) = (Device::flex(), gpu());
    for (batch, goal) in [(1, Goal::Leave), (5, Goal::Reach)] {
        let labels: Vec<u32> = (0..batch as u32).map(|row| row % 7).collect();
        let on =
            |device: &Device| (floats(draw(batch * 330, 8), [batch, 3, 10, 11], device), one_hot(&labels, 7, device));
        let ((x, class), (own, of)) = (on(&cpu), on(&gpu));
        let ascent = network(&gpu).ascent(&own, &of, goal).unwrap();
        let slope = |logits: &Tensor<2>| goal.turned(loss::cross_entropy_slope(logits, &class));
        let (logits, gradient) = network(&cpu).input_gradient(&x, slope);
        agree(ascent.margin, loss::margin(&logits, &class), "margin");
        agree(ascent.loss, loss::cross_entropy(&logits, &class), "loss");
        agree(ascent.logits, logits, "logits");
        agree(ascent.gradient, gradient, "gradient");
        assert!(network(&cpu).ascent(&x, &class, goal).is_none(), "in memory the passes are enough");
    }
}

#[test]
fn equal_logits_stand_in_their_order() {
    let rows = [[1.0f32, 1.0, 1.0, 0.0], [0.0, 2.0, 2.0, 2.0], [0.0; 4], [-1.0, -1.0, 3.0, 3.0]].concat();
    for label in 0..4 {
        let on = |device: &Device| {
            let logits = floats(rows.clone(), [4, 4], device);
            loss::ratio(&logits, &one_hot(&[label; 4], 4, device), None)
        };
        let ((value, slope), (ratio, by_logits)) = (on(&gpu()), on(&Device::flex()));
        agree(value, ratio, &format!("class {label}"));
        agree(slope, by_logits, &format!("class {label}"));
    }
}
