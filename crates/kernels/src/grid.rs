//! Where the numbers of a picture lie: places in rows, a place's channels side by side, a border of zeros around.

/// A picture's layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Rows inside the border.
    pub rows: usize,
    /// Columns inside it.
    pub columns: usize,
    /// Numbers a place.
    pub channels: usize,
    /// Places of zeros: top, left, bottom, right.
    pub border: [usize; 4],
}

impl Grid {
    /// Without a border.
    pub fn bare(rows: usize, columns: usize, channels: usize) -> Grid {
        Grid { rows, columns, channels, border: [0; 4] }
    }

    /// The same picture inside another border.
    pub fn within(self, border: [usize; 4]) -> Grid {
        Grid { border, ..self }
    }

    /// Numbers of a row, border included.
    pub fn width(&self) -> usize {
        let [_, left, _, right] = self.border;
        (left + self.columns + right) * self.channels
    }

    /// Numbers of a sample, border included.
    pub fn len(&self) -> usize {
        let [top, _, bottom, _] = self.border;
        (top + self.rows + bottom) * self.width()
    }

    /// Numbers inside the border.
    pub fn inner(&self) -> usize {
        self.rows * self.columns * self.channels
    }

    /// Where a place begins; it may lie in the border, above or left of the first.
    pub fn at(&self, row: isize, column: isize) -> usize {
        let [top, left, ..] = self.border;
        // A plan's sweeps were measured to stay inside.
        row.saturating_add_unsigned(top).unsigned_abs() * self.width()
            + column.saturating_add_unsigned(left).unsigned_abs() * self.channels
    }

    /// Where each row inside the border begins, and its numbers.
    pub fn inside(&self) -> impl Iterator<Item = std::ops::Range<usize>> + use<> {
        let (first, width, length) = (self.at(0, 0), self.width(), self.columns * self.channels);
        (0..self.rows).map(move |row| first + row * width..first + row * width + length)
    }
}
