//! Measures a model as the page would: same engine, same attacks.

use crate::Outcome;
use crate::data::Split;
use burn::tensor::Device;
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::{AttackSpec, Fault};
use foolproof_core::report::Accuracy;
use foolproof_engine::case::Case;
use foolproof_engine::{attacks, drive::Drive, sequential::Sequential};
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
