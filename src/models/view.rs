//! The models that this browser keeps, as the lab shows and stores them.

mod bring;
pub mod bringing;
pub mod drops;
pub mod importer;
pub mod own;
pub mod storage;
mod trial;
