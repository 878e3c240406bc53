//! Strokes and photographs to model inputs: pure functions on pixels.
//!
//! Whatever a visitor brings becomes *ink* first, a [`Grey`] with 0 for paper and 1 for the darkest stroke, and then
//! goes through the [`centre()`]ing that MNIST's own digits went through.

mod centre;
mod file_kind;
mod paper;
mod photo;
mod ruled;
mod sketch;

pub use centre::{centre, shrink};
pub use file_kind::file_kind;
pub use photo::{Unreadable, ink};
pub use sketch::{FINENESS, Point, Sketch, Stroke, enlarged};

/// A picture of one channel, row by row, values in [0, 1].
#[derive(Clone, Debug, PartialEq)]
pub struct Grey {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height` values.
    pub pixels: Vec<f32>,
}

impl Grey {
    /// A picture of zeros.
    pub fn blank(width: usize, height: usize) -> Grey {
        Grey { width, height, pixels: vec![0.0; width * height] }
    }

    /// Whether there is nothing on it.
    pub fn is_blank(&self) -> bool {
        self.pixels.iter().all(|&pixel| pixel < FAINTEST)
    }

    /// Rows as columns.
    fn transposed(&self) -> Grey {
        let column = |column: usize| (0..self.height).map(move |row| self.at(column, row));
        let pixels = (0..self.width).flat_map(column).collect();
        Grey { width: self.height, height: self.width, pixels }
    }

    /// The value at a place inside.
    fn at(&self, column: usize, row: usize) -> f32 {
        self.pixels[row * self.width + column]
    }
}

/// What counts as ink: the first step of an 8-bit picture that can be seen.
const FAINTEST: f32 = 4.0 / 255.0;
