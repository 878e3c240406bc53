//! A distribution as bars: how many inputs lie in each of a few intervals of equal width, and how many beyond all.

use foolproof_core::report::Spread;

/// Bars of a distribution.
pub const BARS: usize = 20;

/// Counts of inputs by distance.
#[derive(Clone, Debug, PartialEq)]
pub struct Bins {
    /// Right end of the last bar.
    pub most: f32,
    /// Inputs in each bar, left ends included, right ends too in the last one.
    pub counts: [usize; BARS],
    /// Inputs further than all that was tried.
    pub beyond: usize,
}

impl Bins {
    /// Of a distribution, its bars up to `most`; up to its largest value where that is not given. `None` without inputs.
    pub fn of(spread: &Spread, most: Option<f32>) -> Option<Bins> {
        let found = spread.values.iter().flatten().copied();
        let most = most.unwrap_or_else(|| found.clone().fold(0.0, f32::max));
        let mut bins =
            Bins { most, counts: [0; BARS], beyond: spread.values.iter().filter(|one| one.is_none()).count() };
        for value in found {
            // The cast saturates; a value of nothing but zeros is in the first bar.
            let at = if most > 0.0 { (value / most * BARS as f32) as usize } else { 0 };
            bins.counts[at.min(BARS - 1)] += 1;
        }
        (spread.n > 0).then_some(bins)
    }

    /// The bars as a path, each standing on the lower edge of a drawing of this size.
    pub fn path(&self, width: f64, height: f64) -> String {
        let (wide, unit) = (width / BARS as f64, height / self.tallest() as f64);
        let bar = |(place, count): (usize, usize)| {
            let (left, high) = (place as f64 * wide + 0.5, count as f64 * unit);
            format!("M{left:.1} {height}v-{high:.1}h{:.1}V{height}z", wide - 1.0)
        };
        self.counts.into_iter().enumerate().filter(|(_, count)| *count > 0).map(bar).collect()
    }

    /// The largest count, at least 1.
    pub fn tallest(&self) -> usize {
        self.counts.into_iter().max().unwrap_or(0).max(self.beyond).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_input_is_in_one_bar_or_beyond() {
        let spread = Spread::of([Some(0.0), Some(0.049), Some(0.05), Some(1.0), None, None].into_iter());
        let bins = Bins::of(&spread, Some(1.0)).unwrap();
        assert_eq!((bins.counts[0], bins.counts[1], bins.counts[BARS - 1], bins.beyond), (2, 1, 1, 2));
        assert_eq!((bins.counts.iter().sum::<usize>(), bins.tallest()), (4, 2));
        let path = bins.path(200.0, 100.0);
        assert_eq!(path, "M0.5 100v-100.0h9.0V100zM10.5 100v-50.0h9.0V100zM190.5 100v-50.0h9.0V100z");
    }

    #[test]
    fn without_a_limit_the_largest_value_ends_the_last_bar() {
        let spread = Spread::of([Some(2.0), Some(4.0)].into_iter());
        let bins = Bins::of(&spread, None).unwrap();
        assert_eq!((bins.most, bins.counts[BARS / 2], bins.counts[BARS - 1]), (4.0, 1, 1));
        let zeros = Bins::of(&Spread::of([Some(0.0)].into_iter()), None).unwrap();
        assert_eq!((zeros.most, zeros.counts[0]), (0.0, 1));
        assert_eq!(Bins::of(&Spread::default(), Some(1.0)), None);
    }
}
