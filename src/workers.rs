//! The page's workers: engines for attacks, pools for evaluations and training, and the clock that rests with them.

pub mod machine;
pub mod pool;
pub mod rest;
pub mod supervisor;
pub mod training_pool;

#[cfg(target_arch = "wasm32")]
pub mod client;
#[cfg(target_arch = "wasm32")]
pub(crate) mod worker_host;
