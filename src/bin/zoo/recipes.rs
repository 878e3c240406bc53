//! What the zoo holds and how each model is trained.

use foolproof::architecture::{Architecture, LayerSpec::*};
use foolproof::catalog::Norm;
use foolproof::protocol::{Augment, Optimizer, Recipe as Training, Schedule};
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
    /// How it is trained.
    pub training: Training,
}

impl Recipe {
    /// Whether it is trained to resist.
    pub fn robust(&self) -> bool {
        self.training.method != "standard"
    }
}

/// Every model of the zoo.
pub fn all() -> Vec<Recipe> {
    let natural = Recipe {
        id: "mnist-cnn".into(),
        name: "Natural CNN".into(),
        architecture: cnn(),
        epochs: 12,
        training: Training {
            method: "standard".into(),
            rate: 3e-3,
            warm: 0.2,
            augment: vec![Augment::Shift(1)],
            ..plain()
        },
    };
    let mlp = Recipe {
        id: "mnist-mlp".into(),
        name: "Natural MLP".into(),
        architecture: mlp(),
        training: Training { augment: Vec::new(), ..natural.training.clone() },
        ..natural.clone()
    };
    let robust = Recipe {
        id: "mnist-cnn-robust".into(),
        name: "Robust CNN".into(),
        epochs: 32,
        training: Training {
            method: "pgd".into(),
            knobs: [("steps".to_string(), 5.0), ("step".to_string(), 0.3)].into(),
            eps: 0.3,
            ramp: 0.1,
            rate: 5e-3,
            warm: 0.2,
            ..plain()
        },
        ..natural.clone()
    };
    vec![natural, robust, mlp]
}

/// What the zoo's trainings share: Adam with a one-cycle rate, and the running average of the weights.
fn plain() -> Training {
    Training {
        method: "standard".into(),
        knobs: Default::default(),
        norm: Norm::Linf,
        eps: 0.0,
        ramp: 0.0,
        ratio: 1.0,
        batch: 128,
        optimizer: Optimizer::Adam,
        memory: 0.999,
        rate: 3e-3,
        schedule: Schedule::OneCycle,
        warm: 0.2,
        decay: 0.0,
        clip: 0.0,
        average: 0.998,
        smooth: 0.0,
        augment: Vec::new(),
        sources: Vec::new(),
        seed: 1,
    }
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
