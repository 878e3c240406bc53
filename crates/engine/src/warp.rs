//! Rotations and shifts of pictures, sampled bilinearly; what comes from outside is 0 (Engstrom et al. 2019,
//! <https://arxiv.org/abs/1712.02779>).

use crate::upload::{floats, indices};
use burn::tensor::Tensor;

/// A shift, and then a rotation about the picture's centre.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Warp {
    /// Degrees, counter-clockwise.
    pub degrees: f32,
    /// Pixels to the right.
    pub right: f32,
    /// Pixels down.
    pub down: f32,
}

impl Warp {
    /// The pictures warped.
    ///
    /// # Shapes
    /// `x` and the result: `[batch, channel, row, column]`.
    pub fn apply(&self, x: &Tensor<4>) -> Tensor<4> {
        let [batch, channels, rows, columns] = x.dims();
        let flat = x.clone().reshape([batch * channels, rows * columns]);
        let corners = self.corners(rows, columns).into_iter().map(|(places, weights)| {
            let weights = floats(weights, [1, rows * columns], &x.device());
            flat.clone().select(1, indices(places, &x.device())) * weights
        });
        let sum = corners.reduce(|sum, corner| sum + corner);
        sum.map_or_else(|| x.clone(), |sum| sum.reshape([batch, channels, rows, columns]))
    }

    /// For each of the four pixels around where an output pixel is read: its place, and its weight. A corner that no
    /// pixel needs is left out.
    fn corners(&self, rows: usize, columns: usize) -> Vec<(Vec<i32>, Vec<f32>)> {
        let (sin, cos) = f64::from(self.degrees).to_radians().sin_cos();
        let middle = [(rows as f64 - 1.0) / 2.0, (columns as f64 - 1.0) / 2.0];
        let corner = |below: i64, beside: i64| -> (Vec<i32>, Vec<f32>) {
            let read = |at: usize| {
                let (down, right) = ((at / columns) as f64 - middle[0], (at % columns) as f64 - middle[1]);
                let row = sin * right + cos * down - f64::from(self.down) + middle[0];
                let column = cos * right - sin * down - f64::from(self.right) + middle[1];
                let (place, other) = (row.floor() as i64 + below, column.floor() as i64 + beside);
                let share = |value: f64, second: i64| {
                    let part = value - value.floor();
                    if second == 1 { part } else { 1.0 - part }
                };
                let inside = (0..rows as i64).contains(&place) && (0..columns as i64).contains(&other);
                let weight = share(row, below) * share(column, beside);
                if inside { ((place * columns as i64 + other) as i32, weight as f32) } else { (0, 0.0) }
            };
            (0..rows * columns).map(read).unzip()
        };
        let all = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(below, beside)| corner(below, beside));
        all.into_iter().filter(|(_, weights)| weights.iter().any(|&weight| weight > 0.0)).collect()
    }
}
