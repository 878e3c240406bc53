//! Networks that draw at random: how often they are looked at, while an attack goes on and where its result is judged.
//!
//! One draw says little of such a network, and the best of many tries is the luckiest of them. So attacks follow the mean of
//! some draws (expectation over transformation, Athalye et al. 2018, <https://arxiv.org/abs/1707.07397>), as many as
//! AutoAttack's version for random defences takes (Croce and Hein 2020, <https://arxiv.org/abs/2003.01690>), and the answer is
//! the class that is likeliest over many draws more.

use super::{Layer, Sequential};
use burn::tensor::{Tensor, activation::softmax};

/// Draws that an attack follows the mean of.
const LOOKS: u32 = 20;
/// Draws that an answer is judged by.
const JUDGED: u32 = 100;
/// Stands in for a probability of 0 where its logarithm is taken.
const SMALLEST: f32 = 1e-30;

impl Sequential {
    /// Whether it draws at random, so that one input gets several answers.
    pub fn is_random(&self) -> bool {
        self.layers.iter().any(|layer| match layer {
            Layer::Noise(_) => true,
            Layer::Residual(inner) => inner.is_random(),
            Layer::Projected(block) => block.inner.is_random() || block.shortcut.is_random(),
            Layer::Mean(networks) => networks.iter().any(Sequential::is_random),
            _ => false,
        })
    }

    /// Looks that one question of an attack takes: 1 unless the network draws at random.
    pub fn looks(&self) -> u32 {
        if self.is_random() { LOOKS } else { 1 }
    }

    /// Looks that an answer is judged by: 1 unless the network draws at random.
    pub fn draws(&self) -> u32 {
        if self.is_random() { JUDGED } else { 1 }
    }

    /// What attacks ask: the network itself, or the mean of some draws of one that draws at random.
    pub fn expected(&self) -> Sequential {
        match self.is_random() {
            // Each draws anew.
            true => Sequential::mean_of(vec![self.clone(); LOOKS as usize]),
            false => self.clone(),
        }
    }

    /// The logits that a result is judged by; of a network that draws at random the logarithms of its mean probabilities.
    ///
    /// # Shapes
    /// `x`: `[batch, channel, row, column]`; the result: `[batch, class]`.
    pub fn judged(&self, x: &Tensor<4>) -> Tensor<2> {
        if !self.is_random() {
            return self.forward(x.clone());
        }
        let first = softmax(self.forward(x.clone()), 1);
        let sum = (1..JUDGED).fold(first, |sum, _| sum + softmax(self.forward(x.clone()), 1));
        sum.div_scalar(JUDGED as f32).clamp_min(SMALLEST).log()
    }
}
