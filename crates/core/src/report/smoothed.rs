//! What votes on noisy copies prove of a network: the radius in L2 within which the smoothed one, which answers what most
//! copies do, cannot change its mind (Cohen et al. 2019, <https://arxiv.org/abs/1902.02918>).
//!
//! The smoothed network is another one than the network behind it, and may be wrong where that is right.

use super::Accuracy;
use crate::protocol::Smoothing;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::beta::beta_reg;

/// Share of certificates that may be false: one of a thousand.
pub const ALPHA: f64 = 0.001;
/// Halvings of the interval in which the share of votes is sought: to the last digit.
const HALVINGS: u32 = 60;

/// What a model's votes prove.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Smoothed {
    /// Noise and draws.
    pub smoothing: Smoothing,
    /// Share of certificates that may be false.
    pub alpha: f64,
    /// One an input that is done.
    pub samples: Vec<Certificate>,
}

/// What the votes on one input prove.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// Number of the input.
    pub index: usize,
    /// Its true class.
    pub truth: u32,
    /// The class with the most votes.
    pub class: u32,
    /// Its votes, of all draws.
    pub count: u32,
    /// Radius in L2, pixel units, within which the answer cannot change; `None` where the votes are too even for an
    /// answer.
    pub radius: Option<f64>,
}

impl Certificate {
    /// Of so many votes for a class.
    pub fn of(index: usize, truth: u32, (class, count): (u32, u32), smoothing: &Smoothing) -> Certificate {
        Certificate { index, truth, class, count, radius: radius(count, smoothing.draws, f64::from(smoothing.sigma)) }
    }

    /// Whether the smoothed network is right on every input within this radius.
    pub fn holds(&self, radius: f64) -> bool {
        self.class == self.truth && self.radius.is_some_and(|own| own > radius)
    }
}

impl Smoothed {
    /// Share of the inputs on which the smoothed network is right, and stays so within this radius. Abstentions are wrong.
    pub fn accuracy(&self, radius: f64) -> Accuracy {
        Accuracy::of(self.samples.iter().filter(|sample| sample.holds(radius)).count(), self.samples.len())
    }

    /// How many inputs have no answer.
    pub fn abstained(&self) -> usize {
        self.samples.iter().filter(|sample| sample.radius.is_none()).count()
    }

    /// The radius that a right answer without a vote against it proves: none can be larger.
    pub fn largest(&self) -> f64 {
        let draws = self.smoothing.draws;
        radius(draws, draws, f64::from(self.smoothing.sigma)).unwrap_or_default()
    }

    /// The mean radius over all inputs, 0 where the answer is wrong or there is none (Zhai et al. 2020,
    /// <https://arxiv.org/abs/2001.02378>).
    pub fn average(&self) -> f64 {
        let right = self.samples.iter().filter(|sample| sample.class == sample.truth);
        right.filter_map(|sample| sample.radius).fold(0.0, |sum, radius| sum + radius)
            / self.samples.len().max(1) as f64
    }
}

/// The radius that `count` of `draws` votes prove at noise of `sigma`, at a risk of [`ALPHA`]; `None` where half of them or
/// more may be against it.
pub fn radius(count: u32, draws: u32, sigma: f64) -> Option<f64> {
    let low = lower_bound(count, draws, ALPHA);
    (low > 0.5).then(|| sigma * Normal::standard().inverse_cdf(low))
}

/// The smallest share of votes, of all that could be drawn, with which `count` of `draws` or more come at a chance of
/// `alpha` (Clopper and Pearson 1934, <https://doi.org/10.1093/biomet/26.4.404>).
pub fn lower_bound(count: u32, draws: u32, alpha: f64) -> f64 {
    let (count, draws) = (f64::from(count), f64::from(draws));
    if count == 0.0 {
        return 0.0;
    }
    if count == draws {
        return alpha.powf(1.0 / draws);
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        match beta_reg(count, draws - count + 1.0, middle) < alpha {
            true => low = middle,
            false => high = middle,
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smoothed(counts: &[(u32, u32)]) -> Smoothed {
        let smoothing = Smoothing { sigma: 0.5, select: 10, draws: 1000 };
        let samples = counts.iter().enumerate().map(|(at, votes)| Certificate::of(at, 1, *votes, &smoothing)).collect();
        Smoothed { smoothing, alpha: ALPHA, samples }
    }

    #[test]
    fn abstentions_and_wrong_answers_hold_nowhere_and_no_radius_is_beyond_the_largest() {
        let all = smoothed(&[(1, 1000), (1, 990), (1, 520), (2, 1000)]);
        assert_eq!([0.0, 1.0, 1.2].map(|radius| (4.0 * all.accuracy(radius).value) as u32), [2, 1, 1]);
        assert_eq!((all.abstained(), all.samples[0].radius), (1, Some(all.largest())));
        assert_eq!(all.accuracy(all.largest()).value, 0.0);
        let mean = 0.25 * (all.samples[0].radius.unwrap() + all.samples[1].radius.unwrap());
        assert!((all.average() - mean).abs() < 1e-12);
    }

    #[test]
    fn more_votes_and_more_draws_prove_more() {
        let radii: Vec<f64> = (600..=1000).map(|count| radius(count, 1000, 1.0).unwrap()).collect();
        assert!(radii.windows(2).all(|pair| pair[0] < pair[1]), "{radii:?}");
        let largest = [100, 1000, 10_000].map(|draws| radius(draws, draws, 1.0).unwrap());
        // As 2.46 and 3.20 sigma, the largest that 1000 and 10 000 draws can prove.
        assert!((largest[1] - 2.46).abs() < 0.01 && (largest[2] - 3.20).abs() < 0.01, "{largest:?}");
        assert!(largest[0] < largest[1]);
    }
}
