//! What the Train page computes: which run the link asks for, and what is said of it. Free of the web; `ui::lab` shows
//! it, and `training` says how a run goes.

pub mod course;
pub mod picture;
pub mod record;
pub mod result;
pub mod sheet;
pub mod sweep;
pub mod wish;
pub mod wording;
