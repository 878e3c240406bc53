//! Thermometer encoding: each pixel becomes a row of levels, filled up to its value (Buckman et al. 2018). It needs a network
//! that was trained behind it.

use crate::attack::Knobs;
use crate::defence::{Defence, Entry, Preprocessor};
use crate::knob;
use crate::random::Stream;
use crate::upload::numbers;
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;
use foolproof_core::defence::{LEVELS, THERMOMETER};
use std::sync::Arc;

pub(super) const ENTRY: Entry = Entry { card, make };

/// Width of the logistic function that stands in for a step, in pixel units (Athalye et al. 2018 use a soft thermometer too).
const TEMPERATURE: f32 = 1.0 / 64.0;

fn card() -> Card {
    let paper = [
        "Buckman et al. 2018",
        "Thermometer encoding: one hot way to resist adversarial examples",
        "https://openreview.net/forum?id=S18Su--CW",
    ];
    let help = "Channels that each one becomes: is the pixel above 0, above the first level, and so on.";
    let summary = "Turns each pixel into a row of lamps that light up to its value; the gradient of a step is zero.";
    let knobs = vec![knob::whole("levels", "Levels", help, 2..=32, LEVELS as u32)];
    super::card(THERMOMETER, "Thermometer", summary, paper, knobs)
}

fn make(knobs: &Knobs) -> Defence {
    Defence::Before(Arc::new(Thermometer { levels: knobs.count("levels") as usize }))
}

/// A channel a level, 1 where the value is above it.
#[derive(Debug)]
struct Thermometer {
    levels: usize,
}

impl Thermometer {
    /// How far each value lies above each level: `[batch, channel * levels, row, column]`.
    fn above(&self, x: &Tensor<4>) -> Tensor<4> {
        let [batch, channels, rows, columns] = x.dims();
        let levels = numbers(self.levels, &x.device()).div_scalar(self.levels as f32);
        let each = x.clone().reshape([batch * channels, 1, rows, columns]) - levels.reshape([1, self.levels, 1, 1]);
        each.reshape([batch, channels * self.levels, rows, columns])
    }
}

impl Preprocessor for Thermometer {
    fn forward(&self, x: Tensor<4>, _streams: &mut [Stream]) -> Tensor<4> {
        self.above(&x).greater_elem(0.0).float()
    }

    fn surrogate(&self, x: &Tensor<4>, gradient: Tensor<4>) -> Tensor<4> {
        // The slope of a logistic function is that of its mirror image, which does not leave 32 bits.
        let far = self.above(x).abs().div_scalar(TEMPERATURE).clamp_max(80.0).neg().exp();
        let slope = far.clone() / (far.add_scalar(1.0).powi_scalar(2)).mul_scalar(TEMPERATURE);
        let [batch, channels, rows, columns] = x.dims();
        let each = (gradient * slope).reshape([batch * channels, self.levels, rows, columns]);
        each.sum_dim(1).reshape([batch, channels, rows, columns])
    }

    fn rises(&self) -> bool {
        true
    }
}
