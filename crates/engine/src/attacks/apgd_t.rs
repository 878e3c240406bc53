//! APGD toward each other class in turn, the most likely one first (Croce and Hein 2020,
//! <https://arxiv.org/abs/2003.01690>).

use crate::apgd::{self, Objective};
use crate::attack::{Attack, Entry, Knobs};
use crate::{ball::Ball, knob};
use foolproof_core::catalog::Card;

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    let summary = "APGD toward each other class in turn, the most likely one first.";
    apgd::card("apgd-t", "APGD-T", summary, knob::targets())
}

fn make(knobs: &Knobs, ball: &Ball) -> Box<dyn Attack> {
    apgd::make(knobs, ball, Objective::EachTarget, "targets")
}
