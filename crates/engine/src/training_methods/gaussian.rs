//! Noise training: pictures with Gaussian noise, fresh at every look and not clipped, which is what a network needs that is
//! to be smoothed (Cohen et al. 2019, <https://arxiv.org/abs/1902.02918>). It knows no radius and no attack.

use crate::attack::Knobs;
use crate::knob;
use crate::training_method::{BatchContext, Entry, TrainingMethod};
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;

pub(super) const ENTRY: Entry = Entry { card, make, borrows: false };

fn card() -> Card {
    let paper = [
        "Cohen et al. 2019",
        "Certified adversarial robustness via randomized smoothing",
        "https://arxiv.org/abs/1902.02918",
    ];
    let summary = "Learns from noisy pictures, so that noise can certify its answers: no attack, and no radius.";
    let help = "Standard deviation of the noise on each pixel, in pixel units.";
    super::card("gaussian", "Gaussian noise", summary, paper, vec![knob::real("sigma", "Noise", help, 0.0..=2.0, 0.25)])
}

fn make(knobs: &Knobs) -> Box<dyn TrainingMethod> {
    Box::new(Gaussian { sigma: super::factor(knobs, "sigma") })
}

/// Training on noise.
struct Gaussian {
    /// Standard deviation, pixel units.
    sigma: f32,
}

impl TrainingMethod for Gaussian {
    fn attack(&self, context: &BatchContext) -> Tensor<4> {
        context.slope().noisy(self.sigma)
    }
}
