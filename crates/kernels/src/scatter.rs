//! The gradient of a convolution by an input of few channels: each result's slope gives every number of its window a part,
//! and these overlap. The other way round, number by number, eight sums side by side would be mostly nothing.

use crate::{
    places::{Places, Visit},
    sweep::{NARROW, Stride},
    tile::{LANES, Lanes, add_products, lanes},
};

/// Most numbers of a window.
const MOST: usize = 128;

/// A linear map backwards.
#[derive(Clone, Debug)]
pub struct Scatter {
    /// Where each window begins in the gradient, and where the slopes of its results are.
    pub places: Places,
    /// Runs of a window.
    pub runs: usize,
    /// Numbers of a run.
    pub length: usize,
    /// Results of a place.
    pub results: usize,
    /// Blocks of eight numbers of the window: for each result their weights.
    weights: Vec<Vec<Lanes>>,
}

impl Scatter {
    /// Whether it pays for an input of so many channels, and windows of so many numbers.
    pub fn suits(channels: usize, window: usize) -> bool {
        channels < NARROW && window <= MOST
    }

    /// Packs a map; `weight` tells a result's weight of a number of the window.
    pub fn new(places: Places, [runs, length, results]: [usize; 3], weight: impl Fn(usize, usize) -> f32) -> Scatter {
        let window = runs * length;
        let eight = |first: usize, result: usize| {
            lanes(|lane| if first + lane < window { weight(result, first + lane) } else { 0.0 })
        };
        let block = |first: usize| (0..results).map(|result| eight(first, result)).collect();
        Scatter { places, runs, length, results, weights: (0..window).step_by(LANES).map(block).collect() }
    }

    /// Adds up the gradients of `samples` samples over what is there; `to` tells where their numbers lie, `by` how far it
    /// is from one sample's slopes to the next's.
    pub fn run(&self, slopes: &[f32], by: usize, gradient: &mut [f32], to: Stride, samples: usize) {
        let mut part = Part { scatter: self, slopes, gradient, stride: to.run };
        self.places.visit(samples, [to.sample, by], &mut part);
    }
}

/// A map at work.
struct Part<'a> {
    scatter: &'a Scatter,
    slopes: &'a [f32],
    gradient: &'a mut [f32],
    /// From one run of a window to the next.
    stride: usize,
}

impl Visit for Part<'_> {
    #[inline(always)]
    fn places<const R: usize>(&mut self, places: [[usize; 2]; R]) {
        let Scatter { runs, length, results, .. } = *self.scatter;
        let rows = places.map(|[_, at]| &self.slopes[at..][..results]);
        let mut parts = [[[0.0; LANES]; MOST / LANES]; R];
        for (block, weights) in self.scatter.weights.iter().enumerate() {
            let sums = add_products([Lanes::ZERO; R], rows, weights);
            parts.iter_mut().zip(sums).for_each(|(parts, sums)| parts[block] = sums.to_array());
        }
        for (parts, [window, _]) in parts.iter().zip(places) {
            let parts = parts.as_flattened().chunks_exact(length);
            for (at, parts) in parts.take(runs).enumerate() {
                let run = &mut self.gradient[window + at * self.stride..][..length];
                run.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
            }
        }
    }
}
