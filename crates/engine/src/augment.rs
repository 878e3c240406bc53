//! Augmentation, which changes training pictures before they are attacked: small changes that keep the class, drawn
//! from a stream.
//!
//! Pixels stay in [0, 1]; whatever moves in from outside a picture is 0, the background of drawn digits.

mod displacement;

use crate::random::Stream;
use displacement::Field;
use foolproof_core::protocol::{Augment, Fault, FaultKind};

/// Pictures and their labels, one after another.
pub struct PictureBatch<'a> {
    /// `[channel, row, column]` of one picture.
    pub shape: [usize; 3],
    /// In [0, 1], picture by picture.
    pub pixels: &'a mut [f32],
    /// Number of classes.
    pub classes: usize,
    /// A share a class, picture by picture.
    pub labels: &'a mut [f32],
}

/// Whether these changes can be made.
///
/// # Errors
/// A [`Fault`] that names the magnitude out of its range.
pub fn check(changes: &[Augment]) -> Result<(), Fault> {
    for change in changes {
        let (name, size, most) = match *change {
            Augment::Shift(pixels) => ("Shift", pixels as f32, 100.0),
            Augment::Rotate(degrees) => ("Rotation", degrees, 180.0),
            Augment::Scale(share) => ("Scale", share, 0.9),
            Augment::Elastic(pixels) => ("Elastic", pixels, 100.0),
            Augment::Cutout(pixels) => ("Cutout", pixels as f32, 100.0),
            Augment::Mixup(a) => ("Mixup", a, 10.0),
        };
        if !(0.0..=most).contains(&size) {
            return Err(Fault::new(FaultKind::Input, format!("{name} is {size}, and must be between 0 and {most}.")));
        }
    }
    Ok(())
}

/// Whether labels come out mixed.
pub fn mixes(changes: &[Augment]) -> bool {
    changes.iter().any(|change| matches!(change, Augment::Mixup(a) if *a > 0.0))
}

/// Makes these changes in order, to each picture with its own draws. What moves or covers pixels needs rows and columns:
/// a row of a table, or a point, is only mixed.
pub fn apply(changes: &[Augment], pictures: &mut PictureBatch, stream: &mut Stream) {
    let [channels, rows, columns] = pictures.shape;
    let size = channels * rows * columns;
    for change in changes {
        if let Augment::Mixup(a) = *change {
            mix(pictures, a, stream);
            continue;
        }
        if rows == 1 || columns == 1 {
            continue;
        }
        for picture in pictures.pixels.chunks_exact_mut(size) {
            // Every channel moves alike.
            match field(change, rows, columns, stream) {
                Some(field) => picture.chunks_exact_mut(rows * columns).for_each(|plane| field.bend(plane)),
                None => cut(change, picture, [rows, columns], stream),
            }
        }
    }
}

/// Where each pixel comes from, for the changes that move pixels.
fn field(change: &Augment, rows: usize, columns: usize, stream: &mut Stream) -> Option<Field> {
    let between = |most: f32, stream: &mut Stream| (2.0 * stream.uniform() - 1.0) * most;
    Some(match *change {
        Augment::Shift(pixels) => {
            let mut whole = || stream.below(2 * pixels as usize + 1) as f32 - pixels as f32;
            Field::moved(rows, columns, whole(), whole())
        }
        Augment::Rotate(degrees) => Field::turned(rows, columns, between(degrees, stream).to_radians(), 1.0),
        Augment::Scale(share) => Field::turned(rows, columns, 0.0, 1.0 + between(share, stream)),
        Augment::Elastic(pixels) => Field::elastic(rows, columns, pixels, stream),
        Augment::Cutout(_) | Augment::Mixup(_) => return None,
    })
}

/// Sets a square to 0 whose middle lies anywhere in the picture.
fn cut(change: &Augment, picture: &mut [f32], [rows, columns]: [usize; 2], stream: &mut Stream) {
    let Augment::Cutout(side) = *change else { return };
    let side = side as usize;
    let (row, column) = (stream.below(rows), stream.below(columns));
    let span = |middle: usize, end: usize| middle.saturating_sub(side / 2)..(middle + side.div_ceil(2)).min(end);
    for plane in picture.chunks_exact_mut(rows * columns) {
        for row in span(row, rows) {
            plane[row * columns..][span(column, columns)].fill(0.0);
        }
    }
}

