//! A factor and a summand for each channel.

use crate::{grid::Grid, layer::Scale, learn::Gradients};

impl Scale {
    /// The same with its features where PyTorch has them.
    pub fn ordered(&self, order: impl Fn(usize) -> usize) -> Scale {
        let of = |values: &[f32]| (0..values.len()).map(|at| values[order(at)]).collect();
        Scale { factor: of(&self.factor), shift: of(&self.shift) }
    }

    /// Every sample's numbers, scaled.
    pub fn forward(&self, input: &[f32], from: Grid, output: &mut [f32], to: Grid) {
        self.each(input, from, output, to, |x, factor, shift| factor * x + shift);
    }

    /// The gradient by the input.
    pub fn backward(&self, output: &[f32], from: Grid, input: &mut [f32], to: Grid) {
        self.each(output, from, input, to, |slope, factor, _| factor * slope);
    }

    /// Adds up the gradients by the factors and the summands, each where PyTorch has it.
    pub fn add_gradient(
        &self,
        values: &[f32],
        of: Grid,
        slope: &[f32],
        by: Grid,
        order: impl Fn(usize) -> usize,
        sums: &mut Gradients,
    ) {
        for (values, slope) in values.chunks_exact(of.len()).zip(slope.chunks_exact(by.len())) {
            for (values_row, row) in of.inside().zip(by.inside()) {
                let both = values[values_row].iter().zip(&slope[row]);
                for (at, (value, slope)) in both.enumerate() {
                    let channel = order(at % of.channels);
                    sums.weight[channel] += value * slope;
                    sums.bias[channel] += slope;
                }
            }
        }
    }

    fn each(&self, read: &[f32], from: Grid, written: &mut [f32], to: Grid, of: impl Fn(f32, f32, f32) -> f32) {
        for (read, written) in read.chunks_exact(from.len()).zip(written.chunks_exact_mut(to.len())) {
            for (read_row, row) in from.inside().zip(to.inside()) {
                let places = read[read_row].chunks_exact(from.channels);
                for (read, written) in places.zip(written[row].chunks_exact_mut(to.channels)) {
                    let factors = self.factor.iter().zip(&self.shift);
                    for ((read, written), (factor, shift)) in read.iter().zip(written).zip(factors) {
                        *written = of(*read, *factor, *shift);
                    }
                }
            }
        }
    }
}
