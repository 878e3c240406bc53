//! Frozen networks on the CPU, by the kernels of `foolproof-kernels` in place of burn, layer by layer: what they do not
//! know, burn computes, and it is their oracle.

mod gpu_layers;
mod intervals;

use super::layer::Layer;
use super::nonlinearity::Kind;
use crate::case::Goal;
use crate::in_memory::Numbers;
use crate::on_gpu::GpuPlan;
use crate::upload::floats;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::Conv2d;
use burn::nn::pool::{AvgPool2d, MaxPool2d};
use burn::tensor::Tensor;
use foolproof_kernels::{Convolution, Gradients, Layer as Step, Linear, Plan, Pool, Scale, Tape};
use std::sync::Arc;

/// Packed weights, or none.
#[derive(Clone, Debug, Default)]
pub(super) struct Kernels {
    /// Channels, rows and columns of an input; of a part of a network nobody knows.
    pub input: Option<[usize; 3]>,
    plan: Option<Arc<Plan>>,
    on_gpu: Option<Arc<GpuPlan>>,
}

impl Kernels {
    /// Packed of the weights that a network has now. Whoever changes them packs anew.
    pub fn of(layers: &[Layer], input: Option<[usize; 3]>) -> Kernels {
        let plan = input.and_then(|input| Plan::new(input, steps(layers)?));
        let on_gpu = input.and_then(|input| GpuPlan::of(gpu_layers::layers(layers)?, input));
        Kernels { input, plan: plan.map(Arc::new), on_gpu: on_gpu.map(Arc::new) }
    }

    /// Of the same inputs, with nothing packed.
    pub fn none(&self) -> Kernels {
        Kernels { input: self.input, ..Kernels::default() }
    }

    /// Of a network that has learnt this row instead, on a GPU; `None` elsewhere.
    pub fn reweighed_on_gpu(&self, learnt: &Tensor<1>) -> Option<Kernels> {
        let on_gpu = self.on_gpu.as_ref()?.reweighed(learnt)?;
        Some(Kernels { input: self.input, plan: None, on_gpu: Some(Arc::new(on_gpu)) })
    }

    #[cfg(all(test, feature = "wgpu"))]
    pub fn are_on_gpu(&self) -> bool {
        self.on_gpu.is_some()
    }

    /// The logits; `None` where there are no kernels, or the numbers are elsewhere or tracked.
    pub fn logits(&self, x: &Tensor<4>) -> Option<Tensor<2>> {
        let in_memory = |plan: &Arc<Plan>| Some(rows(plan, plan.logits(&numbers(x.clone())?), x));
        let on_gpu = || self.on_gpu.as_ref()?.logits(x);
        self.plan.as_ref().and_then(in_memory).or_else(on_gpu)
    }

    /// Logits, and the gradient by `x` of the loss whose derivative by them `slope` tells; `slope` comes back where there
    /// is none, as for [`Kernels::logits`].
    pub fn gradient<S: FnOnce(&Tensor<2>) -> Tensor<2>>(
        &self,
        x: &Tensor<4>,
        slope: S,
    ) -> Result<(Tensor<2>, Tensor<4>), S> {
        let Some((plan, values)) = self.plan.as_ref().and_then(|plan| Some((plan, numbers(x.clone())?))) else {
            return self.gradient_on_gpu(x, slope);
        };
        let (logits, tape, slope) = forward(plan, x, &values, slope);
        Ok((logits, floats(plan.gradient(&tape, &slope), x.dims(), &x.device())))
    }

    fn gradient_on_gpu<S: FnOnce(&Tensor<2>) -> Tensor<2>>(
        &self,
        x: &Tensor<4>,
        slope: S,
    ) -> Result<(Tensor<2>, Tensor<4>), S> {
        let plan = self.on_gpu.as_ref();
        let Some((plan, (logits, tape))) = plan.and_then(|plan| Some((plan, plan.forward(x)?))) else {
            return Err(slope);
        };
        let slope = slope(&logits);
        let Some(gradient) = plan.back(tape, &slope) else { unreachable!("what went forward goes back") };
        Ok((logits, gradient))
    }

