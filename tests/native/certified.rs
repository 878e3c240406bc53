//! Certified radii: exact where they can be known, never above what an attack finds, and no matter of rounding.

use crate::toy::*;
use burn::tensor::{Device, Tensor};
use foolproof_core::architecture::{Architecture, LayerSpec};
use foolproof_core::catalog::Norm;
use foolproof_engine::ball::Ball;
use foolproof_engine::case::one_hot;
use foolproof_engine::certify::Search;
use foolproof_engine::sequential::{Margin, Sequential, Values};
use foolproof_engine::weights;

fn class(labels: &[u32]) -> Tensor<2> {
    one_hot(labels, 4, &Device::flex())
}

fn radii(network: &Sequential, pixels: &[f32], labels: &[u32], norm: Norm, most: f32) -> Vec<f32> {
    proven(Search::new(network.clone(), images(pixels), class(labels), &Ball::new(norm, most))).unwrap()
}

/// The margin is at least this anywhere within the radius.
fn least(network: &Sequential, pixels: &[f32], labels: &[u32], norm: Norm, radius: f32) -> Vec<f32> {
    let radius = class(labels).sum_dim(1).full_like(radius);
    let Margin { least, .. } =
        network.least_margin(&images(pixels), &radius, &Ball::new(norm, 0.0), &class(labels)).unwrap();
    values(least)
}

fn rows(network: &Sequential, pixels: &[f32]) -> Vec<Vec<f32>> {
    values(network.forward(images(pixels))).chunks(4).map(<[f32]>::to_vec).collect()
}

/// How far the own logit of `low` lies above every other one of `high`.
fn gap(low: &[f32], high: &[f32], label: u32) -> f32 {
    let others = high.iter().enumerate().filter(|(class, _)| *class != label as usize);
    low[label as usize] - others.map(|(_, logit)| *logit).fold(f32::MIN, f32::max)
}

fn margins(network: &Sequential, pixels: &[f32], labels: &[u32]) -> Vec<f32> {
    rows(network, pixels).iter().zip(labels).map(|(row, &label)| gap(row, row, label)).collect()
}

/// Every pixel moved by as much, as far as it goes.
fn moved(pixels: &[f32], by: f32) -> Vec<f32> {
    pixels.iter().map(|pixel| (pixel + by).clamp(0.0, 1.0)).collect()
}

fn of_layers(layers: Vec<LayerSpec>) -> Architecture {
    Architecture { layers, ..architecture() }
}

fn fresh(architecture: &Architecture, seed: u64) -> Sequential {
    weights::fresh(architecture, seed, &Device::flex()).unwrap()
}

/// A network that rises with every pixel, class 0 the most: its least margin in a box is that of the box's lowest corner.
fn rising(architecture: &Architecture, seed: u64) -> Sequential {
    changed(architecture, &fresh(architecture, seed), |left, values| {
        // Biases stay as they are, so that rectifiers have something to do.
        if left % 2 == 1 {
            values.iter_mut().for_each(|value| *value = value.abs());
        }
        if left == 1 {
            let row = values.len() / 4;
            values[..row].iter_mut().for_each(|value| *value += 1.0);
        }
    })
}

fn alike(found: &[f32], expected: &[f32]) -> bool {
    found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4 * b.abs().max(1.0))
}

