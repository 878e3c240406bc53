//! Convolutions and products as sweeps, forward and for the gradient by their input.

use crate::{
    grid::Grid,
    layer::{Convolution, Linear},
    outer::Outer,
    places::Places,
    scatter::Scatter,
    sweep::Sweep,
};

impl Convolution {
    /// What comes out of a picture; `None` where the window does not fit.
    pub fn result(&self, input: Grid) -> Option<Grid> {
        let [top, left, bottom, right] = self.padding;
        let side = |size: usize, axis: usize| Some(size.checked_sub(self.kernel[axis])? / self.stride[axis] + 1);
        let (rows, columns) = (side(top + input.rows + bottom, 0)?, side(left + input.columns + right, 1)?);
        Some(Grid::bare(rows, columns, self.channels[1]))
    }

    /// The forward sweep between two layouts; the input's border is at least the padding.
    pub fn forward(&self, input: Grid, output: Grid) -> Sweep {
        let bias = |out: usize| self.bias.get(out).copied().unwrap_or(0.0);
        let [rows, columns] = self.kernel;
        let sizes = [rows, columns * self.channels[0], self.channels[1]];
        let (table, window) = (self.table(), rows * columns * self.channels[0]);
        Sweep::new(self.places(input, output), sizes, |out, k| self.weight[out * window + table[k]], bias)
    }

    /// The sums that give the gradient by the weights, from values in one layout and the results' slopes in another.
    pub fn outer(&self, input: Grid, slopes: Grid) -> Outer {
        let [rows, columns] = self.kernel;
        let (length, results) = (columns * self.channels[0], self.channels[1]);
        Outer { places: self.places(input, slopes), runs: rows, length, results }
    }

    /// For each number of the window PyTorch's place of its weight among those of a result.
    pub fn table(&self) -> Vec<usize> {
        let ([inputs, _], taps) = (self.channels, self.kernel.iter().product());
        (0..taps).flat_map(|tap| (0..inputs).map(move |channel| channel * taps + tap)).collect()
    }

    /// Where each window begins, and where its results are.
    fn places(&self, input: Grid, output: Grid) -> Places {
        let first = |at: usize, axis: usize| (at * self.stride[axis]).cast_signed() - self.padding[axis].cast_signed();
        let place = |(row, column): (usize, usize)| {
            [input.at(first(row, 0), first(column, 1)), output.at(row.cast_signed(), column.cast_signed())]
        };
        Places(all(output.rows, output.columns).map(place).collect())
    }

    /// The map back to an input of few channels, from slopes in one layout to the gradient in another, whose border is at
    /// least the padding.
    pub fn scatter(&self, slopes: Grid, gradient: Grid) -> Scatter {
        let [rows, columns] = self.kernel;
        let sizes = [rows, columns * self.channels[0], self.channels[1]];
        let (table, window) = (self.table(), rows * columns * self.channels[0]);
        Scatter::new(self.places(gradient, slopes), sizes, |out, k| self.weight[out * window + table[k]])
    }

    /// Whether that is the way back.
    pub fn scatters(&self) -> bool {
        Scatter::suits(self.channels[0], self.channels[0] * self.kernel.iter().product::<usize>())
    }

    /// The border of zeros that [`Convolution::backward`] reads around the gradient by the output.
    pub fn border(&self, input: Grid, output: Grid) -> [usize; 4] {
        let beyond = |axis: usize, size: usize, out: usize| {
            let reach = (0..size).filter_map(|at| self.reach(axis, at));
            reach.fold((0, 0), |(before, after), (first, last)| {
                let over = last - out.cast_signed() + 1;
                (before.max(-first), after.max(over))
            })
        };
        let (top, bottom) = beyond(0, input.rows, output.rows);
        let (left, right) = beyond(1, input.columns, output.columns);
        [top, left, bottom, right].map(isize::unsigned_abs)
    }

    /// The first and last output that a row (axis 0) or column (axis 1) of the input has a part in, were the output
    /// endless; `None` for one that the window steps over.
    fn reach(&self, axis: usize, at: usize) -> Option<(isize, isize)> {
        let padded = at + self.padding[axis];
        let taps = self.taps(axis, padded % self.stride[axis])?;
        let last = (padded / self.stride[axis]).cast_signed();
        Some((last - taps.cast_signed() + 1, last))
    }

    /// Taps of the window along an axis that meet inputs of this phase of the stride.
    fn taps(&self, axis: usize, phase: usize) -> Option<usize> {
        let taps = self.kernel[axis].saturating_sub(phase).div_ceil(self.stride[axis]);
        (taps > 0).then_some(taps)
    }

    /// The sweeps that give the gradient by the input from that by the output: one for each phase of the stride, in which
    /// the same taps of the window meet every input, in reverse.
    pub fn backward(&self, output: Grid, input: Grid) -> Vec<Sweep> {
        let [steps, strides] = self.stride;
        all(steps, strides).filter_map(|(row, column)| self.phase([row, column], output, input)).collect()
    }

    fn phase(&self, phase: [usize; 2], output: Grid, input: Grid) -> Option<Sweep> {
        let ([inputs, outputs], [rows, columns]) = (self.channels, self.kernel);
        let [down, across] = [self.taps(0, phase[0])?, self.taps(1, phase[1])?];
        let mine = |axis: usize, at: usize| (at + self.padding[axis]) % self.stride[axis] == phase[axis];
        let places = all(input.rows, input.columns).filter(|&(row, column)| mine(0, row) && mine(1, column));
        let place = |(row, column): (usize, usize)| {
            let ((first, _), (left, _)) = (self.reach(0, row)?, self.reach(1, column)?);
            Some([output.at(first, left), input.at(row.cast_signed(), column.cast_signed())])
        };
        let weight = |channel: usize, k: usize| {
            let (tap, out) = (k / outputs, k % outputs);
            // The first output of a window has met the last of the taps.
            let [row, column] = [down - 1 - tap / across, across - 1 - tap % across];
            let (row, column) = (phase[0] + row * self.stride[0], phase[1] + column * self.stride[1]);
            self.weight[((out * inputs + channel) * rows + row) * columns + column]
        };
        let places = Places(places.filter_map(place).collect());
        Some(Sweep::new(places, [down, across * outputs, inputs], weight, |_| 0.0))
    }
}

impl Linear {
    /// The forward sweep; `table` tells where PyTorch has each feature.
    pub fn forward(&self, table: &[usize]) -> Sweep {
        let [inputs, outputs] = self.features;
        let bias = |out: usize| self.bias.get(out).copied().unwrap_or(0.0);
        Sweep::new(alone(), [1, inputs, outputs], |out, k| self.weight[out * inputs + table[k]], bias)
    }

    /// The sums that give the gradient by the weights.
    pub fn outer(&self) -> Outer {
        let [length, results] = self.features;
        Outer { places: alone(), runs: 1, length, results }
    }

    /// The sweep that gives the gradient by the input.
    pub fn backward(&self, table: &[usize]) -> Sweep {
        let [inputs, outputs] = self.features;
        Sweep::new(alone(), [1, outputs, inputs], |feature, k| self.weight[k * inputs + table[feature]], |_| 0.0)
    }
}

/// The one place of features.
fn alone() -> Places {
    Places(vec![[0; 2]])
}

/// Every row and column.
fn all(rows: usize, columns: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..rows).flat_map(move |row| (0..columns).map(move |column| (row, column)))
}
