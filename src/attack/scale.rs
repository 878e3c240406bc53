//! The epsilon slider: places to radii and back, linear or logarithmic, and its ticks.

/// How places follow radii.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spacing {
    /// Equal distances are equal differences.
    #[default]
    Linear,
    /// Equal distances are equal ratios; the left end is 0.
    Log,
}

/// A slider's scale. Places run from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// How places follow radii.
    pub spacing: Spacing,
    /// Radius at the right end.
    pub most: f64,
}

/// Right end in usual radii: far enough to see a model fall that was trained for the usual one.
const REACH: f64 = 2.0;
/// Ratio of the ends of a logarithmic scale.
const DECADES: f64 = 1000.0;

impl Scale {
    /// The scale for a usual radius that also reaches the radius in force, where the pixels allow no more than
    /// `largest`.
    pub fn new(spacing: Spacing, usual: f64, now: f64, largest: f64) -> Scale {
        let short = (usual * REACH).min(largest);
        let most = match spacing {
            Spacing::Linear if now <= short => short,
            Spacing::Linear => nice(now).min(largest),
            Spacing::Log => largest,
        };
        Scale { spacing, most: if most > 0.0 { most } else { 1.0 } }
    }

    /// Where a radius is, between 0 and 1.
    pub fn place(self, eps: f64) -> f64 {
        let share = eps / self.most;
        let place = match self.spacing {
            Spacing::Linear => share,
            Spacing::Log => 1.0 + share.max(1.0 / DECADES).ln() / DECADES.ln(),
        };
        place.clamp(0.0, 1.0)
    }

    /// The radius at a place, rounded to what one can say: three digits.
    pub fn eps(self, place: f64) -> f64 {
        let place = place.clamp(0.0, 1.0);
        match self.spacing {
            _ if place == 0.0 => 0.0,
            Spacing::Linear => {
                let unit = self.grain();
                // Once more by its text, because 300 * 0.001 is not the shortest of its neighbours.
                round_digits((place * self.most / unit).round() * unit, 6).min(self.most)
            }
            Spacing::Log => round_digits(self.most * DECADES.powf(place - 1.0), 3).min(self.most),
        }
    }

    /// The step of a number field on a linear scale: a power of ten of which there are a few hundred.
    pub fn grain(self) -> f64 {
        round_digits(10f64.powf((self.most / 250.0).log10().floor()), 1)
    }

    /// Radii to write below the slider.
    pub fn ticks(self) -> Vec<f64> {
        match self.spacing {
            Spacing::Linear => {
                let step = nice(self.most / 6.0);
                (0..=10)
                    .map(|index| round_digits(f64::from(index) * step, 3))
                    .filter(|&eps| eps <= self.most * 1.001)
                    .collect()
            }
            Spacing::Log => (0..4).map(|decade| round_digits(self.most / 10f64.powi(3 - decade), 3)).collect(),
        }
    }
}

/// The nearest of 1, 2, 5 times a power of ten, upward.
fn nice(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * power >= value * 0.999).unwrap_or(10.0);
    round_digits(factor * power, 3)
}

/// A value rounded to so many significant digits: the very number that its short text stands for.
pub fn round_digits(value: f64, digits: i32) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let places = digits - 1 - value.abs().log10().floor() as i32;
    // A whole number over a power of ten, both exact, gives the nearest number to that decimal; a product with the
    // power's inverse would not. Powers up to 22 are exact.
    match places.clamp(-22, 22) {
        places @ 0.. => (value * 10f64.powi(places)).round() / 10f64.powi(places),
        places => (value / 10f64.powi(-places)).round() * 10f64.powi(-places),
    }
}

/// A 32-bit number as the 64-bit one with the same short text, so that 0.3 stays 0.3.
pub fn widen(value: f32) -> f64 {
    let wide = f64::from(value);
    (1..=9).map(|digits| round_digits(wide, digits)).find(|&short| short as f32 == value).unwrap_or(wide)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Spacing; 2] = [Spacing::Linear, Spacing::Log];

    #[test]
    fn the_ends_are_zero_and_the_most() {
        for spacing in BOTH {
            for (usual, largest) in [(0.3, 1.0), (2.0, 28.0), (10.0, 784.0), (0.0314, 1.0)] {
                let scale = Scale::new(spacing, usual, usual, largest);
                assert_eq!(scale.eps(0.0), 0.0);
                assert!((scale.eps(1.0) - scale.most).abs() / scale.most < 0.02, "{scale:?} {}", scale.eps(1.0));
                assert_eq!((scale.place(0.0), scale.place(scale.most)), (0.0, 1.0));
            }
        }
    }

    #[test]
    fn a_place_comes_back_and_order_is_kept() {
        for spacing in BOTH {
            let scale = Scale::new(spacing, 0.3, 0.3, 1.0);
            let radii: Vec<f64> = (0..=100).map(|step| scale.eps(f64::from(step) / 100.0)).collect();
            assert!(radii.windows(2).all(|pair| pair[0] < pair[1]));
            for (step, eps) in radii.iter().enumerate().skip(1) {
                assert!((scale.place(*eps) - step as f64 / 100.0).abs() < 0.01, "{spacing:?} {step} {eps}");
            }
        }
    }

    #[test]
    fn radii_are_short_numbers() {
        let scale = Scale::new(Spacing::Linear, 0.3, 0.1, 1.0);
        assert_eq!((scale.most, scale.eps(0.5), scale.eps(0.25)), (0.6, 0.3, 0.15));
        for step in 0..=1000 {
            for spacing in BOTH {
                let eps = Scale::new(spacing, 0.3, 0.1, 1.0).eps(f64::from(step) / 1000.0);
                assert!(eps.to_string().len() <= 7, "{eps}");
            }
        }
    }

    #[test]
    fn a_radius_beyond_the_usual_scale_widens_it() {
        assert_eq!(Scale::new(Spacing::Linear, 0.3, 0.8, 1.0).most, 1.0);
        assert_eq!(Scale::new(Spacing::Linear, 0.9, 0.3, 1.0).most, 1.0);
    }

    #[test]
    fn short_numbers_are_what_their_texts_say() {
        for text in ["0.3", "0.1", "0.00123", "784", "1e-7", "123000", "-0.7", "0.0314"] {
            let value: f64 = text.parse().unwrap();
            assert_eq!(round_digits(value * (1.0 + 1e-15), 9), value);
            assert_eq!(widen(text.parse().unwrap()), value);
        }
        assert_eq!(round_digits(0.123456, 3), 0.123);
        assert_eq!(round_digits(9.999, 2), 10.0);
        assert_eq!((round_digits(0.0, 3), widen(0.0)), (0.0, 0.0));
        assert!(round_digits(f64::NAN, 3).is_nan() && widen(f32::INFINITY).is_infinite());
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(Scale::new(Spacing::Linear, 0.3, 0.3, 1.0).ticks(), [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
        assert_eq!(Scale::new(Spacing::Log, 0.3, 0.3, 1.0).ticks(), [0.001, 0.01, 0.1, 1.0]);
        assert_eq!(Scale::new(Spacing::Linear, 2.0, 2.0, 28.0).ticks(), [0.0, 1.0, 2.0, 3.0, 4.0]);
    }
}
