//! APGD on cross-entropy: PGD that finds its own step size (Croce and Hein 2020,
//! <https://arxiv.org/abs/2003.01690>).

use crate::apgd::{self, Objective};
use crate::attack::{Attack, Entry, Knobs};
use crate::{ball::Ball, knob};
use foolproof_core::catalog::Card;

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    let summary = "PGD that finds its own step size: long steps first, shorter ones where the loss stops rising.";
    apgd::card("apgd-ce", "APGD-CE", summary, knob::restarts())
}

fn make(knobs: &Knobs, ball: &Ball) -> Box<dyn Attack> {
    apgd::make(knobs, ball, Objective::CrossEntropy, "restarts")
}
