//! The engines for attacks: up to three workers, and the page's only way to them.

pub mod pair;
pub mod policy;
#[cfg(test)]
mod sent;

pub use policy::{EngineStatus, Notice};

/// A handle to the engines: [`pair`] and [`policy`] decide, without browser or clock, and the host carries it out.
#[cfg(target_arch = "wasm32")]
pub type Supervisor = super::worker_host::WorkerHost<pair::Pair>;
