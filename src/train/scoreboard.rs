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

/// A hardened model holds at least this share of what it reads without attack.
const HARDENED: f64 = 0.5;

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

impl Board {
    /// The least share of the attacked inputs that the new model holds, if that is too little to call it hardened: less
    /// than half of what it reads without attack.
    pub fn unhardened(&self) -> Option<f64> {
        let measured = self.after.attacked.iter().filter(|accuracy| accuracy.n > 0);
        let least = measured.map(|accuracy| accuracy.value).fold(f64::INFINITY, f64::min);
        (least < HARDENED * self.after.clean.value).then_some(least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_that_holds_less_than_half_of_what_it_reads_is_not_hardened() {
        let board = |clean, attacked: &[usize]| {
            let score = |clean| Score { clean: Accuracy::of(clean, 100), attacked: Vec::new() };
            let of = |right: &usize| Accuracy::of(*right, 100);
            let after = Score { attacked: attacked.iter().map(of).collect(), ..score(clean) };
            Board { attacks: Vec::new(), names: Vec::new(), before: score(99), after }
        };
        assert_eq!(board(98, &[90, 6]).unhardened(), Some(0.06), "by the worst of the attacks");
        assert_eq!(board(98, &[90, 49]).unhardened(), None);
        assert_eq!(board(98, &[]).unhardened(), None, "nothing was measured");
    }

    #[test]
    fn a_picture_is_held_only_if_it_was_right_before() {
        let face = |clean, attacked| Face { truth: 7, clean, attacked, pixels: Vec::new() };
        assert!(face(7, 7).held());
        assert!(!face(7, 3).held() && !face(3, 7).held());
    }
}
