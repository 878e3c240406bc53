//! An attack step by step as an animated picture: a GIF that goes from the clean input over the iterates to the
//! adversarial one, again and again.

use crate::charts::colour;
use crate::i18n::tr_with;
use foolproof_core::protocol::Walk;
use gif::{Encoder, Frame, Repeat};
use std::{borrow::Cow, fmt::Display};

/// Side that pictures are enlarged to, about: pixels of the file.
const SIDE: usize = 280;
/// How long a picture stays, hundredths of a second, and the last one.
const DELAY: u16 = 10;
const LAST: u16 = 150;
/// How far colours are sought where a picture has more than a palette's 256, from 1 (all pixels) to 30.
const SPEED: i32 = 10;

/// The inputs of a walk in order: the clean one, the iterates, and the adversarial one where the walk is of the attack that
/// made it.
pub fn frames<'a>(walk: &'a Walk, clean: &'a [f32], adversarial: Option<&'a [f32]>) -> Vec<&'a [f32]> {
    let iterates = walk.stages.iter().map(|stage| stage.clipped.as_slice());
    // Without a random start a walk begins at the clean input.
    let start = Some(walk.start.as_slice()).filter(|start| *start != clean);
    std::iter::once(clean).chain(start).chain(iterates).chain(adversarial).collect()
}

/// The file of these pictures of `[channel, row, column]`, values in [0, 1], each pixel a square of whole pixels. Greys
/// are kept as they are in 8 bits; of a picture with more than 256 colours the nearest are.
///
/// # Errors
/// One sentence, if there are no pictures, one has another size than the shape says, or they are too large for a GIF.
pub fn animate(frames: &[&[f32]], shape: [usize; 3]) -> Result<Vec<u8>, String> {
    let [channels, rows, columns] = shape;
    let factor = ((SIDE + columns / 2) / columns.max(1)).max(1);
    let side = |pixels: usize| u16::try_from(pixels * factor).ok().filter(|&side| side > 0);
    let sides = side(columns).zip(side(rows)).ok_or_else(|| wrong(&format_args!("{columns} × {rows}")))?;
    let fits = |frame: &&[f32]| frame.len() == channels * rows * columns;
    if frames.is_empty() || !frames.iter().all(fits) {
        return Err(wrong(&format_args!("{} × {shape:?}", frames.len())));
    }
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, sides.0, sides.1, &[]).map_err(|why| wrong(&why))?;
    encoder.set_repeat(Repeat::Infinite).map_err(|why| wrong(&why))?;
    for (place, frame) in frames.iter().enumerate() {
        let mut frame = enlarged(&colour::picture(frame, shape), [rows, columns], factor, sides);
        frame.delay = if place + 1 == frames.len() { LAST } else { DELAY };
        encoder.write_frame(&frame).map_err(|why| wrong(&why))?;
    }
    drop(encoder);
    Ok(file)
}

/// A picture with its palette, each pixel a square. Colours are chosen before it is enlarged.
fn enlarged(rgba: &[u8], [rows, columns]: [usize; 2], factor: usize, sides: (u16, u16)) -> Frame<'static> {
    // Both sides fit, since they do when they are enlarged.
    let mut small = Frame::from_rgba_speed(columns as u16, rows as u16, &mut rgba.to_vec(), SPEED);
    let mut pixels = Vec::with_capacity(usize::from(sides.0) * usize::from(sides.1));
    for row in small.buffer.chunks_exact(columns) {
        let wide: Vec<u8> = row.iter().flat_map(|&index| std::iter::repeat_n(index, factor)).collect();
        (0..factor).for_each(|_| pixels.extend_from_slice(&wide));
    }
    (small.width, small.height, small.buffer) = (sides.0, sides.1, Cow::Owned(pixels));
    small
}

fn wrong(why: &dyn Display) -> String {
    tr_with("The animated picture cannot be made: {0}.", &[&why])
}

/// The file's name: which attack, and by which seed it was drawn.
pub fn file_name(attack: &str, seed: u64) -> String {
    format!("foolproof-{attack}-seed-{seed}.gif")
}

#[cfg(test)]
mod tests {
    use super::*;
    use foolproof_core::protocol::{Iteration, Prediction};
    use gif::{ColorOutput, DecodeOptions};

    /// The pictures of a file in order, each as RGBA with its delay, and the file's sides.
    fn decoded(file: &[u8]) -> (Vec<(Vec<u8>, u16)>, [usize; 2]) {
        let mut options = DecodeOptions::new();
        options.set_color_output(ColorOutput::RGBA);
        let mut decoder = options.read_info(file).unwrap();
        assert_eq!(decoder.repeat(), Repeat::Infinite);
        let sides = [decoder.height(), decoder.width()].map(usize::from);
        let mut found = Vec::new();
        while let Some(frame) = decoder.read_next_frame().unwrap() {
            assert_eq!([frame.height, frame.width].map(usize::from), sides);
            found.push((frame.buffer.to_vec(), frame.delay));
        }
        (found, sides)
    }

