//! A training run, round by round, as it travels between page and worker.
//!
//! A worker keeps nothing of a run but its pictures. A [`Round`] is a few batches of one replica and carries all that
//! they depend on; its answer carries all that they changed. So to pause, the page sends no further round; a checkpoint
//! is the last answer, and a lost worker costs one round. Several workers train replicas of one model, whose learners
//! are averaged after each round (local SGD, Stich 2019, <https://arxiv.org/abs/1805.09767>): the curve depends on the
//! number of replicas, never on how fast each was.

use crate::architecture::Architecture;
use crate::catalog::Norm;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One replica's part of a round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingJob {
    /// The model's layers.
    pub architecture: Architecture,
    /// The pictures, sent before under this id.
    pub pictures: String,
    /// How to train.
    pub recipe: Recipe,
    /// Which steps.
    pub round: Round,
    /// Where to go on.
    pub learner: Learner,
}

/// How a model is trained: all that decides the curve beside start, pictures and length.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// Training method, an id of the catalog: `fast`.
    pub method: String,
    /// Knobs of the method by key; a missing one has its default.
    pub knobs: BTreeMap<String, f64>,
    /// Norm of the ball trained against.
    pub norm: Norm,
    /// Its radius at the end, pixels in [0, 1].
    pub eps: f32,
    /// How far each feature may go as a multiple of the radius, as [`AttackSpec::limits`](super::AttackSpec::limits).
    #[serde(default)]
    pub limits: Vec<f32>,
    /// Share of the run in which the radius grows from 0 to `eps`.
    pub ramp: f64,
    /// Share of a batch that is attacked, 0 to 1.
    pub ratio: f64,
    /// Pictures a step and replica.
    pub batch: u32,
    /// What turns gradients into steps.
    pub optimizer: Optimizer,
    /// Share of the second moment that Adam keeps a step, 0 to 1; .999 by its authors, less for short runs.
    pub memory: f32,
    /// Highest learning rate.
    pub rate: f64,
    /// How the rate changes over the run.
    pub schedule: Schedule,
    /// Share of the run in which the rate rises from 0, for the schedules that begin so.
    pub warm: f64,
    /// Weight decay a step, as the optimiser defines it.
    pub decay: f64,
    /// Largest Euclidean norm of a gradient over all weights; 0 for none.
    pub clip: f32,
    /// Weight of the old value in the running average of the weights, a step; 0 for none.
    pub average: f32,
    /// Share of a label that is spread over all classes (Szegedy et al. 2016, <https://arxiv.org/abs/1512.00567>); 0
    /// for none.
    pub smooth: f32,
    /// What is done to pictures before they are attacked, in this order.
    pub augment: Vec<Augment>,
    /// Models whose adversarial examples are trained on, by the id given with `Model`; for `ensemble`.
    pub sources: Vec<String>,
    /// Seed of order, augmentation and attacks.
    pub seed: u64,
}

/// What turns gradients into steps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Optimizer {
    /// Gradient descent with momentum .9.
    Sgd,
    /// Adam (Kingma and Ba 2015, <https://arxiv.org/abs/1412.6980>), decay as L2 penalty.
    Adam,
    /// AdamW (Loshchilov and Hutter 2019, <https://arxiv.org/abs/1711.05101>), decay of the weights themselves.
    AdamW,
}

impl Optimizer {
    /// How many rows of moments it keeps, each as long as the weights.
    pub fn rows(self) -> usize {
        match self {
            Optimizer::Sgd => 1,
            Optimizer::Adam | Optimizer::AdamW => 2,
        }
    }
}

/// How the learning rate changes over the run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// The same all the way.
    Constant,
    /// A tenth after half of the run, a hundredth after three quarters.
    Step,
    /// Up to the highest rate over the share `warm` of the run, then half a cosine down to 0 (Loshchilov and Hutter
    /// 2017, <https://arxiv.org/abs/1608.03983>).
    Cosine,
    /// Triangles up and down, four of them (Smith 2017, <https://arxiv.org/abs/1506.01186>).
    Cyclic,
    /// Up to the highest rate over the share `warm` of the run, then down to 0 (Smith and Topin 2018,
    /// <https://arxiv.org/abs/1708.07120>).
    OneCycle,
    /// Up over the share `warm` of the run, then the same, then down to 0 over as long a share at its end.
    Plateau,
}

/// What is done to a picture before it is attacked. Magnitudes are the largest drawn, uniformly.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Augment {
    /// Moved by up to this many pixels, each way.
    Shift(u32),
    /// Turned by up to this many degrees.
    Rotate(f32),
    /// Grown or shrunk by up to this share.
    Scale(f32),
    /// Bent by a smooth field of this many pixels (Simard et al. 2003).
    Elastic(f32),
    /// A square of this many pixels set to 0 (DeVries and Taylor 2017, <https://arxiv.org/abs/1708.04552>).
    Cutout(u32),
    /// Mixed with another picture and its label, the share from Beta(a, a) (Zhang et al. 2018,
    /// <https://arxiv.org/abs/1710.09412>).
    Mixup(f32),
}

/// A few steps of one replica, a batch each. Methods that learn from a batch several times take several steps of the
/// optimiser for each.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// Which replica, from 0.
    pub replica: u32,
    /// How many there are: each takes every `replicas`-th batch.
    pub replicas: u32,
    /// Number of the first step in the run.
    pub first: u64,
    /// How many steps.
    pub steps: u32,
    /// Share of the run that is done before the first step; schedule and ramp follow it.
    pub from: f64,
    /// The same after the last step.
    pub to: f64,
}

/// Everything a run changes: what a checkpoint holds. Lists are over all parameters, in the architecture's order and
/// PyTorch's shapes. An empty list is what a run begins with: weights drawn from the recipe's seed, moments of 0, an
/// average of the weights at hand.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Learner {
    /// The weights.
    #[serde(with = "super::floats::list")]
    pub weights: Vec<f32>,
    /// What the optimiser remembers: nothing, the momentum, or Adam's two moments.
    #[serde(with = "super::floats::lists")]
    pub moments: Vec<Vec<f32>>,
    /// Optimiser steps behind these moments.
    pub steps: u64,
    /// The running average of the weights; empty if there is none.
    #[serde(with = "super::floats::list")]
    pub average: Vec<f32>,
}

/// What a round showed, means over its steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lesson {
    /// The method's loss, nats.
    pub loss: f32,
    /// Share of the training examples, as they were trained on, answered rightly before the step.
    pub right: f32,
    /// Euclidean norm of the gradient over all weights, before clipping.
    pub gradient: f32,
    /// Learning rate of the last step.
    pub rate: f64,
    /// Radius of the last step.
    pub eps: f32,
    /// Pictures trained on.
    pub images: u64,
    /// Time in the worker.
    pub millis: f64,
}
