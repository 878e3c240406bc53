//! Photographs of paper (F19): what reads right on an evenly lit sheet reads right in shadow and on ruled paper too.

use crate::zoo;
use foolproof_core::picture::{centre, ink};

/// Side of a photograph, in pixels.
const SIDE: usize = 224;
/// Digits that are photographed.
const COUNT: usize = 100;

/// How a photograph comes about: light and lines of the paper, at places in [0, 1].
struct Photo {
    what: &'static str,
    light: fn(f32, f32) -> f32,
    /// Brightness that a line on the paper leaves, 1 for none.
    lines: fn(usize, usize) -> f32,
}

const EVEN: Photo = Photo { what: "even", light: |_, _| 0.9, lines: |_, _| 1.0 };

const PHOTOS: [Photo; 7] = [
    Photo { what: "light falls off by a quarter", light: |x, y| 0.92 - 0.16 * x - 0.09 * y, ..EVEN },
    Photo { what: "by half", light: |x, y| 0.92 - 0.3 * x - 0.16 * y, ..EVEN },
    Photo { what: "vignette", light: |x, y| 0.95 - 0.9 * (x - 0.5).hypot(y - 0.5).powi(2), ..EVEN },
    Photo { what: "ruled", lines: |_, row| if row % 28 < 2 { 0.75 } else { 1.0 }, ..EVEN },
    Photo { what: "squared, aslant", lines: squared, light: |x, _| 0.9 - 0.1 * x },
    Photo { what: "a hand's shadow", light: |x, y| 0.9 - 0.4 * smooth((x + 0.4 * y - 0.6) / 0.15), ..EVEN },
    Photo { what: "folded", light: |x, y| if x + 0.1 * y < 0.5 { 0.92 } else { 0.78 }, ..EVEN },
];

fn smooth(at: f32) -> f32 {
    1.0 / (1.0 + (-at * 4.0).exp())
}

fn squared(column: usize, row: usize) -> f32 {
    let on = |across: usize, along: usize| (across + along / 45) % 20 < 1;
    if on(row, column) || on(column, row) { 0.78 } else { 1.0 }
}

/// A digit in dark ink on this paper, as RGBA, its margin a sixth of the sheet, with grain.
fn photographed(digit: &[f32], photo: &Photo) -> Vec<u8> {
    let mut grain = 1u32;
    let pixel = |at: usize| {
        let (column, row) = (at % SIDE, at / SIDE);
        let place = |at: usize| at as f32 / SIDE as f32;
        let inked = sampled(digit, place(column), place(row));
        grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = ((grain >> 16) as f32 / 65_536.0 - 0.5) * 0.03;
        let value =
            (photo.light)(place(column), place(row)) * (photo.lines)(column, row) * (1.0 - 0.85 * inked) + noise;
        let byte = (value.clamp(0.0, 1.0) * 255.0) as u8;
        [byte, byte, byte, 255]
    };
    (0..SIDE * SIDE).flat_map(pixel).collect()
}

/// A digit's ink between its pixels.
fn sampled(digit: &[f32], x: f32, y: f32) -> f32 {
    let (x, y) = ((x * 28.0 - 0.5).clamp(0.0, 26.999), (y * 28.0 - 0.5).clamp(0.0, 26.999));
    let at = |column: usize, row: usize| digit[row * 28 + column];
    let (left, top) = (x as usize, y as usize);
    let mix = |from: f32, to: f32, share: f32| from + (to - from) * share;
    let upper = mix(at(left, top), at(left + 1, top), x.fract());
    let lower = mix(at(left, top + 1), at(left + 1, top + 1), x.fract());
    mix(upper, lower, y.fract())
}

/// The network's answers to the digits, photographed so.
fn read(pixels: &[f32], photo: &Photo) -> Vec<u32> {
    let model = zoo::model(zoo::NATURAL);
    let input = |digit: &[f32]| {
        let bytes = centre(&ink(&photographed(digit, photo), SIDE, SIDE).unwrap(), 28);
        bytes.into_iter().map(|byte| f32::from(byte) / 255.0).collect::<Vec<f32>>()
    };
    zoo::answers(&model, &pixels.chunks(784).flat_map(input).collect::<Vec<f32>>())
}

#[test]
fn what_reads_right_in_even_light_reads_right_in_shadow_and_on_lines() {
    let (pixels, labels) = zoo::pictures(COUNT);
    let even = read(&pixels, &EVEN);
    let right: Vec<usize> = (0..labels.len()).filter(|&at| even[at] == labels[at]).collect();
    assert!(right.len() * 100 >= 95 * COUNT, "{} of {COUNT} in even light", right.len());
    for photo in &PHOTOS {
        let told = read(&pixels, photo);
        let kept = right.iter().filter(|&&at| told[at] == labels[at]).count();
        println!("{}: {kept} of {}", photo.what, right.len());
        assert!(kept * 100 >= 90 * right.len(), "{}: {kept} of {}", photo.what, right.len());
    }
}
