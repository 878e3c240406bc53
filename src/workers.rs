//! The page's workers: engines for attacks, the pool of workers for evaluations, training and explanations, and the
//! clock that rests with them.

pub mod evaluation;
pub mod machine;
pub mod pool;
pub mod rest;
pub mod supervisor;

#[cfg(target_arch = "wasm32")]
pub mod client;
#[cfg(target_arch = "wasm32")]
pub(crate) mod importer;
#[cfg(target_arch = "wasm32")]
pub(crate) mod worker_host;
