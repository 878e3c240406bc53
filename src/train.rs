//! The Train page: which run the link asks for, its results and their words; `view` shows it. All but `view` is free of
//! the web. How a run goes on is `foolproof_core::training`.

pub mod engine;
pub mod plane_picture;
pub mod record;
pub mod request;
pub mod result;
pub mod scoreboard;
pub mod sweep;
pub mod sweep_progress;
pub mod wording;

#[cfg(target_arch = "wasm32")]
pub(crate) mod view;
