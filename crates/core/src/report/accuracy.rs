//! Figures of an evaluation. Every accuracy carries its number of inputs and its 95 % interval.

use serde::{Deserialize, Serialize};

/// Share of inputs answered right, with Wilson's 95 % interval
/// (Wilson 1927, <https://doi.org/10.1080/01621459.1927.10502953>).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    /// The share, 0 to 1.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Number of inputs.
    pub n: usize,
}

impl Accuracy {
    /// `right` of `n` inputs.
    pub fn of(right: usize, n: usize) -> Accuracy {
        if n == 0 {
            return Accuracy { value: 0.0, low: 0.0, high: 1.0, n };
        }
        const Z: f64 = 1.959_963_984_540_054;
        let (count, value) = (n as f64, right as f64 / n as f64);
        let scale = 1.0 + Z * Z / count;
        let centre = (value + Z * Z / (2.0 * count)) / scale;
        let half = Z / scale * (value * (1.0 - value) / count + Z * Z / (4.0 * count * count)).sqrt();
        // At the ends the interval closes exactly; rounding would leave a hair.
        let low = if right == 0 { 0.0 } else { centre - half };
        let high = if right == n { 1.0 } else { centre + half };
        Accuracy { value, low, high, n }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_published_interval() {
        // Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662.
        let accuracy = Accuracy::of(81, 263);
        assert!((accuracy.low - 0.2553).abs() < 5e-5 && (accuracy.high - 0.3662).abs() < 5e-5);
        assert_eq!(Accuracy::of(0, 10).low, 0.0);
        assert_eq!(Accuracy::of(10, 10).high, 1.0);
    }
}
