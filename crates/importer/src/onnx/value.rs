//! What a name of the graph stands for: numbers that are known, or something that the network computes.

use super::array::Array;
use std::rc::Rc;

/// What a name stands for.
#[derive(Clone, Debug)]
pub enum Value {
    /// Known numbers.
    Array(Rc<Array>),
    /// Sizes, of which the number of inputs is not known.
    Sizes(Sizes),
    /// What the network computes of an input.
    View(View),
    /// Probabilities made of logits at the network's end.
    Probabilities {
        /// The logits; one, if `sigmoid`.
        logits: View,
        /// The operator that made them.
        op: &'static str,
    },
    /// The number or name of a class, made of logits or probabilities.
    Label(View),
}

/// Whole numbers that shapes are computed with.
#[derive(Clone, Debug, PartialEq)]
pub struct Sizes {
    /// Whether it is a list; else one number.
    pub list: bool,
    /// The numbers.
    pub sizes: Vec<Size>,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// The number of inputs, whatever it is.
    Batch,
    /// A number.
    Known(i64),
}

/// A step's numbers times a scale plus a shift, in the graph's shape and order.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Which step.
    pub step: usize,
    /// What is done to its numbers.
    pub affine: Affine,
    /// The graph's sizes, without the number of inputs.
    pub shape: Vec<usize>,
    /// How the graph's order differs from the step's.
    pub order: Order,
}

/// The order of a view's numbers in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// That of the step: channel, row, column.
    Same,
    /// Row, column, channel: the channel is fastest, as in TensorFlow.
    ChannelsLast {
        /// Channels.
        channels: usize,
        /// Rows times columns.
        pixels: usize,
    },
}

/// `scale · x + shift`, one of each for all, or one a channel or feature.
#[derive(Clone, Debug, PartialEq)]
pub struct Affine {
    /// What is multiplied by.
    pub scale: Vec<f32>,
    /// What is added then.
    pub shift: Vec<f32>,
}

impl Affine {
    /// The one that changes nothing.
    pub fn none() -> Affine {
        Affine { scale: vec![1.0], shift: vec![0.0] }
    }

    /// Whether it changes nothing.
    pub fn is_none(&self) -> bool {
        self.scale.iter().all(|&scale| scale == 1.0) && self.shift.iter().all(|&shift| shift == 0.0)
    }

    /// This one, and then another one.
    pub fn then(&self, next: &Affine) -> Affine {
        let (scale, shift) =
            (pairwise(&self.scale, &next.scale, |a, b| a * b), pairwise(&self.shift, &next.scale, |a, b| a * b));
        Affine { scale, shift: pairwise(&shift, &next.shift, |a, b| a + b) }
    }

    /// Scale and shift of so many channels or features, one by one.
    pub fn spread(&self, features: usize) -> (Vec<f32>, Vec<f32>) {
        let one = vec![0.0; features];
        (pairwise(&one, &self.scale, |_, scale| scale), pairwise(&one, &self.shift, |_, shift| shift))
    }

    /// If they are one for all: scale and shift.
    pub fn single(&self) -> Option<(f32, f32)> {
        match (&self.scale[..], &self.shift[..]) {
            (&[scale], &[shift]) => Some((scale, shift)),
            _ => None,
        }
    }

    /// How many numbers it keeps.
    pub fn count(&self) -> usize {
        self.scale.len() + self.shift.len()
    }
}

/// Both lists together; one number stands for as many as the other has.
fn pairwise(a: &[f32], b: &[f32], both: impl Fn(f32, f32) -> f32) -> Vec<f32> {
    match (a, b) {
        (&[a], _) => b.iter().map(|&b| both(a, b)).collect(),
        (_, &[b]) => a.iter().map(|&a| both(a, b)).collect(),
        _ => a.iter().zip(b).map(|(&a, &b)| both(a, b)).collect(),
    }
}

impl Order {
    /// Channels last, unless that is the same: a picture of one channel or of one pixel.
    pub fn channels_last(channels: usize, pixels: usize) -> Order {
        if channels == 1 || pixels == 1 { Order::Same } else { Order::ChannelsLast { channels, pixels } }
    }

    /// Where the step keeps the number that the graph has at this place.
    pub fn place(self, at: usize) -> usize {
        match self {
            Order::Same => at,
            Order::ChannelsLast { channels, pixels } => (at % channels) * pixels + at / channels,
        }
    }

    /// A list in the graph's order in that of the step.
    pub fn sorted(self, list: &[f32]) -> Vec<f32> {
        let mut sorted = vec![0.0; list.len()];
        for (at, &number) in list.iter().enumerate() {
            if let Some(place) = sorted.get_mut(self.place(at)) {
                *place = number;
            }
        }
        sorted
    }
}

impl View {
    /// A step's numbers as they are.
    pub fn plain(step: usize, shape: Vec<usize>) -> View {
        View { step, affine: Affine::none(), shape, order: Order::Same }
    }

    /// How many numbers it has.
    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }
}

impl Value {
    /// What a sentence calls it.
    pub fn told(&self) -> &'static str {
        match self {
            Value::Array(_) => "a constant",
            Value::Sizes(_) => "a shape",
            Value::View(_) => "what the network computes",
            Value::Probabilities { .. } => "probabilities",
            Value::Label(_) => "a class",
        }
    }
}
