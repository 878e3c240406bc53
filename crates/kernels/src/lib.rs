//! Logits and gradients of a network on one CPU core, several times as fast as a general library: weights are
//! packed once, pictures keep their channels last so that a row of a convolution's window is one run of memory, and
//! nothing is copied to be multiplied.
//!
//! Safe Rust: eight numbers are computed side by side in a library's vectors (`tile`). Indirect convolution is
//! after Dukhan 2019, "The indirect convolution algorithm" (<https://arxiv.org/abs/1907.02129>); the gradient of a strided
//! convolution is a plain convolution for each phase of the stride.
//!
//! A network that a [`Plan`] cannot be made of is computed layer by layer elsewhere, and that is the oracle of this one.

mod convolution;
mod grid;
mod interval;
mod layer;
mod learn;
mod outer;
mod pass;
mod places;
mod plan;
mod pool;
mod scale;
mod scatter;
mod spare;
mod sweep;
mod tile;

pub use interval::{Interval, IntervalTape};
pub use layer::{Convolution, Layer, Linear, Pool, Scale};
pub use learn::Gradients;
pub use pass::Tape;
pub use plan::Plan;
