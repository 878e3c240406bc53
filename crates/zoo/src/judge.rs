//! Measures a model as the page would: same engine, same attacks.

use crate::Outcome;
use crate::data::Split;
use burn::tensor::Device;
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::{AttackSpec, Fault, FaultKind};
use foolproof_core::report::Accuracy;
use foolproof_engine::ball::Ball;
use foolproof_engine::case::Case;
use foolproof_engine::{attacks, certify, drive::Drive, sequential::Sequential};
use rayon::prelude::*;

/// Pictures that one thread attacks at once.
const SHARE: usize = 50;
/// Steps after which pictures that have fallen leave a share.
const PIECE: u32 = 10;

/// PGD in the L∞ ball of this radius, from random starts.
pub fn pgd(eps: f32, steps: u32, step: f64, restarts: u32) -> AttackSpec {
    let knobs = [("steps", f64::from(steps)), ("step", step), ("restarts", f64::from(restarts))];
    let knobs = knobs.map(|(key, value)| (key.to_string(), value)).into();
    AttackSpec { id: "pgd".into(), norm: Norm::Linf, eps, target: None, knobs, limits: Vec::new() }
}

/// AutoAttack in the L∞ ball of this radius, standard.
pub fn autoattack(eps: f32) -> AttackSpec {
    AttackSpec { id: "autoattack".into(), knobs: Default::default(), ..pgd(eps, 1, 0.0, 1) }
}

/// Accuracy on the first `n` pictures.
pub fn clean(model: &Sequential, split: &Split, n: usize) -> Outcome<Accuracy> {
    robust(model, split, n, &AttackSpec { id: "none".into(), knobs: Default::default(), ..pgd(0.0, 1, 0.0, 1) })
}

/// Accuracy on the first `n` pictures under attack: right before and right after.
pub fn robust(model: &Sequential, split: &Split, n: usize, spec: &AttackSpec) -> Outcome<Accuracy> {
    let indices: Vec<usize> = (0..n).collect();
    let right: Result<Vec<usize>, Fault> =
        indices.par_chunks(SHARE).map(|share| standing(model, split, share, spec)).collect();
    Ok(Accuracy::of(right?.into_iter().sum(), n))
}

/// Share of the first `n` pictures that no attack within this L∞ radius can turn, by interval bounds.
pub fn verified(model: &Sequential, split: &Split, n: usize, eps: f32) -> Outcome<Accuracy> {
    let indices: Vec<usize> = (0..n).collect();
    let proven = |share: &[usize]| -> Result<usize, Fault> {
        let (clean, class) = split.batch(share, &Device::flex());
        let holds = certify::holds(model, &clean, &class, &Ball::new(Norm::Linf, eps))
            .ok_or_else(|| Fault::new(FaultKind::Model, "No bounds are known of this network."))?;
        let holds = pollster::block_on(holds.into_data_async());
        let holds = holds.map_err(|error| Fault::new(FaultKind::Crash, error.to_string()))?;
        Ok(holds.iter::<bool>().filter(|holds| *holds).count())
    };
    let proven: Result<Vec<usize>, Fault> = indices.par_chunks(SHARE).map(proven).collect();
    Ok(Accuracy::of(proven?.into_iter().sum(), n))
}

/// How many of these pictures stand.
fn standing(model: &Sequential, split: &Split, share: &[usize], spec: &AttackSpec) -> Result<usize, Fault> {
    let (clean, class) = split.batch(share, &Device::flex());
    let logits = model.forward(clean.clone());
    let case = Case::new(clean, logits, class, 1, share[0] as u64);
    let (attack, ball) = attacks::make(spec)?;
    let mut drive = Drive::new(model.clone(), case, ball, attack);
    while drive.advance(PIECE) {
        pollster::block_on(drive.keep_survivors())?;
    }
    let finished = pollster::block_on(drive.finish())?;
    Ok(finished.samples.iter().filter(|sample| sample.adversarial.label == sample.truth).count())
}
