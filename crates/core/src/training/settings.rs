//! A run's settings beside its recipe: where it begins, its budget, its images, how often it is examined, when it ends.

use crate::architecture::Architecture;
use crate::protocol::{AttackSpec, Recipe, ThreatModel};
use serde::{Deserialize, Serialize};

/// Steps of the examination's attack.
const STEPS: u32 = 10;

/// A run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The model's layers.
    pub architecture: Architecture,
    /// Id under which the workers have the pictures.
    pub pictures: String,
    /// Pictures trained on.
    pub images: u32,
    /// How to train.
    pub recipe: Recipe,
    /// The radius that the model is to hold, and is examined at. Single steps train against a little more.
    pub hold: f32,
    /// How long.
    pub budget: Budget,
    /// Workers that train a replica each; at least 1. Part of the recipe: another number is another curve.
    pub replicas: u32,
    /// Batches of each replica between two averagings; at least 1.
    pub round: u32,
    /// Pictures held out and examined; not among those trained on.
    pub validation: u32,
    /// Examinations in all, spread evenly over the run; at least 1. There is one before the first step besides.
    pub examinations: u32,
    /// Examinations in a row without a better one after which the run ends; 0 for never.
    pub patience: u32,
    /// Fall of the robust accuracy, above 0 and at most 1, that ends the run as catastrophic overfitting.
    pub fall: f64,
    /// Whether examinations can end the run, for overfitting or for want of patience, and bring an earlier model back.
    pub monitored: bool,
}

/// Who trains a run: the part of its settings that depends on the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seats {
    /// As [`Settings::replicas`].
    pub replicas: u32,
    /// Pictures a step and replica.
    pub batch: u32,
    /// As [`Settings::round`].
    pub round: u32,
}

/// How long a run goes on: by either measure, whichever is reached first. One must be above 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// Passes over the pictures; 0 for no limit. Alone it makes a run follow its seed exactly.
    pub epochs: f64,
    /// Time in seconds; 0 for no limit.
    pub seconds: f64,
}

impl Settings {
    /// Who trains.
    pub fn seats(&self) -> Seats {
        Seats { replicas: self.replicas, batch: self.recipe.batch, round: self.round }
    }

    /// Has others train.
    pub fn reseat(&mut self, Seats { replicas, batch, round }: Seats) {
        (self.replicas, self.recipe.batch, self.round) = (replicas, batch, round);
    }

    /// Steps of each replica that the epochs ask for; `None` without such a limit.
    pub fn steps(&self) -> Option<u64> {
        let batch = f64::from(self.recipe.batch.min(self.images).max(1) * self.replicas.max(1));
        let steps = (self.budget.epochs * f64::from(self.images) / batch).round().max(1.0);
        (self.budget.epochs > 0.0).then_some(steps as u64)
    }

    /// The attack of the examinations: PGD-10 at the radius that the model is to hold, from a random start.
    pub fn examination(&self) -> AttackSpec {
        self.threat().attack("pgd", &[("steps", f64::from(STEPS))])
    }

    /// What examinations set beside it: one step from the clean picture.
    pub fn single(&self) -> AttackSpec {
        self.threat().attack("fgsm", &[])
    }

    /// What the model is to hold against.
    pub fn threat(&self) -> ThreatModel {
        let Recipe { norm, limits, .. } = &self.recipe;
        ThreatModel { norm: *norm, eps: self.hold, limits: limits.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::LayerSpec;
    use crate::catalog::Norm;
    use crate::training::preset;

    fn settings() -> Settings {
        let layers = vec![LayerSpec::Flatten, LayerSpec::linear(4, 2)];
        let architecture = Architecture::new([1, 2, 2], 2, layers);
        let settings = preset("minute").unwrap().settings(architecture, "some", 0.25, 1, 1);
        let recipe = Recipe { norm: Norm::L2, limits: vec![1.0, 0.5, 1.0, 0.0], batch: 32, ..settings.recipe };
        Settings { recipe, images: 6400, ..settings }
    }

    #[test]
    fn steps_are_the_batches_of_a_replica_in_so_many_epochs() {
        let steps = |epochs: f64, replicas: u32, images: u32| {
            let budget = Budget { epochs, seconds: 60.0 };
            Settings { budget, replicas, images, ..settings() }.steps()
        };
        assert_eq!(steps(0.0, 1, 6400), None, "the clock alone ends the run");
        assert_eq!([steps(1.0, 1, 6400), steps(1.0, 2, 6400), steps(2.5, 2, 6400)], [200, 100, 250].map(Some));
        assert_eq!(steps(3.0, 1, 20), Some(3), "all pictures are one batch where they are fewer");
        assert_eq!([steps(1.0, 1, 47), steps(1.0, 1, 49)], [Some(1), Some(2)], "to the nearest");
        assert_eq!(steps(0.001, 1, 6400), Some(1), "a run that is asked for has a step");
        assert_eq!([steps(1.0, 0, 6400), steps(1.0, 1, 0)], [Some(200), Some(1)], "what may not be 0 counts as 1");
    }

    #[test]
    fn examinations_attack_at_the_radius_to_hold_and_within_the_recipe_s_limits() {
        let (settings, limits) = (settings(), vec![1.0, 0.5, 1.0, 0.0]);
        assert_eq!(settings.threat(), ThreatModel { norm: Norm::L2, eps: 0.25, limits: limits.clone() });
        let (ten, one) = (settings.examination(), settings.single());
        assert_eq!((ten.id.as_str(), ten.knobs.into_iter().collect::<Vec<_>>()), ("pgd", vec![("steps".into(), 10.0)]));
        assert_eq!((one.id.as_str(), one.knobs.len()), ("fgsm", 0));
        for (norm, eps, found) in [(ten.norm, ten.eps, ten.limits), (one.norm, one.eps, one.limits)] {
            assert_eq!((norm, eps, found), (Norm::L2, 0.25, limits.clone()));
        }
    }
}
