//! The registry of defences before a network and inside it: adding one is a file in this folder and its line here.

mod bits;
mod jpeg;
mod kwta;
mod median;
mod noise;
mod quantise;
mod saturate;
mod shift;
mod thermometer;

use crate::attack::Knobs;
use crate::defence::{Defence, Entry};
use foolproof_core::catalog::{Card, Knob};
use foolproof_core::defence::{DefenceSpec, MOST, shape};
use foolproof_core::protocol::{Fault, FaultKind};

pub(crate) use noise::Noise;
pub(crate) use quantise::Quantise;

/// Every defence, in the order a picker shows them.
const ALL: &[Entry] = &[
    bits::ENTRY,
    quantise::ENTRY,
    median::ENTRY,
    jpeg::ENTRY,
    noise::ENTRY,
    shift::ENTRY,
    thermometer::ENTRY,
    kwta::ENTRY,
    saturate::ENTRY,
];

/// The cards of all defences.
pub fn cards() -> Vec<Card> {
    ALL.iter().map(|entry| (entry.card)()).collect()
}

/// The defences of a list, the first of which an input of this `[channel, row, column]` meets first.
///
/// # Errors
/// A [`Fault`] that names the unknown defence or knob, the value out of its range, or the defence that takes pictures alone.
pub fn make(list: &[DefenceSpec], input: [usize; 3]) -> Result<Vec<Defence>, Fault> {
    if list.len() > MOST {
        return Err(Fault::new(FaultKind::Input, format!("A model has {MOST} defences at most, not {}.", list.len())));
    }
    list.iter().enumerate().map(|(at, spec)| one(spec, shape(&list[..at], input))).collect()
}

fn one(spec: &DefenceSpec, input: [usize; 3]) -> Result<Defence, Fault> {
    let unknown = || Fault::new(FaultKind::Unknown, format!("There is no defence “{}”.", spec.id));
    let found = ALL.iter().map(|entry| ((entry.card)(), entry.make)).find(|(card, _)| card.id == spec.id);
    let (card, make) = found.ok_or_else(unknown)?;
    if !card.takes(input) {
        let why = format!("{} takes pictures with rows and columns, and these inputs are {input:?}.", card.name);
        return Err(Fault::new(FaultKind::Input, why));
    }
    Ok(make(&Knobs::complete(&card, &spec.knobs)?))
}

/// A card with these knobs.
fn card(id: &str, name: &str, summary: &str, paper: [&str; 3], knobs: Vec<Knob>) -> Card {
    Card { targeted: false, knobs, ..Card::new(id, name, summary, paper) }
}

/// A knob's value as a factor.
fn factor(knobs: &Knobs, key: &str) -> f32 {
    knobs.get(key).unwrap_or_default() as f32
}
