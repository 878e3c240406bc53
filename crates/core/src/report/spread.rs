//! The distribution of a distance over inputs; on some inputs the distance is beyond the largest radius that was tried.

use serde::{Deserialize, Serialize};

/// Shares at which quantiles are told.
pub const SHARES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// A distribution. `None` stands for further than the largest distance tried.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Number of inputs.
    pub n: usize,
    /// The value that half of the inputs do not exceed.
    pub median: Option<f32>,
    /// The same for a share of 5, 25, 50, 75 and 95 %.
    pub quantiles: Vec<Option<f32>>,
    /// Every input's value, ascending, those beyond last.
    pub values: Vec<Option<f32>>,
}

impl Spread {
    /// Of these values. A quantile is the smallest value that at least its share of the inputs do not exceed.
    pub fn of(values: impl Iterator<Item = Option<f32>>) -> Spread {
        Spread::of_list(values.collect())
    }

    /// Apart from [`Spread::of`], so that there is one sort for all iterators.
    fn of_list(mut values: Vec<Option<f32>>) -> Spread {
        values.sort_by(|a, b| a.unwrap_or(f32::MAX).total_cmp(&b.unwrap_or(f32::MAX)));
        let n = values.len();
        let quantile = |share: f64| {
            let rank = (share * n as f64).ceil().max(1.0) as usize - 1;
            values.get(rank).copied().flatten()
        };
        let quantiles: Vec<Option<f32>> = SHARES.into_iter().map(quantile).collect();
        Spread { n, median: quantile(0.5), quantiles, values }
    }

    /// How many inputs have a value above `distance`.
    pub fn above(&self, distance: f32) -> usize {
        self.values.iter().filter(|value| value.is_none_or(|value| value > distance)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_occur_and_those_beyond_come_last() {
        let spread = Spread::of([Some(0.3), None, Some(0.1), Some(0.2)].into_iter());
        assert_eq!(spread.values, [Some(0.1), Some(0.2), Some(0.3), None]);
        assert_eq!(spread.median, Some(0.2));
        assert_eq!(spread.quantiles, [Some(0.1), Some(0.1), Some(0.2), Some(0.3), None]);
        assert_eq!((spread.above(0.1), spread.above(0.25), spread.above(9.0)), (3, 2, 1));
        assert_eq!(Spread::of([].into_iter()).median, None);
    }
}
