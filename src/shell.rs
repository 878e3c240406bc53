//! The frame around the features: the two programs' roots, the page's state, header, notices.

pub mod app;
pub mod engine_chip;
pub mod from_lab;
pub mod header;
pub mod lab;
pub mod live;
pub mod notes;
pub mod state;
