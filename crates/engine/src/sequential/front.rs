//! What stands before a network, and how it is looked through: forward, back, and by how many draws at once.

use crate::defence::Preprocessor;
use crate::random::Stream;
use burn::tensor::Tensor;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Odd, so that no two draws have one seed: the golden ratio's digits.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// What an attack does about defences whose gradients mislead. Other attacks go by what a defence declares.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Modifiers {
    /// Whether what declares no gradient is passed back by a surrogate (BPDA).
    pub bpda: bool,
    /// Draws whose mean an attack follows where a defence is random (EOT); `None` for the usual number.
    pub eot: Option<u32>,
    /// Seed of the draws of random defences.
    pub seed: u64,
}

/// The defences before a network, the first of which an input meets first.
#[derive(Clone, Debug)]
pub(super) struct Front {
    parts: Vec<Arc<dyn Preprocessor>>,
    pub modifiers: Modifiers,
    /// Draws that each look takes the mean of.
    pub draws: u32,
    /// Numbers of the samples of a batch, by which they draw; none where a sample draws by its place. A batch that is a
    /// multiple of them holds each so often, all once before any again.
    keys: Arc<[u64]>,
    /// How often it was drawn; copies of the network count together.
    drawn: Arc<AtomicU64>,
}

/// One look: the number of its first draw, and what each part was given.
pub(super) struct Look {
    first: u64,
    inputs: Vec<Tensor<4>>,
    /// What the network sees, all rows once a draw.
    pub seen: Tensor<4>,
}

impl Default for Front {
    fn default() -> Front {
        Front {
            parts: Vec::new(),
            modifiers: Modifiers::default(),
            draws: 1,
            keys: Arc::default(),
            drawn: Arc::default(),
        }
    }
}

impl Front {
    /// The same behind further parts.
    pub fn behind(self, mut parts: Vec<Arc<dyn Preprocessor>>) -> Front {
        parts.extend(self.parts.iter().cloned());
        Front { parts, ..self }
    }

    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub fn is_random(&self) -> bool {
        self.parts.iter().any(|part| part.is_random())
    }

    /// Whether an interval's ends stay its ends.
    pub fn rises(&self) -> bool {
        self.parts.iter().all(|part| part.rises())
    }

    /// The same with so many draws a look, which are counted from this number on, for samples of these numbers.
    pub fn with_draws(&self, draws: u32, from: u64, keys: &[u64]) -> Front {
        Front { draws, keys: keys.into(), drawn: Arc::new(AtomicU64::new(from)), ..self.clone() }
    }

    /// A new look at these inputs.
    pub fn look(&self, x: &Tensor<4>) -> Look {
        let rows = x.dims()[0] * self.draws as usize;
        let first = self.drawn.fetch_add(rows.div_ceil(self.samples(rows)) as u64, Ordering::Relaxed);
        let start = if self.draws > 1 { x.clone().repeat_dim(0, self.draws as usize) } else { x.clone() };
        let (mut inputs, mut seen) = (Vec::new(), start);
        for (at, part) in self.parts.iter().enumerate() {
            inputs.push(seen.clone());
            seen = part.forward(seen, &mut self.streams(part.as_ref(), at, first, rows));
        }
        Look { first, inputs, seen }
    }

    /// The gradient by the inputs of a look, from the one by what the network saw.
    ///
    /// # Shapes
    /// `gradient`: as `look.seen`; the result: as the inputs.
    pub fn back(&self, look: &Look, mut gradient: Tensor<4>) -> Tensor<4> {
        for (at, (part, x)) in self.parts.iter().zip(&look.inputs).enumerate().rev() {
            let mut streams = self.streams(part.as_ref(), at, look.first, x.dims()[0]);
            gradient = match part.back(x, &gradient, &mut streams) {
                Some(gradient) => gradient,
                None if self.modifiers.bpda => part.surrogate(x, gradient),
                None => x.zeros_like(),
            };
        }
        let [rows, channels, height, width] = gradient.dims();
        let draws = self.draws as usize;
        gradient.reshape([draws, rows / draws * channels, height, width]).sum_dim(0).reshape([
            rows / draws,
            channels,
            height,
            width,
        ])
    }

    /// The mean over the draws of a look.
    ///
    /// # Shapes
    /// `logits`: `[draws * batch, class]`; the result: `[batch, class]`.
    pub fn mean(&self, logits: Tensor<2>) -> Tensor<2> {
        let ([rows, classes], draws) = (logits.dims(), self.draws as usize);
        logits.reshape([draws, rows / draws, classes]).mean_dim(0).reshape([rows / draws, classes])
    }

    /// A slope by the mean over the draws, as one by each of them.
    ///
    /// # Shapes
    /// `slope`: `[batch, class]`; the result: `[draws * batch, class]`.
    pub fn shared(&self, slope: Tensor<2>) -> Tensor<2> {
        match self.draws {
            1 => slope,
            draws => slope.repeat_dim(0, draws as usize).div_scalar(draws as f32),
        }
    }

    /// Samples of a batch, of which it holds every one once or more often.
    fn samples(&self, rows: usize) -> usize {
        if self.keys.is_empty() { (rows / self.draws as usize).max(1) } else { self.keys.len() }
    }

    /// What each row of a part that draws at random draws from, which goes by the sample and by how often it was drawn for:
    /// a sample fares alike in every batch. The first rows are of the draw `first`.
    fn streams(&self, part: &dyn Preprocessor, at: usize, first: u64, rows: usize) -> Vec<Stream> {
        let (samples, rows) = (self.samples(rows), if part.is_random() { rows } else { 0 });
        let stream = |row: usize| {
            let draw = first + (row / samples) as u64;
            let key = self.keys.get(row % samples).copied().unwrap_or((row % samples) as u64);
            Stream::new(self.modifiers.seed ^ draw.wrapping_mul(SPREAD), key, at as u32)
        };
        (0..rows).map(stream).collect()
    }
}
