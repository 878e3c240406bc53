//! Detectors of adversarial inputs, as they travel between page and worker: what is asked of them, and what they say.

use super::Inputs;
use crate::defence::DefenceSpec;
use serde::{Deserialize, Serialize};

/// What is to be looked for, and what it is told by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detection {
    /// The detectors, written as defences are: an id and its knobs. Each looks for itself.
    pub detectors: Vec<DefenceSpec>,
    /// Share of clean inputs that each may flag, in (0, 1).
    pub fpr: f32,
    /// Clean training inputs with their classes, none of which is attacked: the first half says what is usual, and the
    /// thresholds are set on the other half, which that was not learnt from.
    pub references: Inputs,
}

/// What one detector says of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detected {
    /// The score above which it flags an input.
    pub threshold: f32,
    /// One score a clean input, the higher the more suspicious.
    pub clean: Vec<f32>,
    /// Likewise of what an attack made of them.
    pub attacked: Vec<f32>,
}
