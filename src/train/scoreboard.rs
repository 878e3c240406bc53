//! What a training run shows beside its curve: sixteen inputs and the scoreboard, as plain data.

use foolproof_core::{
    input_kind::InputKind,
    manifest::Dataset,
    protocol::{AttackSpec, Inputs, Sample},
    report::Accuracy,
};
use serde::{Deserialize, Serialize};

/// Inputs of the strip.
pub const STRIP: usize = 16;

/// Some test inputs under attack, or before the first one.
#[derive(Clone, Debug, PartialEq)]
pub struct Strip {
    /// Id of the dataset that they are of.
    pub data: String,
    /// What the inputs are.
    pub kind: InputKind,
    /// One of them as `[channel, row, column]`.
    pub shape: [usize; 3],
    /// Names of the classes.
    pub classes: Vec<String>,
    /// The inputs without attack, one after the other.
    pub clean: Vec<f32>,
    /// The inputs under attack; before it, as they are.
    pub faces: Vec<Face>,
    /// Whether they have been attacked.
    pub attacked: bool,
}

impl Strip {
    /// What an attack made of the first of these inputs of a dataset.
    pub fn new(data: &Dataset, clean: &[f32], faces: Vec<Face>) -> Strip {
        let size: usize = data.shape.iter().product();
        let clean = clean[..clean.len().min(faces.len() * size)].to_vec();
        Strip { clean, faces, attacked: true, ..Strip::empty(data) }
    }

    /// These inputs of a dataset before they are attacked.
    pub fn waiting(data: &Dataset, inputs: &Inputs) -> Strip {
        let (strip, clean) = (Strip::empty(data), inputs.pixels.clone());
        let size: usize = data.shape.iter().product::<usize>().max(1);
        let labels = inputs.labels.iter().flatten();
        let face =
            |(&truth, pixels): (&u32, &[f32])| Face { truth, clean: truth, attacked: truth, pixels: pixels.into() };
        let faces = labels.zip(clean.chunks(size)).map(face).collect();
        Strip { clean, faces, ..strip }
    }

    fn empty(data: &Dataset) -> Strip {
        let Dataset { id, kind, shape, classes, .. } = data;
        let (data, kind, shape, classes) = (id.clone(), kind.clone(), *shape, classes.clone());
        Strip { data, kind, shape, classes, clean: Vec::new(), faces: Vec::new(), attacked: false }
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
    fn before_the_first_attack_inputs_are_as_they_are() {
        let data = crate::fixture::manifest().datasets.remove(0);
        let pixels: Vec<f32> = (0..2 * 784).map(|at| if at < 784 { 0.25 } else { 0.5 }).collect();
        let inputs = Inputs { shape: [2, 1, 28, 28], pixels, labels: Some(vec![7, 2]) };
        let strip = Strip::waiting(&data, &inputs);
        assert!(!strip.attacked && strip.data == data.id && strip.clean(1) == &[0.5; 784][..]);
        let truths: Vec<(u32, f32)> = strip.faces.iter().map(|face| (face.truth, face.pixels[783])).collect();
        assert_eq!(truths, [(7, 0.25), (2, 0.5)]);
        assert!(Strip::new(&data, &inputs.pixels, strip.faces).attacked);
    }

    #[test]
    fn a_picture_is_held_only_if_it_was_right_before() {
        let face = |clean, attacked| Face { truth: 7, clean, attacked, pixels: Vec::new() };
        assert!(face(7, 7).held());
        assert!(!face(7, 3).held() && !face(3, 7).held());
    }
}
