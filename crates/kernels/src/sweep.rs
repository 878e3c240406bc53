//! A linear map that is applied at many places: each reads a window of runs of memory, multiplies it with the packed
//! weights, and writes its results side by side.

use crate::{
    places::{Places, Visit},
    tile::{LANES, Lanes, add_dot, add_products, lanes},
};
use std::ops::Range;

/// Fewer results than this are computed one by one, since eight side by side would be mostly nothing.
pub const NARROW: usize = 5;
/// Weights of so many numbers stay in the nearest cache beside the windows; of more, one block at a time.
const NEAR: usize = 2048;
/// Windows of at most so many numbers, in runs shorter than [`SHORT`], are gathered into one run first.
const GATHERED: usize = 64;
const SHORT: usize = 16;
/// Numbers that are copied together.
const QUAD: usize = 4;

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
    Wide(Vec<(Lanes, Vec<Lanes>)>),
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
            let eight = |first: usize, of: &dyn Fn(usize) -> f32| {
                lanes(|lane| if first + lane < results { of(first + lane) } else { 0.0 })
            };
            let block = |first: usize| {
                (eight(first, &bias), (0..window).map(|k| eight(first, &|result| weight(result, k))).collect())
            };
            Weights::Wide((0..results).step_by(LANES).map(block).collect())
        };
        Sweep { places, runs, length, results, weights }
    }

    /// Applies the map to `samples` samples, and writes the results over what is at their places.
    pub fn run(&self, input: &[f32], from: Stride, output: &mut [f32], to: usize, samples: usize) {
        let steps = [from.sample, to];
        let mut apply = |blocks: Range<usize>| {
            let mut part = Part { sweep: self, blocks, input, stride: from.run, output: &mut *output };
            self.places.visit(samples, steps, &mut part);
        };
        match &self.weights {
            Weights::Wide(blocks) if blocks.len() * self.runs * self.length * LANES > NEAR => {
                (0..blocks.len()).for_each(|block| apply(block..block + 1));
            }
            Weights::Wide(blocks) => apply(0..blocks.len()),
            Weights::Narrow(_) => apply(0..0),
        }
    }
}

/// Some blocks of a sweep, at work.
struct Part<'a> {
    sweep: &'a Sweep,
    blocks: Range<usize>,
    input: &'a [f32],
    /// From one run of a window to the next.
    stride: usize,
    output: &'a mut [f32],
}

impl Visit for Part<'_> {
    #[inline(always)]
    fn places<const R: usize>(&mut self, places: [[usize; 2]; R]) {
        let Sweep { runs, length, .. } = *self.sweep;
        match &self.sweep.weights {
            Weights::Wide(blocks) if runs > 1 && length < SHORT && runs * length <= GATHERED => {
                let mut own = [[0.0; GATHERED]; R];
                for (own, [window, _]) in own.iter_mut().zip(places) {
                    for (own, at) in own.chunks_exact_mut(length).zip(0..runs) {
                        copy(own, self.run(window, at));
                    }
                }
                let rows = own.each_ref().map(|own| &own[..runs * length]);
                for block in self.blocks.clone() {
                    let (bias, weights) = &blocks[block];
                    self.write(block, add_products([*bias; R], rows, weights), places);
                }
            }
            Weights::Wide(blocks) => {
                let windows = places.map(|[window, _]| window);
                for block in self.blocks.clone() {
                    let (bias, weights) = &blocks[block];
                    let sums = windows_times(*bias, self.input, windows, self.stride, weights, length);
                    self.write(block, sums, places);
                }
            }
            Weights::Narrow(rows) => {
                for (at, (bias, weights)) in rows.iter().enumerate() {
                    for [window, results] in places {
                        let mut sums = Lanes::ZERO;
                        for (number, weights) in weights.chunks_exact(length).enumerate() {
                            sums = add_dot(sums, self.run(window, number), weights);
                        }
                        self.output[results + at] = bias + sums.reduce_add();
                    }
                }
            }
        }
    }
}

impl Part<'_> {
    /// A run of the window that begins there.
    #[inline(always)]
    fn run(&self, window: usize, at: usize) -> &[f32] {
        &self.input[window + at * self.stride..][..self.sweep.length]
    }

    #[inline(always)]
    fn write<const R: usize>(&mut self, block: usize, sums: [Lanes; R], places: [[usize; 2]; R]) {
        let first = block * LANES;
        for (sum, [_, results]) in sums.into_iter().zip(places) {
            let sum = sum.to_array();
            match self.sweep.results - first {
                0..LANES => {
                    let width = self.sweep.results - first;
                    self.output[results + first..][..width].copy_from_slice(&sum[..width]);
                }
                _ => self.output[results + first..][..LANES].copy_from_slice(&sum),
            }
        }
    }
}

/// The products of windows with a block of weights. A function of its own, so that the compiler has all registers for it.
#[inline(never)]
fn windows_times<const R: usize>(
    bias: Lanes,
    input: &[f32],
    windows: [usize; R],
    stride: usize,
    weights: &[Lanes],
    length: usize,
) -> [Lanes; R] {
    let mut sums = [bias; R];
    for (at, weights) in weights.chunks_exact(length).enumerate() {
        let rows = windows.map(|window| &input[window + at * stride..][..length]);
        sums = add_products(sums, rows, weights);
    }
    sums
}

/// A few numbers, without a call.
#[inline(always)]
fn copy(to: &mut [f32], from: &[f32]) {
    let ((to, rest), (from, left)) = (to.as_chunks_mut::<QUAD>(), from.as_chunks::<QUAD>());
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    rest.iter_mut().zip(left).for_each(|(to, from)| *to = *from);
}
