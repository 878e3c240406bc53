//! A model's architecture as data: a list of layers that serde reads and writes, and nothing that computes.
//!
//! Parameter names follow PyTorch's `nn.Sequential`: the layer's place in the list, then `weight` or `bias`, with
//! a nested list adding its own place (`4.0.weight`). The engine's `sequential` builds the module from it.

mod layer;
mod shapes;
mod sizes;
mod usual;

use crate::defence::{self, DefenceSpec};
use crate::fault::{Fault, FaultKind};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct};

pub use layer::{BatchNormSpec, Conv2dSpec, LayerSpec, LinearSpec, PoolSpec};
pub use sizes::{Padding, Pair};

/// A network: what it takes, what it answers, and its layers in order. It returns logits, never probabilities.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Architecture {
    /// One input as `[channel, row, column]`.
    pub input: [usize; 3],
    /// Number of classes, the length of the logits.
    pub classes: usize,
    /// The layers, first to last.
    pub layers: Vec<LayerSpec>,
    /// The defences that it was made with, before its layers or inside them; an input meets the first one first.
    #[serde(default)]
    pub defence: Vec<DefenceSpec>,
}

/// Numbers that a layer has of its own and learns: their PyTorch name and shape, and what they do.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// `2.weight`.
    pub name: String,
    /// PyTorch's shape: convolution `[out, in / groups, rows, columns]`, linear `[out, in]`, bias `[out]`, batch norm
    /// `[feature]`.
    pub shape: Vec<usize>,
    /// What they do.
    pub role: Role,
}

/// What a parameter does in its layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Role {
    /// Weight or bias of a layer of which one output has so many inputs; its initial range depends on them.
    Weight {
        /// Inputs of one output.
        fan_in: usize,
    },
    /// Factor of a batch norm: its weight by the root of its running variance plus `eps`.
    Scale {
        /// What is added to the variance.
        eps: f32,
    },
    /// Summand of a batch norm: its bias less its running mean times its factor.
    Shift,
}

/// Most numbers that one layer's output or weight may hold: far above anything that trains in a tab.
const LARGEST: usize = 1 << 26;

impl Architecture {
    /// A network without a defence.
    pub fn new(input: [usize; 3], classes: usize, layers: Vec<LayerSpec>) -> Architecture {
        Architecture { input, classes, layers, defence: Vec::new() }
    }

    /// Every parameter in order.
    ///
    /// # Errors
    /// A [`Fault`] that names the layer whose sizes do not fit what comes in, or are out of range.
    pub fn parameters(&self) -> Result<Vec<Parameter>, Fault> {
        let mut found = Vec::new();
        if self.input.contains(&0) || product(&self.input).is_none() {
            return Err(misfit("the input", format!("{:?} is no size a model can take", self.input)));
        }
        let seen = defence::shape(&self.defence, self.input).to_vec();
        product(&seen)
            .ok_or_else(|| misfit("the defence", format!("what it makes of an input, {seen:?}, is too large")))?;
        let out = shapes::walk(&self.layers, "", seen, 0, &mut found)?;
        if out != [self.classes] || self.classes < 2 {
            let why = format!("it answers {out:?} where {} logits are expected", self.classes);
            return Err(misfit("the last layer", why));
        }
        Ok(found)
    }
}

impl Parameter {
    /// How many numbers it has.
    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }
}

// Written by hand, as layers are: JSON leaves out what is not there, so that a network without a defence is written as
// earlier versions did.
impl Serialize for Architecture {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let every = !to.is_human_readable();
        let mut fields = to.serialize_struct("Architecture", 4)?;
        fields.serialize_field("input", &self.input)?;
        fields.serialize_field("classes", &self.classes)?;
        fields.serialize_field("layers", &self.layers)?;
        if every || !self.defence.is_empty() {
            fields.serialize_field("defence", &self.defence)?;
        }
        fields.end()
    }
}

fn misfit(place: &str, why: String) -> Fault {
    Fault::new(FaultKind::Model, format!("The architecture does not fit together at {place}: {why}."))
}

/// The product, unless it is above [`LARGEST`].
fn product(sizes: &[usize]) -> Option<usize> {
    sizes.iter().try_fold(1usize, |all, &size| all.checked_mul(size)).filter(|&all| all <= LARGEST)
}

#[cfg(test)]
mod tests;
