//! The case of an attack: clean inputs, the class to push from or toward, and the seeds of its random draws.

pub use crate::one_hot::{one_hot, own_answer};
use crate::upload;
use crate::{loss, random::Stream, watch::Watch};
use burn::tensor::{Device, Int, Tensor};
use std::sync::Arc;

/// The number of the stream that belongs to no sample; larger than any sample's.
const SHARED: u64 = (1 << 44) - 1;

/// Whether an attack leaves a class or reaches one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Untargeted: any answer but the class.
    Leave,
    /// Targeted: this class and no other.
    Reach,
}

impl Goal {
    /// +1 where the loss toward the class is to grow, -1 where it is to shrink.
    pub fn sign(self) -> f32 {
        match self {
            Goal::Leave => 1.0,
            Goal::Reach => -1.0,
        }
    }

    /// Times [`Goal::sign`].
    pub fn turned<const D: usize>(self, x: Tensor<D>) -> Tensor<D> {
        match self {
            Goal::Leave => x,
            Goal::Reach => x.neg(),
        }
    }
}

/// A batch to attack.
#[derive(Clone, Debug)]
pub struct Case {
    /// Clean inputs, `[batch, channel, row, column]`, pixels in [0, 1].
    pub clean: Tensor<4>,
    /// The model's answer on them, `[batch, class]`.
    pub logits: Tensor<2>,
    /// One-hot class to leave or reach, `[batch, class]`: the true one, or the target.
    pub class: Tensor<2>,
    /// One-hot true class, `[batch, class]`.
    pub truth: Tensor<2>,
    /// Leave or reach.
    pub goal: Goal,
    /// Seed of every draw.
    pub seed: u64,
    /// Number of each sample: it draws from the stream of this number, whatever batch it is attacked in.
    pub keys: Vec<u64>,
    /// Detectors that the attack is to pass unflagged as well; `None` for one that knows of none.
    pub watch: Option<Arc<Watch>>,
}

impl Case {
    /// An untargeted case: to leave the one-hot `truth`. Sample `i` has the number `first + i`.
    pub fn new(clean: Tensor<4>, logits: Tensor<2>, truth: Tensor<2>, seed: u64, first: u64) -> Case {
        let keys = (first..).take(clean.dims()[0]).collect();
        Case { clean, logits, class: truth.clone(), truth, goal: Goal::Leave, seed, keys, watch: None }
    }

    /// A case for training, whose attacks do not ask for the clean answer: its logits are zero, and no model query is
    /// spent on them.
    pub fn unanswered(clean: Tensor<4>, truth: Tensor<2>, seed: u64, first: u64) -> Case {
        Case::new(clean, truth.zeros_like(), truth, seed, first)
    }

    /// The same case with a target, of each sample its own: it is to reach its one-hot `class`.
    pub fn toward(self, class: Tensor<2>) -> Case {
        Case { class, goal: Goal::Reach, ..self }
    }

    /// Pixels of one input, over its channels.
    pub fn features(&self) -> usize {
        self.clean.dims()[1..].iter().product()
    }

    /// One random stream a sample for this run.
    pub fn streams(&self, run: u32) -> Vec<Stream> {
        self.keys.iter().map(|&key| Stream::new(self.seed, key, run)).collect()
    }

    /// A random stream for what all samples of this run share, such as directions to probe: the same one in every
    /// batch, so that a sample still fares alike alone and in a batch.
    pub fn shared_stream(&self, run: u32) -> Stream {
        Stream::new(self.seed, SHARED, run)
    }

    /// Margin toward the goal of these answers, positive where it is met.
    ///
    /// # Shapes
    /// `logits`: `[batch, class]`; the result: `[batch, 1]`.
    pub fn score(&self, logits: &Tensor<2>) -> Tensor<2> {
        self.goal.turned(loss::margin(logits, &self.class))
    }

    /// These samples of the case, in this order.
    pub fn select(&self, rows: &[usize]) -> Case {
        let index = places(rows, &self.clean.device());
        Case {
            clean: self.clean.clone().select(0, index.clone()),
            logits: self.logits.clone().select(0, index.clone()),
            class: self.class.clone().select(0, index.clone()),
            truth: self.truth.clone().select(0, index),
            goal: self.goal,
            seed: self.seed,
            keys: rows.iter().map(|&row| self.keys[row]).collect(),
            watch: self.watch.clone(),
        }
    }
}

/// Row numbers as a tensor.
pub(super) fn places(rows: &[usize], device: &Device) -> Tensor<1, Int> {
    upload::indices(rows.iter().map(|&row| row as i32).collect(), device)
}

/// One-hot rows of the class that stands at `rank` (0 is the best) among all but the given one.
///
/// # Shapes
/// `logits`, the one-hot `class` and the result: `[batch, class]`; `rank` is below the number of classes less one.
pub fn runner_up(logits: &Tensor<2>, class: &Tensor<2>, rank: u32) -> Tensor<2> {
    let mut left = loss::without(logits, class);
    let mut found = own_answer(&left);
    for _ in 0..rank {
        left = loss::without(&left, &found);
        found = own_answer(&left);
    }
    found
}
