//! Quantised input: every pixel is rounded to one of a few levels, and the gradient of a step is zero (input
//! transformations, Guo et al. 2018).

use crate::attack::Knobs;
use crate::defence::{Defence, Entry, Preprocessor};
use crate::knob;
use crate::random::Stream;
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;
use std::sync::Arc;

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    let paper = [
        "Guo et al. 2018",
        "Countering adversarial images using input transformations",
        "https://arxiv.org/abs/1711.00117",
    ];
    let help = "Levels from black to white, both included.";
    let summary = "Rounds every pixel to one of a few levels; the gradient of a step is zero, so attacks see nothing.";
    super::card("quantise", "Quantised input", summary, paper, vec![knob::whole("levels", "Levels", help, 2..=256, 8)])
}

fn make(knobs: &Knobs) -> Defence {
    Defence::Before(Arc::new(Quantise::new(knobs.count("levels") as usize)))
}

/// Rounding to levels.
#[derive(Debug)]
pub(crate) struct Quantise {
    levels: usize,
}

impl Quantise {
    /// At least two levels from 0 to 1.
    pub fn new(levels: usize) -> Quantise {
        Quantise { levels: levels.max(2) }
    }
}

impl Preprocessor for Quantise {
    fn forward(&self, x: Tensor<4>, _streams: &mut [Stream]) -> Tensor<4> {
        let steps = (self.levels - 1) as f32;
        x.mul_scalar(steps).round().div_scalar(steps)
    }

    fn rises(&self) -> bool {
        true
    }
}
