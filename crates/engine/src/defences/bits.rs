//! Fewer bits: each pixel keeps the levels that so many bits can tell apart, a squeezer of Xu et al. 2018.

use super::Quantise;
use crate::attack::Knobs;
use crate::defence::{Defence, Entry};
use crate::knob;
use foolproof_core::catalog::Card;
use std::sync::Arc;

pub(super) const ENTRY: Entry = Entry { card, make };

/// Squeezers, with what a squeezed input says of an attack.
pub(super) const SQUEEZING: [&str; 3] = [
    "Xu et al. 2018",
    "Feature squeezing: detecting adversarial examples in deep neural networks",
    "https://arxiv.org/abs/1704.01155",
];

fn card() -> Card {
    let help = "Bits of each pixel; one bit leaves black and white.";
    let summary = "Rounds every pixel to fewer bits, so that small changes are rounded away; the gradient is zero.";
    super::card("bits", "Fewer bits", summary, SQUEEZING, vec![knob::whole("bits", "Bits", help, 1..=8, 1)])
}

fn make(knobs: &Knobs) -> Defence {
    Defence::Before(Arc::new(Quantise::new(1 << knobs.count("bits").min(8))))
}
