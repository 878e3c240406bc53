//! The attack page: which attack follows from the settings, what came of it, and the words for it.

pub mod challenge;
pub mod defence;
pub mod ignored;
pub mod pace;
pub mod plan;
pub mod preset;
pub mod radii;
pub mod results;
pub mod rise;
pub mod scale;
pub mod sticker;
pub mod verdict;
pub mod words;

#[cfg(target_arch = "wasm32")]
pub(crate) mod view;
