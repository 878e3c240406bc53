//! The one type of error: a word for programs, a sentence for people.

use serde::{Deserialize, Serialize};

/// What went wrong, in a word and a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// A word that programs may test.
    pub kind: FaultKind,
    /// One clear sentence for the visitor.
    pub message: String,
}

impl Fault {
    /// A fault of this kind, told in one sentence.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Fault {
        Fault { kind, message: message.into() }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

/// The kinds of [`Fault`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// A value out of its range or of the wrong shape.
    Input,
    /// A model that does not load or is not there.
    Model,
    /// An attack, method or knob that does not exist.
    Unknown,
    /// A result that is not finite.
    NotFinite,
    /// The GPU engine failed or is not to be trusted.
    Gpu,
    /// The worker died: panic, lost device, out of memory, hang.
    Crash,
    /// A file could not be had or read.
    File,
    /// Page and worker do not fit together.
    Version,
}