/// Mixes every picture, and its label, with that of another place in the pictures.
fn mix(pictures: &mut PictureBatch, a: f32, stream: &mut Stream) {
    let (size, count) = (pictures.shape.iter().product::<usize>(), pictures.labels.len() / pictures.classes);
    if a == 0.0 || count == 0 {
        return;
    }
    let (pixels, labels) = (pictures.pixels.to_vec(), pictures.labels.to_vec());
    for (at, other) in stream.permutation(count).into_iter().enumerate() {
        let share = stream.beta(a);
        blend(&mut pictures.pixels[at * size..][..size], &pixels[other * size..][..size], share);
        let classes = pictures.classes;
        blend(&mut pictures.labels[at * classes..][..classes], &labels[other * classes..][..classes], share);
    }
}

fn blend(into: &mut [f32], other: &[f32], share: f32) {
    into.iter_mut()
        .zip(other)
        .for_each(|(into, other)| *into = (share * *into + (1.0 - share) * other).clamp(0.0, 1.0));
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: [usize; 3] = [1, 12, 12];

    /// Four pictures of noise with a class each, after these changes.
    fn changed(changes: &[Augment], seed: u64) -> (Vec<f32>, Vec<f32>) {
        let mut draw = Stream::new(3, 0, 0);
        let mut pixels: Vec<f32> = (0..4 * 144).map(|_| draw.uniform()).collect();
        let mut labels: Vec<f32> = (0..16).map(|at| f32::from(u8::from(at % 5 == 0))).collect();
        let mut pictures = PictureBatch { shape: SHAPE, pixels: &mut pixels, classes: 4, labels: &mut labels };
        apply(changes, &mut pictures, &mut Stream::new(seed, 1, 0));
        (pixels, labels)
    }

    #[test]
    fn every_change_keeps_range_and_labels_and_follows_its_seed() {
        let (still, labels) = changed(&[], 1);
        for change in [
            Augment::Shift(2),
            Augment::Rotate(20.0),
            Augment::Scale(0.2),
            Augment::Elastic(2.0),
            Augment::Cutout(4),
            Augment::Mixup(0.4),
        ] {
            let (pixels, mixed) = changed(&[change], 1);
            assert!(pixels.iter().all(|pixel| (0.0..=1.0).contains(pixel)), "{change:?}");
            assert!(pixels != still, "{change:?} changed nothing");
            assert!(pixels != changed(&[change], 2).0, "{change:?} knows one picture only");
            assert_eq!(pixels, changed(&[change], 1).0, "{change:?} does not follow its seed");
            match mixes(&[change]) {
                false => assert_eq!(mixed, labels, "{change:?}"),
                true => assert!(mixed.chunks(4).all(|row| (row.iter().sum::<f32>() - 1.0).abs() < 1e-5)),
            }
        }
    }

    #[test]
    fn nothing_to_change_changes_nothing() {
        let (still, labels) = changed(&[], 1);
        let none =
            [Augment::Shift(0), Augment::Rotate(0.0), Augment::Scale(0.0), Augment::Cutout(0), Augment::Mixup(0.0)];
        let (pixels, found) = changed(&none, 1);
        let apart = pixels.iter().zip(&still).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 1e-5, "{apart}");
        assert_eq!(found, labels);
    }

    #[test]
    fn cutout_takes_a_square() {
        let gone = changed(&[Augment::Cutout(4)], 1).0.iter().filter(|pixel| **pixel == 0.0).count();
        assert!((4 * 4..=4 * 16).contains(&gone), "{gone}");
    }

    #[test]
    fn a_magnitude_out_of_range_is_named() {
        let fault = check(&[Augment::Shift(1), Augment::Rotate(f32::NAN)]).unwrap_err();
        assert!(fault.message.contains("Rotation"), "{fault}");
        assert!(check(&[Augment::Elastic(1.0), Augment::Mixup(1.0)]).is_ok());
    }
}
