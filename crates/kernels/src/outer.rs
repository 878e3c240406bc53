//! The gradient of a linear map by its weights: over all places, the window's numbers times the slopes of the results.

use crate::{
    places::{Places, Visit},
    sweep::Stride,
    tile::{LANES, Lanes, add_outer},
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
pub type Sums = Vec<(Lanes, Vec<Lanes>)>;

impl Outer {
    /// Nothing added up yet.
    pub fn zero(&self) -> Sums {
        vec![(Lanes::ZERO, vec![Lanes::ZERO; self.runs * self.length]); self.results.div_ceil(LANES)]
    }

    /// Adds up what these samples give.
    pub fn add(&self, sums: &mut Sums, values: &[f32], from: Stride, slopes: &[f32], by: usize, samples: usize) {
        for (block, sums) in sums.iter_mut().enumerate() {
            let mut part = Part { outer: self, block, sums, values, stride: from.run, slopes };
            self.places.visit(samples, [from.sample, by], &mut part);
        }
    }
}

/// One block of the sums, at work.
struct Part<'a> {
    outer: &'a Outer,
    block: usize,
    sums: &'a mut (Lanes, Vec<Lanes>),
    values: &'a [f32],
    /// From one run of a window to the next.
    stride: usize,
    slopes: &'a [f32],
}

impl Visit for Part<'_> {
    #[inline(always)]
    fn places<const R: usize>(&mut self, places: [[usize; 2]; R]) {
        let Outer { length, results, .. } = *self.outer;
        let first = self.block * LANES;
        let width = LANES.min(results - first);
        let slopes = places.map(|[_, at]| {
            let mut own = [0.0; LANES];
            own[..width].copy_from_slice(&self.slopes[at + first..][..width]);
            Lanes::new(own)
        });
        let (bias, weights) = &mut *self.sums;
        slopes.iter().for_each(|slopes| *bias += *slopes);
        for (run, weights) in weights.chunks_exact_mut(length).enumerate() {
            let rows = places.map(|[window, _]| &self.values[window + run * self.stride..][..length]);
            add_outer(weights, rows, slopes);
        }
    }
}