#[test]
fn a_linear_models_radius_is_its_distance_to_the_border() {
    let network = linear(3);
    // Away from the ends of the range, where the box would make the true radius larger.
    let clean: Vec<f32> = pixels(5, 6).iter().map(|pixel| 0.4 + 0.2 * pixel).collect();
    let labels = answers(&network, &clean);
    let parameters = network.parameters();
    let [Values::Matrix(weight), Values::Bias(_)] = parameters.as_slice() else { panic!("not linear") };
    let weight = values(weight.clone());
    let logits = values(network.forward(images(&clean)));
    for norm in Norm::ALL {
        let most = if norm == Norm::Linf { 0.4 } else { 1.0 };
        let found = radii(&network, &clean, &labels, norm, most);
        for (row, &label) in labels.iter().enumerate() {
            let apart = |other: usize| {
                let row_of = |class: usize| &weight[class * PIXELS..(class + 1) * PIXELS];
                let change = row_of(label as usize).iter().zip(row_of(other)).map(|(a, b)| f64::from((a - b).abs()));
                let dual = match norm {
                    Norm::Linf => change.sum::<f64>(),
                    Norm::L2 => change.map(|change| change * change).sum::<f64>().sqrt(),
                    Norm::L1 => change.fold(0.0, f64::max),
                };
                f64::from(logits[row * 4 + label as usize] - logits[row * 4 + other]) / dual
            };
            let exact = (0..4).filter(|&other| other != label as usize).map(apart).fold(f64::MAX, f64::min);
            let exact = exact.min(f64::from(most));
            let off = exact - f64::from(found[row]);
            assert!((-1e-6..2e-3 * exact.max(0.05)).contains(&off), "{norm:?}: {} against {exact}", found[row]);
        }
    }
}

#[test]
fn no_input_within_is_answered_otherwise() {
    let network = trained();
    let clean = pixels(2, 12);
    let labels = answers(&network, &clean);
    for norm in Norm::ALL {
        let found = radii(&network, &clean, &labels, norm, 1.0);
        assert!(found.iter().any(|&radius| radius > 1e-3), "{norm:?}: {found:?} proves nothing");
        for (row, &radius) in found.iter().enumerate() {
            let own = &clean[row * PIXELS..(row + 1) * PIXELS];
            let label = &labels[row..=row];
            for seed in 0..3 {
                let spec = spec("pgd", norm, radius, &[("steps", 30.0), ("restarts", 2.0)]);
                let case = case(&network, own, label, None, seed, 0);
                assert!(!attack(&network, case, &spec).unwrap().samples[0].success, "{norm:?}: {row} within {radius}");
            }
        }
    }
}

#[test]
fn bounds_hold_at_every_place_of_the_box_and_close_at_its_middle() {
    let network = trained();
    let (clean, other) = (pixels(3, 4), pixels(4, 4));
    let labels = answers(&network, &clean);
    let exact = margins(&network, &clean, &labels);
    assert!(alike(&least(&network, &clean, &labels, Norm::Linf, 0.0), &exact));
    for radius in [0.01f32, 0.1, 1.0] {
        let moved: Vec<f32> =
            clean.iter().zip(&other).map(|(clean, to)| clean + (to - clean).clamp(-radius, radius)).collect();
        let bounds = least(&network, &clean, &labels, Norm::Linf, radius);
        let found = margins(&network, &moved, &labels);
        assert!(bounds.iter().zip(&found).all(|(bound, found)| bound <= found), "{radius}: {bounds:?} {found:?}");
    }
}

#[test]
fn bounds_hold_through_every_kind_of_layer_and_for_ensembles() {
    let conv = LayerSpec::conv2d(2, 2, 3, 1, 1);
    let built = fresh(
        &of_layers(vec![
            LayerSpec::conv2d(1, 2, 3, 1, 1),
            LayerSpec::Residual(vec![conv, LayerSpec::Relu]),
            LayerSpec::max_pool2d(2, 2),
            LayerSpec::avg_pool2d(2, 2),
            LayerSpec::Flatten,
            LayerSpec::linear(8, 4),
        ]),
        3,
    );
    let ensemble = Sequential::mean_of(vec![trained(), network(2)]);
    let clean = pixels(3, 6);
    for (network, norm) in [built, ensemble].iter().flat_map(|network| Norm::ALL.map(|norm| (network, norm))) {
        let labels = answers(network, &clean);
        assert!(radii(network, &clean, &labels, norm, 1.0).iter().all(|&radius| radius > 0.0), "{norm:?}");
        for radius in [0.02, 0.3] {
            let case = case(network, &clean, &labels, None, 1, 0);
            let found = attack(network, case, &spec("pgd", norm, radius, &[("steps", 20.0)])).unwrap();
            let moved: Vec<f32> = found.samples.iter().flat_map(|sample| sample.pixels.clone()).collect();
            let (bounds, found) = (least(network, &clean, &labels, norm, radius), margins(network, &moved, &labels));
            assert!(bounds.iter().zip(&found).all(|(bound, found)| bound <= found), "{norm:?}: {bounds:?} {found:?}");
        }
    }
}

