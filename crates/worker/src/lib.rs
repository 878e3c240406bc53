//! The loop around a session in a web worker: requests in, a piece of work, events out.
//!
//! The worker takes every message that has come, does one piece of work, posts what came of it, and lets the event
//! loop run before the next piece, so that a newer request or a Stop is never more than one piece away. The engine
//! has no clock: the time comes from here.

#![cfg(target_arch = "wasm32")]

pub mod alarm;
#[cfg(feature = "gpu")]
pub mod gpu;
pub mod inbox;
pub mod post;

mod serve;

pub use serve::start;
