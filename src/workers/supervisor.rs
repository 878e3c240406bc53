//! The engines for attacks: two workers, one policy, and the page's only way to either.

pub mod policy;

pub use policy::{EngineStatus, Notice};

/// A handle to the engines: [`policy`] decides, without browser or clock, and the host carries it out.
#[cfg(target_arch = "wasm32")]
pub type Supervisor = super::worker_host::WorkerHost<policy::Policy>;
