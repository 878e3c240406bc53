//! The Train page: harden a model, and watch it happen.

mod board;
mod chart;
mod curves;
pub mod drill;
mod own;
mod page;
mod recipe;
pub mod run;
mod settings;
mod strip;

pub use page::TrainPage;
