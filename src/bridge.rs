//! The bridge between the page and its lab, two programs that share no memory. All that they say to each other is in
//! [`messages`], and who waits for which answer in [`questions`]; `channel` carries the bytes both ways, `lab_loader`
//! is the page's end, `lab_listener` the lab's. What they hear they hand to `shell::from_lab` and
//! `shell::lab::from_page`, which know the features.

#[cfg(target_arch = "wasm32")]
pub mod channel;
#[cfg(target_arch = "wasm32")]
pub mod lab_listener;
#[cfg(target_arch = "wasm32")]
pub mod lab_loader;
pub mod messages;
pub mod questions;
