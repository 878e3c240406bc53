//! The engines' keeper: two workers, one policy, and the page's only way to either.
//!
//! [`policy`] decides, without browser or clock. What is here carries its decisions out: workers, the adapter probe
//! and one timer.

#[cfg(all(feature = "web", target_arch = "wasm32"))]
mod keeper;
pub mod policy;
#[cfg(all(feature = "web", target_arch = "wasm32"))]
pub mod thread;

#[cfg(all(feature = "web", target_arch = "wasm32"))]
pub use keeper::Supervisor;
pub use policy::{EngineStatus, Notice};
