//! Networks with defences: how they come about, and gradients through them.

use super::affine::Normalise;
use super::layer::Layer;
use super::nonlinearity::{Kind, Nonlinearity};
use super::{Kernels, Learnt, Modifiers, Sequential, Slope};
use crate::defence::Defence;
use crate::defences::{Noise, Quantise};
use burn::tensor::Tensor;
use std::sync::Arc;

impl Sequential {
    /// This network with these defences, the first of which an input meets first, before those that it has.
    pub fn defended(self, defences: Vec<Defence>) -> Sequential {
        let mut before = Vec::new();
        let mut network = self;
        for defence in defences {
            match defence {
                Defence::Before(part) => before.push(part),
                Defence::Activations(share) => network = network.with_winners(share),
                Defence::Logits(factor) => network = network.with_logits(factor),
            }
        }
        network.front = network.front.behind(before);
        network
    }

    /// This network behind a step function: every pixel is rounded to one of so many levels (at least two) before it is
    /// looked at, and the gradient is zero. No defence, but what looks like one.
    pub fn quantised(self, levels: usize) -> Sequential {
        self.defended(vec![Defence::Before(Arc::new(Quantise::new(levels)))])
    }

    /// This network behind normal noise of the standard deviation `sigma` (pixels), new at every look; the draws follow
    /// from the seed. No defence either.
    pub fn noisy(self, sigma: f32, seed: u64) -> Sequential {
        let noisy = self.defended(vec![Defence::Before(Arc::new(Noise { sigma }))]);
        noisy.under(Modifiers { seed, ..Modifiers::default() })
    }

    /// The same with so large a share of winners in place of each rectifier.
    fn with_winners(mut self, share: f32) -> Sequential {
        for layer in &mut self.layers {
            match layer {
                Layer::Nonlinearity(own) if own.kind == Kind::Relu => {
                    *layer = Layer::Nonlinearity(Nonlinearity { kind: Kind::Winners(share) });
                }
                Layer::Residual(inner) => *inner = inner.clone().with_winners(share),
                Layer::Projected(block) => {
                    block.inner = block.inner.clone().with_winners(share);
                    block.shortcut = block.shortcut.clone().with_winners(share);
                }
                _ => {}
            }
        }
        self.packed_anew()
    }

    /// The same with its logits multiplied.
    fn with_logits(mut self, factor: f32) -> Sequential {
        let classes = self.layers.iter().rev().find_map(|layer| match layer {
            Layer::Linear(last) => Some((last.weight.dims()[1], last.weight.val().device())),
            _ => None,
        });
        // A network without a linear layer answers as it does.
        if let Some((classes, device)) = classes {
            self.layers.push(Layer::Normalise(Normalise::new(
                &vec![0.0; classes],
                &vec![factor.recip(); classes],
                &device,
            )));
        }
        self.packed_anew()
    }

    fn packed_anew(mut self) -> Sequential {
        self.kernels = Kernels::of(&self.layers, self.kernels.input);
        self
    }

    /// [`Sequential::input_gradient`] through what stands before the network, as its parts declare it.
    pub(super) fn gradient_through_front(&self, x: &Tensor<4>, slope: Slope) -> (Tensor<2>, Tensor<4>) {
        let (look, mut answer) = (self.front.look(x), None);
        let (_, gradient) = self.bare_gradient(
            &look.seen,
            Box::new(|logits: &Tensor<2>| {
                let mean = self.front.mean(logits.clone());
                let slope = self.front.shared(slope(&mean));
                answer = Some(mean);
                slope
            }),
        );
        let logits = answer.unwrap_or_else(|| self.front.mean(self.bare_forward(look.seen.clone())));
        (logits, self.front.back(&look, gradient))
    }

    /// [`Sequential::learn`] likewise; what stands before the network learns nothing.
    pub(super) fn learn_through_front(&self, x: &Tensor<4>, wanted: bool, slope: Slope) -> Learnt {
        let look = self.front.look(x);
        let learnt = self.bare_learn(&look.seen, wanted, slope);
        let input = learnt.input.map(|gradient| self.front.back(&look, gradient));
        Learnt { input, ..learnt }
    }
}

/// Logits of an ensemble, and the gradient of the loss whose derivative by them is `slope`: each member goes back on its own,
/// by its own kernels and through its own defences.
pub(super) fn mean_gradient(members: &[Sequential], x: &Tensor<4>, slope: Slope) -> (Tensor<2>, Tensor<4>) {
    let share = 1.0 / members.len().max(1) as f32;
    let logits = super::layer::mean(members, x);
    let slope = slope(&logits).mul_scalar(share);
    let each = members.iter().map(|member| member.input_gradient(x, |_| slope.clone()).1);
    (logits, each.reduce(|sum, gradient| sum + gradient).unwrap_or_else(|| x.zeros_like()))
}
