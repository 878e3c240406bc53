//! Inputs to attack: the pad, uploads, the gallery, and the way back through what was drawn.

pub mod draft;
pub mod format;
pub mod history;

#[cfg(target_arch = "wasm32")]
pub(crate) mod view;
