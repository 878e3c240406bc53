//! k-winners-take-all: of each hidden layer only the largest values pass (Xiao et al. 2020), so that the network jumps where
//! another value wins.

use crate::attack::Knobs;
use crate::defence::{Defence, Entry};
use crate::knob;
use foolproof_core::catalog::Card;

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    let paper =
        ["Xiao et al. 2020", "Enhancing adversarial defense by k-winners-take-all", "https://arxiv.org/abs/1905.10510"];
    let help = "Share of each hidden layer's values that pass: the largest ones of each input.";
    let summary =
        "Lets only the largest values of each hidden layer pass, in place of the rectifier; gradients mislead.";
    super::card("kwta", "k-WTA", summary, paper, vec![knob::real("share", "Share of winners", help, 0.01..=1.0, 0.2)])
}

fn make(knobs: &Knobs) -> Defence {
    Defence::Activations(super::factor(knobs, "share"))
}
