//! Median smoothing: each pixel becomes the median of its neighbourhood, a squeezer of Xu et al. 2018
//! (<https://arxiv.org/abs/1704.01155>).

use super::bits::SQUEEZING;
use crate::attack::Knobs;
use crate::defence::{Defence, Entry, Preprocessor};
use crate::knob;
use crate::random::Stream;
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;
use std::sync::Arc;

pub(super) const ENTRY: Entry = Entry { card, make };

/// Exchanges after which the fifth of nine values is their median (Smith 1996, "Implementing median filters in XC4000E
/// FPGAs").
const EXCHANGES: [(usize, usize); 19] = [
    (1, 2),
    (4, 5),
    (7, 8),
    (0, 1),
    (3, 4),
    (6, 7),
    (1, 2),
    (4, 5),
    (7, 8),
    (0, 3),
    (5, 8),
    (4, 7),
    (3, 6),
    (1, 4),
    (2, 5),
    (4, 7),
    (4, 2),
    (6, 4),
    (4, 2),
];

fn card() -> Card {
    let help = "Side of the square neighbourhood in pixels; of four values the upper one of the middle two counts.";
    let summary =
        "Replaces every pixel by the median of its neighbours, which removes single changed pixels; no gradient.";
    let knobs = vec![knob::whole("size", "Size", help, 2..=3, 2)];
    Card { pictures_only: true, ..super::card("median", "Median smoothing", summary, SQUEEZING, knobs) }
}

fn make(knobs: &Knobs) -> Defence {
    Defence::Before(Arc::new(Median { size: knobs.count("size") as usize }))
}

/// The median of a square of 2 or 3 pixels a side, as `scipy.ndimage.median_filter` has it: edges are reflected.
#[derive(Debug)]
struct Median {
    size: usize,
}

impl Preprocessor for Median {
    fn forward(&self, x: Tensor<4>, _streams: &mut [Stream]) -> Tensor<4> {
        let rows = moved(&x, 2, self.size);
        let values: Vec<Tensor<4>> = rows.iter().flat_map(|x| moved(x, 3, self.size)).collect();
        match <[Tensor<4>; 4]>::try_from(values) {
            Ok(four) => upper_of_four(four),
            Err(nine) => of_nine(nine),
        }
    }

    fn rises(&self) -> bool {
        true
    }
}

/// The picture as it is, moved on by a pixel, and of three moved back as well; the edge stands for what is beyond it, which
/// for one pixel is its reflection.
fn moved(x: &Tensor<4>, dim: usize, size: usize) -> Vec<Tensor<4>> {
    let length = x.dims()[dim];
    let (first, last) = (x.clone().narrow(dim, 0, 1), x.clone().narrow(dim, length - 1, 1));
    let before = Tensor::cat(vec![first, x.clone().narrow(dim, 0, length - 1)], dim);
    let after = || Tensor::cat(vec![x.clone().narrow(dim, 1, length - 1), last], dim);
    let mut all = vec![before, x.clone()];
    if size == 3 {
        all.push(after());
    }
    all
}

/// The third of four values in order: of the middle two the upper one.
fn upper_of_four([a, b, c, d]: [Tensor<4>; 4]) -> Tensor<4> {
    let (low, high) = (a.clone().min_pair(b.clone()), a.max_pair(b));
    let (least, most) = (c.clone().min_pair(d.clone()), c.max_pair(d));
    low.max_pair(least).max_pair(high.min_pair(most))
}

fn of_nine(mut values: Vec<Tensor<4>>) -> Tensor<4> {
    for (low, high) in EXCHANGES {
        let (a, b) = (values[low].clone(), values[high].clone());
        values[low] = a.clone().min_pair(b.clone());
        values[high] = a.max_pair(b);
    }
    values.swap_remove(4)
}
