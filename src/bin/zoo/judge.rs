//! Measures a model as the page would: same engine, same attacks.

use crate::Outcome;
use crate::data::Split;
use burn::tensor::Device;
use foolproof::catalog::Norm;
use foolproof::engine::case::Case;
use foolproof::engine::{attacks, drive::Drive, sequential::Sequential};
use foolproof::protocol::AttackSpec;
use foolproof::report::Accuracy;

/// Pictures attacked at once.
const BATCH: usize = 250;

/// PGD, L∞ .3, from random starts.
pub fn pgd(steps: u32, step: f64, restarts: u32) -> AttackSpec {
    let knobs = [("steps", f64::from(steps)), ("step", step), ("restarts", f64::from(restarts))];
    let knobs = knobs.map(|(key, value)| (key.to_string(), value)).into();
    AttackSpec { id: "pgd".into(), norm: Norm::Linf, eps: 0.3, target: None, knobs }
}

/// Accuracy on the first `n` pictures.
pub fn clean(model: &Sequential, split: &Split, n: usize) -> Outcome<Accuracy> {
    robust(model, split, n, &AttackSpec { id: "none".into(), eps: 0.0, knobs: Default::default(), ..pgd(1, 0.0, 1) })
}

/// Accuracy on the first `n` pictures under attack: right before and right after.
pub fn robust(model: &Sequential, split: &Split, n: usize, spec: &AttackSpec) -> Outcome<Accuracy> {
    let device = Device::flex();
    let indices: Vec<usize> = (0..n).collect();
    let mut right = 0;
    for chunk in indices.chunks(BATCH) {
        let (clean, class) = split.batch(chunk, &device);
        let logits = model.forward(clean.clone());
        let case = Case::new(clean, logits, class, 1, chunk[0] as u64);
        let (attack, ball) = attacks::make(spec)?;
        let mut drive = Drive::new(model.clone(), case, ball, attack);
        while drive.advance(u32::MAX) {}
        let finished = pollster::block_on(drive.finish())?;
        right += finished.samples.iter().filter(|sample| sample.adversarial.label == sample.truth).count();
    }
    Ok(Accuracy::of(right, n))
}
