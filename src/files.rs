//! The files that ship with the page: their list, what has been loaded of them, and how they are fetched.

pub mod manifest_reader;
pub mod shipped;

#[cfg(target_arch = "wasm32")]
pub(crate) mod job_files;
#[cfg(target_arch = "wasm32")]
pub(crate) mod library;
