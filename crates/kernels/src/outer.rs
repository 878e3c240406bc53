//! The gradient of a linear map by its weights: over all places, the window's numbers times the slopes of the results.

use crate::{
    places::Places,
    sweep::Stride,
    tile::{LANES, add_outer},
};

/// Where each place's window begins, and where the slopes of its results are.
#[derive(Clone, Debug)]
pub struct Outer {
    /// With the slopes in place of the results.
    pub places: Places,
    /// Runs of a window.
    pub runs: usize,
    /// Numbers of a run.
    pub length: usize,
    /// Results of a place.
    pub results: usize,
}

/// Gradients by weights, for each block of eight results: by the biases, and by the weights of each number of the window.
pub type Sums = Vec<([f32; LANES], Vec<[f32; LANES]>)>;

impl Outer {
    /// Nothing added up yet.
    pub fn zero(&self) -> Sums {
        vec![([0.0; LANES], vec![[0.0; LANES]; self.runs * self.length]); self.results.div_ceil(LANES)]
    }

    /// Adds up what these samples give.
    pub fn add(&self, sums: &mut Sums, values: &[f32], from: Stride, slopes: &[f32], by: usize, samples: usize) {
        let steps = [from.sample, by];
        for (block, sums) in sums.iter_mut().enumerate() {
            for group in self.places.groups(samples, steps) {
                self.rows(block, sums, group, values, from.run, slopes);
            }
            for place in self.places.rest(samples, steps) {
                self.rows(block, sums, [place], values, from.run, slopes);
            }
        }
    }

    #[inline(always)]
    fn rows<const R: usize>(
        &self,
        block: usize,
        (bias, weights): &mut ([f32; LANES], Vec<[f32; LANES]>),
        places: [[usize; 2]; R],
        values: &[f32],
        stride: usize,
        slopes: &[f32],
    ) {
        let first = block * LANES;
        let width = LANES.min(self.results - first);
        let slopes = places.map(|[_, at]| {
            let mut own = [0.0; LANES];
            own[..width].copy_from_slice(&slopes[at + first..][..width]);
            own
        });
        for slopes in &slopes {
            bias.iter_mut().zip(slopes).for_each(|(sum, slope)| *sum += slope);
        }
        for (run, weights) in weights.chunks_exact_mut(self.length).enumerate() {
            let rows = places.map(|[window, _]| &values[window + run * stride..][..self.length]);
            add_outer(weights, rows, slopes);
        }
    }
}
