//! Attacks on a linear network, where the nearest input with another answer is known in closed form.

mod toy;

use burn::tensor::Device;
use foolproof::architecture::{Architecture, LayerSpec};
use foolproof::catalog::Norm;
use foolproof::engine::{sequential::Sequential, weights};
use foolproof::protocol::Sample;
use toy::*;

/// A linear network, a grey picture of which no answer is nearer than a pixel's room, and its label.
struct Linear {
    network: Sequential,
    clean: Vec<f32>,
    label: u32,
}

impl Linear {
    fn new(seed: u64) -> Linear {
        let layers = vec![LayerSpec::Flatten, LayerSpec::Linear { r#in: PIXELS, out: 4 }];
        let network =
            weights::fresh(&Architecture { input: SHAPE, classes: 4, layers }, seed, &Device::flex()).unwrap();
        let clean = vec![0.5; PIXELS];
        let label = answers(&network, &clean)[0];
        Linear { network, clean, label }
    }

    /// How far the label's logit lies above another one, and how that changes with each pixel.
    fn margins(&self) -> Vec<(f64, Vec<f64>)> {
        let logits = |pixels: &[f32]| values(self.network.forward(images(pixels))).into_iter().map(f64::from).collect();
        let at: Vec<f64> = logits(&self.clean);
        let bumps: Vec<f32> =
            (0..PIXELS).flat_map(|pixel| (0..PIXELS).map(move |at| if at == pixel { 1.0 } else { 0.5 })).collect();
        let bumped: Vec<f64> = logits(&bumps);
        let own = self.label as usize;
        let slope = |pixel: usize, class: usize| 2.0 * (bumped[pixel * 4 + class] - at[class]);
        let of = |class: usize| {
            let normal = (0..PIXELS).map(|pixel| slope(pixel, own) - slope(pixel, class)).collect();
            (at[own] - at[class], normal)
        };
        (0..4).filter(|class| *class != own).map(of).collect()
    }

    /// The distance of the nearest input with another answer.
    fn nearest(&self, norm: Norm) -> f32 {
        let to = |(gap, normal): (f64, Vec<f64>)| match norm {
            Norm::Linf => gap / normal.iter().map(|w| w.abs()).sum::<f64>(),
            Norm::L2 => gap / normal.iter().map(|w| w * w).sum::<f64>().sqrt(),
            // The heaviest pixels first, each as far as it can go.
            Norm::L1 => {
                let mut weights: Vec<f64> = normal.iter().map(|w| w.abs()).collect();
                weights.sort_by(|a, b| b.total_cmp(a));
                let (mut left, mut far) = (gap, 0.0);
                for weight in weights {
                    let moved = (left / weight).clamp(0.0, 0.5);
                    (left, far) = (left - moved * weight, far + moved);
                }
                far
            }
        };
        self.margins().into_iter().map(to).fold(f64::MAX, f64::min) as f32
    }

    fn attack(&self, id: &str, norm: Norm, eps: f32, knobs: &[(&str, f64)]) -> Sample {
        let case = case(&self.network, &self.clean, &[self.label], None, 1, 0);
        attack(&self.network, case, &spec(id, norm, eps, knobs)).unwrap().samples.remove(0)
    }
}

fn size(norm: Norm, sample: &Sample) -> f32 {
    match norm {
        Norm::Linf => sample.distance.linf,
        Norm::L2 => sample.distance.l2,
        Norm::L1 => sample.distance.l1,
    }
}

/// Every norm with four networks.
fn each(norms: &[Norm], check: impl Fn(&Linear, Norm, f32)) {
    for &norm in norms {
        for seed in 0..4 {
            let linear = Linear::new(seed);
            check(&linear, norm, linear.nearest(norm));
        }
    }
}

/// Holds a minimum-norm attack to at most `excess` times the nearest distance.
fn finds_the_nearest(id: &str, norms: &[Norm], excess: f32, knobs: &[(&str, f64)]) {
    each(norms, |linear, norm, nearest| {
        let sample = linear.attack(id, norm, 1.0, knobs);
        let found = size(norm, &sample);
        assert!(sample.success, "{id} {norm:?}");
        assert!((nearest * 0.9999..nearest * excess).contains(&found), "{id} {norm:?}: {found} against {nearest}");
    });
}

#[test]
fn apgd_fools_from_the_radius_at_which_an_answer_changes() {
    let knobs: &[(&str, &[(&str, f64)])] = &[
        ("apgd-ce", &[("steps", 60.0), ("restarts", 3.0)]),
        ("apgd-dlr", &[("steps", 60.0), ("restarts", 3.0)]),
        ("apgd-t", &[("steps", 60.0), ("targets", 3.0)]),
    ];
    each(&Norm::ALL, |linear, norm, nearest| {
        for (id, knobs) in knobs {
            assert!(linear.attack(id, norm, 1.03 * nearest, knobs).success, "{id} {norm:?}");
            assert!(!linear.attack(id, norm, 0.98 * nearest, knobs).success, "{id} {norm:?}");
        }
    });
}

#[test]
fn fab_finds_the_nearest_point() {
    finds_the_nearest("fab", &Norm::ALL, 1.005, &[("targets", 3.0), ("steps", 60.0)]);
}