#[test]
fn bounds_are_exact_where_everything_rises() {
    let network = rising(&architecture(), 5);
    let (clean, labels) = (pixels(3, 6), [0; 6]);
    for radius in [0.02, 0.1, 0.5] {
        let (found, lowest) = (least(&network, &clean, &labels, Norm::Linf, radius), moved(&clean, -radius));
        let expected = margins(&network, &lowest, &labels);
        assert!(alike(&found, &expected), "{radius}: {found:?} against {expected:?}");
    }
}

#[test]
fn the_first_layer_is_bounded_by_the_dual_norm_and_what_follows_by_intervals() {
    let architecture =
        of_layers(vec![LayerSpec::Flatten, LayerSpec::linear(PIXELS, 12), LayerSpec::Relu, LayerSpec::linear(12, 4)]);
    let network = rising(&architecture, 2);
    let parameters = network.parameters();
    let [Values::Matrix(first), Values::Bias(shift), Values::Matrix(last), Values::Bias(bias)] = parameters.as_slice()
    else {
        panic!("not two layers")
    };
    let [first, shift, last, bias] =
        [values(first.clone()), values(shift.clone()), values(last.clone()), values(bias.clone())];
    // Away from the ends of the range.
    let clean: Vec<f32> = pixels(5, 1).iter().map(|pixel| 0.4 + 0.2 * pixel).collect();
    for (norm, radius) in [(Norm::Linf, 0.05f32), (Norm::L2, 0.3), (Norm::L1, 0.35)] {
        let lowest = |unit: usize| {
            let row = &first[unit * PIXELS..(unit + 1) * PIXELS];
            let dual = match norm {
                Norm::Linf => row.iter().sum::<f32>(),
                Norm::L2 => row.iter().map(|weight| weight * weight).sum::<f32>().sqrt(),
                Norm::L1 => row.iter().copied().fold(0.0, f32::max),
            };
            let middle: f32 = row.iter().zip(&clean).map(|(weight, pixel)| weight * pixel).sum();
            (middle + shift[unit] - radius * dual).max(0.0)
        };
        let logit =
            |class: usize| (0..12).map(|unit| last[class * 12 + unit] * lowest(unit)).sum::<f32>() + bias[class];
        let logits: Vec<f32> = (0..4).map(logit).collect();
        let (found, expected) = (least(&network, &clean, &[0], norm, radius), gap(&logits, &logits, 0));
        assert!(alike(&found, &[expected]), "{norm:?}: {found:?} against {expected}");
    }
}

#[test]
fn step_functions_and_ensembles_are_bounded_from_corner_to_corner() {
    // A step function hides gradients from attacks, not from bounds.
    let stepped = rising(&architecture(), 5).quantised(4);
    let ensemble = Sequential::mean_of(vec![rising(&architecture(), 5), rising(&architecture(), 6)]);
    let (clean, labels) = (pixels(3, 6), [0; 6]);
    for (network, merged) in [(stepped, true), (ensemble, false)] {
        for radius in [0.1, 0.3] {
            let (low, high) = (rows(&network, &moved(&clean, -radius)), rows(&network, &moved(&clean, radius)));
            let expected: Vec<f32> = low.iter().zip(&high).map(|(low, high)| gap(low, high, 0)).collect();
            let found = least(&network, &clean, &labels, Norm::Linf, radius);
            match merged {
                // Both logits come from one interval of the last layer, and share what they share.
                true => assert!(found.iter().zip(&expected).all(|(found, corners)| *found >= corners - 1e-4)),
                false => assert!(alike(&found, &expected), "{radius}: {found:?} against {expected:?}"),
            }
        }
    }
}

