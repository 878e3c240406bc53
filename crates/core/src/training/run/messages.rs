//! Messages of a run: its orders, the answers it hears, and the progress it tells.

use crate::protocol::{Fault, Learner, Lesson, TrainingJob};
use crate::training::judge::Examination;

/// What is to be done for a run. The tag comes back with the answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// Send this round to a worker; each replica's to another, so that they go on at once.
    Round {
        /// Names the round.
        tag: u64,
        /// The request's job; `job.round.replica` says whose it is.
        job: Box<TrainingJob>,
    },
    /// Examine these weights on the held-out pictures: clean, and with
    /// [`Settings::examination`](crate::training::Settings::examination).
    Examine {
        /// Names the examination.
        tag: u64,
        /// In the architecture's order and PyTorch's shapes.
        weights: Vec<f32>,
    },
}

/// What came of an order.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// A replica's round is done.
    Trained {
        /// The replica.
        replica: u32,
        /// Where it stands.
        learner: Learner,
        /// What it showed.
        lesson: Lesson,
    },
    /// The examination is done.
    Examined(Examination),
    /// A worker answered with a fault, or was lost (`Crash`): a round then belongs to this replica.
    Failed {
        /// The replica; anything for an examination.
        replica: u32,
        /// What was wrong.
        fault: Fault,
    },
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Share of the budget spent, 0 to 1.
    pub share: f64,
    /// Seconds worked.
    pub seconds: f64,
    /// Seconds left, as far as can be told.
    pub left: Option<f64>,
    /// Batches of each replica.
    pub batch: u64,
    /// Pictures trained on, over all replicas.
    pub images: u64,
    /// Whether it waits to be told to go on.
    pub paused: bool,
}
