//! Runs that are known by a name.

use super::judge::FALL;
use super::settings::{Budget, Settings};
use crate::architecture::Architecture;
use crate::catalog::Norm;
use crate::protocol::{Augment, Optimizer, Recipe, Schedule};
use std::collections::BTreeMap;

/// A named run.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Id in links.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// One plain sentence.
    pub summary: &'static str,
    /// Whether it begins with the data's robust model, to show how that is lost.
    pub from_robust: bool,
    /// Recipe for a radius and a seed.
    recipe: fn() -> Recipe,
    budget: Budget,
    images: u32,
    /// Batches of a round of one or two replicas.
    round: u32,
    /// Most replicas it is meant for.
    replicas: u32,
    patience: u32,
    fall: f64,
}

/// Most replicas of a preset that takes what there is: beyond that, memory counts more than time.
const MOST_REPLICAS: u32 = 8;

/// Radius of training on bounds as a multiple of the one that is to hold; .33 for .3 with Gowal et al. 2018.
const BEYOND: f32 = 1.1;

/// Every preset, in the order a picker shows them.
const ALL: [Preset; 4] = [
    Preset {
        id: "minute",
        name: "One minute",
        summary: "PGD training with three steps, which holds within a minute.",
        from_robust: false,
        recipe: minute,
        budget: Budget { epochs: 0.0, seconds: 60.0 },
        images: 58_000,
        round: 16,
        replicas: MOST_REPLICAS,
        patience: 0,
        fall: FALL,
    },
    Preset {
        id: "ten",
        name: "Ten minutes",
        summary: "The same recipe with more time: a lower rate and a longer average.",
        from_robust: false,
        recipe: ten,
        budget: Budget { epochs: 0.0, seconds: 600.0 },
        images: 58_000,
        round: 32,
        replicas: MOST_REPLICAS,
        patience: 0,
        fall: FALL,
    },
    Preset {
        id: "overfit",
        name: "Overfitting demo",
        summary: "The robust model goes on with FGSM from the clean picture: it learns to resist that one step, and falls to others.",
        from_robust: true,
        recipe: overfit,
        budget: Budget { epochs: 10.0, seconds: 60.0 },
        images: 5_000,
        round: 16,
        replicas: 1,
        patience: 0,
        // The demo shows the whole fall.
        fall: 0.8,
    },
    Preset {
        id: "custom",
        name: "Custom",
        summary: "Your own recipe, beginning with that of one minute.",
        from_robust: false,
        recipe: minute,
        budget: Budget { epochs: 0.0, seconds: 60.0 },
        images: 58_000,
        round: 16,
        replicas: MOST_REPLICAS,
        patience: 5,
        fall: FALL,
    },
];

/// Every preset, in the order a picker shows them.
pub fn presets() -> &'static [Preset] {
    &ALL
}

/// The preset of this id.
pub fn preset(id: &str) -> Option<&'static Preset> {
    ALL.iter().find(|preset| preset.id == id)
}

impl Preset {
    /// The run: a model, the id of the pictures, the radius to hold, how many workers there are, and a seed.
    ///
    /// The recipes train against a radius a little above the one that is to hold.
    pub fn settings(&self, architecture: Architecture, pictures: &str, eps: f32, workers: u32, seed: u64) -> Settings {
        let (recipe, replicas) = ((self.recipe)(), workers.clamp(1, self.replicas));
        Settings {
            architecture,
            pictures: pictures.into(),
            images: self.images,
            recipe: Recipe { eps: recipe.eps * eps, seed, ..recipe },
            hold: eps,
            budget: self.budget,
            replicas,
            // The page takes in a learner of each replica a round: with more of them rounds are longer.
            round: self.round * replicas.div_ceil(2),
            validation: 256,
            examinations: 12,
            patience: self.patience,
            fall: self.fall,
            monitored: true,
        }
    }
}

