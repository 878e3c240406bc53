//! An evaluation and its parts, as they travel between page and worker.

use super::{AttackSpec, Detected, Detection, Inputs, Sample};
use serde::{Deserialize, Serialize};

/// Many inputs, every attack on every model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvaluationJob {
    /// Ids of the models.
    pub models: Vec<String>,
    /// The clean inputs, with labels.
    pub inputs: Inputs,
    /// Number of the first input in its dataset, so that a share of the inputs draws what the whole would.
    pub first: u64,
    /// What a perturbation shared by all is crafted on, as many of the first as its attack asks for: the same for every
    /// share of the inputs. `None` stands for the inputs themselves.
    pub crafted_on: Option<Inputs>,
    /// The attacks, each on every input.
    pub attacks: Vec<AttackSpec>,
    /// The attack behind each input's smallest radius, its `eps` the largest one tried; `None` to leave that out.
    pub radius: Option<AttackSpec>,
    /// The votes by which each input is certified; `None` to leave that out.
    pub smoothing: Option<Smoothing>,
    /// The detectors that look at each input and at what becomes of it; `None` to leave that out.
    pub detection: Option<Detection>,
    /// Seed of every random draw.
    pub seed: u64,
}

impl EvaluationJob {
    /// Attacks on inputs, the first of which has the number 0: no radii, no votes and no detectors.
    pub fn new(models: Vec<String>, inputs: Inputs, attacks: Vec<AttackSpec>, seed: u64) -> EvaluationJob {
        let (crafted_on, radius, smoothing, detection) = (None, None, None, None);
        EvaluationJob { models, inputs, first: 0, crafted_on, attacks, radius, smoothing, detection, seed }
    }
}

/// Votes of a model on noisy copies of an input, which certify what most of them say (Cohen et al. 2019,
/// <https://arxiv.org/abs/1902.02918>).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Smoothing {
    /// Standard deviation of the noise on each value, in pixel units, above 0. What it makes is not clipped.
    pub sigma: f32,
    /// Copies by whose votes the class is picked, at least 1.
    pub select: u32,
    /// Copies, others than those, by which its share of the votes is estimated: at least 1.
    pub draws: u32,
}

/// What one attack made of a few inputs on one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The model.
    pub model: String,
    /// Place of the attack in the job.
    pub attack: usize,
    /// Number of the first input.
    pub first: u64,
    /// One an input, in order. Losses are thinned to about a hundred.
    pub samples: Vec<Sample>,
    /// How the attack goes.
    pub timeline: Timeline,
    /// What each model of the job answers on the adversarial inputs: one list a model, in the job's order.
    pub transfer: Vec<Vec<u32>>,
    /// Looks at the model that each answer is judged by: 1 unless it draws at random.
    pub draws: u32,
    /// What each detector of the job says, in its order; empty where there are none.
    pub detected: Vec<Detected>,
    /// Time in the worker.
    pub millis: f64,
}

/// How an attack goes: what the iterates and losses of its samples are told by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// Steps of each run, one after another.
    pub runs: Vec<u32>,
    /// Iterates from one loss to the next; a sample's last loss is that of its last iterate.
    pub every: u32,
    /// Names of an ensemble's members, each with its number of runs; empty for an attack that is one.
    pub members: Vec<(String, u32)>,
}

/// The smallest radii at which one model's inputs fall, and those within which they cannot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Radii {
    /// The model.
    pub model: String,
    /// Number of the first input.
    pub first: u64,
    /// One an input: 0 if the clean input is wrong already, `None` if it held up to the largest radius tried.
    pub radii: Vec<Option<f32>>,
    /// One an input: the radius within which no attack can succeed, as interval bounds prove it; 0 if the clean input is
    /// wrong already. Empty where they prove nothing about the model.
    pub certified: Vec<f32>,
}

/// How a model votes on noisy copies of a few inputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Votes {
    /// The model.
    pub model: String,
    /// Number of the first input.
    pub first: u64,
    /// One an input: the class that most copies of the first draw answer, and how many of the second draw do.
    pub votes: Vec<(u32, u32)>,
}
