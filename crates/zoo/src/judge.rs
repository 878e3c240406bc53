//! Measures a model as the page would: same engine, same attacks.

use crate::Outcome;
use crate::data::Split;
use burn::tensor::{Device, Tensor, TensorData};
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::{AttackSpec, Fault, FaultKind};
use foolproof_core::report::{Accuracy, radius};
use foolproof_engine::ball::Ball;
use foolproof_engine::case::Case;
use foolproof_engine::drive::{Drive, answers};
use foolproof_engine::random::Stream;
use foolproof_engine::{attacks, certify, sequential::Sequential};
use rayon::prelude::*;

/// Pictures that one thread attacks at once.
const SHARE: usize = 50;
/// Noisy copies that one thread looks at at once.
const COPIES: u32 = 64;
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

/// Shares of the first `n` pictures that the network smoothed by noise of `sigma` reads right within each of these radii in L2,
/// proven by votes of noisy copies: `draws[0]` pick a class, `draws[1]` others count for it (Cohen et al. 2019,
/// <https://arxiv.org/abs/1902.02918>).
pub fn certified(
    model: &Sequential,
    split: &Split,
    n: usize,
    (sigma, draws): (f32, [u32; 2]),
    radii: &[f64],
) -> Outcome<Vec<Accuracy>> {
    let proven = |place: usize| -> Result<f64, Fault> {
        let (clean, class) = split.batch(&[place], &Device::flex());
        let truth = pollster::block_on(answers(class))?[0];
        let mut stream = Stream::new(1, place as u64, 0);
        let mut count = |draws: u32| -> Result<Vec<u32>, Fault> {
            let mut votes = Vec::new();
            for first in (0..draws).step_by(COPIES as usize) {
                let copies = COPIES.min(draws - first) as usize;
                let [_, channels, rows, columns] = clean.dims();
                let shape = [copies, channels, rows, columns];
                let noise = (0..shape.iter().product()).map(|_| sigma * stream.normal()).collect();
                let noise = Tensor::<4>::from_data(TensorData::new(noise, shape), &Device::flex());
                votes.extend(pollster::block_on(answers(model.forward(clean.clone().expand(shape) + noise)))?);
            }
            Ok(votes)
        };
        let of = |votes: &[u32], class: u32| votes.iter().filter(|vote| **vote == class).count() as u32;
        let first = count(draws[0])?;
        let picked = first.iter().copied().max_by_key(|class| of(&first, *class)).unwrap_or_default();
        let radius = radius(of(&count(draws[1])?, picked), draws[1], f64::from(sigma));
        // Nothing is proven of a wrong answer, and without one.
        Ok(radius.filter(|_| picked == truth).unwrap_or(-1.0))
    };
    let proven: Vec<f64> = (0..n).into_par_iter().map(proven).collect::<Result<_, Fault>>()?;
    Ok(radii.iter().map(|radius| Accuracy::of(proven.iter().filter(|own| *own > radius).count(), n)).collect())
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
