//! One network of every kind of layer: its gradients, an attack on it, its bounds, and its training.

use crate::toy::*;
use burn::tensor::Device;
use foolproof_core::architecture::{
    Architecture, BatchNormSpec, Conv2dSpec, LayerSpec, LayerSpec::*, LinearSpec, Padding, Pair, PoolSpec,
};
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::Learner;
use foolproof_core::weights as files;
use foolproof_engine::ball::Ball;
use foolproof_engine::case::one_hot;
use foolproof_engine::certify::Search;
use foolproof_engine::loss;
use foolproof_engine::random::Stream;
use foolproof_engine::sequential::Sequential;
use foolproof_engine::trainer::Trainer;
use foolproof_engine::weights;

/// Every kind of layer, on pictures of 8 x 8 pixels and four classes.
fn every_layer() -> Architecture {
    let norm = |features| BatchNormSpec { features, eps: 1e-5 };
    let plain = Conv2dSpec { bias: false, ..Conv2dSpec::new(4, 6, 3) };
    let down = Conv2dSpec { stride: Pair(2, 2), padding: Padding::all(1), ..plain.clone() };
    let project = Conv2dSpec { kernel: Pair(1, 1), padding: Padding::all(0), ..down.clone() };
    let depthwise = Conv2dSpec { groups: 4, padding: Padding::Same, dilation: Pair(2, 1), ..Conv2dSpec::new(4, 4, 3) };
    let lopsided = Conv2dSpec { kernel: Pair(3, 2), padding: Padding::Sides([2, 0, 1, 1]), ..Conv2dSpec::new(1, 4, 3) };
    let layers = vec![
        Normalise { mean: vec![0.4], std: vec![0.3] },
        Conv2d(lopsided),
        BatchNorm2d(norm(4)),
        LeakyRelu { slope: 0.1 },
        Conv2d(depthwise),
        Gelu,
        MaxPool2d(PoolSpec { kernel: Pair(3, 3), stride: Pair(1, 1), padding: Pair(1, 1) }),
        ProjectedResidual {
            inner: vec![Conv2d(down), BatchNorm2d(norm(6)), Silu],
            shortcut: vec![Conv2d(project), BatchNorm2d(norm(6))],
        },
        Relu6,
        AdaptiveAvgPool2d { out: Pair(3, 2) },
        Flatten,
        Dropout,
        Linear(LinearSpec { r#in: 36, out: 12, bias: false }),
        BatchNorm1d(norm(12)),
        Tanh,
        LayerSpec::linear(12, 8),
        Sigmoid,
        LayerSpec::linear(8, 4),
        Softmax,
    ];
    Architecture::new(SHAPE, 4, layers)
}

/// Fresh weights, three times as wide, so that the functions bend.
fn wide(architecture: &Architecture, seed: u64) -> Sequential {
    let fresh = weights::fresh(architecture, seed, &Device::flex()).unwrap();
    changed(architecture, &fresh, |_, values| values.iter_mut().for_each(|value| *value *= 3.0))
}

fn loss_of(network: &Sequential, pixels: &[f32], labels: &[u32]) -> f64 {
    let class = one_hot(labels, 4, &Device::flex());
    values(loss::cross_entropy(&network.forward(images(pixels)), &class)).iter().map(|&loss| f64::from(loss)).sum()
}

/// Holds gradients by the pixels against finite differences along random directions.
fn check_gradient(name: &str, network: &Sequential) {
    let (clean, labels) = (pixels(5, 3), [0, 1, 2]);
    let gradient = values(gradient(network, &case(network, &clean, &labels, None, 1, 0)));
    let scale = gradient.iter().map(|g| f64::from(g * g)).sum::<f64>().sqrt();
    assert!(scale > 1e-3, "{name} has no gradient");
    let mut stream = Stream::new(11, 0, 0);
    for trial in 0..6 {
        let direction: Vec<f32> = gradient.iter().map(|g| if trial == 0 { *g } else { stream.normal() }).collect();
        let length = direction.iter().map(|d| d * d).sum::<f32>().sqrt();
        let at = |h: f32| {
            let moved: Vec<f32> = clean.iter().zip(&direction).map(|(x, d)| x + h * d / length).collect();
            loss_of(network, &moved, &labels)
        };
        let numeric = (at(1e-3) - at(-1e-3)) / 2e-3;
        let exact: f64 = gradient.iter().zip(&direction).map(|(g, d)| f64::from(g * d / length)).sum();
        assert!((numeric - exact).abs() < 0.02 * scale, "{name} {trial}: {numeric} against {exact} of {scale}");
    }
}

#[test]
fn gradients_of_every_layer_agree_with_finite_differences() {
    for layer in [LeakyRelu { slope: 0.2 }, Relu6, Tanh, Sigmoid, Gelu, Silu] {
        let name = format!("{layer:?}");
        let layers = vec![LayerSpec::conv2d(1, 4, 3, 1, 0), layer, Flatten, LayerSpec::linear(144, 4)];
        check_gradient(&name, &wide(&Architecture::new(SHAPE, 4, layers), 3));
    }
    check_gradient("every layer", &wide(&every_layer(), 3));
}

#[test]
fn slopes_at_zero_are_pytorchs() {
    // A black picture through a convolution without bias: each feature is exactly 0.
    let first = Conv2d(Conv2dSpec { bias: false, ..Conv2dSpec::new(1, 1, 1) });
    let of = |layer: LayerSpec| {
        let layers = vec![first.clone(), layer, Flatten, LayerSpec::linear(PIXELS, 4)];
        let architecture = Architecture::new(SHAPE, 4, layers);
        let network = weights::fresh(&architecture, 1, &Device::flex()).unwrap();
        values(gradient(&network, &case(&network, &[0.0; PIXELS], &[0], None, 1, 0)))
    };
    let plain = of(Dropout);
    for (layer, slope) in
        [(LeakyRelu { slope: 0.2 }, 0.2), (Relu, 0.0), (Relu6, 0.0), (Tanh, 1.0), (Gelu, 0.5), (Silu, 0.5)]
    {
        // The loss is steeper or flatter where the function's value at 0 moves the logits; these have none.
        let found = of(layer.clone());
        let off = found.iter().zip(&plain).map(|(found, plain)| (found - slope * plain).abs()).fold(0.0, f32::max);
        assert!(off < 1e-6, "{layer:?}: {off}");
    }
}

#[test]
fn pgd_fools_a_network_of_every_layer_and_keeps_its_ball() {
    let network = wide(&every_layer(), 3);
    let clean = pixels(5, 6);
    let labels = answers(&network, &clean);
    for (norm, eps) in [(Norm::Linf, 0.3), (Norm::L2, 2.0), (Norm::L1, 12.0)] {
        let case = case(&network, &clean, &labels, None, 1, 0);
        let found = attack(&network, case, &spec("pgd", norm, eps, &[("steps", 20.0)])).unwrap();
        let moved: Vec<f32> = found.samples.iter().flat_map(|sample| sample.pixels.clone()).collect();
        assert!(loss_of(&network, &moved, &labels) > 1.2 * loss_of(&network, &clean, &labels), "{norm:?}");
        let distances = values(Ball::new(norm, eps).distance(&images(&clean), &images(&moved)));
        assert!(distances.iter().all(|&distance| distance <= eps * 1.0001), "{norm:?}: {distances:?}");
    }
}

/// F14: a network that normalises its inputs, and the same function with the normalisation in its weights, meet the same
/// examples at the same radius, which counts pixels.
#[test]
fn epsilon_stays_in_pixels_where_inputs_are_normalised() {
    let (mean, std) = (0.1307f32, 0.3081);
    let folded = Architecture::new(SHAPE, 4, vec![Flatten, LayerSpec::linear(PIXELS, 4)]);
    let mut layers = folded.layers.clone();
    layers.insert(0, Normalise { mean: vec![mean], std: vec![std] });
    let normalising = Architecture { layers, ..folded.clone() };
    let inside = weights::fresh(&normalising, 4, &Device::flex()).unwrap();
    let mut shift = vec![0.0; 4];
    let plain = changed(&folded, &inside, |left, values| match left {
        0 => values.iter_mut().zip(&shift).for_each(|(bias, shift)| *bias -= shift),
        _ => {
            values.iter_mut().for_each(|weight| *weight /= std);
            shift = values.chunks(PIXELS).map(|row| mean * row.iter().sum::<f32>()).collect();
        }
    });
    let clean = pixels(6, 8);
    let labels = answers(&plain, &clean);
    for (id, norm, eps) in
        [("pgd", Norm::Linf, 0.1), ("pgd", Norm::L2, 1.0), ("apgd-ce", Norm::L1, 4.0), ("fab", Norm::L2, 9.0)]
    {
        let of = |network: &Sequential| -> Vec<f32> {
            let found = attack(network, case(network, &clean, &labels, None, 1, 0), &spec(id, norm, eps, &[])).unwrap();
            found.samples.iter().flat_map(|sample| sample.pixels.clone()).collect()
        };
        let (inside, plain) = (of(&inside), of(&plain));
        let size = |moved: &[f32]| values(Ball::new(norm, eps).distance(&images(&clean), &images(moved)));
        for (a, b) in size(&inside).into_iter().zip(size(&plain)) {
            assert!((a - b).abs() < 1e-3 * b && b > 0.0, "{id} {norm:?}: {a} and {b}");
        }
    }
}

#[test]
fn bounds_hold_through_every_layer_and_close_at_the_middle() {
    let network = weights::fresh(&every_layer(), 5, &Device::flex()).unwrap();
    let clean = pixels(3, 6);
    let labels = answers(&network, &clean);
    let class = one_hot(&labels, 4, &Device::flex());
    let least = |norm: Norm, radius: f32| {
        let radius = class.clone().sum_dim(1).full_like(radius);
        values(network.least_margin(&images(&clean), &radius, &Ball::new(norm, 0.0), &class).unwrap().least)
    };
    let margins = |pixels: &[f32]| values(loss::margin(&network.forward(images(pixels)), &class).neg());
    let exact = margins(&clean);
    for norm in Norm::ALL {
        assert!(least(norm, 0.0).iter().zip(&exact).all(|(a, b)| (a - b).abs() < 1e-4), "{norm:?}");
        let proven =
            proven(Search::new(network.clone(), images(&clean), class.clone(), &Ball::new(norm, 1.0))).unwrap();
        assert!(proven.iter().any(|&radius| radius > 0.0), "{norm:?}: {proven:?}");
        for radius in [0.02, 0.3] {
            let case = case(&network, &clean, &labels, None, 1, 0);
            let found = attack(&network, case, &spec("pgd", norm, radius, &[("steps", 20.0)])).unwrap();
            let moved: Vec<f32> = found.samples.iter().flat_map(|sample| sample.pixels.clone()).collect();
            let (bounds, found) = (least(norm, radius), margins(&moved));
            assert!(bounds.iter().zip(&found).all(|(bound, found)| bound <= found), "{norm:?}: {bounds:?} {found:?}");
        }
    }
}

#[test]
fn a_network_of_every_layer_learns_and_comes_back_from_its_file() {
    let architecture = every_layer();
    let recipe = recipe("standard");
    let mut trainer = Trainer::new(&architecture, &recipe, &Learner::default(), Vec::new(), &Device::flex()).unwrap();
    let batch = batch(&pixels(5, 8), &[0, 1, 2, 3, 0, 1, 2, 3]);
    let mut step = || {
        trainer.step(&batch, 0.0);
        pollster::block_on(trainer.lesson()).unwrap().loss
    };
    let losses: Vec<f32> = (0..60).map(|_| step()).collect();
    assert!(losses[59] < 0.5 * losses[0], "{} to {}", losses[0], losses[59]);
    let learner = pollster::block_on(trainer.learner()).unwrap();
    let file = files::write(&architecture, &learner.weights, files::Precision::Full).unwrap();
    assert_eq!(files::read(&architecture, &file).unwrap(), learner.weights);
    let loaded = weights::load(&architecture, &file, &Device::flex()).unwrap();
    let answer = |network: &Sequential| values(network.forward(batch.clean.clone()));
    assert_eq!(answer(&loaded), answer(&trainer.model()));
}
