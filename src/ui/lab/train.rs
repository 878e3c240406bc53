//! The Train page: harden a model, and watch it happen.

mod board;
mod chart;
mod curves;
pub mod drill;
mod own;
mod page;
mod plane;
mod recipe;
pub mod record;
pub mod run;
mod scene;
mod settings;
mod sources;
mod strip;
mod sweep;

pub use page::TrainPage;
