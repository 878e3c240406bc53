//! Explanations of a network and an attack: attributions, the attack's steps one by one, a map of answers around an
//! input, and the reference inputs that the network finds most alike.

mod attribution;
mod neighbours;
mod plane;
mod walk;

pub use attribution::{POINTS, gradient, integrated, occluded};
pub use neighbours::{NEAREST, Rows};
pub use plane::Plane;
pub use walk::{Stages, stages};
