//! The pages, one a file.

pub mod attack;
