//! A linear map that is applied at many places: each reads a window of runs of memory, multiplies it with the packed
//! weights, and writes its results side by side.

use crate::{
    places::Places,
    tile::{LANES, add_dot, add_products},
};

/// Fewer results than this are computed one by one, since eight side by side would be mostly nothing.
const NARROW: usize = 5;

/// The map and its places.
#[derive(Clone, Debug)]
pub struct Sweep {
    pub places: Places,
    /// Runs of a window.
    pub runs: usize,
    /// Numbers of a run.
    pub length: usize,
    /// Results of a place.
    pub results: usize,
    weights: Weights,
}

/// Weights in the order in which they are read.
#[derive(Clone, Debug)]
enum Weights {
    /// Blocks of eight results: a bias, and for each number of the window eight weights.
    Wide(Vec<([f32; LANES], Vec<[f32; LANES]>)>),
    /// For each result a bias, and for each number of the window a weight.
    Narrow(Vec<(f32, Vec<f32>)>),
}

/// Where a sample's numbers lie.
#[derive(Clone, Copy, Debug)]
pub struct Stride {
    /// From one run of a window to the next.
    pub run: usize,
    /// From one sample to the next.
    pub sample: usize,
}

impl Sweep {
    /// Packs a map of `results` by windows of `runs` x `length`; `weight` tells a result's weight of a number of the
    /// window, `bias` its bias.
    pub fn new(
        places: Places,
        [runs, length, results]: [usize; 3],
        weight: impl Fn(usize, usize) -> f32,
        bias: impl Fn(usize) -> f32,
    ) -> Sweep {
        let window = runs * length;
        let weights = if results < NARROW {
            let row = |result| (bias(result), (0..window).map(|k| weight(result, k)).collect());
            Weights::Narrow((0..results).map(row).collect())
        } else {
            let lanes = |first: usize, of: &dyn Fn(usize) -> f32| {
                std::array::from_fn(|lane| if first + lane < results { of(first + lane) } else { 0.0 })
            };
            let block = |first: usize| {
                (lanes(first, &bias), (0..window).map(|k| lanes(first, &|result| weight(result, k))).collect())
            };
            Weights::Wide((0..results).step_by(LANES).map(block).collect())
        };
        Sweep { places, runs, length, results, weights }
    }

    /// Applies the map to `samples` samples, and writes the results over what is at their places.
    pub fn run(&self, input: &[f32], from: Stride, output: &mut [f32], to: usize, samples: usize) {
        let steps = [from.sample, to];
        for group in self.places.groups(samples, steps) {
            self.rows(group, input, from.run, output);
        }
        for place in self.places.rest(samples, steps) {
            self.rows([place], input, from.run, output);
        }
    }

    #[inline(always)]
    fn rows<const R: usize>(&self, places: [[usize; 2]; R], input: &[f32], stride: usize, output: &mut [f32]) {
        let run = |window: usize, run: usize| &input[window + run * stride..][..self.length];
        match &self.weights {
            Weights::Wide(blocks) => {
                for (block, (bias, weights)) in blocks.iter().enumerate() {
                    let mut sums = [*bias; R];
                    for at in 0..self.runs {
                        let rows = places.map(|[window, _]| run(window, at));
                        sums = add_products(sums, rows, &weights[at * self.length..][..self.length]);
                    }
                    let first = block * LANES;
                    let width = LANES.min(self.results - first);
                    for (sum, [_, results]) in sums.iter().zip(places) {
                        output[results + first..][..width].copy_from_slice(&sum[..width]);
                    }
                }
            }
            Weights::Narrow(rows) => {
                for (at, (bias, weights)) in rows.iter().enumerate() {
                    for [window, results] in places {
                        let mut sums = [0.0; LANES];
                        for (number, weights) in weights.chunks_exact(self.length).enumerate() {
                            sums = add_dot(sums, run(window, number), weights);
                        }
                        output[results + at] = bias + sums.iter().sum::<f32>();
                    }
                }
            }
        }
    }
}
