//! A training run as a state machine: which rounds it sends, what it makes of the answers, when it ends. No engine, no
//! web, no clock: time is an argument.

mod checkpoint;
mod curve;
mod engine_trial;
mod judge;
mod mean;
mod preset;
mod run;
mod settings;

pub use checkpoint::{Checkpoint, Kept};
pub use curve::Point;
pub use engine_trial::{Choice, EngineTrial, Why};
pub use judge::{Ending, Examination, FALL};
pub use mean::mean;
pub use preset::{Preset, of_method, points, preset, presets};
pub use run::{Answer, Order, Progress, Run};
pub use settings::{Budget, Seats, Settings};

#[cfg(test)]
mod stories;
