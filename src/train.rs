//! What the Train page computes: which run the link asks for, and what is said of it. Free of the web; `ui::lab` shows
//! it, and `training` says how a run goes.

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
