//! What an engine is, and how near it is to another.

use serde::{Deserialize, Serialize};

/// What runs the tensors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    /// On which hardware.
    pub kind: EngineKind,
    /// The adapter's name, or how the CPU is used: `WebAssembly SIMD, 1 thread`.
    pub name: String,
}

/// On which hardware an engine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    /// burn-flex.
    Cpu,
    /// burn-wgpu.
    Gpu,
}

/// How far an engine is from the CPU's on one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParityCheck {
    /// The model.
    pub model: String,
    /// Largest difference of a logit, relative to the largest logit.
    pub logits: f32,
    /// Largest difference of an input gradient, relative to the largest one.
    pub gradient: f32,
    /// Whether both are within tolerance.
    pub passed: bool,
}
