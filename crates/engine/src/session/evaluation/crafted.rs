//! Perturbations that all inputs share: crafted once a worker, on inputs that no cutting into shares changes.
//!
//! A share is a few inputs; a perturbation crafted on each would differ from share to share, and be judged on nothing but
//! what it was crafted on.

use super::chunks::first;
use crate::attacks;
use crate::drive::{Drive, lay};
use crate::session::models::Models;
use crate::upload::floats;
use foolproof_core::catalog::Aim;
use foolproof_core::protocol::{AttackSpec, EvaluationJob, Fault, Inputs, Sample, Timeline};

/// The perturbations crafted so far, kept from share to share.
#[derive(Default)]
pub struct Crafted {
    /// What they were crafted on, and the seed.
    basis: Option<(Inputs, u64)>,
    /// By model and attack, pixels row by row.
    made: Vec<(String, AttackSpec, Vec<f32>)>,
}

impl Crafted {
    /// Goes on to this job; what was crafted on other inputs is forgotten.
    pub fn turn_to(&mut self, job: &EvaluationJob) {
        let on = job.crafted_on.as_ref().unwrap_or(&job.inputs);
        if self.basis.as_ref().is_none_or(|(basis, seed)| basis != on || *seed != job.seed) {
            *self = Crafted { basis: Some((on.clone(), job.seed)), made: Vec::new() };
        }
    }

    /// What this attack crafted on a model.
    pub fn of(&self, model: &str, spec: &AttackSpec) -> Option<&[f32]> {
        let found = self.made.iter().find(|(known, own, _)| known == model && own == spec);
        found.map(|(_, _, delta)| delta.as_slice())
    }

    /// Notes what an attack that has ended crafted.
    ///
    /// # Errors
    /// As [`Drive::shared`].
    pub async fn keep(&mut self, model: &str, spec: &AttackSpec, drive: &Drive) -> Result<(), Fault> {
        let delta = drive.shared().await?.unwrap_or_default();
        self.made.push((model.into(), spec.clone(), delta));
        Ok(())
    }

    /// The attack on what it is to be crafted on.
    pub fn begin(&self, models: &Models, model: &str, spec: &AttackSpec, job: &EvaluationJob) -> Result<Drive, Fault> {
        let on = first(job.crafted_on.as_ref().unwrap_or(&job.inputs), spec.crafted());
        models.begin(model, &on, spec, job.seed, 0)
    }
}

/// Whether an attack makes one perturbation for all.
pub fn shares(spec: &AttackSpec) -> bool {
    attacks::make(spec).is_ok_and(|(attack, _)| attack.aim() == Aim::Shared)
}

/// How a perturbation that is there already goes on: in one step, from the clean input.
pub fn timeline() -> Timeline {
    Timeline { runs: vec![1], every: 1, members: Vec::new() }
}

/// What a perturbation makes of these inputs, the first of which has the number `first`: targets are drawn by it and the
/// seed.
///
/// # Errors
/// As [`lay`].
pub async fn laid(
    models: &Models,
    model: &str,
    spec: &AttackSpec,
    inputs: &Inputs,
    (seed, first): (u64, u64),
    delta: &[f32],
) -> Result<Vec<Sample>, Fault> {
    let (_, ball) = attacks::make(spec)?;
    let keys = (first..).take(inputs.shape[0]).collect();
    let case = models.case(model, inputs, spec.target, seed, keys)?;
    let [_, channels, rows, columns] = inputs.shape;
    let delta = floats(delta.to_vec(), [1, channels, rows, columns], &models.device);
    lay(&models.get(model)?.network, &case, &ball, delta).await
}
