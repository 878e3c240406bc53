//! Attacks on a linear network, where the nearest input with another answer is known in closed form.

use crate::toy::*;
use burn::tensor::Device;
use foolproof_core::architecture::{Architecture, LayerSpec};
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::Sample;
use foolproof_engine::{sequential::Sequential, weights};

/// A linear network, a grey picture of which no answer is nearer than a pixel's room, and its label.
struct Linear {
    network: Sequential,
    clean: Vec<f32>,
    label: u32,
}

impl Linear {
    fn new(seed: u64) -> Linear {
        let layers = vec![LayerSpec::Flatten, LayerSpec::linear(PIXELS, 4)];
        let network = weights::fresh(&Architecture::new(SHAPE, 4, layers), seed, &Device::flex()).unwrap();
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

/// What a step may add to a distance so as not to end on the boundary itself.
const PAST: f32 = 1.1e-4;

/// Holds a minimum-norm attack to at most `excess` times the nearest distance.
fn finds_the_nearest(id: &str, norms: &[Norm], excess: f32, knobs: &[(&str, f64)]) {
    each(norms, |linear, norm, nearest| {
        let sample = linear.attack(id, norm, 1.0, knobs);
        let found = size(norm, &sample);
        assert!(sample.success, "{id} {norm:?}");
        assert!(
            (nearest * 0.9999..nearest * excess + PAST).contains(&found),
            "{id} {norm:?}: {found} against {nearest}"
        );
    });
}

#[test]
fn apgd_fools_from_the_radius_at_which_an_answer_changes() {
    // Toward each class in turn, the nearest one is among them. The other two losses may ascend toward another class.
    let rows = [("apgd-t", 1.03), ("apgd-ce", 1.3), ("apgd-dlr", 1.3)];
    each(&Norm::ALL, |linear, norm, nearest| {
        // In L1 a ascend toward another class ends in other pixels.
        for (id, beyond) in rows.into_iter().filter(|row| norm != Norm::L1 || row.0 == "apgd-t") {
            assert!(linear.attack(id, norm, beyond * nearest, &[("steps", 60.0)]).success, "{id} {norm:?}");
            assert!(!linear.attack(id, norm, 0.98 * nearest, &[("steps", 60.0)]).success, "{id} {norm:?}");
        }
    });
}

#[test]
fn fab_finds_the_nearest_point() {
    finds_the_nearest("fab", &Norm::ALL, 1.01, &[("targets", 3.0), ("steps", 60.0)]);
}

#[test]
fn deepfool_overshoots_the_nearest_point_by_its_knob() {
    finds_the_nearest("deepfool", &[Norm::L2, Norm::Linf], 1.03, &[]);
}

#[test]
fn cw_finds_the_nearest_point() {
    // Seven weights do not close in on the smallest that fools to the last digit.
    finds_the_nearest("cw", &[Norm::L2], 1.05, &[]);
}

#[test]
fn ead_finds_the_nearest_point_in_l1() {
    // Its squared L2 term weighs against the sparsest change: it does not go to the very nearest.
    finds_the_nearest("ead", &[Norm::L1], 1.1, &[]);
}

#[test]
fn confidence_is_kept() {
    for seed in 0..4 {
        for (id, norm) in [("cw", Norm::L2), ("ead", Norm::L1)] {
            let sample = Linear::new(seed).attack(id, norm, 1.0, &[("confidence", 0.5)]);
            let probabilities = &sample.adversarial.probabilities;
            let margin = probabilities[sample.adversarial.label as usize] / probabilities[sample.truth as usize];
            assert!(sample.success && (0.499..0.6).contains(&margin.ln()), "{id}: {}", margin.ln());
        }
    }
}
