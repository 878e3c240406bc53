//! Fields of displacements, and planes of pixels read along them.

use crate::random::Stream;

/// Width of the Gaussian that smooths an elastic field, pixels; Simard et al. 2003 use 4 for digits.
const SMOOTH: f32 = 4.0;
/// Pixels to either side that it reaches.
const REACH: usize = 8;

/// For each pixel the place, row and column, that it is read from.
pub struct Field {
    rows: usize,
    columns: usize,
    from: Vec<(f32, f32)>,
}

impl Field {
    fn of(rows: usize, columns: usize, place: impl Fn(f32, f32) -> (f32, f32)) -> Field {
        let from = (0..rows * columns).map(|at| place((at / columns) as f32, (at % columns) as f32)).collect();
        Field { rows, columns, from }
    }

    /// Everything moved down and to the right.
    pub fn moved(rows: usize, columns: usize, down: f32, right: f32) -> Field {
        Field::of(rows, columns, |row, column| (row - down, column - right))
    }

    /// Turned about the middle by an angle in radians, and grown by a factor above 0.
    pub fn turned(rows: usize, columns: usize, angle: f32, scale: f32) -> Field {
        let middle = ((rows as f32 - 1.0) / 2.0, (columns as f32 - 1.0) / 2.0);
        let (sine, cosine) = (angle.sin() / scale, angle.cos() / scale);
        Field::of(rows, columns, |row, column| {
            let (down, right) = (row - middle.0, column - middle.1);
            (middle.0 + cosine * down + sine * right, middle.1 - sine * down + cosine * right)
        })
    }

    /// Smooth random displacements, the largest of which is `most` pixels long in either direction.
    pub fn elastic(rows: usize, columns: usize, most: f32, stream: &mut Stream) -> Field {
        let mut displaced = || {
            let noise: Vec<f32> = (0..rows * columns).map(|_| 2.0 * stream.uniform() - 1.0).collect();
            let smooth = blurred(&blurred(&noise, rows, columns, 1), rows, columns, columns);
            let largest = smooth.iter().fold(f32::MIN_POSITIVE, |largest, value| largest.max(value.abs()));
            smooth.into_iter().map(|value| value / largest * most).collect::<Vec<f32>>()
        };
        let (down, right) = (displaced(), displaced());
        Field::of(rows, columns, |row, column| {
            let at = row as usize * columns + column as usize;
            (row + down[at], column + right[at])
        })
    }

    /// Reads a plane along the field, between pixels by their weighted mean; 0 outside.
    pub fn bend(&self, plane: &mut [f32]) {
        let old = plane.to_vec();
        let pixel = |row: f32, column: f32| {
            let inside = row >= 0.0 && column >= 0.0 && row < self.rows as f32 && column < self.columns as f32;
            if inside { old[row as usize * self.columns + column as usize] } else { 0.0 }
        };
        for (out, &(row, column)) in plane.iter_mut().zip(&self.from) {
            let (top, left) = (row.floor(), column.floor());
            let (down, right) = (row - top, column - left);
            let upper = pixel(top, left) * (1.0 - right) + pixel(top, left + 1.0) * right;
            let lower = pixel(top + 1.0, left) * (1.0 - right) + pixel(top + 1.0, left + 1.0) * right;
            *out = (upper * (1.0 - down) + lower * down).clamp(0.0, 1.0);
        }
    }
}

/// Smoothed along the direction in which neighbours are `stride` apart; nothing comes from outside.
fn blurred(values: &[f32], rows: usize, columns: usize, stride: usize) -> Vec<f32> {
    let end = if stride == 1 { columns } else { rows };
    let weight = |apart: usize| (-0.5 * (apart as f32 / SMOOTH).powi(2)).exp();
    let weights: Vec<f32> = (0..=REACH).map(weight).collect();
    let mut out = vec![0.0; values.len()];
    for (at, out) in out.iter_mut().enumerate() {
        let place = at / stride % end;
        for other in place.saturating_sub(REACH)..(place + REACH + 1).min(end) {
            *out += weights[other.abs_diff(place)] * values[at + other * stride - place * stride];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_turn_of_a_corner_ends_in_the_next_corner() {
        let mut plane = vec![0.0; 25];
        plane[0] = 1.0;
        Field::turned(5, 5, std::f32::consts::FRAC_PI_2, 1.0).bend(&mut plane);
        let corners = [0, 4, 20, 24].map(|at| plane[at]);
        assert!((corners.iter().sum::<f32>() - 1.0).abs() < 1e-5 && corners[0] < 1e-5 && corners[3] < 1e-5);
    }

    #[test]
    fn a_plane_moves_by_whole_pixels() {
        let mut plane = vec![0.0; 9];
        plane[4] = 1.0;
        Field::moved(3, 3, 1.0, -1.0).bend(&mut plane);
        assert_eq!(plane.iter().position(|&pixel| pixel == 1.0), Some(6));
    }

    #[test]
    fn an_elastic_field_is_as_strong_as_asked_and_smooth() {
        let field = Field::elastic(20, 20, 3.0, &mut Stream::new(1, 0, 0));
        let down: Vec<f32> = field.from.iter().enumerate().map(|(at, from)| from.0 - (at / 20) as f32).collect();
        let largest = down.iter().fold(0.0f32, |most, value| most.max(value.abs()));
        assert!((largest - 3.0).abs() < 1e-4, "{largest}");
        assert!(down.windows(2).filter(|pair| (pair[0] - pair[1]).abs() > 1.5).count() <= 19, "only at line ends");
    }
}
