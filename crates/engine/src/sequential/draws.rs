//! Networks that draw at random: how often they are looked at, while an attack goes on and where its result is judged.
//!
//! One draw says little of such a network, and the best of many tries is the luckiest of them. So attacks follow the mean of
//! some draws (expectation over transformation, Athalye et al. 2018, <https://arxiv.org/abs/1707.07397>), as many as
//! AutoAttack's version for random defences takes (Croce and Hein 2020, <https://arxiv.org/abs/2003.01690>), and the answer is
//! the class that most of other draws say.

use super::{Layer, Modifiers, Sequential};
use crate::one_hot::own_answer;
use burn::tensor::Tensor;

/// Draws that an attack follows the mean of, unless it says how many.
const LOOKS: u32 = 20;
/// Draws that an answer is the majority of.
const JUDGED: u32 = 51;
/// Draws from this number on judge; no attack gets so far, so that it never saw their draws.
const JUDGES: u64 = 1 << 40;
/// Rows of one pass while judging, about.
const AT_ONCE: usize = 512;
/// Stands in for a share of 0 where its logarithm is taken.
const SMALLEST: f32 = 1e-30;

impl Sequential {
    /// Whether it draws at random, so that one input gets several answers.
    pub fn is_random(&self) -> bool {
        self.front.is_random() || self.members().is_some_and(|members| members.iter().any(Sequential::is_random))
    }

    /// The same under an attack that does this about its defences.
    pub fn under(mut self, modifiers: Modifiers) -> Sequential {
        self.front.modifiers = modifiers;
        for layer in &mut self.layers {
            if let Layer::Mean(members) = layer {
                *members = std::mem::take(members).into_iter().map(|member| member.under(modifiers)).collect();
            }
        }
        self
    }

    /// Looks that one question of an attack takes: 1 unless the network draws at random.
    pub fn looks(&self) -> u32 {
        if self.is_random() { self.front.modifiers.eot.unwrap_or(LOOKS).max(1) } else { 1 }
    }

    /// Looks that an answer is judged by: 1 unless the network draws at random.
    pub fn draws(&self) -> u32 {
        if self.is_random() { JUDGED } else { 1 }
    }

    /// What attacks on samples of these numbers ask: the network itself, or the mean of some draws of one that draws at
    /// random.
    pub fn expected(&self, keys: &[u64]) -> Sequential {
        self.drawing(self.looks(), 0, keys)
    }

    /// The logits that a result is judged by; of a network that draws at random the logarithms of the shares of draws that
    /// answer each class.
    ///
    /// # Shapes
    /// `x`: `[batch, channel, row, column]`, of samples with these numbers, or those of their places where there are none; the result: `[batch, class]`.
    pub fn judged(&self, x: &Tensor<4>, keys: &[u64]) -> Tensor<2> {
        if !self.is_random() {
            return self.forward(x.clone());
        }
        let [batch, ..] = x.dims();
        let by_place: Vec<u64> = (0..batch as u64).collect();
        let judge = self.drawing(1, JUDGES, if keys.is_empty() { &by_place } else { keys });
        let together = (AT_ONCE / batch.max(1)).clamp(1, JUDGED as usize) as u32;
        let votes = |count: u32| {
            let answers = own_answer(&judge.forward(x.clone().repeat_dim(0, count as usize)));
            let classes = answers.dims()[1];
            answers.reshape([count as usize, batch, classes]).sum_dim(0).reshape([batch, classes])
        };
        let first = votes(together);
        let rest = (together..JUDGED).step_by(together as usize).map(|done| votes(together.min(JUDGED - done)));
        rest.fold(first, |sum, votes| sum + votes).div_scalar(JUDGED as f32).clamp_min(SMALLEST).log()
    }

    /// The same network with so many draws a look wherever it draws, counted from a number on, for samples of these numbers.
    fn drawing(&self, draws: u32, from: u64, keys: &[u64]) -> Sequential {
        let mut network = self.clone();
        if network.front.is_random() {
            network.front = network.front.with_draws(draws, from, keys);
        }
        for layer in &mut network.layers {
            if let Layer::Mean(members) = layer {
                *members = members.iter().map(|member| member.drawing(draws, from, keys)).collect();
            }
        }
        network
    }
}
