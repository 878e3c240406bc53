//! Mahalanobis distance: how far what the last layer decides by lies from the nearest class, by the spread that all classes
//! share (Lee et al. 2018).

use crate::attack::Knobs;
use crate::detector::{Detector, Entry, Made, Usual};
use crate::one_hot::own_answer;
use crate::sequential::Sequential;
use crate::upload::floats;
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;
use foolproof_core::protocol::{Fault, FaultKind};

pub(super) const ENTRY: Entry = Entry { card, make };

/// Weight, beside the spread that was found, of the mean spread in every direction: some features never move.
const SHRUNK: f64 = 0.1;
/// Spread of features that do not move at all.
const SMALLEST: f64 = 1e-12;

fn card() -> Card {
    let paper = [
        "Lee et al. 2018",
        "A simple unified framework for detecting out-of-distribution samples and adversarial attacks",
        "https://arxiv.org/abs/1807.03888",
    ];
    let summary = "Suspects inputs that lie far from every class in what the last layer decides by.";
    super::card("mahalanobis", "Mahalanobis distance", summary, paper, Vec::new())
}

fn make(_: &Knobs, usual: &Usual) -> Made {
    let width = usual.width;
    let means = means(usual);
    if means.is_empty() {
        return Err(Fault::new(FaultKind::Input, "The Mahalanobis distance needs clean inputs of one class at least."));
    }
    let whitening = inverse(cholesky(spread(usual, &means), width), width);
    let device = usual.device.clone();
    let whitening = floats(whitening.iter().map(|&value| value as f32).collect(), [width, width], &device);
    let count = means.len();
    let means = means.into_iter().flat_map(|(_, mean)| mean).map(|value| value as f32).collect();
    let means = floats::<2>(means, [count, width], &device).matmul(whitening.clone().transpose());
    Ok(Box::new(Mahalanobis { body: usual.network.body(), whitening, means }))
}

#[derive(Debug)]
struct Mahalanobis {
    /// Answers features.
    body: Sequential,
    /// After it features have a spread of 1 in every direction, `[feature, feature]`.
    whitening: Tensor<2>,
    /// Each class's mean after it, `[class, feature]`.
    means: Tensor<2>,
}

impl Mahalanobis {
    /// From the nearest class to the features, after the whitening, `[batch, feature]`.
    fn away(&self, features: &Tensor<2>) -> Tensor<2> {
        let at = features.clone().matmul(self.whitening.clone().transpose());
        let ([batch, width], [classes, _]) = (at.dims(), self.means.dims());
        let whole = [batch, classes, width];
        let means: Tensor<3> = self.means.clone().reshape([1, classes, width]).expand(whole);
        let each = at.reshape([batch, 1, width]).expand(whole) - means;
        let far = (each.clone() * each.clone()).sum_dim(2).reshape([batch, classes]);
        let nearest = own_answer(&far.neg()).reshape([batch, classes, 1]).expand(whole);
        (each * nearest).sum_dim(1).reshape([batch, width])
    }
}

impl Detector for Mahalanobis {
    fn score(&self, x: &Tensor<4>) -> Tensor<2> {
        let away = self.away(&self.body.forward(x.clone()));
        (away.clone() * away).sum_dim(1)
    }

    fn gradient(&self, x: &Tensor<4>) -> (Tensor<2>, Tensor<4>) {
        let mut score = None;
        let (_, gradient) = self.body.input_gradient(x, |features| {
            let away = self.away(features);
            score = Some((away.clone() * away.clone()).sum_dim(1));
            away.mul_scalar(2.0).matmul(self.whitening.clone())
        });
        (score.unwrap_or_else(|| self.score(x)), gradient)
    }
}

/// Each class that there are inputs of, with the mean of their features.
fn means(usual: &Usual) -> Vec<(u32, Vec<f64>)> {
    let mut classes = usual.labels.clone();
    classes.sort_unstable();
    classes.dedup();
    let mean = |class: u32| {
        let own = || usual.features.chunks_exact(usual.width).zip(&usual.labels).filter(|(_, label)| **label == class);
        let mut sum = vec![0.0; usual.width];
        own().for_each(|(row, _)| sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value)));
        let count = own().count() as f64;
        (class, sum.into_iter().map(|sum| sum / count).collect())
    };
    classes.into_iter().map(mean).collect()
}

/// The covariance that all classes share, row by row, shrunk toward the same spread in every direction.
fn spread(usual: &Usual, means: &[(u32, Vec<f64>)]) -> Vec<f64> {
    let width = usual.width;
    let mut sums = vec![0.0; width * width];
    for (row, label) in usual.features.chunks_exact(width).zip(&usual.labels) {
        let Some((_, mean)) = means.iter().find(|(class, _)| class == label) else { continue };
        let away: Vec<f64> = row.iter().zip(mean).map(|(value, mean)| f64::from(*value) - mean).collect();
        for (sums, left) in sums.chunks_exact_mut(width).zip(&away) {
            sums.iter_mut().zip(&away).for_each(|(sum, right)| *sum += left * right);
        }
    }
    let count = usual.labels.len().max(1) as f64;
    sums.iter_mut().for_each(|sum| *sum /= count);
    let trace: f64 = (0..width).map(|at| sums[at * width + at]).sum();
    let shrunk = (SHRUNK * trace / width as f64).max(SMALLEST);
    (0..width).for_each(|at| sums[at * width + at] += shrunk);
    sums
}

/// The lower triangle whose product with its transpose is this symmetric positive matrix.
fn cholesky(mut matrix: Vec<f64>, width: usize) -> Vec<f64> {
    for column in 0..width {
        for row in column..width {
            let (above, own) = (row * width, column * width);
            let known: f64 = (0..column).map(|at| matrix[above + at] * matrix[own + at]).sum();
            let left = matrix[above + column] - known;
            matrix[above + column] = if row == column { left.sqrt() } else { left / matrix[own + column] };
        }
    }
    (0..width).for_each(|row| matrix[row * width + row + 1..(row + 1) * width].fill(0.0));
    matrix
}

/// The inverse of a lower triangle.
fn inverse(lower: Vec<f64>, width: usize) -> Vec<f64> {
    let mut made = vec![0.0; width * width];
    for column in 0..width {
        for row in column..width {
            let known: f64 = (column..row).map(|at| lower[row * width + at] * made[at * width + column]).sum();
            let unit = if row == column { 1.0 } else { 0.0 };
            made[row * width + column] = (unit - known) / lower[row * width + row];
        }
    }
    made
}
