//! The engines' host: two workers, one policy, and the page's only way to either.
//!
//! [`policy`] decides, without browser or clock. What is here carries its decisions out: workers, the adapter probe
//! and one timer.

#[cfg(target_arch = "wasm32")]
mod engine_host;
pub mod policy;

#[cfg(target_arch = "wasm32")]
pub use engine_host::Supervisor;
pub use policy::{EngineStatus, Notice};
