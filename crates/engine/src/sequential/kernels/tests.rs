//! Kernels beside burn, which computes the same networks by automatic differentiation.

use crate::one_hot::one_hot;
use crate::random::Stream;
use crate::sequential::Sequential;
use crate::upload::floats;
use crate::{flat, weights};
use burn::tensor::{Device, Tensor};
use foolproof_core::architecture::{
    Architecture, BatchNormSpec, Conv2dSpec, LayerSpec, LinearSpec, Padding, Pair, PoolSpec,
};

/// Whole numbers below a bound, from a seed.
struct Draw(Stream);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        // Rounding must not reach the bound.
        ((self.0.uniform() * bound as f32) as usize).min(bound - 1)
    }

    fn row(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| 2.0 * self.0.uniform() - 1.0).collect()
    }
}

/// A network from a seed: one to three layers on pictures, then products.
fn architecture(seed: u64) -> Architecture {
    let mut draw = Draw(Stream::new(seed, 0, 0));
    let input = [draw.below(3) + 1, draw.below(7) + 6, draw.below(7) + 6];
    let mut layers = vec![LayerSpec::Normalise { mean: vec![0.3; input[0]], std: vec![0.4; input[0]] }];
    let [mut channels, mut rows, mut columns] = input;
    for _ in 0..draw.below(3) + 1 {
        layers.push(match draw.below(5) {
            0 => LayerSpec::BatchNorm2d(BatchNormSpec { features: channels, eps: 1e-5 }),
            kind @ (1 | 2) => {
                let kernel = Pair(draw.below(rows.min(3)) + 1, draw.below(columns.min(3)) + 1);
                let padding = Pair(draw.below(kernel.0 / 2 + 1), draw.below(kernel.1 / 2 + 1));
                let size = PoolSpec { kernel, stride: Pair(draw.below(2) + 1, draw.below(2) + 1), padding };
                (rows, columns) =
                    (side(rows, kernel.0, size.stride.0, padding.0), side(columns, kernel.1, size.stride.1, padding.1));
                if kind == 1 { LayerSpec::MaxPool2d(size) } else { LayerSpec::AvgPool2d(size) }
            }
            _ => {
                let kernel = Pair(draw.below(rows.min(4)) + 1, draw.below(columns.min(4)) + 1);
                let (stride, around, out) = (
                    Pair(draw.below(3) + 1, draw.below(3) + 1),
                    draw.below(kernel.0.min(kernel.1).min(3)),
                    draw.below(12) + 1,
                );
                let size = Conv2dSpec { stride, padding: Padding::all(around), ..Conv2dSpec::new(channels, out, 1) };
                channels = out;
                (rows, columns) = (side(rows, kernel.0, stride.0, around), side(columns, kernel.1, stride.1, around));
                LayerSpec::Conv2d(Conv2dSpec { kernel, bias: draw.below(3) > 0, ..size })
            }
        });
        layers.push([LayerSpec::Relu, LayerSpec::Dropout][draw.below(2)].clone());
    }
    layers.push(LayerSpec::Flatten);
    let (features, middle) = (channels * rows * columns, draw.below(12) + 1);
    layers.push(LayerSpec::Linear(LinearSpec { r#in: features, out: middle, bias: true }));
    layers.extend([LayerSpec::BatchNorm1d(BatchNormSpec { features: middle, eps: 1e-5 }), LayerSpec::Relu]);
    layers.push(LayerSpec::Linear(LinearSpec { r#in: middle, out: 4, bias: draw.below(2) > 0 }));
    Architecture::new(input, 4, layers)
}

/// Rows or columns of what a window leaves.
fn side(size: usize, kernel: usize, stride: usize, padding: usize) -> usize {
    (size + 2 * padding - kernel) / stride + 1
}

fn network(architecture: &Architecture, seed: u64) -> Sequential {
    let mut draw = Draw(Stream::new(seed, 1, 0));
    let counts: Vec<usize> = architecture.parameters().unwrap().iter().map(|parameter| parameter.count()).collect();
    let mut counts = counts.into_iter();
    Sequential::build(architecture, &Device::flex(), || Ok(draw.row(counts.next().unwrap()))).unwrap()
}

fn values<const D: usize>(x: &Tensor<D>) -> Vec<f32> {
    super::numbers(x.clone()).unwrap()
}

#[track_caller]
fn same<const D: usize>(found: &Tensor<D>, expected: &Tensor<D>, what: &str) {
    assert_eq!(found.dims(), expected.dims(), "{what}");
    let (found, expected) = (values(found), values(expected));
    let size = expected.iter().fold(1e-3f32, |most, value| most.max(value.abs()));
    let most = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(most <= 3e-5 * size, "{what}: {most} of {size}");
}

/// Logits and gradients by kernels and by burn.
#[track_caller]
fn agree(network: &Sequential, x: &Tensor<4>, what: &str) {
    let slope = |logits: &Tensor<2>| logits.clone().mul_scalar(0.5).add_scalar(1.0);
    let (logits, gradient) = network.kernels.gradient(x, slope).ok().expect("kernels know these layers");
    let (by_burn, burns) = network.tracked_gradient(x, Box::new(slope));
    same(&logits, &by_burn, &format!("logits of {what}"));
    same(&gradient, &burns, &format!("gradients of {what}"));
    same(&network.forward(x.clone()), &by_burn, what);
    let (learnt, by_burn) = (network.learn(x, true, slope), network.tracked_learn(x, false, Box::new(slope)));
    same(&learnt.weights, &by_burn.weights, &format!("gradients by weights of {what}"));
    same(&learnt.input.unwrap(), &burns, &format!("gradients of {what} in a pass that learns"));
}

#[test]
fn random_networks_are_computed_as_by_burn() {
    for seed in 0..60 {
        let architecture = architecture(seed);
        let network = network(&architecture, seed);
        let [channels, rows, columns] = architecture.input;
        let mut draw = Draw(Stream::new(seed, 2, 0));
        let samples = [1, 2, 5, 18][draw.below(4)];
        let x = draw.row(samples * channels * rows * columns);
        let x = floats(x, [samples, channels, rows, columns], &Device::flex());
        agree(&network, &x, &format!("{architecture:?}"));
        // As a view of a larger batch, whose rows lie elsewhere.
        agree(
            &network,
            &Tensor::cat(vec![x.clone(), x.clone().add_scalar(0.25)], 0).slice(samples..2 * samples),
            "a view",
        );
    }
}

#[test]
fn the_worst_logits_of_random_networks_are_learnt_from_as_by_burn() {
    let mut by_kernels = 0;
    for seed in 0..60 {
        let architecture = architecture(seed);
        let network = network(&architecture, seed);
        let [channels, rows, columns] = architecture.input;
        let mut draw = Draw(Stream::new(seed, 3, 0));
        let samples = [1, 2, 5, 18][draw.below(4)];
        let low =
            floats(draw.row(samples * channels * rows * columns), [samples, channels, rows, columns], &Device::flex());
        let ends = [low.clone(), low.add_scalar(0.1)];
        let labels: Vec<u32> = (0..samples).map(|_| draw.below(4) as u32).collect();
        let class = one_hot(&labels, 4, &Device::flex());
        let slope = |logits: &Tensor<2>| logits.clone().mul_scalar(0.5).add_scalar(1.0);
        let burns = network.tracked_worst(ends.clone(), &class, slope).unwrap();
        if let Ok(found) = network.worst_by_kernels(&ends, &class, slope) {
            by_kernels += 1;
            same(&found.logits, &burns.logits, &format!("worst logits of {architecture:?}"));
            same(&found.weights, &burns.weights, &format!("gradients by weights of {architecture:?}"));
        }
    }
    assert_eq!(by_kernels, 60);
}

#[test]
fn weights_that_change_are_packed_anew() {
    let architecture = architecture(3);
    let (one, other) = (network(&architecture, 3), network(&architecture, 4));
    let [channels, rows, columns] = architecture.input;
    let x = Draw(Stream::new(9, 0, 0)).row(3 * channels * rows * columns);
    let x = floats(x, [3, channels, rows, columns], &Device::flex());
    let moved = flat::frozen(&one, &flat::row(&other));
    agree(&moved, &x, "other weights");
    same(&moved.forward(x.clone()), &other.forward(x.clone()), "the other's logits");
    // Those that collect gradients are computed by burn: nothing packed would hear of them.
    let tracked = flat::tracked(&one, &flat::row(&other));
    assert!(tracked.kernels.logits(&x).is_none());
    let again = flat::frozen(&tracked, &flat::row(&one));
    agree(&again, &x, "back to the first ones");
}

#[test]
fn what_the_kernels_do_not_know_is_computed_by_burn() {
    let linear = |inputs: usize| LayerSpec::Linear(LinearSpec { r#in: inputs, out: 2, bias: true });
    let unknown = [
        vec![LayerSpec::Tanh, LayerSpec::Flatten, linear(16)],
        vec![LayerSpec::Residual(vec![LayerSpec::Relu]), LayerSpec::Flatten, linear(16)],
        vec![LayerSpec::AdaptiveAvgPool2d { out: Pair(1, 1) }, LayerSpec::Flatten, linear(1)],
        vec![
            LayerSpec::Conv2d(Conv2dSpec { dilation: Pair(2, 2), ..Conv2dSpec::new(1, 1, 2) }),
            LayerSpec::Flatten,
            linear(4),
        ],
    ];
    let x = floats(Draw(Stream::new(5, 0, 0)).row(32), [2, 1, 4, 4], &Device::flex());
    for layers in unknown {
        let architecture = Architecture::new([1, 4, 4], 2, layers);
        let network = weights::fresh(&architecture, 1, &Device::flex()).unwrap();
        assert!(network.kernels.logits(&x).is_none(), "{architecture:?}");
        assert_eq!(network.forward(x.clone()).dims(), [2, 2]);
        let (_, gradient) = network.input_gradient(&x, |logits| logits.ones_like());
        assert!(values(&gradient).iter().any(|slope| *slope != 0.0), "{architecture:?}");
    }
    // An ensemble asks each of its members.
    let architecture = architecture(1);
    let members = vec![network(&architecture, 1), network(&architecture, 2)];
    let [channels, rows, columns] = architecture.input;
    let x = floats(
        Draw(Stream::new(6, 0, 0)).row(channels * rows * columns),
        [1, channels, rows, columns],
        &Device::flex(),
    );
    let mean = (members[0].forward(x.clone()) + members[1].forward(x.clone())).div_scalar(2.0);
    let ensemble = Sequential::mean_of(members);
    same(&ensemble.forward(x.clone()), &mean, "an ensemble");
    assert!(ensemble.kernels.logits(&x).is_none());
}

#[test]
fn a_tracked_input_gets_its_gradient_through_burn() {
    let architecture = architecture(8);
    let network = network(&architecture, 8);
    let [channels, rows, columns] = architecture.input;
    let x = floats(
        Draw(Stream::new(6, 0, 0)).row(channels * rows * columns),
        [1, channels, rows, columns],
        &Device::flex(),
    );
    assert!(network.kernels.logits(&x).is_some());
    assert!(network.kernels.logits(&Tensor::from_inner(x).require_grad()).is_none());
}
