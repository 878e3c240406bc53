//! The Learn page: lessons from Markdown, the link of each step, claims that a test recomputes, progress; for teachers,
//! sheets on paper and the answers of a class.

pub mod claim;
pub mod classroom;
pub mod code;
mod front_matter;
pub mod index;
pub mod lesson;
pub mod pictures;
pub mod progress;
pub mod read;
pub mod route;
pub mod words;

#[cfg(target_arch = "wasm32")]
pub(crate) mod view;
