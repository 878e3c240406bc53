//! The Train page: harden a model, and watch it happen.

mod board;
mod chart;
mod curves;
mod page;
mod plane;
mod plane_view;
mod recipe;
pub mod record;
pub mod run;
mod settings;
mod sources;
pub mod state;
mod strip;
mod sweep;

pub use crate::models::view::own::save_model;
pub use page::TrainPage;
