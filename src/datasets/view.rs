//! Own datasets as the lab stores and shows them.

mod bring;
mod importer;
pub mod own;
pub mod storage;
