//! The messages between page and worker: serde only.
//!
//! The page never waits for a reply. It sends a [`Request`] with a new [`Ticket`]; [`Event`]s come back with it, and
//! the page drops those of a ticket it has given up. Messages travel as postcard bytes.

mod detection;
mod engine;
mod evaluation;
mod explain;
pub(crate) mod floats;
mod job;
mod threat_model;
mod training;
mod wire;

use crate::{architecture::Architecture, catalog::Catalog, values::Values};
use serde::{Deserialize, Serialize};

pub use crate::fault::{Fault, FaultKind};
pub use crate::target::Target;
pub use detection::*;
pub use engine::*;
pub use evaluation::*;
pub use explain::*;
pub use job::*;
pub use threat_model::ThreatModel;
pub use training::*;
pub use wire::unreadable;

/// A fingerprint of the sources that shape the messages; page and worker of different ones refuse each other. Nobody
/// has to remember to raise it.
pub const VERSION: u32 = {
    let sources = [
        include_bytes!("protocol.rs").as_slice(),
        include_bytes!("protocol/detection.rs"),
        include_bytes!("protocol/engine.rs"),
        include_bytes!("protocol/job.rs"),
        include_bytes!("protocol/evaluation.rs"),
        include_bytes!("protocol/explain.rs"),
        include_bytes!("protocol/floats.rs"),
        include_bytes!("protocol/training.rs"),
        include_bytes!("fault.rs"),
        include_bytes!("architecture.rs"),
        include_bytes!("architecture/layer.rs"),
        include_bytes!("architecture/sizes.rs"),
        include_bytes!("catalog.rs"),
        include_bytes!("defence.rs"),
        include_bytes!("values.rs"),
    ];
    let (mut hash, mut file) = (0x811c_9dc5_u32, 0);
    while file < sources.len() {
        let mut at = 0;
        while at < sources[file].len() {
            hash = (hash ^ sources[file][at] as u32).wrapping_mul(0x0100_0193);
            at += 1;
        }
        file += 1;
    }
    hash
};

/// Names one job; later jobs have larger tickets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ticket(pub u64);

/// Page to worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Keep this model under this id, replacing an older one. Answered by `ModelReady` or `Fault`.
    Model {
        /// Id that jobs name.
        id: String,
        /// Its layers.
        architecture: Architecture,
        /// Its weights: a safetensors file's bytes.
        #[serde(with = "serde_bytes")]
        weights: Vec<u8>,
    },
    /// Attack, replacing any attack under way. Answered by `Progress` and one `Attacked` a model, then `Done`.
    Attack {
        /// The job.
        ticket: Ticket,
        /// What to attack, and how.
        job: AttackJob,
    },
    /// Find the smallest radius at which the job's attack fools each model, when nothing else is to be done.
    /// Replaces an older search. Answered by one `Radius` a model, then `Done`.
    Radius {
        /// The job.
        ticket: Ticket,
        /// As for `Attack`; its `eps` is the largest radius tried. One input.
        job: AttackJob,
    },
    /// Compare this engine with the CPU's on every model it has: logits and input gradients. Answered by `Parity`.
    SelfTest {
        /// The job.
        ticket: Ticket,
    },
    /// Time attack steps on one input and on sixteen. Answered by `Measured`.
    Measure {
        /// The job.
        ticket: Ticket,
    },
    /// Drop every job. Answered by `Stopped`.
    Stop {
        /// Names this request.
        ticket: Ticket,
    },
    /// Panic. Sent by nothing but the tests of recovery, as the single byte 6.
    Panic,
    /// Attack many inputs, when nothing else is to be done. Replaces an older evaluation. Answered by `Progress`, by
    /// `Evaluated`, `Radii` and `Votes` as they come, then `Done`.
    Evaluate {
        /// The job.
        ticket: Ticket,
        /// What to evaluate, and how.
        job: EvaluationJob,
    },
    /// Keep these pictures under this id, replacing older ones, for training. Answered by nothing, or `Fault`.
    Pictures {
        /// Id that jobs name.
        id: String,
        /// `[channel, row, column]` of one picture.
        shape: [usize; 3],
        /// Picture by picture, row by row.
        values: Values,
        /// The true classes, one a picture.
        #[serde(with = "serde_bytes")]
        labels: Vec<u8>,
    },
    /// Train for one round, when no attack waits. Replaces an older round. Answered by `Trained`, then `Done`.
    Train {
        /// The job.
        ticket: Ticket,
        /// What to train, and how.
        job: Box<TrainingJob>,
    },
    /// Explain an attack that was made, when no attack waits. Replaces an older question. Answered by `Explained`, once
    /// or for each part, then `Done`.
    Explain {
        /// The job.
        ticket: Ticket,
        /// What is asked: an [`ExplainJob`], packed.
        #[serde(with = "serde_bytes")]
        job: Vec<u8>,
    },
    /// More pictures of the same shape, after those that are there under this id, so that no message is so large that
    /// the page stands still while it is written. Answered by nothing, or `Fault`.
    MorePictures {
        /// Id given with `Pictures`.
        id: String,
        /// As there.
        values: Values,
        /// As there.
        #[serde(with = "serde_bytes")]
        labels: Vec<u8>,
    },
    /// Do no work (`true`), or go on with it (`false`). A worker at rest takes requests and answers what needs no
    /// computing, and its jobs stay as they are. Answered by nothing.
    Rest(bool),
}

