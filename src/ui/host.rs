//! The host API: what the page that embeds this one may ask by message, and what it is told.
//!
//! [`message`] and [`answer`] are the shapes, pure; `window` listens and speaks.

pub mod answer;
pub mod message;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
pub mod window;
