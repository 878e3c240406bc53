//! Windows that slide over each channel.

use crate::{grid::Grid, layer::Pool};
use std::ops::Range;

impl Pool {
    /// What comes out of a picture; `None` where the window does not fit.
    pub fn result(&self, input: Grid) -> Option<Grid> {
        let side = |size: usize, axis: usize| {
            Some((size + 2 * self.padding[axis]).checked_sub(self.kernel[axis])? / self.stride[axis] + 1)
        };
        Some(Grid::bare(side(input.rows, 0)?, side(input.columns, 1)?, input.channels))
    }

    /// The largest of each window; padding is never the largest.
    pub fn largest(&self, input: &[f32], from: Grid, output: &mut [f32], to: Grid) {
        self.windows(
            from,
            to,
            |place, window| {
                for channel in 0..from.channels {
                    let values = window.iter().map(|at| input[at + channel]);
                    output[place + channel] = values.fold(f32::NEG_INFINITY, f32::max);
                }
            },
            input.len() / from.len(),
        );
    }

    /// The gradient by the input: each window's goes to the first of its largest.
    pub fn to_largest(&self, slope: &[f32], by: Grid, input: &[f32], of: Grid, gradient: &mut [f32], to: Grid) {
        let samples = input.len() / of.len();
        self.windows_in(by, of, to, samples, |place, window| {
            for channel in 0..of.channels {
                let mut best: Option<[usize; 2]> = None;
                for &[at, target] in window {
                    if best.is_none_or(|[best, _]| input[at + channel] > input[best + channel]) {
                        best = Some([at, target]);
                    }
                }
                if let Some([_, target]) = best {
                    gradient[target + channel] += slope[place + channel];
                }
            }
        });
    }

    /// The mean of each window, its padding counted as zeros.
    pub fn mean(&self, input: &[f32], from: Grid, output: &mut [f32], to: Grid) {
        let share = 1.0 / (self.kernel[0] * self.kernel[1]) as f32;
        self.windows(
            from,
            to,
            |place, window| {
                for channel in 0..from.channels {
                    output[place + channel] = share * window.iter().map(|at| input[at + channel]).sum::<f32>();
                }
            },
            input.len() / from.len(),
        );
    }

    /// The gradient by the input: each window's is shared out.
    pub fn to_mean(&self, slope: &[f32], by: Grid, gradient: &mut [f32], to: Grid) {
        let share = 1.0 / (self.kernel[0] * self.kernel[1]) as f32;
        self.windows_in(by, to, to, slope.len() / by.len(), |place, window| {
            for &[_, target] in window {
                for channel in 0..to.channels {
                    gradient[target + channel] += share * slope[place + channel];
                }
            }
        });
    }

    /// Hands on where each result is, and where its window's places are.
    fn windows(&self, from: Grid, to: Grid, mut each: impl FnMut(usize, &[usize]), samples: usize) {
        let mut window = Vec::with_capacity(self.kernel[0] * self.kernel[1]);
        self.windows_in(to, from, from, samples, |place, both| {
            window.clear();
            window.extend(both.iter().map(|[at, _]| *at));
            each(place, &window);
        });
    }

    /// Hands on where each result is in `by`, and where its window's places are in two layouts of the input.
    fn windows_in(&self, by: Grid, of: Grid, to: Grid, samples: usize, mut each: impl FnMut(usize, &[[usize; 2]])) {
        let mut window = Vec::with_capacity(self.kernel[0] * self.kernel[1]);
        for sample in 0..samples {
            for row in 0..by.rows {
                for column in 0..by.columns {
                    window.clear();
                    for y in self.span(0, row, of.rows) {
                        for x in self.span(1, column, of.columns) {
                            let (y, x) = (y.cast_signed(), x.cast_signed());
                            window.push([sample * of.len() + of.at(y, x), sample * to.len() + to.at(y, x)]);
                        }
                    }
                    each(sample * by.len() + by.at(row.cast_signed(), column.cast_signed()), &window);
                }
            }
        }
    }

    /// The rows (axis 0) or columns (axis 1) of the input in a window.
    fn span(&self, axis: usize, at: usize, size: usize) -> Range<usize> {
        let first = at * self.stride[axis];
        let end = (first + self.kernel[axis]).saturating_sub(self.padding[axis]).min(size);
        first.saturating_sub(self.padding[axis]).min(end)..end
    }
}
