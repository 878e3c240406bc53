//! What stands before a network, and how it is looked through: forward, back, and by how many draws at once.

use crate::defence::Preprocessor;
use crate::random::Stream;
use burn::tensor::Tensor;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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
    /// How often it was looked through; copies of the network count together.
    looks: Arc<AtomicU64>,
}

/// One look: its number, and what each part was given.
pub(super) struct Look {
    number: u64,
    inputs: Vec<Tensor<4>>,
    /// What the network sees, all rows once a draw.
    pub seen: Tensor<4>,
}

impl Default for Front {
    fn default() -> Front {
        Front { parts: Vec::new(), modifiers: Modifiers::default(), draws: 1, looks: Arc::default() }
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

    /// The same with so many draws a look, which are counted from this number on.
    pub fn with_draws(&self, draws: u32, from: Option<u64>) -> Front {
        let looks = from.map_or_else(|| self.looks.clone(), |from| Arc::new(AtomicU64::new(from)));
        Front { draws, looks, ..self.clone() }
    }

    /// A new look at these inputs.
    pub fn look(&self, x: &Tensor<4>) -> Look {
        let number = self.looks.fetch_add(1, Ordering::Relaxed);
        let start = if self.draws > 1 { x.clone().repeat_dim(0, self.draws as usize) } else { x.clone() };
        let (mut inputs, mut seen) = (Vec::new(), start);
        for (at, part) in self.parts.iter().enumerate() {
            inputs.push(seen.clone());
            seen = part.forward(seen, &mut self.stream(number, at));
        }
        Look { number, inputs, seen }
    }

    /// The gradient by the inputs of a look, from the one by what the network saw.
    ///
    /// # Shapes
    /// `gradient`: as `look.seen`; the result: as the inputs.
    pub fn back(&self, look: &Look, mut gradient: Tensor<4>) -> Tensor<4> {
        for (at, (part, x)) in self.parts.iter().zip(&look.inputs).enumerate().rev() {
            gradient = match part.back(x, &gradient, &mut self.stream(look.number, at)) {
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

    fn stream(&self, look: u64, part: usize) -> Stream {
        Stream::new(self.modifiers.seed, look, part as u32)
    }
}
