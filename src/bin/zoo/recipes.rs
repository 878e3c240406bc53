//! What the zoo holds and how each model is trained.

use foolproof::architecture::{Architecture, LayerSpec::*};
use serde::{Deserialize, Serialize};

/// A model of the zoo: its layers and its training.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recipe {
    /// Id in links.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The layers.
    pub architecture: Architecture,
    /// Passes over the 60 000 training pictures.
    pub epochs: usize,
    /// Pictures a step.
    pub batch: usize,
    /// Highest learning rate of Adam.
    pub peak_rate: f64,
    /// Share of the way at which it is reached.
    pub warm: f64,
    /// Each picture is moved by up to this many pixels.
    pub shift: usize,
    /// Weight of the old value in the running average of the weights, taken every tenth step.
    pub average: f32,
    /// The attack trained against, if any.
    pub adversary: Option<Adversary>,
    /// Seed of weights, order and attacks.
    pub seed: u64,
}

/// PGD in training (Madry et al. 2018), L∞, random start.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Adversary {
    /// Final radius.
    pub eps: f32,
    /// Share of the training in which the radius grows from 0 to `eps`.
    pub ramp: f64,
    /// Steps.
    pub steps: u32,
    /// Step size as a share of the radius.
    pub step: f32,
}

/// Every model of the zoo.
pub fn all() -> Vec<Recipe> {
    let natural = Recipe {
        id: "mnist-cnn".into(),
        name: "Natural CNN".into(),
        architecture: cnn(),
        epochs: 12,
        batch: 128,
        peak_rate: 3e-3,
        warm: 0.2,
        shift: 1,
        average: 0.98,
        adversary: None,
        seed: 1,
    };
    let mlp =
        Recipe { id: "mnist-mlp".into(), name: "Natural MLP".into(), architecture: mlp(), shift: 0, ..natural.clone() };
    let robust = Recipe {
        id: "mnist-cnn-robust".into(),
        name: "Robust CNN".into(),
        epochs: 32,
        peak_rate: 5e-3,
        shift: 0,
        adversary: Some(Adversary { eps: 0.3, ramp: 0.1, steps: 5, step: 0.3 }),
        ..natural.clone()
    };
    vec![natural, robust, mlp]
}

/// The small convolutional network of Wong et al. 2020: 166 406 weights.
fn cnn() -> Architecture {
    let layers = vec![
        Conv2d { r#in: 1, out: 16, kernel: 4, stride: 2, padding: 1 },
        Relu,
        Conv2d { r#in: 16, out: 32, kernel: 4, stride: 2, padding: 1 },
        Relu,
        Flatten,
        Linear { r#in: 1568, out: 100 },
        Relu,
        Linear { r#in: 100, out: 10 },
    ];
    Architecture { input: [1, 28, 28], classes: 10, layers }
}

/// One hidden layer of 128: 101 770 weights.
fn mlp() -> Architecture {
    let layers = vec![Flatten, Linear { r#in: 784, out: 128 }, Relu, Linear { r#in: 128, out: 10 }];
    Architecture { input: [1, 28, 28], classes: 10, layers }
}
