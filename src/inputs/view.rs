//! What an input is made with, and how it is shown.

pub mod gallery;
pub mod input;
pub mod pad;
pub mod upload;
