//! What a worker of the pool is to do.

use foolproof_core::{
    architecture::Architecture,
    protocol::{AttackJob, EvaluationJob, TrainingJob},
};
use std::rc::Rc;

/// A model that a task needs.
#[derive(Clone)]
pub struct Model {
    /// Id that jobs name.
    pub id: String,
    /// Its layers.
    pub architecture: Architecture,
    /// Its safetensors file.
    pub weights: Rc<[u8]>,
}

/// What one worker is to do.
#[derive(Clone)]
pub struct Task {
    /// Models that it needs; those that the worker does not have are sent before it.
    pub models: Vec<Model>,
    /// The work itself.
    pub work: Work,
}

/// The work of a task.
#[derive(Clone)]
pub enum Work {
    /// An attack on its own.
    Attack(Box<AttackJob>),
    /// A round of training.
    Train(Box<TrainingJob>),
    /// An evaluation.
    Evaluate(Box<EvaluationJob>),
    /// A question: an `ExplainJob`, packed.
    Ask(Vec<u8>),
}
