//! APGD on the difference of logits ratio, a loss that no scaling of the logits can blind (Croce and Hein 2020,
//! <https://arxiv.org/abs/2003.01690>).

use crate::apgd::{self, Objective};
use crate::attack::{Attack, Entry, Knobs};
use crate::{ball::Ball, knob};
use foolproof_core::catalog::Card;

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    let summary = "APGD on a loss that stays the same when a model only pretends to be surer of itself.";
    apgd::card("apgd-dlr", "APGD-DLR", summary, knob::restarts())
}

fn make(knobs: &Knobs, ball: &Ball) -> Box<dyn Attack> {
    apgd::make(knobs, ball, Objective::Ratio, "restarts")
}
