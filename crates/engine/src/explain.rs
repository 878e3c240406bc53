//! What a network looks at, and how one attack step is made: attributions, the steps one by one, a map of answers around
//! an input, and the inputs that it makes the same of.

mod attribution;
mod neighbours;
mod plane;
mod walk;

pub use attribution::{POINTS, gradient, integrated, occluded};
pub use neighbours::{NEAREST, Rows};
pub use plane::Plane;
pub use walk::{Stages, stages};
