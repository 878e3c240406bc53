//! Models, attacks and training on burn. No web, no files, no clock, no global randomness: seeds and devices are
//! arguments, so that the same seed, engine and state give the same picture.

pub mod attack;
pub mod attacks;
pub mod ball;
pub mod case;
pub mod drive;
pub mod loss;
pub mod metrics;
pub mod random;
pub mod sequential;
pub mod trainer;
pub mod weights;
