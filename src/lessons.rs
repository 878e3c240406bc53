//! The Learn page: lessons from Markdown, the link of each step, claims that a test recomputes, progress.

pub mod claim;
mod front_matter;
pub mod index;
pub mod lesson;
pub mod progress;
pub mod read;
pub mod route;
pub mod words;

#[cfg(target_arch = "wasm32")]
pub(crate) mod view;
