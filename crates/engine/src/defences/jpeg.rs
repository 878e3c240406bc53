//! What JPEG loses, without its files: blocks of eight by eight pixels are rounded in frequencies, as Dziugaite et al. 2016
//! tried it against attacks.

use crate::attack::Knobs;
use crate::defence::{Defence, Entry, Preprocessor};
use crate::knob;
use crate::random::Stream;
use crate::upload::floats;
use burn::tensor::{Device, Tensor};
use foolproof_core::catalog::Card;
use std::f32::consts::PI;
use std::sync::Arc;

pub(super) const ENTRY: Entry = Entry { card, make };

/// Side of a block.
const SIDE: usize = 8;
/// Steps of the frequencies of a block at quality 50: the luminance table of the standard (ITU-T T.81, table K.1).
const TABLE: [u16; SIDE * SIDE] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
];

fn card() -> Card {
    let paper = [
        "Dziugaite et al. 2016",
        "A study of the effect of JPG compression on adversarial images",
        "https://arxiv.org/abs/1608.00853",
    ];
    let help = "As in JPEG files: 100 loses least. Each channel is treated as brightness.";
    let summary = "Rounds blocks of pixels in frequencies as JPEG does, and so removes fine patterns; no gradient.";
    let knobs = vec![knob::whole("quality", "Quality", help, 1..=100, 75)];
    Card { pictures_only: true, ..super::card("jpeg", "JPEG-like", summary, paper, knobs) }
}

fn make(knobs: &Knobs) -> Defence {
    Defence::Before(Arc::new(Jpeg { quality: knobs.count("quality") }))
}

/// Rounding in frequencies.
#[derive(Debug)]
struct Jpeg {
    quality: u32,
}

impl Jpeg {
    /// Steps of the frequencies, as libjpeg scales the table by the quality: `[1, 8, 8]`.
    fn steps(&self, device: &Device) -> Tensor<3> {
        let scale = if self.quality < 50 { 5000 / self.quality } else { 200 - 2 * self.quality };
        let step = |&entry: &u16| ((u32::from(entry) * scale + 50) / 100).clamp(1, 255) as f32;
        floats(TABLE.iter().map(step).collect(), [1, SIDE, SIDE], device)
    }
}

impl Preprocessor for Jpeg {
    fn forward(&self, x: Tensor<4>, _streams: &mut [Stream]) -> Tensor<4> {
        let [batch, channels, rows, columns] = x.dims();
        let (device, filled) = (x.device(), filled(filled(x, 2), 3));
        let [_, _, tall, wide] = filled.dims();
        let (down, across) = (tall / SIDE, wide / SIDE);
        let blocks = filled.mul_scalar(255.0).sub_scalar(128.0).reshape([batch * channels, down, SIDE, across * SIDE]);
        let blocks = blocks.reshape([batch * channels * down, SIDE, across, SIDE]).swap_dims(1, 2);
        let blocks = blocks.reshape([batch * channels * down * across, SIDE, SIDE]);
        let (cosines, steps) = (cosines(&device), self.steps(&device));
        let turned = cosines.clone().swap_dims(1, 2);
        let kept = (cosines.clone().matmul(blocks).matmul(turned.clone()) / steps.clone()).round() * steps;
        let back = turned.matmul(kept).matmul(cosines).add_scalar(128.0).round().clamp(0.0, 255.0).div_scalar(255.0);
        let back = back.reshape([batch * channels * down, across, SIDE, SIDE]).swap_dims(1, 2);
        back.reshape([batch, channels, tall, wide]).narrow(2, 0, rows).narrow(3, 0, columns)
    }
}

/// Fills a side up to whole blocks by its edge.
fn filled(x: Tensor<4>, dim: usize) -> Tensor<4> {
    let length = x.dims()[dim];
    match length.next_multiple_of(SIDE) - length {
        0 => x,
        missing => {
            let edge = x.clone().narrow(dim, length - 1, 1);
            Tensor::cat(std::iter::once(x).chain((0..missing).map(|_| edge.clone())).collect(), dim)
        }
    }
}

/// The discrete cosine transform of a row of a block as a matrix, `[1, frequency, pixel]`; its transpose turns back.
fn cosines(device: &Device) -> Tensor<3> {
    let value = |frequency: usize, pixel: usize| match frequency {
        0 => (1.0 / SIDE as f32).sqrt(),
        _ => (2.0 / SIDE as f32).sqrt() * (PI * (2 * pixel + 1) as f32 * frequency as f32 / (2 * SIDE) as f32).cos(),
    };
    let values = (0..SIDE).flat_map(|frequency| (0..SIDE).map(move |pixel| value(frequency, pixel)));
    floats(values.collect(), [1, SIDE, SIDE], device)
}
