//! The presets: recipes with their budgets, by the word in the link.

use crate::{
    catalog::Norm,
    protocol::{Optimizer, Recipe, Schedule},
};
use std::collections::BTreeMap;

/// Words in the link.
pub const IDS: [&str; 4] = ["minute", "ten", "overfit", "custom"];

/// A recipe with its budget.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// How it is trained; the radius is the link's.
    pub recipe: Recipe,
    /// Longest training time, seconds.
    pub seconds: Option<f64>,
    /// Most passes over the images.
    pub epochs: Option<f64>,
    /// Images drawn from the training split.
    pub images: usize,
    /// Examinations without gain after which it ends; 0 for never.
    pub patience: u32,
}

/// The preset of this word; the minute for any other.
pub fn find(id: &str, seed: u64) -> Preset {
    let minute = Recipe {
        method: "fast".into(),
        knobs: BTreeMap::new(),
        norm: Norm::Linf,
        eps: 0.3,
        ramp: 0.1,
        ratio: 1.0,
        batch: 100,
        optimizer: Optimizer::Adam,
        rate: 5e-3,
        schedule: Schedule::OneCycle,
        warm: 0.4,
        decay: 0.0,
        clip: 1.0,
        average: 0.99,
        smooth: 0.0,
        augment: Vec::new(),
        sources: Vec::new(),
        seed,
    };
    let minute = Preset { recipe: minute, seconds: Some(60.0), epochs: None, images: 20_000, patience: 0 };
    match id {
        "ten" => Preset { seconds: Some(600.0), images: 60_000, ..minute },
        _ => minute,
    }
}
