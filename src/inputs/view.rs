//! The input's editors: pad, gallery, upload.

pub mod gallery;
pub mod input;
pub mod pad;
pub mod upload;
