//! The network as steps that build on each other, before they become a list of layers.

use super::value::{Affine, Order, View};
use crate::bounds::{Budget, MOST_NUMBERS, count};
use foolproof_core::architecture::{BatchNormSpec, LayerSpec};
use std::collections::HashMap;

/// What is added to the variance of a batch norm that stands for a scale and a shift of the graph: PyTorch's own number.
const EPS: f32 = 1e-5;

/// One step: what it does, to which ones, and the shape of what comes out.
#[derive(Debug)]
pub struct Step {
    /// What it does.
    pub kind: Kind,
    /// Sizes of what comes out: `[channel, row, column]` or `[feature]`.
    pub shape: Vec<usize>,
    /// The nearest step that all ways from the input to this one go through.
    pub dominator: usize,
    /// What a sigmoid or an error function was computed of, as the graph has it.
    pub of: Option<View>,
}

/// What a step does.
#[derive(Debug)]
pub enum Kind {
    /// The network's input.
    Input,
    /// A layer, with its numbers in the order of an architecture's parameters.
    Layer {
        /// What it works on.
        from: usize,
        /// The layer.
        layer: LayerSpec,
        /// Weight and bias, or a batch norm's factors and summands.
        values: Vec<f32>,
    },
    /// Two steps added.
    Sum(usize, usize),
    /// Zeros added above, left, below and right, for the convolution that follows.
    Padded(usize, [usize; 4]),
    /// The error function, a part of a GELU.
    Erf,
}

/// All of them; each builds on earlier ones.
#[derive(Debug)]
pub struct Steps {
    all: Vec<Step>,
    settled: HashMap<(usize, Vec<u32>), usize>,
    flat: HashMap<usize, usize>,
    /// How many numbers may still be made.
    pub budget: Budget,
}

impl Steps {
    /// The input alone.
    pub fn new(input: [usize; 3]) -> Steps {
        let input = Step { kind: Kind::Input, shape: input.to_vec(), dominator: 0, of: None };
        let budget = Budget::new(4 * MOST_NUMBERS);
        Steps { all: vec![input], settled: HashMap::new(), flat: HashMap::new(), budget }
    }

    /// A step that is there.
    ///
    /// # Errors
    /// Never for a number that these steps gave.
    pub fn get(&self, at: usize) -> Result<&Step, String> {
        self.all.get(at).ok_or_else(|| "a step is missing".into())
    }

    /// Adds a layer.
    ///
    /// # Errors
    /// A clause, if it makes or keeps too many numbers.
    pub fn layer(
        &mut self,
        from: usize,
        layer: LayerSpec,
        values: Vec<f32>,
        shape: Vec<usize>,
    ) -> Result<usize, String> {
        self.budget.spend(values.len())?;
        self.push(Kind::Layer { from, layer, values }, shape, from)
    }

    /// Adds two steps of one shape.
    ///
    /// # Errors
    /// As [`Steps::layer`].
    pub fn sum(&mut self, a: usize, b: usize) -> Result<usize, String> {
        let (mut one, mut other) = (a, b);
        while one != other {
            let later = if one > other { &mut one } else { &mut other };
            *later = self.get(*later)?.dominator;
        }
        let shape = self.get(a)?.shape.clone();
        self.push(Kind::Sum(a, b), shape, one)
    }

    /// Adds a step on another one.
    ///
    /// # Errors
    /// As [`Steps::layer`].
    pub fn push(&mut self, kind: Kind, shape: Vec<usize>, dominator: usize) -> Result<usize, String> {
        count(&shape)?;
        self.all.push(Step { kind, shape, dominator, of: None });
        Ok(self.all.len() - 1)
    }

    /// Remembers what a step was computed of.
    pub fn remember(&mut self, step: usize, of: &View) {
        if let Some(step) = self.all.get_mut(step) {
            step.of = Some(of.clone());
        }
    }

    /// The step that computes what a view shows, scale and shift included.
    ///
    /// # Errors
    /// As [`Steps::layer`].
    pub fn settle(&mut self, view: &View) -> Result<usize, String> {
        if view.affine.is_none() {
            return Ok(view.step);
        }
        let bits = |list: &[f32]| list.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
        self.budget.spend(view.affine.count())?;
        let key = (view.step, [bits(&view.affine.scale), bits(&view.affine.shift)].concat());
        if let Some(&step) = self.settled.get(&key) {
            return Ok(step);
        }
        let step = self.scaled(view.step, &view.affine)?;
        self.settled.insert(key, step);
        Ok(step)
    }

