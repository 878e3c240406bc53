//! Own datasets as the lab stores and shows them.

pub mod bring;
mod importer;
pub mod own;
pub mod storage;
