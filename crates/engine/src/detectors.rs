//! The registry of detectors of adversarial inputs: adding one is a file in this folder and its line here.

mod confidence;
mod energy;
mod mahalanobis;
mod neighbour;
mod squeeze;

use crate::attack::Knobs;
use crate::detector::{Entry, Made, Usual};
use crate::loss::softmax;
use burn::tensor::Tensor;
use foolproof_core::catalog::{Card, Knob};
use foolproof_core::defence::{DefenceSpec, MOST};
use foolproof_core::protocol::{Fault, FaultKind};

/// Every detector, in the order a picker shows them.
const ALL: &[Entry] = &[squeeze::ENTRY, mahalanobis::ENTRY, neighbour::ENTRY, energy::ENTRY, confidence::ENTRY];

/// The cards of all detectors.
pub fn cards() -> Vec<Card> {
    ALL.iter().map(|entry| (entry.card)()).collect()
}

/// Whether there are such detectors with such knobs.
///
/// # Errors
/// A [`Fault`] that names the unknown detector or knob, or the value out of its range.
pub fn check(list: &[DefenceSpec]) -> Result<(), Fault> {
    if list.is_empty() || list.len() > MOST {
        return Err(Fault::new(
            FaultKind::Input,
            format!("1 to {MOST} detectors look at an input, not {}.", list.len()),
        ));
    }
    list.iter().try_for_each(|spec| found(spec).map(drop))
}

/// The detector with these knobs.
///
/// # Errors
/// As [`check`], and if it cannot be made from these inputs.
pub fn make(spec: &DefenceSpec, usual: &Usual) -> Made {
    let (entry, knobs) = found(spec)?;
    (entry.make)(&knobs, usual)
}

fn found(spec: &DefenceSpec) -> Result<(&'static Entry, Knobs), Fault> {
    let unknown = || Fault::new(FaultKind::Unknown, format!("There is no detector “{}”.", spec.id));
    let (card, entry) =
        ALL.iter().map(|entry| ((entry.card)(), entry)).find(|(card, _)| card.id == spec.id).ok_or_else(unknown)?;
    Ok((entry, Knobs::complete(&card, &spec.knobs)?))
}

/// A card with these knobs.
fn card(id: &str, name: &str, summary: &str, paper: [&str; 3], knobs: Vec<Knob>) -> Card {
    Card { targeted: false, knobs, ..Card::new(id, name, summary, paper) }
}

/// The slope by the logits of a sum over classes, weighted by `weights`, of their probabilities.
///
/// # Shapes
/// All `[batch, class]`.
fn probability_slope(logits: &Tensor<2>, weights: Tensor<2>) -> Tensor<2> {
    let shares = softmax(logits);
    let mean = (shares.clone() * weights.clone()).sum_dim(1);
    shares * (weights - mean)
}
