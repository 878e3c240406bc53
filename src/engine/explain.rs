//! What a network looks at, and how one attack step is made: attributions, the steps one by one, and a map of answers
//! around an input.

mod attribution;
mod plane;
mod walk;

pub use attribution::{POINTS, gradient, integrated, occluded};
pub use plane::Plane;
pub use walk::{Stages, stages};
