//! Random shift: each look moves the picture by a few pixels, a small form of the random resizing and padding of Xie et al.
//! 2018.

use crate::attack::Knobs;
use crate::defence::{Defence, Entry, Preprocessor};
use crate::knob;
use crate::random::Stream;
use crate::upload::{floats, indices};
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;
use std::sync::Arc;

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    let paper =
        ["Xie et al. 2018", "Mitigating adversarial effects through randomization", "https://arxiv.org/abs/1711.01991"];
    let help = "How many whole pixels a look moves the picture at most, in rows and in columns; black comes in.";
    let summary = "Moves the picture by a few random pixels at every look; the answer is what most of 51 looks say.";
    let knobs = vec![knob::whole("pixels", "Pixels", help, 1..=8, 3)];
    Card { pictures_only: true, ..super::card("shift", "Random shift", summary, paper, knobs) }
}

fn make(knobs: &Knobs) -> Defence {
    Defence::Before(Arc::new(Shift { most: knobs.count("pixels") as i32 }))
}

/// A move of each sample by whole pixels, up to so many each way.
#[derive(Debug)]
struct Shift {
    most: i32,
}

impl Shift {
    /// Rows and columns that each sample moves by.
    fn draw(&self, streams: &mut [Stream]) -> Vec<[i32; 2]> {
        let bound = (2 * self.most + 1) as usize;
        streams.iter_mut().map(|stream| [0; 2].map(|_| stream.below(bound) as i32 - self.most)).collect()
    }
}

impl Preprocessor for Shift {
    fn forward(&self, x: Tensor<4>, streams: &mut [Stream]) -> Tensor<4> {
        let moves = self.draw(streams);
        moved(x, &moves)
    }

    fn back(&self, _x: &Tensor<4>, gradient: &Tensor<4>, streams: &mut [Stream]) -> Option<Tensor<4>> {
        let moves = self.draw(streams);
        let home: Vec<[i32; 2]> = moves.iter().map(|by| by.map(|by| -by)).collect();
        Some(moved(gradient.clone(), &home))
    }

    fn is_random(&self) -> bool {
        true
    }
}

/// Each sample moved by its rows and columns; zeros come in. Every pixel is looked up where it comes from, which for one
/// that comes from outside is a pixel that counts nothing.
fn moved(x: Tensor<4>, moves: &[[i32; 2]]) -> Tensor<4> {
    let ([batch, channels, rows, columns], device) = (x.dims(), x.device());
    let (mut places, mut inside) = (Vec::new(), Vec::new());
    for (sample, &[down, right]) in moves.iter().enumerate() {
        for channel in 0..channels {
            let first = ((sample * channels + channel) * rows * columns) as i32;
            for (row, column) in (0..rows as i32).flat_map(|row| (0..columns as i32).map(move |column| (row, column))) {
                let (from_row, from_column) = (row - down, column - right);
                let known = (0..rows as i32).contains(&from_row) && (0..columns as i32).contains(&from_column);
                places.push(if known { first + from_row * columns as i32 + from_column } else { first });
                inside.push(if known { 1.0 } else { 0.0 });
            }
        }
    }
    let count = batch * channels * rows * columns;
    let taken = x.reshape([count]).select(0, indices(places, &device));
    (taken * floats(inside, [count], &device)).reshape([batch, channels, rows, columns])
}