    /// Values that repeat themselves late, a pixel each.
    fn noise(count: usize, seed: u32) -> Vec<f32> {
        let mixed = |at: u32| (at.wrapping_mul(2_654_435_761).wrapping_add(seed * 97)) >> 8 & 0xff;
        (0..count as u32).map(|at| mixed(at) as f32 / 255.0).collect()
    }

    #[test]
    fn grey_pictures_come_back_pixel_by_pixel_in_squares() {
        let pictures: Vec<Vec<f32>> = (0..5).map(|seed| noise(28 * 28, seed)).collect();
        let frames: Vec<&[f32]> = pictures.iter().map(Vec::as_slice).collect();
        let (found, sides) = decoded(&animate(&frames, [1, 28, 28]).unwrap());
        assert_eq!((found.len(), sides), (5, [280, 280]));
        for (place, (rgba, delay)) in found.iter().enumerate() {
            assert_eq!(*delay, if place == 4 { LAST } else { DELAY });
            for (at, pixel) in rgba.chunks(4).enumerate() {
                let (row, column) = (at / 280 / 10, at % 280 / 10);
                let grey = (pictures[place][row * 28 + column] * 255.0).round() as u8;
                assert_eq!(pixel, [grey, grey, grey, 255], "picture {place}, row {row}, column {column}");
            }
        }
    }

    #[test]
    fn colours_are_kept_where_a_palette_holds_them_and_near_where_not() {
        // 1024 pixels of 4 colours, then of about as many colours as pixels.
        let few: Vec<f32> = (0..3072).map(|at| ((at % 1024) % 4 * (at / 1024 + 1)) as f32 / 9.0).collect();
        let many = noise(3072, 3);
        let (found, sides) = decoded(&animate(&[&few, &many], [3, 32, 32]).unwrap());
        assert_eq!((found.len(), sides), (2, [288, 288]));
        for ((rgba, _), (picture, most)) in found.iter().zip([(&few, 0.0), (&many, 20.0)]) {
            let mut off = 0.0;
            for (at, pixel) in rgba.chunks(4).enumerate() {
                let place = at / 288 / 9 * 32 + at % 288 / 9;
                let value = |channel: usize| (picture[channel * 1024 + place] * 255.0).round();
                off += (0..3).map(|channel| (value(channel) - f32::from(pixel[channel])).abs()).sum::<f32>();
            }
            let mean = off / (3.0 * 288.0 * 288.0);
            assert!(mean <= most, "{mean} of 255");
        }
    }

    #[test]
    fn a_photograph_keeps_its_size_and_a_wrong_shape_is_told() {
        let photo = vec![0.25; 3 * 224 * 224];
        assert_eq!(decoded(&animate(&[&photo], [3, 224, 224]).unwrap()).1, [224, 224]);
        assert!(animate(&[], [1, 2, 2]).unwrap_err().contains("cannot be made"));
        assert!(animate(&[&[0.0; 4], &[0.0; 3]], [1, 2, 2]).is_err());
        assert!(animate(&[&[]], [1, 0, 0]).is_err());
        assert!(animate(&[&[]], [0, 70_000, 70_000]).is_err());
    }

    #[test]
    fn a_walk_goes_from_clean_to_adversarial() {
        let iteration = |value: f32| Iteration {
            loss: 0.0,
            answer: Prediction { label: 0, probabilities: vec![1.0] },
            gradient: vec![0.0],
            direction: vec![0.0],
            stepped: vec![0.0],
            projected: vec![0.0],
            clipped: vec![value],
        };
        let stages = vec![iteration(0.3), iteration(0.4)];
        let walk = Walk { attack: "pgd".into(), step: 0.1, iterations: 2, start: vec![0.2], stages };
        let of = |walk: &Walk, clean: f32, twin: Option<f32>| {
            let twin = twin.map(|twin| [twin]);
            frames(walk, &[clean], twin.as_ref().map(|twin| &twin[..])).concat()
        };
        assert_eq!(of(&walk, 0.1, Some(0.5)), [0.1, 0.2, 0.3, 0.4, 0.5]);
        assert_eq!(of(&walk, 0.2, None), [0.2, 0.3, 0.4], "no start of its own, and another attack's example");
        assert_eq!(file_name("mi-fgsm", 7), "foolproof-mi-fgsm-seed-7.gif");
    }
}
