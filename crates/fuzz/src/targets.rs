//! All targets. Each has bytes read as one kind of thing a stranger can send, and panics if what came of it is wrong.

mod bridge;
mod dataset;
mod host;
mod idx;
mod layers;
mod link;
mod model_files;
mod picture;
mod pixels;
mod report;
mod session;
mod wire;

use crate::memory;

/// A target.
pub struct Target {
    /// Its name, which is also that of its corpus.
    pub name: &'static str,
    /// Has bytes read.
    check: fn(&[u8]),
    /// Bytes that it may hold beside [`EACH`] a byte of the input.
    fixed: usize,
}

/// Bytes that a reader may hold at once whatever the input: tables, and what small inputs may ask for.
const FIXED: usize = 8 << 20;
/// Bytes that it may hold for each byte of the input: a JSON value takes 32 where its text has two, and is read, written
/// and read again.
const EACH: usize = 256;
/// What the importer may hold. A tensor can be told in a few bytes and have sixteen million numbers
/// (`crates/importer/src/bounds.rs`), of which each step from the file to the model has a copy while it works.
const NUMBERS: usize = 6 * 4 * (1 << 24);

const fn small(name: &'static str, check: fn(&[u8])) -> Target {
    Target { name, check, fixed: FIXED }
}

const fn numbers(name: &'static str, check: fn(&[u8])) -> Target {
    Target { name, check, fixed: NUMBERS }
}

/// Every target.
pub const TARGETS: [Target; 14] = [
    small("link", link::check),
    numbers("safetensors", model_files::safetensors),
    numbers("onnx", model_files::onnx),
    numbers("pytorch", model_files::pytorch),
    small("layers", layers::check),
    small("dataset", dataset::check),
    small("session", session::check),
    small("report", report::check),
    small("idx", idx::check),
    small("picture", picture::check),
    small("pixels", pixels::check),
    small("bridge", bridge::check),
    small("host", host::check),
    small("wire", wire::check),
];

/// The target of this name.
pub fn named(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

impl Target {
    /// Has bytes read, within the memory that they may take.
    ///
    /// # Panics
    /// If what came of it is wrong.
    pub fn run(&self, bytes: &[u8]) {
        memory::within(self.fixed + EACH * bytes.len(), || (self.check)(bytes));
    }
}