#[test]
fn rows_of_a_wide_layer_are_bounded_as_alone() {
    // So wide that its differences are taken eight rows at a time.
    let network = fresh(
        &of_layers(vec![LayerSpec::conv2d(1, 512, 3, 1, 1), LayerSpec::Flatten, LayerSpec::linear(512 * PIXELS, 4)]),
        1,
    );
    let clean = pixels(6, 10);
    let labels: Vec<u32> = (0..10).map(|row| row % 3).collect();
    let together = least(&network, &clean, &labels, Norm::Linf, 0.1);
    let alone =
        |row: usize| least(&network, &clean[row * PIXELS..(row + 1) * PIXELS], &labels[row..=row], Norm::Linf, 0.1)[0];
    let alone: Vec<f32> = (0..10).map(alone).collect();
    assert!(together.len() == 10 && alike(&together, &alone), "{together:?} against {alone:?}");
}

#[test]
fn radii_do_not_depend_on_the_size_of_the_logits() {
    let clean = pixels(2, 12);
    let labels = answers(&trained(), &clean);
    let found = radii(&trained(), &clean, &labels, Norm::Linf, 1.0);
    // Powers of 2, which change no digit of any sum.
    for factor in [1.0 / 8192.0, 8192.0] {
        let scaled = scaled_last_layer(&trained(), factor);
        assert_eq!(radii(&scaled, &clean, &labels, Norm::Linf, 1.0), found, "{factor}");
    }
}

#[test]
fn a_margin_that_rounding_made_proves_nothing() {
    let architecture = of_layers(vec![LayerSpec::Flatten, LayerSpec::linear(PIXELS, 4)]);
    let mut rounded_up = 0;
    for seed in 0..24 {
        let clean = pixels(seed, 1);
        let mut exact = 0.0;
        let network = changed(&architecture, &fresh(&architecture, seed), |left, values| match left {
            1 => {
                values.iter_mut().for_each(|weight| *weight *= 1e4);
                let other = values[PIXELS..2 * PIXELS].to_vec();
                values[2 * PIXELS..].copy_from_slice(&other.repeat(2));
                let apart = values[..PIXELS].iter().zip(&other).map(|(a, b)| f64::from(*a) - f64::from(*b));
                exact = apart.zip(&clean).map(|(apart, pixel)| apart * f64::from(*pixel)).sum();
            }
            // The own logit ends just below the other ones.
            _ => values.copy_from_slice(&[(-exact as f32).next_down(), 0.0, 0.0, 0.0]),
        });
        rounded_up += u32::from(least(&network, &clean, &[0], Norm::Linf, 0.0)[0] > 1e-4);
        // A radius so small that it costs less margin than rounding gives.
        assert_eq!(radii(&network, &clean, &[0], Norm::Linf, 1e-9), [0.0], "seed {seed}");
    }
    assert!(rounded_up > 0, "no margin was rounded up, so nothing was tried");
}

#[test]
fn wrong_answers_have_no_radius_and_noise_has_no_bounds() {
    let (network, clean) = (trained(), pixels(2, 5));
    let wrong: Vec<u32> = answers(&network, &clean).iter().map(|label| (label + 1) % 4).collect();
    assert_eq!(radii(&network, &clean, &wrong, Norm::Linf, 1.0), [0.0; 5]);
    let noisy = Search::new(trained().noisy(0.1, 1), images(&clean), class(&wrong), &Ball::new(Norm::Linf, 1.0));
    assert!(proven(noisy).is_none());
}
