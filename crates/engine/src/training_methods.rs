//! The registry of training methods: adding one is a file in this folder and its line here.

mod ensemble;
mod fast;
mod free;
mod gaussian;
mod ibp;
mod mart;
mod pairing;
mod pgd;
mod standard;
mod trades;

use crate::attack::Knobs;
use crate::knob;
use crate::training_method::{Entry, TrainingMethod};
use foolproof_core::catalog::{Card, Knob};
use foolproof_core::protocol::{Fault, FaultKind, Recipe};

/// Every method, in the order a picker shows them.
const ALL: &[Entry] = &[
    standard::ENTRY,
    fast::ENTRY,
    pgd::ENTRY,
    free::ENTRY,
    trades::ENTRY,
    mart::ENTRY,
    pairing::ENTRY,
    ensemble::ENTRY,
    gaussian::ENTRY,
    ibp::ENTRY,
];

/// The cards of all methods.
pub fn cards() -> Vec<Card> {
    ALL.iter().map(|entry| (entry.card)()).collect()
}

/// The method that a recipe asks for.
///
/// # Errors
/// A [`Fault`] that names the unknown method or knob, the value out of its range, or the missing sources.
pub fn make(recipe: &Recipe) -> Result<Box<dyn TrainingMethod>, Fault> {
    let (card, entry) =
        ALL.iter().map(|entry| ((entry.card)(), entry)).find(|(card, _)| card.id == recipe.method).ok_or_else(
            || {
                let message = format!("There is no training method “{}”.", recipe.method);
                Fault::new(FaultKind::Unknown, message)
            },
        )?;
    let knobs = Knobs::complete(&card, &recipe.knobs)?;
    if entry.borrows && recipe.sources.is_empty() {
        let message = format!("{} needs at least one other model to borrow examples from.", card.name);
        return Err(Fault::new(FaultKind::Input, message));
    }
    Ok((entry.make)(&knobs))
}

/// A card of a method that works in every norm.
fn card(id: &str, name: &str, summary: &str, paper: [&str; 3], knobs: Vec<Knob>) -> Card {
    Card { targeted: false, knobs, ..Card::new(id, name, summary, paper) }
}

/// Steps of the attack inside training.
fn steps(default: u32) -> Knob {
    knob::whole("steps", "Attack steps", "Steps of the attack that makes each training example.", 1..=100, default)
}

/// Step size as a share of the radius in force.
fn stride(default: f64) -> Knob {
    let help = "How far one step of the attack goes, as a multiple of epsilon.";
    knob::real("step", "Step size (× ε)", help, 0.0..=4.0, default)
}

/// A knob's value as a factor.
fn factor(knobs: &Knobs, key: &str) -> f32 {
    knobs.get(key).unwrap_or_default() as f32
}
