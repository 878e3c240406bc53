//! Noise at every look, so that no two gradients agree: a randomised defence, which expectation over transformation undoes
//! (Athalye et al. 2018).

use crate::attack::Knobs;
use crate::defence::{Defence, Entry, Preprocessor};
use crate::knob;
use crate::random::Stream;
use crate::upload::floats;
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;
use std::sync::Arc;

pub(super) const ENTRY: Entry = Entry { card, make };

/// Random defences, and what they are worth.
const PAPER: [&str; 3] =
    ["Athalye et al. 2018", "Obfuscated gradients give a false sense of security", "https://arxiv.org/abs/1802.00420"];

fn card() -> Card {
    let help = "Standard deviation of the noise on each pixel, in pixel units.";
    let summary = "Adds new noise at every look; the answer is what most of 51 looks say.";
    super::card("noise", "Noise", summary, PAPER, vec![knob::real("sigma", "Noise", help, 0.0..=2.0, 0.3)])
}

fn make(knobs: &Knobs) -> Defence {
    Defence::Before(Arc::new(Noise { sigma: super::factor(knobs, "sigma") }))
}

/// Normal noise that is not clipped.
#[derive(Debug)]
pub(crate) struct Noise {
    /// Standard deviation, pixels.
    pub sigma: f32,
}

impl Preprocessor for Noise {
    fn forward(&self, x: Tensor<4>, streams: &mut [Stream]) -> Tensor<4> {
        let pixels: usize = x.dims()[1..].iter().product();
        let row = |stream: &mut Stream| -> Vec<f32> { (0..pixels).map(|_| self.sigma * stream.normal()).collect() };
        let noise = streams.iter_mut().flat_map(row).collect();
        let noise = floats(noise, x.dims(), &x.device());
        x + noise
    }

    fn back(&self, _x: &Tensor<4>, gradient: &Tensor<4>, _streams: &mut [Stream]) -> Option<Tensor<4>> {
        Some(gradient.clone())
    }

    fn is_random(&self) -> bool {
        true
    }
}
