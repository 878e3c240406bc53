//! What the zoo holds and how each model is trained.

use crate::remember::Remember;
use foolproof_core::architecture::{Architecture, LayerSpec, LayerSpec::*};
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::{Augment, Optimizer, Recipe as Training, Schedule};
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
    /// Id of the dataset.
    pub data: String,
    /// Id of the model whose weights it begins with; random ones if there is none.
    #[serde(default)]
    pub from: Option<String>,
    /// Passes over the 60 000 training pictures.
    pub epochs: usize,
    /// How it is trained.
    pub training: Training,
    /// How its examples are made, where that is not by the training method.
    #[serde(default)]
    pub remember: Option<Remember>,
}

impl Recipe {
    /// Whether it is trained to resist.
    pub fn robust(&self) -> bool {
        self.training.eps > 0.0
    }
}

/// Every model of the zoo.
pub fn all() -> Vec<Recipe> {
    let natural = Recipe {
        id: "mnist-cnn".into(),
        name: "Natural CNN".into(),
        architecture: cnn(),
        data: "mnist".into(),
        from: None,
        epochs: 12,
        remember: None,
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
        from: Some(natural.id.clone()),
        epochs: 12,
        training: Training {
            eps: 0.36,
            ramp: 0.2,
            optimizer: Optimizer::AdamW,
            memory: 0.9,
            rate: 6e-3,
            schedule: Schedule::Plateau,
            warm: 0.3,
            decay: 0.01,
            average: 0.99,
            smooth: 0.05,
            ..plain()
        },
        remember: Some(Remember { noise: 0.6, steps: 3, step: 0.191, squares: 8 }),
        ..natural.clone()
    };
    let fashion = Recipe {
        id: "fashion-cnn".into(),
        data: "fashion".into(),
        epochs: 16,
        training: Training {
            optimizer: Optimizer::AdamW,
            memory: 0.98,
            rate: 5.4e-3,
            schedule: Schedule::Plateau,
            warm: 0.3,
            decay: 0.01,
            average: 0.995,
            smooth: 0.2,
            augment: vec![Augment::Shift(1)],
            ..plain()
        },
        ..natural.clone()
    };
    let fashion_robust = Recipe {
        id: "fashion-cnn-robust".into(),
        name: "Robust CNN".into(),
        epochs: 18,
        training: Training {
            eps: 0.106,
            ramp: 0.1,
            optimizer: Optimizer::AdamW,
            memory: 0.95,
            rate: 4e-3,
            schedule: Schedule::Cosine,
            warm: 0.1,
            decay: 0.05,
            average: 0.98,
            ..plain()
        },
        remember: Some(Remember { noise: 0.6, steps: 2, step: 0.73, squares: 0 }),
        ..fashion.clone()
    };
    let bounds = Recipe {
        id: "mnist-cnn-ibp".into(),
        name: "Proven CNN".into(),
        epochs: 100,
        training: Training {
            method: "ibp".into(),
            // Beyond the .3 that is to be proven, as Gowal et al. 2018 have it.
            eps: 0.33,
            ramp: 0.6,
            rate: 1e-3,
            schedule: Schedule::Plateau,
            clip: 10.0,
            ..plain()
        },
        ..natural.clone()
    };
    let smooth = Recipe {
        id: "mnist-cnn-smooth".into(),
        name: "Noise-trained CNN".into(),
        epochs: 20,
        training: Training {
            method: "gaussian".into(),
            knobs: [("sigma".to_string(), 0.5)].into(),
            augment: Vec::new(),
            ..natural.training.clone()
        },
        ..natural.clone()
    };
    vec![natural, robust, mlp, fashion, fashion_robust, bounds, smooth]
}

/// What the zoo's trainings share: Adam with a one-cycle rate, and the running average of the weights.
fn plain() -> Training {
    Training {
        method: "standard".into(),
        knobs: Default::default(),
        norm: Norm::Linf,
        eps: 0.0,
        limits: Vec::new(),
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
        LayerSpec::conv2d(1, 16, 4, 2, 1),
        Relu,
        LayerSpec::conv2d(16, 32, 4, 2, 1),
        Relu,
        Flatten,
        LayerSpec::linear(1568, 100),
        Relu,
        LayerSpec::linear(100, 10),
    ];
    Architecture::new([1, 28, 28], 10, layers)
}

/// One hidden layer of 128: 101 770 weights.
fn mlp() -> Architecture {
    let layers = vec![Flatten, LayerSpec::linear(784, 128), Relu, LayerSpec::linear(128, 10)];
    Architecture::new([1, 28, 28], 10, layers)
}
