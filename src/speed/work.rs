//! The pieces of work that are timed: always the same network and inputs, so that machines can be compared.

use crate::i18n::{tr, tr_with};
use foolproof_core::{
    architecture::Architecture,
    catalog::Norm,
    protocol::{AttackJob, AttackSpec, Inputs, Learner, Request, Round, TrainingJob},
    training::{Settings, presets},
};

/// Inputs of a large batch.
pub const MANY: usize = 64;
/// Steps of the attack.
const STEPS: f64 = 40.0;
/// Its radius, where pixels lie in [0, 1].
const EPS: f32 = 0.2;
/// Training steps that are timed together.
const TRAINED: u32 = 4;
/// The id of the pictures that are trained on.
const PICTURES: &str = "speed";

/// A piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Reading so many inputs.
    Forward(usize),
    /// PGD on so many.
    Attack(usize),
    /// Some training steps of the shortest preset.
    Training,
}

/// All of them, those first that tell whether the others take too long.
pub const ALL: [Piece; 5] =
    [Piece::Forward(1), Piece::Attack(1), Piece::Forward(MANY), Piece::Attack(MANY), Piece::Training];

impl Piece {
    /// Its row's head.
    pub fn name(self) -> String {
        match self {
            Piece::Forward(1) => tr("Reading one picture").into(),
            Piece::Forward(count) => tr_with("Reading {0} pictures", &[&count]),
            Piece::Attack(1) => tr("PGD, 40 steps, one picture").into(),
            Piece::Attack(count) => tr_with("PGD, 40 steps, {0} pictures", &[&count]),
            Piece::Training => tr_with("Hardening, {0} steps of {1} pictures", &[&TRAINED, &batch()]),
        }
    }

    /// Pictures that it takes.
    pub fn images(self) -> usize {
        match self {
            Piece::Forward(count) | Piece::Attack(count) => count,
            Piece::Training => (TRAINED * batch()) as usize,
        }
    }

    /// The attack that it is, on a model and the first of these inputs; `None` if it is training.
    pub fn attack(self, model: &str, inputs: &Inputs) -> Option<AttackJob> {
        let (id, steps, count) = match self {
            Piece::Forward(count) => ("none", None, count),
            Piece::Attack(count) => ("pgd", Some(("steps".to_owned(), STEPS)), count),
            Piece::Training => return None,
        };
        let [all, channels, rows, columns] = inputs.shape;
        let count = count.min(all);
        let first = Inputs {
            shape: [count, channels, rows, columns],
            pixels: inputs.pixels[..count * channels * rows * columns].to_vec(),
            labels: inputs.labels.as_ref().map(|labels| labels[..count].to_vec()),
        };
        let knobs = steps.into_iter().collect();
        let attack = AttackSpec { id: id.into(), norm: Norm::Linf, eps: EPS, target: None, knobs, limits: Vec::new() };
        Some(AttackJob {
            models: vec![model.to_owned()],
            inputs: first,
            attack,
            company: None,
            detection: None,
            seed: 1,
        })
    }
}

/// Pictures of a training step.
fn batch() -> u32 {
    shortest(Architecture::usual([1, 1, 1], 2)).map_or(1, |settings| settings.recipe.batch)
}

/// The settings of the shortest preset.
fn shortest(architecture: Architecture) -> Option<Settings> {
    Some(presets().first()?.settings(architecture, PICTURES, EPS, 1, 1))
}

/// What a worker is to be told before it trains: these inputs as training pictures.
pub fn pictures(inputs: &Inputs) -> Request {
    let [_, channels, rows, columns] = inputs.shape;
    let labels = inputs.labels.iter().flatten().map(|label| *label as u8).collect();
    // As bytes, as training pictures are.
    let values = inputs.pixels.iter().map(|pixel| (pixel * 255.0).round() as u8).collect::<Vec<u8>>();
    Request::Pictures { id: PICTURES.into(), shape: [channels, rows, columns], values: values.into(), labels }
}

/// A round of the shortest preset from fresh weights.
pub fn training(architecture: &Architecture) -> Option<TrainingJob> {
    let settings = shortest(architecture.clone())?;
    let round = Round { replica: 0, replicas: 1, first: 0, steps: TRAINED, from: 0.5, to: 0.5 };
    Some(TrainingJob {
        architecture: architecture.clone(),
        pictures: PICTURES.into(),
        recipe: settings.recipe,
        round,
        learner: Learner::default(),
    })
}
