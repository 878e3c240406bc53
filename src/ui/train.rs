//! What the Train page computes: which run the link asks for, and what is said of it. Free of the web; `ui::lab` shows
//! it.

pub mod preset;
pub mod wish;
