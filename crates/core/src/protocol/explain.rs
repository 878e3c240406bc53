//! Questions that explain an attack on one input, and their answers, as they travel between lab and worker: packed
//! inside the messages, so that the page, which never asks, need not load the code that reads them.

use super::{AttackJob, Detected, Fault, FaultKind, Prediction, Smoothing};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The bytes of an [`ExplainJob`] or an [`Explained`].
///
/// # Errors
/// A [`Fault`] if memory runs out.
pub fn pack(value: &impl Serialize) -> Result<Vec<u8>, Fault> {
    let failed = |error| Fault::new(FaultKind::Input, format!("The explanation cannot be packed: {error}."));
    postcard::to_allocvec(value).map_err(failed)
}

/// What was packed.
///
/// # Errors
/// A [`Fault`] if the bytes are of nothing that was.
pub fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    let failed = |error| Fault::new(FaultKind::Input, format!("The explanation cannot be read: {error}."));
    postcard::from_bytes(bytes).map_err(failed)
}

/// A question about one input and its adversarial twin, or about many inputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExplainJob {
    /// The attack that was made; its first model is the one asked about.
    pub job: AttackJob,
    /// The adversarial pixels; empty if only answers are asked for.
    pub adversarial: Vec<f32>,
    /// What is asked.
    pub question: Question,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// How much each pixel counts, by every [`Method`], for this class, or for each picture's own answer. Answered by
    /// one [`Attribution`] a method and picture.
    Attributions(Option<u32>),
    /// The attack step by step. Answered by one [`Walk`].
    Walk,
    /// The answers in a plane around the input, on a grid with so many places on each side: odd, 3 to 201. Answered by
    /// one [`DecisionMap`].
    Map(u32),
    /// The model's answers on all of the job's inputs, which may be many; the attack and the twin are not looked at.
    /// Answered by one [`Explained::Answers`].
    Answers,
    /// How far inputs lie from reference inputs in the features of the model's last layer; the first so many of the
    /// job's inputs are the references, at least 6 and not all. The attack and the twin are not looked at. Answered by
    /// one [`Neighbours`].
    Neighbours(u32),
    /// What the job's detectors say of the input and of its twin. Answered by one [`Explained::Detected`].
    Detectors,
    /// What is proven of the input: by interval bounds, and by votes on noisy copies of it. The twin is not looked at.
    /// Answered by one [`Certified`].
    Certificate(Smoothing),
}

/// An answer, or a part of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Explained {
    /// How much each pixel counts.
    Attribution(Attribution),
    /// The attack step by step.
    Walk(Walk),
    /// The answers in a plane.
    Map(DecisionMap),
    /// The probability of each class, input by input.
    Answers(Vec<f32>),
    /// How far inputs lie from others.
    Neighbours(Neighbours),
    /// What each detector says.
    Detected(Vec<Detected>),
    /// What is proven.
    Certified(Certified),
}

/// How an attribution is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// The gradient of the logit.
    Gradient,
    /// Integrated gradients from black.
    Integrated,
    /// How far the logit falls when a square around the pixel is black.
    Occlusion,
}

impl Method {
    /// Every method.
    pub const ALL: [Method; 3] = [Method::Gradient, Method::Integrated, Method::Occlusion];
}

/// Side of the square that occlusion blackens, pixels.
pub const OCCLUDED: usize = 5;

/// How much each pixel of one picture counts for one class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// How it was found.
    pub method: Method,
    /// Whether the picture is the adversarial one.
    pub attacked: bool,
    /// The class.
    pub class: u32,
    /// Its logit on the picture.
    pub logit: f32,
    /// Its logit on a black picture.
    pub black: f32,
    /// One a pixel, channel by channel, row by row; occlusion's are the same in every channel.
    pub values: Vec<f32>,
}

/// The first iterations of a gradient attack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Walk {
    /// Id of the attack whose steps these are: the job's own if it is in [`WALKED`], else `pgd` with its defaults.
    pub attack: String,
    /// Step size in force, pixels.
    pub step: f32,
    /// Iterations of a run, of which the first [`LONGEST_WALK`] are told.
    pub iterations: u32,
    /// Where it starts, inside ball and pixel range.
    pub start: Vec<f32>,
    /// The iterations.
    pub stages: Vec<Iteration>,
}

/// Attacks whose own steps are told: along the steepest direction, then projected. For any other PGD stands in.
pub const WALKED: [&str; 3] = ["fgsm", "bim", "pgd"];

/// Iterations told of a walk.
pub const LONGEST_WALK: usize = 60;

/// One iteration: what the pixels are after each stage. The last one is the next iteration's start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Iteration {
    /// Cross-entropy (nats) at its start, toward the truth, or the target if there is one.
    pub loss: f32,
    /// The answer at its start.
    pub answer: Prediction,
    /// The gradient of that loss, turned toward the goal.
    pub gradient: Vec<f32>,
    /// Its sign, or the gradient scaled to norm 1.
    pub direction: Vec<f32>,
    /// After the step.
    pub stepped: Vec<f32>,
    /// After the projection into the ball.
    pub projected: Vec<f32>,
    /// After clipping to [0, 1].
    pub clipped: Vec<f32>,
}

/// The answers in the plane of the attack's direction and a random one, in units of the attack's norm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionMap {
    /// Places on each side.
    pub side: u32,
    /// How far the plane is shown from the input, each way.
    pub reach: f32,
    /// The answer at each place, row by row: from far across to far behind, in a row from far back to far along.
    pub labels: Vec<u32>,
    /// Its probability.
    pub probabilities: Vec<f32>,
    /// Where the norm ball ends in the plane, place after place: along and across.
    pub outline: Vec<[f32; 2]>,
    /// How far along the adversarial input lies; `None` if the attack changed nothing, and the plane follows the
    /// gradient instead.
    pub attacked: Option<f32>,
    /// Cross-entropy (nats) at each place, in the order of the answers: toward the truth, or the target if there is
    /// one.
    pub losses: Vec<f32>,
}

/// How far inputs lie from reference inputs in a model's features: distances of features scaled to length 1, 0 to 2.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Neighbours {
    /// Each reference's distance to the fifth nearest other one.
    pub usual: Vec<f32>,
    /// The five nearest references of each other input, nearest first: place and distance. The same picture is none.
    pub near: Vec<Vec<(u32, f32)>>,
}

/// What is proven of an input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Certified {
    /// The class that is attacked: the true one, or the network's own answer.
    pub class: u32,
    /// The radius, in the attack's norm and the ball's units, within which interval bounds prove that every input is answered
    /// with that class; 0 where the input itself is not, `None` where they prove nothing of such a network.
    pub proven: Option<f32>,
    /// The class that most copies of the first draw answer.
    pub picked: u32,
    /// By class: the copies of the second draw that answer it.
    pub votes: Vec<u32>,
}
