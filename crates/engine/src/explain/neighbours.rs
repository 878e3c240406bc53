//! How far inputs lie from others in what a network makes of them: distances to the nearest rows of features.

/// Neighbours told of an input. The last of them says how unusual it is.
pub const NEAREST: usize = 5;

/// Rows of features, scaled to length 1, to which others are compared (Sun et al. 2022, "Out-of-distribution detection
/// with deep nearest neighbors", <https://arxiv.org/abs/2204.06507>).
pub struct Rows {
    values: Vec<f32>,
    width: usize,
}

impl Rows {
    /// None of this width, which is at least 1.
    pub fn new(width: usize) -> Rows {
        Rows { values: Vec::new(), width }
    }

    /// Adds rows; `values` is a multiple of the width.
    pub fn extend(&mut self, values: &[f32]) {
        for row in values.chunks_exact(self.width) {
            let length = row.iter().map(|&value| f64::from(value) * f64::from(value)).sum::<f64>().sqrt();
            let share = |&value: &f32| if length > 0.0 { (f64::from(value) / length) as f32 } else { 0.0 };
            self.values.extend(row.iter().map(share));
        }
    }

    /// Number of rows.
    pub fn count(&self) -> usize {
        self.values.len() / self.width
    }

    /// The nearest of the first `among` rows to the row at `of`, nearest first, [`NEAREST`] at most: place and distance
    /// (0 to 2). Places that are `left_out` are no neighbours.
    pub fn nearest(&self, of: usize, among: usize, left_out: impl Fn(usize) -> bool) -> Vec<(u32, f32)> {
        let row = |at: usize| &self.values[at * self.width..(at + 1) * self.width];
        let far = |at: usize| row(at).iter().zip(row(of)).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt();
        let others = (0..among).filter(|&at| !left_out(at));
        let mut all: Vec<(u32, f32)> = others.map(|at| (at as u32, far(at))).collect();
        all.sort_by(|a, b| a.1.total_cmp(&b.1));
        all.truncate(NEAREST);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_come_first_and_length_does_not_count() {
        let mut rows = Rows::new(2);
        rows.extend(&[1.0, 0.0, 0.0, 5.0, 2.0, 2.0, -1.0, 0.0]);
        rows.extend(&[7.0, 0.0]);
        assert_eq!(rows.count(), 5);
        let found = rows.nearest(4, 4, |_| false);
        let places: Vec<u32> = found.iter().map(|(place, _)| *place).collect();
        assert_eq!((places, found[0].1, found[3].1), (vec![0, 2, 1, 3], 0.0, 2.0));
        assert_eq!(rows.nearest(4, 4, |at| at == 0)[0].0, 2);
        rows.extend(&[0.0, 0.0]);
        assert_eq!(rows.nearest(5, 1, |_| false), [(0, 1.0)], "no features at all are far from everything");
    }
}
