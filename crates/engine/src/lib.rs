//! Models, attacks and training on burn. No web, no files, no clock, no global randomness: seeds and devices are
//! arguments, so that the same seed, engine and state give the same picture.

#[cfg(all(target_arch = "wasm32", not(target_feature = "simd128")))]
compile_error!("the engine needs -C target-feature=+simd128 on wasm32: without it an attack takes five times as long");

mod apgd;
pub mod attack;
pub mod attacks;
pub mod augment;
pub mod ball;
pub mod case;
pub mod certify;
pub mod defence;
pub mod defences;
pub mod detector;
pub mod detectors;
pub mod drive;
pub mod explain;
pub mod flat;
mod gpu_layer;
mod hyperplane;
mod in_memory;
pub mod inner_maximisation;
mod knob;
pub mod loss;
pub mod modifiers;
#[cfg_attr(not(feature = "wgpu"), path = "no_gpu.rs")]
mod on_gpu;
pub mod one_hot;
pub mod optimizer;
mod paired_method;
mod part;
pub mod pictures;
mod preset;
pub mod random;
pub mod schedule;
mod search;
pub mod sequential;
pub mod session;
mod starting_point;
pub mod target;
pub mod trainer;
pub mod training_method;
pub mod training_methods;
mod upload;
pub mod warp;
pub mod watch;
pub mod weights;
