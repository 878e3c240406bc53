//! Detectors at their post before one network: fitted to clean inputs, each with its threshold.

use crate::detector::{Detector, Usual};
use crate::detectors;
use crate::drive::read;
use crate::sequential::{Modifiers, Sequential};
use crate::upload::floats;
use burn::tensor::{Device, Tensor};
use foolproof_core::protocol::{Detected, Detection, Fault, FaultKind, Inputs};

/// Numbers of input that are looked at at once.
const AT_ONCE: usize = 1 << 16;
/// Least distance from the usual score to the threshold, in whose units a detector's excess is counted.
const SMALLEST: f32 = 1e-6;

/// One detector and what it calls suspicious.
#[derive(Debug)]
struct Post {
    detector: Box<dyn Detector>,
    /// It flags scores above.
    threshold: f32,
    /// From the median of clean scores to the threshold.
    scale: f32,
}

/// Detectors before one network.
#[derive(Debug)]
pub struct Watch {
    posts: Vec<Post>,
}

impl Watch {
    /// Fits detectors to a network whose weights are frozen and that does not draw at random.
    ///
    /// # Errors
    /// A [`Fault`] as from [`detectors::make`], and if the device fails.
    pub async fn set(network: &Sequential, detection: &Detection, device: &Device) -> Result<Watch, Fault> {
        // An attack that knows of a detector goes back through what stands before the network as well.
        let network = network.clone().under(Modifiers { bpda: true, ..Modifiers::default() });
        let inputs = &detection.references;
        let [count, channels, rows, columns] = inputs.shape;
        let half = count / 2;
        let body = network.body();
        let features = scores(inputs, 0..half, device, |x| body.forward(x)).await?;
        let labels = inputs.labels.iter().flatten().take(half).copied().collect();
        let (width, input) = (features.len() / half.max(1), [channels, rows, columns]);
        let usual = Usual { network, device: device.clone(), input, features, width, labels };
        let mut posts = Vec::new();
        for spec in &detection.detectors {
            let detector = detectors::make(spec, &usual)?;
            let mut clean = scores(inputs, half..count, device, |x| detector.score(&x)).await?;
            clean.sort_by(f32::total_cmp);
            let threshold = quantile(&clean, 1.0 - detection.fpr);
            let scale = (threshold - quantile(&clean, 0.5)).max(SMALLEST);
            posts.push(Post { detector, threshold, scale });
        }
        Ok(Watch { posts })
    }

    /// What each detector says of clean inputs and of what became of them. Reads back.
    ///
    /// # Errors
    /// A [`Fault`] if the device fails.
    pub async fn judge(&self, clean: &Tensor<4>, attacked: &Tensor<4>) -> Result<Vec<Detected>, Fault> {
        let mut found = Vec::new();
        for post in &self.posts {
            let clean = read(post.detector.score(clean)).await?;
            let attacked = read(post.detector.score(attacked)).await?;
            found.push(Detected { threshold: post.threshold, clean, attacked });
        }
        Ok(found)
    }

    /// How far each input is from being flagged: by the detector that is the most suspicious, in its own units; 0 or less
    /// where it is flagged.
    ///
    /// # Shapes
    /// `x`: `[batch, channel, row, column]`; the result: `[batch, 1]`.
    pub fn slack(&self, x: &Tensor<4>) -> Tensor<2> {
        let each = self.posts.iter().map(|post| post.slack(post.detector.score(x)));
        each.reduce(|one, other| one.min_pair(other)).unwrap_or_else(|| per_input(x).add_scalar(1.0))
    }

    /// The same with its gradient.
    ///
    /// # Shapes
    /// `x` and the gradient: `[batch, channel, row, column]`; the slack: `[batch, 1]`.
    pub fn slack_gradient(&self, x: &Tensor<4>) -> (Tensor<2>, Tensor<4>) {
        let each = self.posts.iter().map(|post| {
            let (score, gradient) = post.detector.gradient(x);
            (post.slack(score), gradient.mul_scalar(-post.scale.recip()))
        });
        let nearer = |one: (Tensor<2>, Tensor<4>), other: (Tensor<2>, Tensor<4>)| {
            let second = other.0.clone().lower(one.0.clone());
            let of_pixels = second.clone().reshape([x.dims()[0], 1, 1, 1]).expand(x.dims());
            (one.0.mask_where(second, other.0), one.1.mask_where(of_pixels, other.1))
        };
        each.reduce(nearer).unwrap_or_else(|| (per_input(x).add_scalar(1.0), x.zeros_like()))
    }
}

impl Post {
    fn slack(&self, score: Tensor<2>) -> Tensor<2> {
        score.neg().add_scalar(self.threshold).div_scalar(self.scale)
    }
}

/// Whether these detectors can be set: their names and knobs, and the clean inputs.
///
/// # Errors
/// A [`Fault`] that says what is wrong.
pub fn check(detection: &Detection) -> Result<(), Fault> {
    let refused = |why: &str| Err(Fault::new(FaultKind::Input, why));
    detectors::check(&detection.detectors)?;
    if !(detection.fpr > 0.0 && detection.fpr < 1.0) {
        return refused("The share of clean inputs that a detector may flag lies between 0 and 1.");
    }
    match &detection.references.labels {
        Some(labels) if labels.len() >= 2 => Ok(()),
        _ => refused("Detectors learn what is usual from clean inputs with their classes."),
    }
}

/// The smallest of sorted scores that this share of them does not exceed.
fn quantile(sorted: &[f32], share: f32) -> f32 {
    let place = (f64::from(share) * sorted.len() as f64).ceil() as usize;
    sorted.get(place.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or_default()
}

/// What is found of some of the inputs, a few at once.
async fn scores(
    inputs: &Inputs,
    which: std::ops::Range<usize>,
    device: &Device,
    find: impl Fn(Tensor<4>) -> Tensor<2>,
) -> Result<Vec<f32>, Fault> {
    let [_, channels, rows, columns] = inputs.shape;
    let size = channels * rows * columns;
    let (at_once, mut found) = ((AT_ONCE / size).max(1), Vec::new());
    for first in which.clone().step_by(at_once) {
        let end = which.end.min(first + at_once);
        let pixels = inputs.pixels[first * size..end * size].to_vec();
        found.extend(read(find(floats(pixels, [end - first, channels, rows, columns], device))).await?);
    }
    Ok(found)
}

/// 0 for each input, `[batch, 1]`.
fn per_input(x: &Tensor<4>) -> Tensor<2> {
    let batch = x.dims()[0];
    floats(vec![0.0; batch], [batch, 1], &x.device())
}
