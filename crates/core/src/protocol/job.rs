//! An attack job and what comes of it, as they travel between page and worker.

use super::{Detected, Detection};
use crate::catalog::{CRAFTED, Norm};
use crate::target::Target;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Inputs to attack, the models, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttackJob {
    /// Ids of the models, each attacked for itself.
    pub models: Vec<String>,
    /// The clean inputs.
    pub inputs: Inputs,
    /// The attack with its settings.
    pub attack: AttackSpec,
    /// Further inputs that a perturbation shared by all is crafted on; nothing else is told of them than how many it fools.
    pub company: Option<Inputs>,
    /// The detectors that look at each input and at what becomes of it; `None` to leave that out.
    pub detection: Option<Detection>,
    /// Seed of every random draw.
    pub seed: u64,
}

/// A batch of inputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inputs {
    /// `[batch, channel, row, column]`.
    pub shape: [usize; 4],
    /// Pixels in [0, 1], row by row.
    pub pixels: Vec<f32>,
    /// The true classes, one an input; `None` for a drawing, where the model's own clean answer stands in.
    pub labels: Option<Vec<u32>>,
}

/// An attack with all its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttackSpec {
    /// Id in the catalog; `none` leaves the input as it is.
    pub id: String,
    /// Norm of the ball.
    pub norm: Norm,
    /// Radius of the ball, in pixels in [0, 1] times the limits.
    pub eps: f32,
    /// What to aim at; `None` to leave the true class.
    pub target: Option<Target>,
    /// Knobs by key; a missing one has its default, or is derived where the card says `auto`.
    pub knobs: BTreeMap<String, f64>,
    /// How far each feature may go as a multiple of the radius, row by row over `[channel, row, column]`; 0 keeps the
    /// feature as it is, any other lies in [`SCALES`](crate::input_kind::SCALES). Empty where all may go alike.
    #[serde(default)]
    pub limits: Vec<f32>,
}

impl AttackSpec {
    /// Number of inputs that a perturbation shared by all is crafted on, at least 1.
    pub fn crafted(&self) -> usize {
        // The cast saturates; the card's range is checked where the attack is made.
        self.knobs.get("crafted").map_or(CRAFTED as usize, |&count| count.max(1.0) as usize)
    }
}

/// What an attack made of a batch on one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The model.
    pub model: String,
    /// One an input, in order.
    pub samples: Vec<Sample>,
    /// Most model queries (forward or gradient) that an input took.
    pub queries: u32,
    /// Time in the worker.
    pub millis: f64,
    /// Step size in force, after `auto`; 0 where the attack has none.
    pub step: f32,
    /// How many answers a perturbation shared by all changes, of how many inputs it was crafted on; `None` for an attack
    /// that makes each input its own.
    pub fooled: Option<(u32, u32)>,
    /// Looks at the model that each answer is judged by: 1 unless it draws at random.
    pub draws: u32,
    /// What each detector of the job says, in its order; empty where there are none.
    pub detected: Vec<Detected>,
}

/// What became of an input under an attack, by the attack's own goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SampleOutcome {
    /// The goal is met, and the clean input did not meet it.
    Fooled,
    /// The attack did what it can, and the goal is not met.
    Held,
    /// There was nothing to attack: the clean input meets the goal, the target is the true class, or no feature is left
    /// that the attack may change.
    NothingToDo,
    /// An attack that goes by decisions found no input with the answer that it needs to start from.
    NoStart,
    /// Every first gradient was zero: the attack saw nothing to follow, so that nothing is known of the input.
    NoGradient,
}

impl SampleOutcome {
    /// The word of the host API and of exports.
    pub fn word(self) -> &'static str {
        match self {
            SampleOutcome::Fooled => "fooled",
            SampleOutcome::Held => "held",
            SampleOutcome::NothingToDo => "nothing-to-do",
            SampleOutcome::NoStart => "no-start",
            SampleOutcome::NoGradient => "no-gradient",
        }
    }

    /// Whether the attack was carried out, so that the answer says something of the model.
    pub fn is_tried(self) -> bool {
        matches!(self, SampleOutcome::Fooled | SampleOutcome::Held)
    }
}

/// One input and its adversarial twin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// The true class, or the clean answer where none was given; what an untargeted attack leaves.
    pub truth: u32,
    /// The class that the attack aimed at; `None` where it was to leave the true one.
    pub target: Option<u32>,
    /// The clean answer.
    pub clean: Prediction,
    /// The answer on the adversarial input.
    pub adversarial: Prediction,
    /// The adversarial pixels.
    pub pixels: Vec<f32>,
    /// Its distance from the clean input.
    pub distance: Distance,
    /// Model queries (forward or gradient) until the goal was met first; `None` if it never was.
    pub queries: Option<u32>,
    /// Number of the iterate that met the goal first, from 0 over every run, of which each has its start and one a step;
    /// `None` if none did.
    pub iterate: Option<u32>,
    /// Cross-entropy (nats) toward the truth, or the target if there is one, at each iterate of every run; of a very
    /// long attack every second, or third.
    pub loss: Vec<f32>,
    /// Whether the attack met its goal, another class than the truth or the target, where the clean input did not.
    pub success: bool,
    /// The same of the adversarial pixels rounded to n/255, as an 8-bit picture keeps them.
    pub eight_bit: EightBit,
    /// Whether the first gradient of every restart was zero, so that the attack saw nothing to follow.
    pub zero_gradient: bool,
    /// What became of it.
    pub outcome: SampleOutcome,
}

impl Sample {
    /// An input that nothing was done to yet; its class is the model's own answer where none is given.
    pub fn untouched(pixels: Vec<f32>, label: Option<u32>, clean: Prediction) -> Sample {
        let truth = label.unwrap_or(clean.label);
        Sample {
            truth,
            target: None,
            adversarial: clean.clone(),
            pixels,
            distance: Distance::default(),
            queries: None,
            iterate: None,
            loss: Vec::new(),
            success: false,
            eight_bit: EightBit { label: clean.label, success: false },
            zero_gradient: false,
            outcome: SampleOutcome::Held,
            clean,
        }
    }
}

/// What is left of an adversarial input once its pixels are rounded to 8 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EightBit {
    /// The answer.
    pub label: u32,
    /// Whether that meets the goal, where the clean input did not.
    pub success: bool,
}

/// A model's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// The class with the largest logit.
    pub label: u32,
    /// Softmax of the logits, one a class.
    pub probabilities: Vec<f32>,
}

/// A perturbation's size in four norms, pixels in [0, 1]; where features have limits, in the ball's units: each change
/// over its limit, so that it compares with the radius. Features that stay have no change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Distance {
    /// Pixels changed.
    pub l0: f32,
    /// Sum of changes.
    pub l1: f32,
    /// Euclidean length.
    pub l2: f32,
    /// Largest change.
    pub linf: f32,
}

impl Distance {
    /// The size in one norm.
    pub fn of(&self, norm: Norm) -> f32 {
        match norm {
            Norm::Linf => self.linf,
            Norm::L2 => self.l2,
            Norm::L1 => self.l1,
        }
    }
}