    /// As [`Sequential::ascent`](super::Sequential::ascent).
    pub fn ascent(&self, x: &Tensor<4>, class: &Tensor<2>, goal: Goal) -> Option<Ascent> {
        self.on_gpu.as_ref()?.ascent(x, class, goal)
    }

    /// The same, and the gradient by the weights of these layers, which the kernels were packed of.
    pub fn learn<S: FnOnce(&Tensor<2>) -> Tensor<2>>(
        &self,
        layers: &[Layer],
        x: &Tensor<4>,
        wanted: bool,
        slope: S,
    ) -> Result<Learnt, S> {
        let Some((plan, values)) = self.plan.as_ref().and_then(|plan| Some((plan, numbers(x.clone())?))) else {
            return self.learn_on_gpu(x, wanted, slope);
        };
        let (logits, tape, slope) = forward(plan, x, &values, slope);
        let (input, gradients) = plan.gradients(&tape, &slope, wanted);
        let weights = row(layers, gradients);
        let count = weights.len();
        let device = x.device();
        let input = wanted.then(|| floats(input, x.dims(), &device));
        Ok(Learnt { logits, weights: floats(weights, [count], &device), input })
    }

    fn learn_on_gpu<S: FnOnce(&Tensor<2>) -> Tensor<2>>(
        &self,
        x: &Tensor<4>,
        wanted: bool,
        slope: S,
    ) -> Result<Learnt, S> {
        let plan = self.on_gpu.as_ref();
        let Some((plan, (logits, tape))) = plan.and_then(|plan| Some((plan, plan.forward(x)?))) else {
            return Err(slope);
        };
        let slope = slope(&logits);
        let Some((weights, input)) = plan.learn(tape, &slope, wanted) else {
            unreachable!("what went forward is learnt from")
        };
        Ok(Learnt { logits, weights, input })
    }
}

/// What a step up a cross-entropy asks for at once.
pub struct Ascent {
    /// `[batch, class]`.
    pub logits: Tensor<2>,
    /// The gradient of the cross-entropy by the input, turned toward the goal: `[batch, channel, row, column]`.
    pub gradient: Tensor<4>,
    /// The margin over the class ([`crate::loss::margin`]), `[batch, 1]`.
    pub margin: Tensor<2>,
    /// The cross-entropy, `[batch, 1]`.
    pub loss: Tensor<2>,
}

/// What a pass forward and back tells.
pub struct Learnt {
    /// `[batch, class]`.
    pub logits: Tensor<2>,
    /// The gradient by what the network learns, as [`crate::flat`] has it.
    pub weights: Tensor<1>,
    /// The gradient by the input, if it was wanted.
    pub input: Option<Tensor<4>>,
}

/// Gradients as one row, in the order in which burn visits the layers' parameters.
fn row(layers: &[Layer], gradients: Vec<Gradients>) -> Vec<f32> {
    let learning = |layer: &&Layer| {
        matches!(layer, Layer::Conv2d(_) | Layer::Linear(_) | Layer::BatchNorm(_) | Layer::Normalise(_))
    };
    let mut row = Vec::new();
    for (layer, Gradients { weight, bias }) in layers.iter().filter(learning).zip(gradients) {
        let has_bias = match layer {
            // Nobody learns it.
            Layer::Normalise(_) => continue,
            Layer::Linear(layer) => {
                let [inputs, outputs] = layer.weight.dims();
                row.extend(
                    (0..inputs).flat_map(|at| (0..outputs).map(move |out| out * inputs + at)).map(|at| weight[at]),
                );
                layer.bias.is_some()
            }
            Layer::Conv2d(layer) => {
                row.extend(weight);
                layer.bias.is_some()
            }
            _ => {
                row.extend(weight);
                true
            }
        };
        row.extend(bias.into_iter().filter(|_| has_bias));
    }
    row
}

