//! What a training run shows beside its curve: sixteen inputs and the scoreboard, as plain data.

use foolproof_core::{
    input_kind::InputKind,
    manifest::Dataset,
    protocol::{AttackSpec, Sample},
    report::Accuracy,
};
use serde::{Deserialize, Serialize};

/// Inputs of the strip.
pub const STRIP: usize = 16;

/// Some test inputs under attack.
#[derive(Clone, Debug, PartialEq)]
pub struct Strip {
    /// What the inputs are.
    pub kind: InputKind,
    /// One of them as `[channel, row, column]`.
    pub shape: [usize; 3],
    /// Names of the classes.
    pub classes: Vec<String>,
    /// The inputs without attack, one after the other.
    pub clean: Vec<f32>,
    /// The inputs under attack.
    pub faces: Vec<Face>,
}

impl Strip {
    /// What an attack made of the first of these inputs of a dataset.
    pub fn new(data: &Dataset, clean: &[f32], faces: Vec<Face>) -> Strip {
        let size: usize = data.shape.iter().product();
        let clean = clean[..clean.len().min(faces.len() * size)].to_vec();
        Strip { kind: data.kind.clone(), shape: data.shape, classes: data.classes.clone(), clean, faces }
    }

    /// An input without attack; empty where there is none.
    pub fn clean(&self, place: usize) -> &[f32] {
        let size: usize = self.shape.iter().product();
        self.clean.get(place * size..(place + 1) * size).unwrap_or_default()
    }
}

/// One of the sixteen inputs under attack.
#[derive(Clone, Debug, PartialEq)]
pub struct Face {
    /// Its true class.
    pub truth: u32,
    /// The answer without attack.
    pub clean: u32,
    /// The answer under attack.
    pub attacked: u32,
    /// The adversarial pixels.
    pub pixels: Vec<f32>,
}

impl Face {
    /// From what an attack made of it.
    pub fn of(sample: &Sample) -> Face {
        Face {
            truth: sample.truth,
            clean: sample.clean.label,
            attacked: sample.adversarial.label,
            pixels: sample.pixels.clone(),
        }
    }

    /// Whether the model answers rightly under attack.
    pub fn held(&self) -> bool {
        self.clean == self.truth && self.attacked == self.truth
    }
}

/// How a model does on the scoreboard's inputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Without attack.
    pub clean: Accuracy,
    /// Under each attack.
    pub attacked: Vec<Accuracy>,
}

/// Before and after, on the same inputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// The attacks, none of which any training method uses.
    pub attacks: Vec<AttackSpec>,
    /// Their names.
    pub names: Vec<String>,
    /// The model that the run began with.
    pub before: Score,
    /// What came of it.
    pub after: Score,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_held_only_if_it_was_right_before() {
        let face = |clean, attacked| Face { truth: 7, clean, attacked, pixels: Vec::new() };
        assert!(face(7, 7).held());
        assert!(!face(7, 3).held() && !face(3, 7).held());
    }
}
