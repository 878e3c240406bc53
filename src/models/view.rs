//! The models that this browser keeps, as the lab shows and stores them.

pub mod own;
pub mod storage;
