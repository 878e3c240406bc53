//! The pieces of pages, one a file. A widget reads the state and calls its verbs; it never names the protocol's
//! messages.

pub mod bars;
pub mod choice;
pub mod controls;
pub mod details;
pub mod engine;
pub mod epsilon;
pub mod equation;
pub mod gallery;
pub mod header;
pub mod headline;
pub mod input;
pub mod knobs;
pub mod live;
pub mod loss;
pub mod notes;
pub mod number;
pub mod pad;
pub mod pixels;
pub mod term;
pub mod upload;
pub mod verdict;
pub mod when;