    fn scaled(&mut self, at: usize, affine: &Affine) -> Result<usize, String> {
        let starts = self.starts(at);
        let step = self.get(at)?;
        let shape = step.shape.clone();
        let features = shape.first().copied().unwrap_or(1);
        let (scale, shift) = affine.spread(features);
        if let Kind::Layer { from, layer, values } = &step.kind
            && let Some((layer, values)) = folded(layer, values, &scale, &shift)
        {
            return self.layer(*from, layer, values, shape);
        }
        if starts && scale.iter().all(|&scale| scale > 0.0) {
            let mean = scale.iter().zip(&shift).map(|(&scale, &shift)| if shift == 0.0 { 0.0 } else { -shift / scale });
            let layer =
                LayerSpec::Normalise { mean: mean.collect(), std: scale.iter().map(|scale| scale.recip()).collect() };
            self.budget.spend(2 * features)?;
            return self.layer(at, layer, Vec::new(), shape);
        }
        let size = BatchNormSpec { features, eps: EPS };
        let layer = if shape.len() == 1 { LayerSpec::BatchNorm1d(size) } else { LayerSpec::BatchNorm2d(size) };
        self.layer(at, layer, [scale, shift].concat(), shape)
    }

    /// Whether this is the input, perhaps flattened.
    fn starts(&self, at: usize) -> bool {
        match self.all.get(at).map(|step| &step.kind) {
            Some(Kind::Input) => true,
            Some(Kind::Layer { from, layer: LayerSpec::Flatten, .. }) => *from == 0,
            _ => false,
        }
    }

    /// A view as features: a step behind a `Flatten` where it was a picture.
    ///
    /// # Errors
    /// As [`Steps::layer`].
    pub fn flatten(&mut self, view: &View) -> Result<View, String> {
        if self.get(view.step)?.shape.len() == 1 {
            return Ok(view.clone());
        }
        let from = self.settle(view)?;
        let step = match self.flat.get(&from) {
            Some(&step) => step,
            None => {
                let step = self.layer(from, LayerSpec::Flatten, Vec::new(), vec![view.count()])?;
                self.flat.insert(from, step);
                step
            }
        };
        Ok(View { step, affine: Affine::none(), ..view.clone() })
    }

    /// A view as a picture: the step, with its channels, rows and columns.
    ///
    /// # Errors
    /// A clause, if it is none.
    pub fn picture(&mut self, view: &View) -> Result<(usize, [usize; 3]), String> {
        match (&self.get(view.step)?.shape[..], view.order) {
            (&[channels, rows, columns], Order::Same) if view.shape == [channels, rows, columns] => {
                Ok((self.settle(view)?, [channels, rows, columns]))
            }
            (_, Order::ChannelsLast { .. }) => Err("it gets a picture whose channels come last".into()),
            (step, _) => Err(format!("it gets {:?} of a step of shape {step:?}, which is no picture", view.shape)),
        }
    }
}

/// A layer that scales and shifts what it makes by itself, if it has the numbers for that.
fn folded(layer: &LayerSpec, values: &[f32], scale: &[f32], shift: &[f32]) -> Option<(LayerSpec, Vec<f32>)> {
    let mut layer = layer.clone();
    let outputs = scale.len();
    let biased = match &mut layer {
        LayerSpec::Linear(size) => std::mem::replace(&mut size.bias, true),
        LayerSpec::Conv2d(size) => std::mem::replace(&mut size.bias, true),
        LayerSpec::BatchNorm1d(_) | LayerSpec::BatchNorm2d(_) => true,
        _ => return None,
    };
    let (weights, bias) = values.split_at(values.len().checked_sub(if biased { outputs } else { 0 })?);
    let each = weights.len().checked_div(outputs).filter(|&each| each > 0)?;
    let mut values: Vec<f32> = weights
        .chunks(each)
        .zip(scale)
        .flat_map(|(row, &scale)| row.iter().map(move |&weight| weight * scale))
        .collect();
    let bias = bias.iter().copied().chain(std::iter::repeat(0.0));
    values.extend(bias.zip(scale.iter().zip(shift)).map(|(bias, (&scale, &shift))| bias * scale + shift));
    Some((layer, values))
}
