//! Saturated logits: the last layer is multiplied until a softmax in 32 bits has no slope left, what defensive distillation
//! does by training (Carlini and Wagner 2017). The answers stay as they are.

use crate::attack::Knobs;
use crate::defence::{Defence, Entry};
use crate::knob;
use foolproof_core::catalog::Card;

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    let paper = [
        "Carlini & Wagner 2017",
        "Towards evaluating the robustness of neural networks",
        "https://arxiv.org/abs/1608.04644",
    ];
    let help = "What the logits are multiplied by.";
    let summary = "Multiplies the logits: the same answers, so sure that a careless loss has no slope.";
    super::card(
        "saturate",
        "Saturated logits",
        summary,
        paper,
        vec![knob::real("factor", "Factor", help, 1.0..=1e4, 100.0)],
    )
}

fn make(knobs: &Knobs) -> Defence {
    Defence::Logits(super::factor(knobs, "factor"))
}