/// Worker to page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// First message of a worker.
    Ready {
        /// [`VERSION`] it was built with.
        version: u32,
        /// What runs the tensors.
        engine: Engine,
        /// What it can do.
        catalog: Catalog,
    },
    /// A model is in place.
    ModelReady {
        /// Its id.
        id: String,
    },
    /// Steps done of one model's attack.
    Progress {
        /// The job.
        ticket: Ticket,
        /// The model under attack.
        model: String,
        /// Steps done.
        done: u32,
        /// Steps in all.
        total: u32,
    },
    /// What a model says of the first input as it is, told early where an attack takes more than one piece of work.
    Seen {
        /// The job.
        ticket: Ticket,
        /// The model under attack.
        model: String,
        /// Its answer.
        clean: Prediction,
    },
    /// One model's attack is finished.
    Attacked {
        /// The job.
        ticket: Ticket,
        /// What came out.
        outcome: Outcome,
    },
    /// The smallest radius found for a model.
    Radius {
        /// The job.
        ticket: Ticket,
        /// The model.
        model: String,
        /// The radius, 0 if the clean input is wrong already, `None` if the model held up to the largest one tried.
        radius: Option<f32>,
    },
    /// A part of an evaluation is finished.
    Evaluated {
        /// The job.
        ticket: Ticket,
        /// What came out.
        part: Part,
    },
    /// The smallest radii of a few inputs of an evaluation.
    Radii {
        /// The job.
        ticket: Ticket,
        /// What was found.
        found: Radii,
    },
    /// Votes on noisy copies of a few inputs of an evaluation.
    Votes {
        /// The job.
        ticket: Ticket,
        /// What was counted.
        found: Votes,
    },
    /// A round of training is finished.
    Trained {
        /// The job.
        ticket: Ticket,
        /// The replica.
        replica: u32,
        /// Where the next round goes on.
        learner: Learner,
        /// What the round showed.
        lesson: Lesson,
    },
    /// An explanation, or a part of it.
    Explained {
        /// The job.
        ticket: Ticket,
        /// What was found: an [`Explained`], packed.
        #[serde(with = "serde_bytes")]
        answer: Vec<u8>,
    },
    /// Every model of the job is done.
    Done {
        /// The job.
        ticket: Ticket,
        /// Time it took in the worker.
        millis: f64,
    },
    /// How far this engine is from the CPU's.
    Parity {
        /// The job.
        ticket: Ticket,
        /// One a model.
        checks: Vec<ParityCheck>,
    },
    /// How fast this engine is.
    Measured {
        /// The job.
        ticket: Ticket,
        /// Milliseconds a PGD step on one input.
        single: f64,
        /// Milliseconds a PGD step on sixteen inputs.
        batch: f64,
    },
    /// Every job before this ticket is dropped.
    Stopped {
        /// The request's ticket.
        ticket: Ticket,
    },
    /// A job or a message could not be carried out; the worker goes on.
    Fault {
        /// The job, if it was one.
        ticket: Option<Ticket>,
        /// What was wrong.
        fault: Fault,
    },
}