/// A tensor's numbers, row by row; `None` if it is on a GPU, or tracked.
fn numbers<const D: usize>(x: Tensor<D>) -> Option<Vec<f32>> {
    Some(Numbers::of(&x)?.to_vec())
}

/// Logits, what they leave for the way back, and the slope that is made of them.
fn forward(
    plan: &Plan,
    x: &Tensor<4>,
    values: &[f32],
    slope: impl FnOnce(&Tensor<2>) -> Tensor<2>,
) -> (Tensor<2>, Tape, Vec<f32>) {
    let (logits, tape) = plan.forward(values);
    let logits = rows(plan, logits, x);
    let Some(slope) = numbers(slope(&logits)) else { unreachable!("what is made of logits is where they are") };
    (logits, tape, slope)
}

fn rows(plan: &Plan, logits: Vec<f32>, x: &Tensor<4>) -> Tensor<2> {
    floats(logits, [x.dims()[0], plan.classes()], &x.device())
}

/// The layers as the kernels have them; `None` if they do not know one.
fn steps(layers: &[Layer]) -> Option<Vec<Step>> {
    let known = layers.iter().filter(|layer| !matches!(layer, Layer::Identity(_)));
    known.map(step).collect()
}

fn step(layer: &Layer) -> Option<Step> {
    let scale =
        |(factor, shift)| Some(Step::Scale(Scale { factor: numbers::<1>(factor)?, shift: numbers::<1>(shift)? }));
    match layer {
        Layer::Conv2d(layer) => convolution(layer),
        Layer::Linear(layer) => {
            let weight = layer.weight.val();
            let [inputs, outputs] = weight.dims();
            let bias = layer.bias.as_ref().map_or(Some(Vec::new()), |bias| numbers(bias.val()))?;
            Some(Step::Linear(Linear { features: [inputs, outputs], weight: numbers(weight.transpose())?, bias }))
        }
        Layer::Nonlinearity(layer) if layer.kind == Kind::Relu => Some(Step::Relu),
        Layer::BatchNorm(layer) => scale(layer.factors()),
        Layer::Normalise(layer) => scale(layer.factors()),
        Layer::MaxPool2d(MaxPool2d { kernel_size, stride, padding, dilation: [1, 1], ceil_mode: false }) => {
            Some(Step::MaxPool(Pool { kernel: *kernel_size, stride: *stride, padding: even(padding)? }))
        }
        Layer::AvgPool2d(AvgPool2d { kernel_size, stride, padding, count_include_pad: true, ceil_mode: false }) => {
            Some(Step::AvgPool(Pool { kernel: *kernel_size, stride: *stride, padding: even(padding)? }))
        }
        Layer::Flatten(_) => Some(Step::Flatten),
        _ => None,
    }
}

fn convolution(layer: &Conv2d) -> Option<Step> {
    let PaddingConfig2d::Explicit(top, left, bottom, right) = layer.padding else { return None };
    let weight = layer.weight.val();
    let [out, channels, rows, columns] = weight.dims();
    if layer.dilation != [1; 2] || layer.groups != 1 {
        return None;
    }
    Some(Step::Convolution(Convolution {
        channels: [channels, out],
        kernel: [rows, columns],
        stride: layer.stride,
        padding: [top, left, bottom, right],
        weight: numbers(weight)?,
        bias: layer.bias.as_ref().map_or(Some(Vec::new()), |bias| numbers(bias.val()))?,
    }))
}

/// The padding of a window that has as much above as below, and to the left as to the right.
fn even(padding: &PaddingConfig2d) -> Option<[usize; 2]> {
    match *padding {
        PaddingConfig2d::Explicit(top, left, bottom, right) if (top, left) == (bottom, right) => Some([top, left]),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
