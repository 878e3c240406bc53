//! Certified radii: exact where they can be known, never above what an attack finds, and in every report.

use crate::toy::*;
use burn::tensor::{Device, Tensor};
use foolproof::architecture::{Architecture, LayerSpec};
use foolproof::catalog::Norm;
use foolproof::engine::case::one_hot;
use foolproof::engine::certify::certified;
use foolproof::engine::sequential::{Sequential, Values};
use foolproof::engine::weights;

fn class(labels: &[u32]) -> Tensor<2> {
    one_hot(labels, 4, &Device::flex())
}

fn radii(network: &Sequential, pixels: &[f32], labels: &[u32], norm: Norm, most: f32) -> Vec<f32> {
    values(certified(network, &images(pixels), &class(labels), norm, most).unwrap())
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
    let margin = |pixels: &[f32]| {
        let logits = values(network.forward(images(pixels)));
        let row = |row: usize| {
            let (own, logits) = (labels[row] as usize, &logits[row * 4..(row + 1) * 4]);
            let others = (0..4).filter(|&class| class != own).map(|class| logits[class]);
            logits[own] - others.fold(f32::MIN, f32::max)
        };
        (0..4).map(row).collect::<Vec<f32>>()
    };
    let least = |radius: f32| {
        let radius = class(&labels).sum_dim(1).full_like(radius);
        values(network.least_margin(&images(&clean), &radius, Norm::Linf, &class(&labels)).unwrap())
    };
    let exact = margin(&clean);
    assert!(least(0.0).iter().zip(&exact).all(|(bound, exact)| (bound - exact).abs() < 1e-4));
    for radius in [0.01f32, 0.1, 1.0] {
        let moved: Vec<f32> =
            clean.iter().zip(&other).map(|(clean, to)| clean + (to - clean).clamp(-radius, radius)).collect();
        let (bounds, found) = (least(radius), margin(&moved));
        assert!(bounds.iter().zip(&found).all(|(bound, found)| bound <= found), "{radius}: {bounds:?} {found:?}");
    }
}

#[test]
fn bounds_hold_through_every_kind_of_layer_and_for_ensembles() {
    let conv = LayerSpec::Conv2d { r#in: 2, out: 2, kernel: 3, stride: 1, padding: 1 };
    let layers = vec![
        LayerSpec::Conv2d { r#in: 1, out: 2, kernel: 3, stride: 1, padding: 1 },
        LayerSpec::Residual(vec![conv, LayerSpec::Relu]),
        LayerSpec::MaxPool2d { kernel: 2, stride: 2 },
        LayerSpec::AvgPool2d { kernel: 2, stride: 2 },
        LayerSpec::Flatten,
        LayerSpec::Linear { r#in: 8, out: 4 },
    ];
    let built = weights::fresh(&Architecture { layers, ..architecture() }, 3, &Device::flex()).unwrap();
    let ensemble = Sequential::mean_of(vec![trained(), network(2)]);
    let clean = pixels(3, 6);
    for (network, norm) in [built, ensemble].iter().flat_map(|network| Norm::ALL.map(|norm| (network, norm))) {
        let labels = answers(network, &clean);
        for (row, &radius) in radii(network, &clean, &labels, norm, 1.0).iter().enumerate() {
            assert!(radius > 0.0, "{norm:?}: nothing is proven of {row}");
            let own = &clean[row * PIXELS..(row + 1) * PIXELS];
            let case = case(network, own, &labels[row..=row], None, 1, 0);
            let found = attack(network, case, &spec("pgd", norm, radius, &[("steps", 30.0)])).unwrap();
            assert!(!found.samples[0].success, "{norm:?}: {row} falls within {radius}");
        }
    }
}

#[test]
fn wrong_answers_have_no_radius_and_noise_has_no_bounds() {
    let (network, clean) = (trained(), pixels(2, 5));
    let wrong: Vec<u32> = answers(&network, &clean).iter().map(|label| (label + 1) % 4).collect();
    assert_eq!(radii(&network, &clean, &wrong, Norm::Linf, 1.0), [0.0; 5]);
    let noisy = trained().noisy(0.1, 1);
    assert!(certified(&noisy, &images(&clean), &class(&wrong), Norm::Linf, 1.0).is_none());
    // A step function hides gradients from attacks, not from bounds.
    let labels = answers(&trained().quantised(4), &clean);
    let found = radii(&trained().quantised(4), &clean, &labels, Norm::Linf, 1.0);
    assert!(found.iter().all(|radius| (0.0..=1.0).contains(radius)), "{found:?}");
}
