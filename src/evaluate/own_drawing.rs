//! A drawing of the visitor's as an input of an evaluation.

use crate::{files::shipped::Samples, link::Drawing};

/// A drawing and its class.
#[derive(Clone, Debug, PartialEq)]
pub struct Own {
    /// The pixels, as the model takes them.
    pub drawing: Drawing,
    /// The class that the visitor says it is.
    pub label: u8,
}

/// Drawings as the inputs of an evaluation, of so many pixels each.
pub fn samples(drawings: &[Own], size: usize) -> Samples {
    let pixels: Vec<u8> = drawings.iter().flat_map(|own| own.drawing.pixels().iter().copied()).collect();
    let labels = drawings.iter().map(|own| own.label).collect();
    Samples { first: 0, size, values: pixels.into(), labels }
}