/// What points in the plane are trained with: a few passes a round, so that the picture moves at each.
pub fn points(architecture: Architecture, pictures: &str, eps: f32, epochs: f64, seed: u64) -> Settings {
    let recipe = Recipe {
        method: "pgd".into(),
        knobs: [("steps".to_string(), 10.0)].into(),
        eps,
        ramp: 0.2,
        batch: 50,
        memory: 0.999,
        rate: 2e-2,
        warm: 0.1,
        average: 0.0,
        smooth: 0.0,
        augment: Vec::new(),
        seed,
        ..single()
    };
    Settings {
        architecture,
        pictures: pictures.into(),
        images: 100,
        recipe,
        hold: eps,
        budget: Budget { epochs, seconds: 0.0 },
        replicas: 1,
        round: 8,
        validation: 300,
        examinations: 20,
        patience: 0,
        fall: FALL,
        monitored: false,
    }
}

/// PGD with three steps of half the radius. A third fewer pictures than with a single step, and far more held against
/// attacks that it was not trained on (DESIGN.md, `minute-pgd`).
fn minute() -> Recipe {
    Recipe { method: "pgd".into(), knobs: [("steps".to_string(), 3.0), ("step".to_string(), 0.5)].into(), ..single() }
}

/// A run like this one by the method that is named: with what is known for it, and not with what a preset makes of its own.
pub fn of_method(method: &str, base: &Settings) -> Settings {
    let (single, recipe) = (single(), &base.recipe);
    let recipe = match method {
        "ibp" => Recipe { eps: BEYOND * base.hold, ..bounds(recipe) },
        // FGSM holds longest from a wide random start.
        _ if method == single.method => Recipe { knobs: single.knobs, ..recipe.clone() },
        _ => Recipe { knobs: BTreeMap::new(), ..recipe.clone() },
    };
    Settings { recipe: Recipe { method: method.into(), ..recipe }, ..base.clone() }
}

/// Training on interval bounds: the radius grows slowly and beyond the one that is to hold, as its authors' does.
fn bounds(base: &Recipe) -> Recipe {
    Recipe {
        knobs: BTreeMap::new(),
        ramp: 0.6,
        batch: 50,
        memory: 0.999,
        rate: 1e-3,
        schedule: Schedule::Plateau,
        warm: 0.2,
        clip: 10.0,
        average: 0.99,
        smooth: 0.0,
        augment: Vec::new(),
        ..base.clone()
    }
}

/// FGSM from a wide random start; `eps` is a factor on the radius to hold.
fn single() -> Recipe {
    Recipe {
        method: "fast".into(),
        knobs: [("step".to_string(), 1.24), ("noise".to_string(), 1.5)].into(),
        norm: Norm::Linf,
        eps: 1.09,
        // A preset knows no dataset; the request that it is taken for sets those of its own.
        limits: Vec::new(),
        ramp: 0.1,
        ratio: 1.0,
        batch: 32,
        optimizer: Optimizer::Adam,
        memory: 0.98,
        rate: 8e-3,
        schedule: Schedule::Cosine,
        warm: 0.4,
        decay: 0.0,
        clip: 0.0,
        average: 0.99,
        smooth: 0.1,
        augment: vec![Augment::Shift(1)],
        sources: Vec::new(),
        seed: 1,
    }
}

fn ten() -> Recipe {
    Recipe { batch: 64, rate: 4e-3, average: 0.998, ..minute() }
}

/// What Wong et al. 2020 warn of: no random start, the full radius, a high rate. Adam's short memory lets it go all the
/// way.
fn overfit() -> Recipe {
    Recipe {
        knobs: [("step".to_string(), 1.0), ("noise".to_string(), 0.0)].into(),
        eps: 1.0,
        ramp: 0.0,
        batch: 64,
        memory: 0.9,
        rate: 1.5e-2,
        schedule: Schedule::Constant,
        average: 0.0,
        smooth: 0.0,
        augment: Vec::new(),
        ..single()
    }
}

#[cfg(test)]
mod tests;
