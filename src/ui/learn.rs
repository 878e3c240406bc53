//! The Learn page's pure half: lessons from Markdown, the link of each step, claims that a test recomputes, progress.

pub mod claim;
pub mod course;
mod front;
pub mod lesson;
pub mod progress;
pub mod read;
pub mod route;
pub mod words;
